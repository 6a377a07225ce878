from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.completeness import (
    is_valid_air_year,
    is_valid_eight_hours,
    needed_in_day,
    needed_in_hour,
    needed_in_month,
)
from park_standards.errors import BadValue, NotEnoughData
from park_standards.limit import Subject
from park_standards.means import arithmetic_mean, flow_weighted_mean, value_range
from park_standards.tables import rows_of
from park_standards.validity import (
    CONDITION_EXEMPT,
    EQUIPMENT_INVALID,
    REASON_ZH,
    PeriodFacts,
    Reason,
    Validity,
    judge_validity,
    verdict_of_mark,
)

positive = st.decimals(allow_nan=False, allow_infinity=False, min_value="0.0001", max_value="10000", places=4)


@pytest.mark.parametrize(
    ("mark", "validity"),
    [
        ("N", Validity.VALID),
        ("F", Validity.STOPPED),
        ("T", Validity.OVER_RANGE),
        ("C", Validity.INVALID),
        ("M", Validity.INVALID),
        ("D", Validity.INVALID),
        ("B", Validity.INVALID),
        ("S", Validity.INVALID),
        ("X", Validity.INVALID),
        ("n", Validity.INVALID),
        (None, Validity.VALID),
        ("", Validity.VALID),
    ],
)
def test_the_mark_of_a_2017_device_decides(mark: str | None, validity: Validity) -> None:
    assert verdict_of_mark(mark).validity is validity


def test_marks_depend_on_the_edition() -> None:
    assert verdict_of_mark("P", "2005").reason is Reason.POWER_FAILURE
    assert verdict_of_mark("P", "2017").reason is Reason.UNKNOWN_MARK
    assert verdict_of_mark("B", "2005").reason is Reason.UNKNOWN_MARK
    assert verdict_of_mark("Td", "2025").reason is Reason.FAULT
    assert verdict_of_mark("3", "2017").usable
    with pytest.raises(BadValue, match="2099"):
        verdict_of_mark("N", "2099")


def test_every_reason_has_a_chinese_word() -> None:
    assert set(REASON_ZH) == set(Reason)


def test_every_mark_of_the_marking_rules_is_treated() -> None:
    keys = {row["internal_key"] for _, row in rows_of("data_marks.csv") if not row["internal_key"].startswith("flag_")}
    untouched = {"furnace_temp_abnormal", "thermocouple_fault", "valid", "missing", "comm_lost"}
    assert keys == CONDITION_EXEMPT | {"stopped"} | set(EQUIPMENT_INVALID) | untouched


@pytest.mark.parametrize(
    ("facts", "validity", "reason"),
    [
        (PeriodFacts(received=False, mark="F"), Validity.MISSING, Reason.NO_DATA),
        (PeriodFacts(received=False, link_up=False), Validity.MISSING, Reason.LINK_LOST),
        (PeriodFacts(mark="F", equipment_mark="dev_fault"), Validity.STOPPED, Reason.STOPPED),
        (PeriodFacts(mark="D", condition_mark="stopped"), Validity.STOPPED, Reason.STOPPED),
        (PeriodFacts(mark="C", out_of_control=True), Validity.INVALID, Reason.CALIBRATION),
        (PeriodFacts(mark="N", equipment_mark="dev_routine"), Validity.INVALID, Reason.MAINTENANCE),
        (PeriodFacts(out_of_control=True, valid_values=0, needed_values=45), Validity.INVALID, Reason.OUT_OF_CONTROL),
        (PeriodFacts(mark="T", valid_values=44, needed_values=45), Validity.INVALID, Reason.TOO_FEW_VALUES),
        (PeriodFacts(mark="T", valid_values=45, needed_values=45), Validity.OVER_RANGE, Reason.OVER_RANGE),
        (PeriodFacts(has_flow=False), Validity.INVALID, Reason.NO_FLOW),
        (PeriodFacts(mark="N"), Validity.VALID, Reason.NORMAL),
    ],
)
def test_the_first_matching_test_gives_the_verdict(facts: PeriodFacts, validity: Validity, reason: Reason) -> None:
    verdict = judge_validity(facts)
    assert (verdict.validity, verdict.reason) == (validity, reason)


