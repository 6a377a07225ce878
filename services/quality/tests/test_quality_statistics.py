"""Months and years of stations, held against other periods and targets; ranks, roses, correlation. Numbers worked by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_judging.testing import factor, point
from park_schemas.assessments import FactorAssessment, QualityGrade
from park_schemas.codes import Medium
from quality.domain.comparison import changes, target_verdict
from quality.domain.ranking import Ranked, rank
from quality.domain.result_spans import Span, before, end_of, first_of, year_before
from quality.domain.station_statistics import StationDay, StationStatistics, statistics_of
from quality.domain.wind import correlations, rose_of, sector_of

UNITS = {
    "a21026": "ug/m3",
    "a21004": "ug/m3",
    "a34002": "ug/m3",
    "a34004": "ug/m3",
    "a05024": "ug/m3",
    "a21005": "mg/m3",
}
AIR = point(
    factors=[factor(code, unit, 0 if unit == "ug/m3" else 1) for code, unit in UNITS.items()], medium=Medium.AMBIENT_AIR
)
RIVER = point(factors=[factor("w01018"), factor("w21003")], medium=Medium.SURFACE_WATER)
OCTOBER = date(2026, 10, 1)


def mean(code: str, value: str | None, *, max_8h: str | None = None, compliant: bool | None = None) -> FactorAssessment:
    return FactorAssessment(
        factor=code, unit=UNITS.get(code, "mg/L"), valid=value is not None, valid_count=24, expected_count=24,
        mean=value, max_8h=max_8h, compliant=compliant,
    )  # fmt: skip


def aqi(value: int, level: int) -> QualityGrade:
    return QualityGrade(
        kind="aqi", value=str(value), level=level, name_zh="", name_en="", colour="", standard="HJ 633-2026"
    )


def october(count: int, pm25: str = "20") -> list[StationDay]:
    values = {"a21026": "10", "a21004": "20", "a34002": "40", "a34004": pm25, "a21005": "0.5"}
    return [
        StationDay(
            OCTOBER + timedelta(days=number),
            [*(mean(code, value) for code, value in values.items()), mean("a05024", "55", max_8h="80.0")],
            aqi(60 if number % 2 else 120, 2 if number % 2 else 3),
        )
        for number in range(count)
    ]


def of(statistics: StationStatistics, code: str) -> dict[str, object]:
    (found,) = [one for one in statistics.factors if one.factor == code]
    return {name: getattr(found, name) for name in ("mean", "valid_days", "needed_days", "complete", "percentile")}


def test_a_month_of_air_has_means_percentiles_good_days_and_its_composite_index() -> None:
    found = statistics_of(AIR, Span.MONTH, OCTOBER, october(28))
    assert of(found, "a34004") == {
        "mean": "20.0", "valid_days": 28, "needed_days": 27, "complete": True, "percentile": "20.0",
    }  # fmt: skip
    assert of(found, "a05024")["mean"] == "80.0", "ozone counts by its largest 8-hour mean"
    assert (found.good_days, found.graded_days, found.good_share) == (14, 28, "0.5000")
    assert found.days_by_level == {"2": 14, "3": 14}
    assert found.index is not None
    assert found.index_note_zh == found.index_note_en == ""


def test_the_composite_index_is_the_sum_of_statistic_over_limit() -> None:
    # Class 2 of GB 3095-2026 in its transition (2026-03 to 2030): SO2 60, NO2 40, PM10 60, PM2.5 30, CO 4 mg/m3, O3 160.
    found = statistics_of(AIR, Span.MONTH, OCTOBER, october(28))
    from_hand = sum(
        (
            Decimal(a) / Decimal(b)
            for a, b in (("10", "60"), ("20", "40"), ("40", "60"), ("20", "30"), ("0.5", "4"), ("80", "160"))
        ),
        Decimal(0),
    )
    assert found.index == f"{from_hand.quantize(Decimal('0.01'))}"


def test_a_month_with_too_few_days_keeps_its_numbers_and_says_so() -> None:
    found = statistics_of(AIR, Span.MONTH, OCTOBER, october(26))
    assert of(found, "a34004")["complete"] is False
    assert of(found, "a34004")["mean"] == "20.0"


def test_days_outside_the_period_and_days_that_are_not_valid_do_not_count() -> None:
    days = [
        *october(5),
        StationDay(date(2026, 11, 1), [mean("a34004", "500")], None),
        StationDay(date(2026, 10, 30), [mean("a34004", None)], None),
    ]
    found = statistics_of(AIR, Span.MONTH, OCTOBER, days)
    assert (of(found, "a34004")["valid_days"], of(found, "a34004")["mean"]) == (5, "20.0")


def test_without_all_six_pollutants_there_is_no_index_and_the_reason_is_told() -> None:
    found = statistics_of(AIR, Span.MONTH, OCTOBER, [StationDay(OCTOBER, [mean("a34004", "20")], None)])
    assert found.index is None
    assert found.index_note_zh == "参评项目有效 1 项,需要 6 项"
    assert found.index_note_en == "1 valid items, 6 needed"


def test_a_month_of_water_has_the_class_of_its_means_and_days_over_the_limit_are_counted() -> None:
    days = [
        StationDay(
            OCTOBER + timedelta(days=n), [mean("w01018", value, compliant=value < "30"), mean("w21003", "0.4")], None
        )
        for n, value in enumerate(["12.0", "14.0", "31.0"])
    ]
    found = statistics_of(RIVER, Span.MONTH, OCTOBER, days)
    assert found.grade is not None
    assert (found.grade.value, of(found, "w01018")["mean"]) == ("Ⅲ", "19.00")
    assert [one.over_days for one in found.factors] == [1, 0]
    assert found.index == "1.35", "19/20 + 0.4/1"
    assert found.good_days is None


def test_changes_are_against_what_was_before_and_say_when_they_are_not_comparable() -> None:
    now, then = (statistics_of(AIR, Span.MONTH, OCTOBER, october(28, pm25)) for pm25 in ("15", "20"))
    (change,) = [one for one in changes(now, then) if one.name == "a34004"]
    assert (change.difference, change.percent, change.comparable) == ("-5.0", "-25.0", True)
    short = statistics_of(AIR, Span.MONTH, OCTOBER, october(3))
    assert not any(one.comparable for one in changes(now, short))


@pytest.mark.parametrize(
    ("measure", "bound", "kept"),
    [
        ("a34004", "20", True),
        ("a34004", "19.9", False),
        ("good_share", "0.5", True),
        ("good_share", "0.51", False),
        ("class", "3", None),
    ],
)
def test_targets_are_kept_from_the_right_side(measure: str, bound: str, kept: bool | None) -> None:
    assert target_verdict(statistics_of(AIR, Span.MONTH, OCTOBER, october(28)), measure, bound).kept is kept


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(Span))
def test_spans_cover_the_calendar_without_gap_or_overlap(day: date, span: Span) -> None:
    first = first_of(span, day)
    assert first <= day < end_of(span, first)
    assert end_of(span, before(span, first)) == first
    assert first_of(span, first) == first


def test_a_leap_day_is_compared_with_the_last_of_february() -> None:
    assert year_before(date(2028, 2, 29)) == date(2027, 2, 28)


def test_equal_stations_share_a_place_and_one_without_a_value_has_none() -> None:
    values = {"甲": "3.1", "乙": "2.0", "丙": "2.0", "丁": None, "戊": "10"}
    entries = [
        Ranked(point_id=uuid4(), name_zh=name, name_en="", value=value, value_before="1", complete=True)
        for name, value in values.items()
    ]
    assert [(one.name_zh, one.place) for one in rank(entries, best_high=False)] == [
        ("丙", 1), ("乙", 1), ("甲", 3), ("戊", 4), ("丁", None),
    ]  # fmt: skip
    assert rank(entries, best_high=True)[0].name_zh == "戊"


@pytest.mark.parametrize(
    ("degrees", "sector"), [("0", 0), ("11.24", 0), ("11.25", 1), ("348.75", 0), ("360", 0), ("348.7", 15), ("90", 4)]
)
def test_sectors_are_centred_on_their_direction(degrees: str, sector: int) -> None:
    assert sector_of(Decimal(degrees)) == sector


def test_a_rose_has_every_hour_once_and_calm_apart() -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    hours = [start + timedelta(hours=n) for n in range(4)]
    values = dict(zip(hours, map(Decimal, ("10", "20", "30", "40")), strict=True))
    speeds = dict(zip(hours, map(Decimal, ("1", "3", "0.1", "2")), strict=True))
    directions = dict(zip(hours[:3], map(Decimal, ("90", "91", "180")), strict=True))
    rose = rose_of(values, speeds, directions)
    east = rose.sectors[4]
    assert (rose.hours, east.hours, east.mean, east.maximum, east.wind_speed, rose.calm.hours, rose.calm.mean) == (
        3,
        2,
        15,
        20,
        2,
        1,
        30,
    )
    assert sum(one.frequency for one in rose.sectors) + rose.calm.frequency == pytest.approx(1)


def test_correlation_is_one_of_a_line_none_of_a_constant() -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    hours = [start + timedelta(hours=n) for n in range(5)]
    line = {at: Decimal(n) for n, at in enumerate(hours)}
    falling = {at: -2 * value for at, value in line.items()}
    constant = dict.fromkeys(hours, Decimal(3))
    found = {(one.first, one.second): one.r for one in correlations({"a": line, "b": falling, "c": constant})}
    assert found == {("a", "b"): pytest.approx(-1), ("a", "c"): None, ("b", "c"): None}
