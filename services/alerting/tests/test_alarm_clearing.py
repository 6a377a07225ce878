"""Hysteresis: what clears an episode and what does not."""

import pytest
from alerting.domain.clearing import calm_delay, is_calm, is_cleared
from alerting.domain.grading import weigh
from alerting.domain.policy import shipped_policy
from alerting.testing import finding
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
        (live(1.8, *[0.5] * 9), False),
        (live(1.8, *[0.5] * 10), True),
        ([finding(1.8), *live(*[0.5] * 20)], False),
        ([finding(1.8), finding(1.2, limit_id="permit"), finding(0.5, at=1), finding(0.5, at=2)], False),
    ],
    ids=[
        "one good hour", "two good hours", "a value just under the limit does not count", "broken between",
        "one good day", "nine good real-time values", "ten good real-time values",
        "real-time values do not clear an hourly mean", "a second limit is still broken",
    ],
)  # fmt: skip
def test_an_episode_is_over_when_every_broken_limit_is_clean_again(history: list[FindingRecorded], cleared: bool) -> None:
    evidence = weigh(history, ENTRY)
    assert is_cleared(evidence, ENTRY.clearing) is cleared


def test_values_just_under_the_limit_clear_only_by_time() -> None:
    evidence = weigh([finding(1.8), *(finding(0.95, at=hour) for hour in range(1, 20))], ENTRY)
    assert not is_cleared(evidence, ENTRY.clearing)
    assert is_calm(evidence)
    assert calm_delay(evidence, ENTRY.clearing).total_seconds() == 2 * 3600


def test_silence_is_not_calm() -> None:
    assert not is_calm(weigh([finding(1.8)], ENTRY))
