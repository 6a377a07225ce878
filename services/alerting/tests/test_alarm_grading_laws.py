"""Laws of grading: order of arrival and repetition do not matter; a fold step by step equals the fold of all."""

from datetime import timedelta

from alerting.domain.clearing import calm_delay, is_calm, is_cleared
from alerting.domain.evidence import Evidence, in_order, is_late
from alerting.domain.grading import grade, weigh
from alerting.domain.policy import shipped_policy
from alerting.testing import NOON, finding
from hypothesis import given
from hypothesis import strategies as st
from park_schemas.codes import Period
from park_schemas.supervision import FindingRecorded

POLICY = shipped_policy()

RATIOS = st.sampled_from([0.3, 0.85, 0.95, 1.1, 1.4, 1.6, 2.2, 3.5])
FINDINGS = st.builds(
    finding,
    RATIOS,
    at=st.integers(0, 30).map(float),
    period=st.sampled_from([Period.REALTIME, Period.HOUR]),
    revision=st.integers(0, 2),
)
CONDITIONS = st.builds(
    lambda hour, verdict, length: finding(
        None, at=float(hour), verdict=verdict, rule="offline", period=Period.REALTIME,
        period_end=NOON + timedelta(hours=hour + length), revision=length + 100 * (verdict == "complied"),
    ),
    st.integers(0, 6), st.sampled_from(["violated", "complied"]), st.integers(0, 5),
)  # fmt: skip
HISTORIES = st.one_of(
    st.lists(FINDINGS, min_size=1, max_size=40, unique_by=lambda one: one.finding_id),
    st.lists(CONDITIONS, min_size=1, max_size=12, unique_by=lambda one: one.finding_id),
)
"""An id stands for one content: the judging services derive it from the natural key with its revision."""


@given(HISTORIES, st.randoms(use_true_random=False))
def test_the_level_does_not_depend_on_order_or_repetition(history: list[FindingRecorded], random: object) -> None:
    shuffled = history + history[: len(history) // 2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert grade(shuffled, POLICY) is grade(history, POLICY)


@given(HISTORIES)
def test_folding_one_by_one_equals_folding_all(history: list[FindingRecorded]) -> None:
    entry = POLICY.entry_for(history[0])
    ordered = in_order(history, entry)
    evidence = Evidence()
    for one in ordered:
        assert not is_late(evidence, one, entry)
        evidence = weigh([one], entry, since=evidence)
    assert evidence == weigh(ordered, entry)


@given(HISTORIES)
def test_within_an_episode_the_level_reached_never_falls(history: list[FindingRecorded]) -> None:
    entry = POLICY.entry_for(history[0])
    ordered = in_order(history, entry)
    evidence, ranks = Evidence(), [0]
    for one in ordered:
        evidence = weigh([one], entry, since=evidence)
        ranks.append(evidence.reached.rank if evidence.reached else 0)
    assert ranks == sorted(ranks)


@given(HISTORIES, RATIOS.filter(lambda ratio: ratio > 1))
def test_one_more_violation_never_clears_and_cleared_is_always_calm(
    history: list[FindingRecorded], ratio: float
) -> None:
    entry = POLICY.entry_for(history[0])
    ordered = in_order(history, entry)
    evidence = weigh(ordered, entry)
    if is_cleared(evidence, entry.clearing):
        assert is_calm(evidence)
    again = finding(ratio, at=100, rule=history[0].rule)
    broken = weigh([again], entry, since=evidence)
    assert not is_cleared(broken, entry.clearing)
    assert not is_calm(broken)
    assert calm_delay(broken, entry.clearing) > timedelta(0)
