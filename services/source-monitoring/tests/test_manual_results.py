"""Rows of a laboratory as results, their verdicts, findings, and the comparison with the monitor. Pure."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from park_judging.testing import limit, point
from park_schemas.codes import Medium, Period
from park_schemas.park_time import PARK_TIME_ZONE
from park_schemas.registry import PointRecord
from source_monitoring.domain.manual.comparison import DayOfComparison, Pair, check_outcomes, compared
from source_monitoring.domain.manual.findings import result_findings
from source_monitoring.domain.manual.results import ManualResult, result_of
from source_monitoring.domain.manual.verdicts import ManualOutcome, verdict_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=PARK_TIME_ZONE)
ROW = {"point": "DW001", "factor": "化学需氧量", "sampled_at": "2026-11-20 10:00", "value": "42.5", "unit": "mg/L"}


def made(of: PointRecord, **fields: str) -> ManualResult:
    result, problems = result_of(ROW | fields, [of], NOW)
    assert result is not None, problems
    return result


def flaws(of: PointRecord, **fields: str) -> set[str]:
    result, problems = result_of(ROW | fields, [of], NOW)
    assert result is None
    return {problem.column for problem in problems}


def test_a_row_becomes_a_result_with_its_window_flow_and_report() -> None:
    found = made(
        point(), sampled_until="2026-11-20 12:00", averaging="小时", flow="120", load="85", report_number="JC-1"
    )
    assert (found.factor, found.value, found.averaging, found.load) == ("w01018", Decimal("42.5"), "hour", Decimal(85))
    assert found.sampled_until == datetime(2026, 11, 20, 12, 0, tzinfo=PARK_TIME_ZONE)


@pytest.mark.parametrize(
    ("fields", "columns"),
    [
        ({"point": "DW999"}, {"point"}),
        ({"factor": "二氧化硫"}, {"factor"}),  # a gas is no factor of a waste-water outlet
        ({"unit": "ng/m3"}, {"unit"}),
        ({"unit": ""}, {"unit"}),
        ({"value": "ND"}, {"value"}),
        ({"value": "-3"}, {"value"}),
        ({"sampled_at": "2026-11-23 10:00"}, {"sampled_at"}),
        ({"sampled_until": "2026-11-20 09:00"}, {"sampled_until"}),
        ({"value": "abc", "averaging": "week"}, {"value", "averaging"}),
        ({"value": "<4", "converted": "3"}, {"converted"}),
    ],
)
def test_every_mistake_of_a_row_is_named(fields: dict[str, str], columns: set[str]) -> None:
    assert flaws(point(), **fields) == columns


def test_an_outlet_code_that_two_enterprises_use_needs_the_name() -> None:
    one, other = point(), point()
    other = msgspec.structs.replace(other, enterprise_name_zh="乙")
    result, problems = result_of(ROW, [one, other], NOW)
    assert (result, [problem.column for problem in problems]) == (None, ["point"])
    result, _ = result_of(ROW | {"enterprise": "乙"}, [one, other], NOW)
    assert result is not None
    assert result.point_id == other.point_id


def test_the_stricter_limit_decides_and_an_instant_against_a_mean_is_an_early_sign() -> None:
    of = point(limit(upper="50", averaging="day"), limit(upper="40", averaging="day", limit_id="permit"))
    found = verdict_of(of, made(of))
    assert (found.outcome, found.limit_id, found.statutory) == (ManualOutcome.EARLY_SIGN, "permit", False)
    assert "预警" in found.zh
    whole_day = verdict_of(of, made(of, averaging="日"))
    assert (whole_day.outcome, whole_day.statutory) == (ManualOutcome.OVER, True)


def test_a_day_says_nothing_of_an_hourly_limit_and_the_day_of_sampling_chooses_the_limit() -> None:
    of = point(limit(upper="40", averaging="hour"))
    assert verdict_of(of, made(of, averaging="日")).outcome is ManualOutcome.NOT_JUDGED
    old = point(limit(upper="40", averaging="realtime", valid_to=date(2026, 11, 19)))
    assert verdict_of(old, made(old)).outcome is ManualOutcome.NOT_JUDGED
    assert verdict_of(old, made(old, sampled_at="2026-11-19 23:59")).outcome is ManualOutcome.OVER


def test_a_converted_limit_needs_the_converted_value() -> None:
    of = point(limit("a21026", upper="35", unit="mg/m3", basis="converted"), medium=Medium.WASTE_GAS)
    gas = {"factor": "a21026", "unit": "mg/m3", "averaging": "hour", "value": "30"}
    assert "折算" in verdict_of(of, made(of, **gas)).zh
    found = verdict_of(of, made(of, **gas, converted="36"))
    assert (found.outcome, found.statutory) == (ManualOutcome.OVER, True)


def test_what_was_not_detected_is_judged_by_the_sensitivity_of_the_method() -> None:
    of = point(limit(upper="50", averaging="realtime"))
    assert verdict_of(of, made(of, value="<4")).outcome is ManualOutcome.COMPLIANT
    assert verdict_of(of, made(of, value="60L")).outcome is ManualOutcome.UNDECIDED


def test_a_result_over_is_told_and_the_next_within_ends_it() -> None:
    of = point(limit(upper="40", averaging="realtime"))
    over, within = made(of), made(of, value="39", sampled_at="2026-11-21 10:00")
    first = list(result_findings(of, over, verdict_of(of, over), 1, before=None, counts=True, at=NOW))
    assert [(one.verdict, one.period, one.statutory, one.limit_id) for one in first] == [
        ("violated", Period.DAY, True, "manual/TEST/w01018/realtime/measured")
    ]
    ended = list(
        result_findings(of, within, verdict_of(of, within), 1, before=verdict_of(of, over), counts=True, at=NOW)
    )
    assert [(one.verdict, one.limit_id) for one in ended] == [("complied", first[0].limit_id)]
    taken_back = list(
        result_findings(of, over, verdict_of(of, over), 2, before=verdict_of(of, over), counts=False, at=NOW)
    )
    assert [one.verdict for one in taken_back] == ["complied"]
    assert "不再计入" in taken_back[0].explanation_zh


def pairs(*values: tuple[str, str | None]) -> list[Pair]:
    return [
        Pair(
            result_id=str(number), since=NOW, until=NOW + timedelta(hours=1), manual=Decimal(manual), unit="mg/L",
            automatic=None if automatic is None else Decimal(automatic), why_zh="无", why_en="none",
        )
        for number, (manual, automatic) in enumerate(values)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("manual", "automatic", "outcome", "error"),
    [
        ("100", "115", "passed", "15.00"),  # >= 100: 15 %
        ("100", "115.1", "failed", "15.10"),
        ("20", "25", "passed", "5.00"),  # < 30: 5 mg/L
        ("20", "25.1", "failed", "5.10"),
    ],
)
def test_a_real_sample_of_water_is_held_against_the_table(
    manual: str, automatic: str, outcome: str, error: str
) -> None:
    found = compared("w01018", Medium.WASTE_WATER, pairs((manual, automatic)))
    assert (found.outcome, found.error, found.standard) == (outcome, Decimal(error), "HJ 355-2019")


def test_gas_of_few_pairs_and_unknown_monitors_are_not_comparable_with_the_reason() -> None:
    (pair,) = pairs(("800", "810"))
    found = compared("a21026", Medium.WASTE_GAS, [msgspec.structs.replace(pair, unit="mg/m3")])
    assert (found.outcome, found.error) == ("not-comparable", None)
    assert "9" in found.en
    assert compared("w20111", Medium.WASTE_WATER, pairs(("1", "1"))).outcome == "not-comparable"
    assert compared("w01018", Medium.WASTE_WATER, pairs(("1", None))).zh == "无"


def comparisons(medium: Medium, *outcomes: bool, count: int = 1) -> list[DayOfComparison]:
    factor, high = ("w01018", "150") if medium is Medium.WASTE_WATER else ("a34013", "150")
    unit = "mg/L" if medium is Medium.WASTE_WATER else "mg/m3"
    found: list[Any] = []
    for number, passed in enumerate(outcomes):
        some = [msgspec.structs.replace(one, unit=unit) for one in pairs(*[("100", "101" if passed else high)] * count)]
        at = NOW + timedelta(days=number)
        found.append(DayOfComparison(at.date(), at, compared(factor, medium, some)))
    return found


def test_water_fails_twice_before_the_monitor_is_out_of_control() -> None:
    made_of = check_outcomes(Medium.WASTE_WATER, comparisons(Medium.WASTE_WATER, False, True, False, False, True))
    assert [outcome for _, outcome in made_of] == ["adjust", "pass", "adjust", "out-of-control", "pass"]


def test_gas_needs_enough_pairs_to_be_a_check_and_fails_at_once() -> None:
    assert list(check_outcomes(Medium.WASTE_GAS, comparisons(Medium.WASTE_GAS, False, count=4))) == []
    found = check_outcomes(Medium.WASTE_GAS, comparisons(Medium.WASTE_GAS, False, True, count=5))
    assert [outcome for _, outcome in found] == ["out-of-control", "pass"]
