"""Laws that hold for every input: monotone, idempotent, the same in every unit, total."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.air_statistics import percentile
from park_standards.aqi import DAILY_ITEMS, REALTIME_ITEMS, Edition, Item, Pollutant, daily_report, sub_index
from park_standards.bounds import Bounds
from park_standards.composite_index import composite_index
from park_standards.emissions import gas_mass, total_mass
from park_standards.errors import BadValue
from park_standards.exceedance import Comparison, judge
from park_standards.explanation import explain
from park_standards.gas_state import dry_standard_flow, standard_concentration
from park_standards.groundwater_class import item_class
from park_standards.limit import Limit, Op, Subject
from park_standards.limits import all_limits, in_force, limits_for, resolve_standard, standards
from park_standards.noise import equivalent_level
from park_standards.rounding import exact, round_gb8170, round_reported, round_significant
from park_standards.soil import FarmUse, LandUse, SoilRisk, judge_farmland, judge_soil
from park_standards.substitution import gas_substitute
from park_standards.trophic_state import TrophicItem, trophic_index
from park_standards.units import _QUANTITIES, canonical_unit, convert
from park_standards.water_class import Reading, WaterBody, class_bounds, factor_class, site_class

NEW = Edition.HJ_633_2026
LIMITS = tuple(row for row in all_limits() if row.op is not Op.RULE)
UPPER = tuple(row for row in LIMITS if row.op is Op.AT_MOST)
GROUND = tuple(sorted({row.key for row in all_limits() if row.subject is Subject.GROUNDWATER and row.op is Op.AT_MOST}))
SOIL = tuple(sorted({row.name_zh for row in all_limits() if row.subject is Subject.SOIL}))
SURFACE = tuple(
    code
    for code in sorted({row.factor_code for row in all_limits() if row.subject is Subject.SURFACE_WATER})
    if class_bounds(code, WaterBody.LAKE)
)
UNITS = tuple((unit, other) for units in _QUANTITIES.values() for unit in units for other in units)
RISKS = [SoilRisk.NEGLIGIBLE, SoilRisk.SURVEY, SoilRisk.UNACCEPTABLE]

amounts = st.decimals(min_value=0, max_value=10_000, places=6)
small = st.decimals(min_value="0.000001", max_value=1000, places=6)
days = st.dates(min_value=date(1990, 1, 1), max_value=date(2045, 12, 31))


@given(st.sampled_from(UPPER), amounts, amounts)
def test_more_is_never_judged_milder_by_any_upper_limit(limit: Limit, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    for comparison in Comparison:
        assert judge(low, limit, comparison=comparison).over <= judge(high, limit, comparison=comparison).over


@given(st.sampled_from(UPPER))
def test_the_limit_itself_complies_and_the_least_more_does_not(limit: Limit) -> None:
    bound = limit.bounds.upper
    assert bound is not None
    assert not judge(bound, limit).over
    assert judge(bound + Decimal("1E-12"), limit).over


@given(st.sampled_from(UNITS), amounts)
def test_every_two_units_of_a_quantity_convert_there_and_back(units: tuple[str, str], value: Decimal) -> None:
    unit, other = units
    back = convert(convert(value, unit, other), other, unit)
    assert abs(back - value) <= abs(value) * Decimal("1E-26")


@given(st.sampled_from(LIMITS), amounts, st.data())
def test_a_verdict_is_the_same_in_whatever_unit_value_and_limit_come(
    limit: Limit, value: Decimal, data: st.DataObject
) -> None:
    siblings = next(list(units) for units in _QUANTITIES.values() if canonical_unit(limit.unit) in units)
    exact_ones = [unit for unit in siblings if convert(convert(value, limit.unit, unit), unit, limit.unit) == value]
    unit = data.draw(st.sampled_from(exact_ones))
    carried = convert(value, limit.unit, unit)
    assert judge(carried, limit, unit=unit) == judge(value, limit)
    if limit.op is not Op.NOT_DETECTABLE and "/h" not in unit and "/s" not in unit:
        assert limit.bounds.in_unit(unit).contain(carried) == limit.bounds.contain(value)


@given(st.text(max_size=12))
def test_the_spelling_of_a_unit_is_found_once_and_stays(text: str) -> None:
    assert canonical_unit(canonical_unit(text)) == canonical_unit(text)


@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(min_value=0, max_value=8))
def test_rounding_is_total_or_says_why(value: Decimal, places: int) -> None:
    """No device text may end in an arithmetic error of the decimal module."""
    if value.adjusted() + places >= 400:
        with pytest.raises(BadValue, match="400 digits"):
            round_gb8170(value, places)
        return
    once = round_gb8170(value, places)
    assert round_gb8170(once, places) == once
    assert round_gb8170(-value, places) == -once


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_whatever_a_float_can_be_rounds(value: float) -> None:
    assert round_gb8170(exact(f"{value:f}"), 3).is_finite()


@given(st.decimals(min_value=-1000, max_value=1000, places=8), st.integers(2, 4), st.integers(0, 3))
def test_a_number_passed_on_is_rounded_later_as_it_would_have_been_at_once(
    value: Decimal, places: int, later: int
) -> None:
    reported = round_reported(value, places)
    assert abs(reported - value) <= Decimal(1).scaleb(-places) / 2
    assert round_reported(reported, places) == reported
    if later < places:
        assert round_gb8170(reported, later) == round_gb8170(value, later)
        coarse = round_gb8170(value, later)
        assert (reported > coarse, reported < coarse) == (value > coarse, value < coarse)


@given(small, st.integers(min_value=1, max_value=9))
def test_significant_digits_are_as_many_as_asked_for(value: Decimal, digits: int) -> None:
    rounded = round_significant(value, digits)
    assert len(rounded.as_tuple().digits) == digits
    assert round_significant(rounded, digits) == rounded


@given(st.sampled_from(sorted(set(Item) - {Item.PM10_1H, Item.PM25_1H})), amounts, amounts)
def test_the_index_of_2012_rises_with_the_concentration_as_long_as_there_is_one(
    item: Item, one: Decimal, other: Decimal
) -> None:
    low, high = (sub_index(item, value, Edition.HJ_633_2012) for value in sorted((one, other)))
    assert high is None or (low is not None and low <= high)


@given(st.fixed_dictionaries(dict.fromkeys(DAILY_ITEMS[NEW], amounts)))
def test_the_daily_report_does_not_depend_on_the_order_of_the_items(
    values: dict[Item, Decimal],
) -> None:
    shuffled = dict(sorted(values.items(), key=lambda pair: str(pair[1]) + pair[0]))
    report, again = daily_report(values, NEW), daily_report(shuffled, NEW)
    assert report == again
    assert report.aqi == max(1, *(index or 0 for index in report.sub_indices.values()))
    assert all(report.sub_indices[item] == report.aqi for item in report.primary)
    assert bool(report.primary) == (report.aqi > 50)


@given(st.fixed_dictionaries(dict.fromkeys(Pollutant, small)), st.sampled_from(list(Pollutant)), small)
def test_a_worse_pollutant_never_lowers_the_composite_index(
    values: dict[Pollutant, Decimal], worse: Pollutant, more: Decimal
) -> None:
    at = date(2026, 12, 31)
    before, after = composite_index(values, at), composite_index({**values, worse: values[worse] + more}, at)
    assert after.index > before.index
    assert after.index == sum(after.parts.values())


@given(st.sampled_from(SURFACE), amounts, amounts)
def test_every_item_of_surface_water_gets_worse_one_way_only(code: str, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    classes = [factor_class(code, Reading(value), WaterBody.LAKE) for value in (low, high)]
    if code == "w01009":
        classes.reverse()
    if code != "w01001":
        assert classes == sorted(classes)


@given(st.dictionaries(st.sampled_from([code for code in SURFACE if code != "w01001"]), amounts, min_size=2))
def test_one_item_more_never_betters_the_class_of_a_site(values: dict[str, Decimal]) -> None:
    readings = {code: Reading(value) for code, value in values.items()}
    decided = {code: reading for code, reading in readings.items() if code not in {"w21001", "w02003"}}
    if decided:
        whole = site_class(readings, WaterBody.LAKE).overall
        assert all(site_class({code: one}, WaterBody.LAKE).overall <= whole for code, one in decided.items())


@given(st.sampled_from(GROUND), amounts, amounts)
def test_every_upper_limit_of_groundwater_gets_worse_with_more(item: str, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert item_class(item, Reading(low)) <= item_class(item, Reading(high))


@given(st.sampled_from(SOIL), amounts, amounts)
def test_more_in_the_soil_is_never_less_risk_and_housing_is_never_laxer_than_industry(
    item: str, one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    at = {land: [RISKS.index(judge_soil(item, value, land).risk) for value in (low, high)] for land in LandUse}
    assert all(first <= second for first, second in at.values())
    assert all(home >= works for home, works in zip(at[LandUse.CLASS_1], at[LandUse.CLASS_2], strict=True))


@given(
    st.sampled_from(["镉", "汞", "砷", "铅", "铬"]),
    amounts,
    st.decimals(min_value=0, max_value=14, places=1),
    st.sampled_from(FarmUse),
)
def test_farmland_is_judged_the_same_in_micrograms(item: str, value: Decimal, ph: Decimal, use: FarmUse) -> None:
    assert judge_farmland(item, value, ph, use) == judge_farmland(item, value * 1000, ph, use, unit="ug/kg")


def test_screening_values_lie_below_control_values_and_classes_do_not_cross() -> None:
    by_item: dict[tuple[str, str], dict[str, Decimal]] = {}
    for row in all_limits():
        if row.subject is Subject.SOIL and row.value is not None:
            by_item.setdefault((row.name_zh, row.level), {})[row.kind.value] = row.value
    assert all(pair["screening"] <= pair["control"] for pair in by_item.values() if len(pair) == 2)


@pytest.mark.parametrize("body", WaterBody)
def test_classes_of_surface_water_never_get_stricter(body: WaterBody) -> None:
    for code in SURFACE:
        for better, worse in pairwise(class_bounds(code, body) or ()):
            assert better.upper is None or worse.upper is None or better.upper <= worse.upper, code
            assert better.lower is None or worse.lower is None or better.lower >= worse.lower, code


@given(st.lists(amounts, min_size=1, max_size=40), st.decimals(0, 1, places=3), st.decimals(0, 1, places=3))
def test_a_larger_share_never_has_a_lower_percentile(values: list[Decimal], one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert percentile(values, low) <= percentile(values, high)
    assert percentile(values, low) == percentile(values[::-1], low)


@given(
    st.lists(st.decimals(min_value=0, max_value=140, places=1), min_size=1, max_size=12), st.decimals(-50, 50, places=1)
)
def test_louder_by_so_much_is_a_level_higher_by_so_much(levels: list[Decimal], more: Decimal) -> None:
    moved = equivalent_level([level + more for level in levels])
    assert abs(moved - equivalent_level(levels) - more) < Decimal("1E-20")


def test_equal_levels_give_exactly_themselves_and_absurd_ones_do_not_overflow() -> None:
    assert equivalent_level([Decimal("-5")] * 3) == -5
    assert equivalent_level([Decimal("1E+300"), Decimal(50)]) == Decimal("1E+300") - 10 * Decimal(2).log10()
    assert equivalent_level([Decimal("-1E+300"), Decimal(50)], [Decimal(1), Decimal(1)]).quantize(
        Decimal("0.01")
    ) == Decimal("46.99")


@given(
    amounts, st.decimals(-40, 900, places=1), st.decimals(50_000, 110_000, places=0), st.decimals(-9000, 9000, places=0)
)
def test_mass_is_the_same_whether_gas_is_brought_to_standard_state_or_not(
    actual: Decimal, temperature: Decimal, ambient: Decimal, static: Decimal
) -> None:
    """C_sn Q_sn = C_s Q_s: what state is taken for both cannot change what leaves the stack (dry gas)."""
    flow = Decimal(10_000)
    standard = gas_mass(
        standard_concentration(actual, temperature, ambient, static),
        dry_standard_flow(flow, temperature, ambient, static, Decimal(0)),
    )
    assert abs(standard - gas_mass(actual, flow)) <= Decimal("1E-20")


@given(st.lists(st.one_of(st.none(), amounts)))
def test_a_total_does_not_depend_on_the_order_of_its_periods(parts: list[Decimal | None]) -> None:
    assert total_mass(parts) == total_mass(parts[::-1])


@given(st.lists(amounts, min_size=1, max_size=30), st.decimals(0, 1, places=3), st.integers(1, 500))
def test_a_substitute_is_never_below_what_was_valid_just_before(
    earlier: list[Decimal], capture: Decimal, gap: int
) -> None:
    found = gas_substitute(capture, gap, earlier)
    assert (found.mass is None) == (capture < Decimal("0.75"))
    assert found.mass is None or found.mass >= earlier[-1]


@given(st.fixed_dictionaries(dict.fromkeys(TrophicItem, small)), small)
def test_clearer_water_lowers_and_more_of_the_rest_raises_the_trophic_index(
    values: dict[TrophicItem, Decimal], more: Decimal
) -> None:
    before = trophic_index(values)
    for item in TrophicItem:
        after = trophic_index({**values, item: values[item] + more})
        assert (after < before) if item is TrophicItem.SECCHI else (after > before)


@given(st.sampled_from(sorted({row.key for row in all_limits()})), days)
def test_what_is_in_force_stays_so_and_is_explained_on_any_day(key: str, day: date) -> None:
    chosen = limits_for(key, at=day)
    assert in_force(chosen, day) == chosen
    lines = list(explain(key, day))
    assert {f"[{row.limit_id}]" for row in chosen} <= {line.rpartition(" ")[2] for line in lines}
    refused = {line.split(" ")[3].rstrip(":") for line in lines if line.startswith("- ")}
    assert {row.limit_id for row in limits_for(key) if row not in chosen} <= refused
    assert not refused & {row.limit_id for row in chosen}


@pytest.mark.parametrize("standard", standards())
def test_every_standard_is_found_by_its_name_however_spaced_with_each_of_its_levels(standard: str) -> None:
    for spelling in (standard, standard.lower().replace(" ", ""), standard.replace("-", "—")):
        assert resolve_standard(spelling) == (standard, "")
    for level in {row.level for row in all_limits() if row.standard == standard and row.level}:
        assert resolve_standard(f"{standard}-{level}") == (standard, level)


def test_bounds_in_another_unit_contain_the_same_values() -> None:
    bounds = Bounds.of(unit="mg/L", lower="0.5", upper="0.7")
    assert bounds.in_unit("ug/L") == Bounds.of(unit="ug/L", lower="500", upper="700")
    assert set(REALTIME_ITEMS) == set(Edition)