def test_start_up_keeps_the_value_valid_but_exempts_it_from_judgement() -> None:
    verdict = judge_validity(PeriodFacts(mark="N", condition_mark="startup"))
    assert verdict.usable
    assert not verdict.judged
    assert judge_validity(PeriodFacts(mark="N")).judged


def test_marks_that_are_not_listed_are_refused() -> None:
    with pytest.raises(BadValue, match="holiday"):
        judge_validity(PeriodFacts(condition_mark="holiday"))
    with pytest.raises(BadValue, match="holiday"):
        judge_validity(PeriodFacts(equipment_mark="holiday"))


@pytest.mark.parametrize(("expected", "needed"), [(60, 45), (6, 5), (12, 9), (1, 1), (0, 0)])
def test_an_hour_needs_three_quarters_of_its_values(expected: int, needed: int) -> None:
    assert needed_in_hour(expected) == needed


def test_a_day_needs_twenty_hours_of_gas_and_three_quarters_of_the_water_results() -> None:
    assert needed_in_day(Subject.WASTE_GAS) == 20
    assert needed_in_day(Subject.AMBIENT_AIR) == 20
    assert needed_in_day(Subject.WASTE_WATER, 24) == 18
    assert needed_in_day(Subject.WASTE_WATER, 12) == 9
    assert needed_in_day(Subject.SURFACE_WATER, 6) == 4
    with pytest.raises(BadValue):
        needed_in_day(Subject.SOIL)
    with pytest.raises(BadValue):
        needed_in_day(Subject.WASTE_WATER, -1)


def test_months_and_years_count_valid_days() -> None:
    assert [needed_in_month(Subject.WASTE_GAS, days) for days in (28, 30, 31)] == [23, 25, 25]
    assert [needed_in_month(Subject.AMBIENT_AIR, days) for days in (29, 31)] == [25, 27]
    assert needed_in_month(Subject.WASTE_WATER, 30) == needed_in_month(Subject.NOISE, 30) == 23
    with pytest.raises(BadValue):
        needed_in_month(Subject.SOIL, 30)
    assert is_valid_eight_hours(6)
    assert not is_valid_eight_hours(5)
    assert is_valid_air_year(324)
    assert not is_valid_air_year(323)


def test_hours_without_flow_have_no_weight_in_the_day_mean() -> None:
    values = [Decimal(40), Decimal(60), Decimal(20)]
    mean = flow_weighted_mean(values, [Decimal(100), Decimal(50), Decimal(0)])
    assert mean.quantize(Decimal("0.0001")) == Decimal("46.6667")
    with pytest.raises(NotEnoughData):
        flow_weighted_mean(values, [Decimal(0)] * 3)
    with pytest.raises(BadValue):
        flow_weighted_mean(values, [Decimal(1)])
    with pytest.raises(BadValue):
        flow_weighted_mean([Decimal(1)], [Decimal(-1)])


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=24))
def test_a_weighted_mean_lies_between_the_extremes(pairs: list[tuple[Decimal, Decimal]]) -> None:
    values, volumes = [value for value, _ in pairs], [volume for _, volume in pairs]
    tolerance = Decimal("1E-18")
    assert min(values) - tolerance <= flow_weighted_mean(values, volumes) <= max(values) + tolerance


@given(st.lists(positive, min_size=1, max_size=24))
def test_equal_flow_gives_the_plain_mean(values: list[Decimal]) -> None:
    difference = flow_weighted_mean(values, [Decimal(2)] * len(values)) - arithmetic_mean(values)
    assert abs(difference) < Decimal("1E-15")


def test_ph_of_a_day_is_a_range_and_a_mean_by_time() -> None:
    day = value_range([Decimal("6.8"), Decimal("7.4"), Decimal("7.1")])
    assert (day.lowest, day.highest, day.mean) == (Decimal("6.8"), Decimal("7.4"), Decimal("7.1"))
    with pytest.raises(NotEnoughData):
        value_range([])
