"""Hysteresis: what clears an episode and what does not."""

from datetime import timedelta

import pytest
from alerting.domain.clearing import calm_delay, is_calm, is_cleared
from alerting.domain.evidence import in_order
from alerting.domain.grading import weigh
from alerting.domain.policy import shipped_policy
from alerting.testing import NOON, finding
from park_schemas.codes import Period
from park_schemas.supervision import FindingRecorded

POLICY = shipped_policy()
ENTRY = POLICY.entry_for(finding())
REALTIME = Period.REALTIME


def live(*ratios: float) -> list[FindingRecorded]:
    return [finding(ratio, at=number / 100, period=REALTIME) for number, ratio in enumerate(ratios)]


@pytest.mark.parametrize(
    ("history", "cleared"),
    [
        ([finding(1.8), finding(0.5, at=1)], False),
        ([finding(1.8), finding(0.5, at=1), finding(0.5, at=2)], True),
        ([finding(1.8), finding(0.5, at=1), finding(0.95, at=2), finding(0.5, at=3)], False),
        ([finding(1.8), finding(0.5, at=1), finding(1.1, at=2), finding(0.5, at=3)], False),
        ([finding(1.8, period=Period.DAY), finding(0.5, at=24, period=Period.DAY)], True),
        (live(1.8, *[0.5] * 4), False),
        (live(1.8, *[0.5] * 5), True),
        ([finding(1.8), *live(*[0.5] * 20)], False),
        ([finding(1.8), finding(1.2, limit_id="permit"), finding(0.5, at=1), finding(0.5, at=2)], False),
    ],
    ids=[
        "one good hour", "two good hours", "a value just under the limit does not count", "broken between",
        "one good day", "four good real-time values", "five good real-time values",
        "real-time values do not clear an hourly mean", "a second limit is still broken",
    ],
)  # fmt: skip
def test_an_episode_is_over_when_every_broken_limit_is_clean_again(
    history: list[FindingRecorded], cleared: bool
) -> None:
    evidence = weigh(history, ENTRY)
    assert is_cleared(evidence, ENTRY.clearing) is cleared


def test_values_just_under_the_limit_clear_only_by_time() -> None:
    evidence = weigh([finding(1.8), *(finding(0.95, at=hour) for hour in range(1, 20))], ENTRY)
    assert not is_cleared(evidence, ENTRY.clearing)
    assert is_calm(evidence)
    assert calm_delay(evidence, ENTRY.clearing).total_seconds() == 2 * 3600


def test_silence_is_not_calm() -> None:
    assert not is_calm(weigh([finding(1.8)], ENTRY))


@pytest.mark.parametrize("rule", ["offline", "missing-data"])
def test_a_condition_is_over_with_the_first_word_that_it_is_whatever_time_that_word_carries(rule: str) -> None:
    began = finding(None, rule=rule, period=REALTIME, period_end=NOON + timedelta(hours=2))
    over = finding(
        None,
        rule=rule,
        verdict="complied",
        period=REALTIME,
        revision=1,
        recorded_at=NOON,
        period_end=NOON + timedelta(hours=1),
    )
    entry = POLICY.entry_for(began)
    for arrival in ([began, over], [over, began]):
        assert is_cleared(weigh(in_order(arrival, entry), entry), entry.clearing)
        assert weigh(in_order(arrival, entry), entry).occurrences == 1
