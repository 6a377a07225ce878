from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_standards.errors import UnknownStandard
from park_standards.limit import Averaging, Basis, Kind, Limit, Op, Season, Subject
from park_standards.limit_fields import clause_of, first_date
from park_standards.limits import (
    all_limits,
    in_force,
    limit_by_id,
    limits_for,
    resolve_standard,
    standards,
)
from park_standards.tables import rows_of
from park_standards.units import quantity_of

days = st.dates(min_value=date(2016, 1, 1), max_value=date(2040, 12, 31))


def values(rows: tuple[Limit, ...]) -> list[str]:
    return sorted(f"{row.value:f}" for row in rows if row.value is not None)


def test_every_row_of_the_eight_tables_is_loaded_and_cites_its_source() -> None:
    rows = all_limits()
    assert len({row.limit_id for row in rows}) == len(rows)
    assert {row.subject for row in rows} == set(Subject)
    effluent = {row.source for row in rows if row.subject is Subject.WASTE_WATER}
    gas = {row.source for row in rows if row.subject is Subject.WASTE_GAS}
    assert (len(effluent), len(gas)) == (734, 1081)
    assert all(row.standard and row.confidence and row.name_zh for row in rows)


def test_ids_once_given_stay_valid() -> None:
    """Other services store these ids: new rows may be added to the file, none may vanish."""
    given = (Path(__file__).parent / "data/limit_ids.txt").read_text("utf-8").split("\n")
    assert {limit_id for limit_id in given if limit_id} - {row.limit_id for row in all_limits()} == set()


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("air_quality_limits.csv", 101), ("anomaly_rules.csv", 46), ("aqi_breakpoints.csv", 160),
        ("aqi_categories.csv", 6), ("baseline_oxygen.csv", 24), ("data_marks.csv", 30), ("data_substitution.csv", 13),
        ("effluent_limits.csv", 734), ("emission_gas_limits.csv", 1081), ("groundwater_limits.csv", 93),
        ("noise_limits.csv", 49), ("qaqc_intervals.csv", 45), ("soil_agricultural_limits.csv", 22),
        ("soil_limits.csv", 85), ("surface_water_limits.csv", 110), ("factors.csv", 462),
    ],
)  # fmt: skip
def test_packaged_tables_are_whole(name: str, rows: int) -> None:
    assert len(list(rows_of(name))) == rows


def test_every_row_is_a_number_in_a_known_unit_or_says_that_it_is_words() -> None:
    for row in all_limits():
        if row.op is Op.RULE:
            assert row.text, row.limit_id
        else:
            assert row.bounds.unit == row.unit
            assert quantity_of(row.unit), row.limit_id


def test_pm25_daily_limit_follows_the_edition_in_force() -> None:
    def on(day: date) -> list[str]:
        return values(limits_for("a34004", at=day, level="2", averaging=Averaging.DAY))

    assert on(date(2026, 2, 28)) == ["75"]
    assert on(date(2026, 3, 1)) == ["60"]
    assert on(date(2030, 12, 31)) == ["60"]
    assert on(date(2031, 1, 1)) == ["50"]


@given(days)
def test_on_any_day_one_edition_of_the_air_standard_is_in_force(day: date) -> None:
    rows = limits_for("a21026", at=day, level="2", averaging=Averaging.HOUR, scope="2")
    assert len([row for row in rows if row.standard.startswith("GB 3095")]) == 1


def test_winter_number_replaces_the_ordinary_one_from_november_to_march() -> None:
    def on(day: date) -> list[str]:
        return values(limits_for("w21003", at=day, standard="DB32/4440-2022-A", averaging=Averaging.DAY))

    assert on(date(2026, 10, 31)) == ["1.5"]
    assert on(date(2026, 11, 1)) == ["3"]
    assert on(date(2027, 3, 31)) == ["3"]
    assert on(date(2027, 4, 1)) == ["1.5"]


