"""The layers of hours and days: verdict order, partly stopped and exempt hours, what is missing and why."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_chassis.frame_revisions import Frame, entry_of
from park_judging.domain.layered_periods import COUNTING
from park_judging.domain.period_means import Intervals, assess_day, assess_hour
from park_judging.domain.sample_verdicts import MarksInForce, PeriodLayers
from park_judging.domain.samples import HourFrames
from park_judging.testing import factor
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium, Period
from park_standards.validity import PeriodFacts, ValidityVerdict, judge_validity

START = datetime(2026, 11, 20, 2, tzinfo=UTC)
INTERVALS = Intervals(minute_s=600, realtime_s=30)
POINT = UUID(int=1)


def record(step: int, value: str, mark: str, *, period: Period = Period.MINUTE, supplementary: bool = False) -> Frame:
    at = START + timedelta(minutes=10 * step)
    return Frame(
        mn="MN", command="2051", data_time=at, point_id=POINT, period=period, received_at=at, event_id=uuid4(),
        entries={("w01018", "Avg"): entry_of(value, mark)}, supplementary=supplementary,
    )  # fmt: skip


def hour_of(marks: str, layers: PeriodLayers | None = None, reported: list[Frame] | None = None) -> FactorAssessment:
    """One hour of six ten-minute records with these marks; "-" is a record that did not come."""
    minutes = [record(step, "40", mark) for step, mark in enumerate(marks) if mark != "-"]
    (hour,) = assess_hour([factor()], HourFrames(minutes, [], reported or []), INTERVALS, layers or PeriodLayers())
    return hour


@pytest.mark.parametrize(
    ("marks", "verdict", "reason", "mark"),
    [
        ("NNNNNN", "valid", "", "N"),
        ("NNNNN-", "valid", "", "N"),
        ("NNNN--", "invalid", "too-few-values", "N"),
        ("------", "missing", "no-data", ""),
        ("FFFFFF", "stopped", "stopped", "F"),
        ("NNNNFF", "stopped", "stopped", "F"),  # with the stopped ones there would have been enough
        ("NNNNNF", "valid", "", "F"),
        ("CCCCCC", "invalid", "calibration", "C"),
        ("CCCDDD", "invalid", "calibration", "C"),
        ("NNNNNT", "over-range", "over-range", "T"),
        ("NNNNCC", "invalid", "too-few-values", "C"),
    ],
)
def test_the_verdict_of_an_hour_by_its_device_marks(marks: str, verdict: str, reason: str, mark: str) -> None:
    hour = hour_of(marks)
    assert (hour.verdict, hour.reason, hour.mark) == (verdict, reason, mark)
    assert hour.valid is (verdict in COUNTING)


def marked(key: str, steps: int) -> PeriodLayers:
    """A condition or equipment mark over the first records of the hour."""
    equipment = key.startswith("dev_")

    def verdict_of(_: str, at: datetime, mark: str | None) -> ValidityVerdict:
        inside = at < START + timedelta(minutes=10 * steps)
        facts = PeriodFacts(
            mark=mark,
            condition_mark=key if inside and not equipment else None,
            equipment_mark=key if inside and equipment else None,
        )
        return judge_validity(facts)

    in_force = MarksInForce("" if equipment else key, key if equipment else "", steps == 6 and key == "stopped")
    return PeriodLayers(verdict_of, True, {"w01018": in_force})


def test_an_hour_is_exempt_when_its_ordinary_values_alone_would_not_do() -> None:
    assert [hour_of("NNNNNN", marked("startup", steps)).exempt for steps in (1, 2, 6)] == [False, True, True]
    assert hour_of("NNNNNN", marked("startup", 6)).mean == "40.00"


def test_a_mark_lies_over_the_device_s_own_and_the_raw_record_stays() -> None:
    own = [record(0, "41.5", "N", period=Period.HOUR)]
    hour = hour_of("NNNNNN", marked("dev_fault", 6), own)
    assert (hour.verdict, hour.reason, hour.equipment_mark) == ("invalid", "fault", "dev_fault")
    assert (hour.raw, hour.mark, hour.reported) == ("41.5", "N", "41.5")
    bad = hour_of("NNNNNN", PeriodLayers(), [record(0, "99.9", "D", period=Period.HOUR)])
    assert (bad.raw, bad.mark, bad.reported, bad.verdict) == ("99.9", "D", None, "valid")


def test_a_stop_that_covers_the_hour_makes_a_missing_one_stopped() -> None:
    assert hour_of("------", marked("stopped", 6)).verdict == "stopped"
    assert hour_of("------", marked("stopped", 5)).verdict == "missing"


def test_a_lost_link_is_told_from_missing_data() -> None:
    hour = hour_of("------", PeriodLayers(link_up=False))
    assert (hour.verdict, hour.baseline, hour.reason) == ("missing", "comm-lost", "link-lost")
    assert hour_of("------").baseline == "missing"


def test_an_analyser_that_sends_hour_records_only_has_its_hour() -> None:
    hour = hour_of("------", PeriodLayers(), [record(0, "33.5", "N", period=Period.HOUR)])
    assert (hour.verdict, hour.mean, hour.valid_count, hour.expected_count) == ("valid", "33.50", 1, 1)


@given(st.lists(st.text("NNNNNFCDT-", min_size=6, max_size=6), min_size=1, max_size=24))
def test_a_day_counts_what_its_hours_say(hours: list[str]) -> None:
    computed = [hour_of(marks) for marks in hours]
    (day,) = assess_day([factor()], Medium.WASTE_GAS, [[hour] for hour in computed], [], layered=True)
    stopped = sum(hour.verdict == "stopped" for hour in computed)
    counting = sum(hour.verdict in COUNTING for hour in computed)
    assert (day.expected_count, day.valid_count) == (24 - stopped, counting)
    assert day.valid is (day.verdict in COUNTING)
    if day.valid:
        assert counting * 24 >= 20 * day.expected_count
        assert day.mean == "40.00"
    if stopped == 24:
        assert day.verdict == "stopped"
    assert day.marks == {
        mark: sum(marks.count(mark) for marks in hours) for mark in sorted({*"".join(hours)} - {*"N-"})
    }
