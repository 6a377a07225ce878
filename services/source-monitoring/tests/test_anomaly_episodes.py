"""The life of an anomaly: the same stretch judged twice, in portions, or late gives the same episodes and tells once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from park_standards.anomaly.result import Anomaly, Severity
from source_monitoring.domain.anomaly.episodes import Episode, Verdict, fold

POINT = UUID(int=7)
T = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUIET = 2 * HOUR


def anomaly(start: float, end: float, severity: Severity = Severity.WARN) -> Anomaly:
    return Anomaly(
        "AN02", T + start * HOUR, T + end * HOUR, severity, f"seen {start}", f"见 {start}", {"n": str(start)}
    )


def judged(
    known: Sequence[Episode], found: Sequence[Anomaly], until: float, *, may_close: bool = True
) -> list[Verdict]:
    return fold(
        known, found, point_id=POINT, rule_id="AN02", factor="a21026", quiet=QUIET, judged_until=T + until * HOUR,
        may_close=may_close,
    )  # fmt: skip


def test_what_is_found_first_opens_an_anomaly_and_tells_of_it() -> None:
    (verdict,) = judged([], [anomaly(0, 1)], 1)
    assert verdict.tell == "violated"
    assert (verdict.episode.state, verdict.episode.severity) == ("open", "warn")


def test_the_same_stretch_judged_again_changes_nothing_and_tells_nothing() -> None:
    (first,) = judged([], [anomaly(0, 1)], 1)
    assert judged([first.episode], [anomaly(0, 1)], 1) == []


def test_what_goes_on_within_the_quiet_time_is_the_same_anomaly_told_again_only_when_clearly_longer() -> None:
    (first,) = judged([], [anomaly(0, 1)], 1)
    (second,) = judged([first.episode], [anomaly(1.5, 2)], 2)
    assert second.episode.anomaly_id == first.episode.anomaly_id
    assert second.episode.ended_at == T + 2 * HOUR
    assert second.tell == ""
    (third,) = judged([second.episode], [anomaly(3, 4)], 4)
    assert third.tell == "violated"


def test_it_is_over_after_two_quiet_windows_and_that_is_told_once() -> None:
    (first,) = judged([], [anomaly(0, 1)], 1)
    assert judged([first.episode], [], 2.9) == []
    (over,) = judged([first.episode], [], 3)
    assert (over.episode.state, over.tell) == ("closed", "complied")
    assert judged([over.episode], [], 9) == []


def test_silence_of_a_rule_that_could_not_run_closes_nothing() -> None:
    (first,) = judged([], [anomaly(0, 1)], 1)
    assert judged([first.episode], [], 30, may_close=False) == []


def test_older_data_judged_again_leaves_a_closed_anomaly_closed() -> None:
    (first,) = judged([], [anomaly(0, 1)], 1)
    (over,) = judged([first.episode], [], 5)
    assert judged([over.episode], [anomaly(0, 1)], 5) == []


def test_after_the_quiet_time_it_is_another_anomaly() -> None:
    (first,) = judged([], [anomaly(0, 1)], 1)
    found = judged([first.episode], [anomaly(6, 7)], 7)
    assert {one.episode.anomaly_id for one in found} != {first.episode.anomaly_id}
    assert len(found) == 2


def test_a_rise_of_severity_is_told_and_never_taken_back() -> None:
    (first,) = judged([], [anomaly(0, 1)], 1)
    (worse,) = judged([first.episode], [anomaly(0.5, 1, Severity.ALARM)], 1)
    assert (worse.tell, worse.episode.severity) == ("violated", "alarm")
    (longer,) = judged([worse.episode], [anomaly(1, 2)], 2)
    assert longer.episode.severity == "alarm"


def test_what_is_only_worth_knowing_is_listed_and_not_told() -> None:
    (first,) = judged([], [anomaly(0, 1, Severity.INFO)], 1)
    assert first.tell == ""
    (over,) = judged([first.episode], [], 9)
    assert (over.episode.state, over.tell) == ("closed", "")


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 5)), max_size=12), st.data())
def test_any_portions_and_any_repetition_give_the_same_stretches(
    parts: list[tuple[int, int]], data: st.DataObject
) -> None:
    found = [anomaly(start, start + length) for start, length in sorted(parts)]
    whole = {verdict.episode.anomaly_id: verdict.episode for verdict in judged([], found, 400)}
    portions: dict[UUID, Episode] = {}
    at = 0
    while at < len(found):
        size = data.draw(st.integers(1, 3))
        portion = found[max(0, at - data.draw(st.integers(0, 2))) : at + size]
        until = max(one.end for one in portion)
        for verdict in judged(list(portions.values()), portion, (until - T) / HOUR):
            portions[verdict.episode.anomaly_id] = verdict.episode
        at += size
    stretches = sorted((one.started_at, one.ended_at) for one in whole.values())
    assert sorted((one.started_at, one.ended_at) for one in portions.values()) == stretches