def test_alternative_of_a_source_applies_only_when_its_condition_is_named() -> None:
    cold = "water temperature <=12 degC"
    day = date(2026, 7, 1)
    assert values(limits_for("w21003", at=day, standard="GB18918-1A")) == ["5"]
    assert values(limits_for("w21003", at=day, standard="GB18918-1A", conditions={cold})) == ["8"]


@given(days, st.booleans())
def test_of_a_row_and_its_alternative_exactly_one_is_in_force(day: date, cold: bool) -> None:
    conditions = {"water temperature <=12 degC"} if cold else set()
    rows = in_force(limits_for("w21003", standard="GB 18918-2002", level="1B"), day, conditions=conditions)
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("GB18918-1A", ("GB 18918-2002", "1A")),
        ("GB 18918-2002", ("GB 18918-2002", "")),
        ("gb31962-A", ("GB/T 31962-2015", "A")),
        ("GB3095-2026", ("GB 3095-2026", "")),
        ("DB32/4440-2022-B", ("DB32/4440-2022", "B")),
    ],
)
def test_short_references_name_one_standard_and_its_level(reference: str, expected: tuple[str, str]) -> None:
    assert resolve_standard(reference) == expected


def test_a_reference_that_fits_nothing_or_two_editions_says_so() -> None:
    with pytest.raises(UnknownStandard, match=r"GB 3095-2012, GB 3095-2026"):
        resolve_standard("GB3095")
    with pytest.raises(UnknownStandard, match="GB99999"):
        limits_for("w01018", standard="GB99999")
    with pytest.raises(UnknownStandard, match="no-such"):
        limit_by_id("no-such")


def test_boiler_limits_are_compared_converted_to_their_reference_oxygen() -> None:
    (row,) = limits_for("a21002", standard="GB13271", scope="燃气锅炉", level="new")
    assert (row.basis, row.baseline_oxygen, row.averaging) == (Basis.CONVERTED, Decimal("3.5"), Averaging.HOUR)


def test_removal_rates_and_furnace_temperature_are_lower_limits() -> None:
    assert limits_for("a24088", kind=Kind.REMOVAL_MIN)[0].op is Op.AT_LEAST
    assert limits_for("焚烧炉高温段温度")[0].bounds.lower == 1100


def test_both_discharges_are_found_in_a_row_that_lists_both() -> None:
    direct = limits_for("w20120", standard="GB31570", discharge="direct")
    indirect = limits_for("w20120", standard="GB31570", discharge="indirect")
    assert direct == indirect != ()


def test_an_unknown_factor_has_no_limits() -> None:
    assert limits_for("w99999") == ()


def test_citation_names_standard_table_and_level() -> None:
    assert limit_by_id("GB18918-2002/t1/1A/w01018").cited() == "GB 18918-2002, 表1, 1A"
    assert "GB 18918-2002" in standards()


def test_table_cells_become_clauses() -> None:
    assert [clause_of(text) for text in ("1", "1;2", "10.3", "A.1", "table1", "appendixA", "")] == [
        "表1", "表1、表2", "第10.3条", "表A.1", "表1", "附录A", "",
    ]  # fmt: skip


def test_dates_with_more_to_say_keep_their_wording() -> None:
    assert first_date("2015-07-01") == (date(2015, 7, 1), "")
    assert first_date("2015-07-01 (existing 2017-07-01)") == (date(2015, 7, 1), "2015-07-01 (existing 2017-07-01)")
    assert first_date("as set locally") == (None, "as set locally")


def test_a_season_within_one_year_and_one_over_new_year() -> None:
    summer, winter = Season((5, 1), (9, 30)), Season((11, 1), (3, 31))
    assert summer.holds_on(date(2026, 5, 1))
    assert not summer.holds_on(date(2026, 10, 1))
    assert winter.holds_on(date(2026, 1, 1))
    assert not winter.holds_on(date(2026, 4, 1))
