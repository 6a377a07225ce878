"""Nothing of a packaged table is dropped on the way into the typed rows: every cell of every row is looked for."""

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest
from park_standards.anomaly.result import rules
from park_standards.aqi import (
    DAILY_ITEMS,
    POLLUTANT_CODES,
    REALTIME_ITEMS,
    Item,
    breakpoints,
    categories,
    unit_of,
)
from park_standards.converted import baseline_oxygen_rows
from park_standards.factors import factors
from park_standards.item_names import item_names
from park_standards.limit import Limit, Op, Subject
from park_standards.limits import all_limits
from park_standards.marks import mark_rules
from park_standards.substitution import substitution_rules
from park_standards.tables import rows_of
from park_standards.units import canonical_unit, quantity_of
from park_standards.water_class import EXCLUDED

LIMIT_TABLES = (
    "effluent_limits.csv",
    "emission_gas_limits.csv",
    "air_quality_limits.csv",
    "surface_water_limits.csv",
    "groundwater_limits.csv",
    "soil_limits.csv",
    "soil_agricultural_limits.csv",
    "noise_limits.csv",
)
# hj212_unit is that of the factor dictionary (its own test below), class5 of groundwater is "beyond class 4" in every row,
# in_class_evaluation is held against the exclusions below; item_en and pollutant may give way to a fuller English name.
NOT_IN_THE_ROW = frozenset({"hj212_unit", "class5", "in_class_evaluation"})
WORDS_FOR_OTHER_WORDS = {"absent": Op.RULE.value, "screening-other": "screening", "control": "control"}


def _shown(row: Limit) -> set[str]:
    cells = [getattr(row, name) for name in row.__dataclass_fields__]
    shown = {str(cell) for cell in cells if cell is not None}
    shown |= {f"{row.lower}-{row.upper}"} if row.lower is not None else set()
    shown |= {str(row.op.value), row.averaging_text, "ND" if row.op is Op.NOT_DETECTABLE else ""}
    shown |= set(row.scope.split(": ")) | set(row.scope.split(" "))
    return shown


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _held(cell: str, rows: Sequence[Limit]) -> bool:
    if any(cell in _shown(row) for row in rows) or WORDS_FOR_OTHER_WORDS.get(cell) in set().union(*map(_shown, rows)):
        return True
    number = _number(cell)
    if number is not None and any(number in (row.value, row.lower, row.upper, row.stack_height_m) for row in rows):
        return True
    return any(cell in row.limit_id or cell in row.scope or cell in row.note for row in rows)


@pytest.mark.parametrize("name", LIMIT_TABLES)
def test_every_cell_of_every_limit_row_is_found_in_the_limits_that_cite_it(name: str) -> None:
    by_source: dict[str, list[Limit]] = {}
    for limit in all_limits():
        by_source.setdefault(limit.source, []).append(limit)
    lost = []
    for line, row in rows_of(name):
        held = by_source.get(f"{name}:{line}", [])
        lost += [
            (line, column, cell)
            for column, cell in row.items()
            if cell and column not in NOT_IN_THE_ROW and ";8.5-9.0" not in cell and not (held and _held(cell, held))
        ]
    assert lost == []


@pytest.mark.parametrize("name", LIMIT_TABLES)
def test_unit_confidence_and_dates_are_those_of_the_cell_itself(name: str) -> None:
    table = dict(rows_of(name))
    for limit in all_limits():
        source, _, line = limit.source.partition(":")
        if source != name:
            continue
        row = table[int(line)]
        assert limit.standard == row["standard"]
        assert limit.unit == row["unit"]
        assert limit.confidence.value == row["confidence"]
        if row.get("effective_from", "").count("-") == 2 and len(row["effective_from"]) == 10:
            assert str(limit.effective_from) == row["effective_from"]
        if row.get("effective_to"):
            assert str(limit.effective_to) == row["effective_to"]


def test_the_default_unit_of_the_tables_is_that_of_the_factor_dictionary() -> None:
    """The unit beside a code is that of the dictionary, or else at least known and of a quantity."""
    different = {
        (row["hj212_code"], row["hj212_unit"])
        for name in LIMIT_TABLES
        for _, row in rows_of(name)
        if row.get("hj212_unit") and canonical_unit(row["hj212_unit"]) != factors()[row["hj212_code"]].unit
    }
    assert all(quantity_of(unit) for _, unit in different)
    assert {code for code, _ in different} <= {"w01002"}, different


def test_the_items_left_out_of_the_class_are_those_the_table_marks() -> None:
    marked = {
        row["hj212_code"]
        for _, row in rows_of("surface_water_limits.csv")
        if row["table"] == "1" and row["in_class_evaluation"] == "no"
    }
    assert marked == EXCLUDED
    assert {row["in_class_evaluation"] for _, row in rows_of("surface_water_limits.csv") if row["table"] == "1"} == {
        "yes",
        "no",
    }
    assert {row["class5"] for _, row in rows_of("groundwater_limits.csv")} <= {"beyond class 4", ">0.5"}


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("aqi_breakpoints.csv", breakpoints),
        ("aqi_categories.csv", categories),
        ("baseline_oxygen.csv", baseline_oxygen_rows),
        ("data_marks.csv", mark_rules),
        ("data_substitution.csv", substitution_rules),
        ("anomaly_rules.csv", lambda: tuple(rules().values())),
    ],
)
def test_every_cell_of_the_other_tables_is_held_in_its_typed_row(name: str, rows: Callable[[], Sequence[Any]]) -> None:
    typed = rows()
    table = list(rows_of(name))
    assert len(typed) == len(table)
    for held, (line, row) in zip(typed, table, strict=True):
        shown = {str(getattr(held, field)) for field in held.__dataclass_fields__}
        for column, cell in row.items():
            if column in ("used_in", "hj212_code"):  # the literal tables DAILY_ITEMS, REALTIME_ITEMS, POLLUTANT_CODES
                continue
            number = _number(cell)
            found = cell in shown or any(cell and cell in text.split(" ") for text in shown)
            numbers = {
                getattr(held, field)
                for field in held.__dataclass_fields__
                if isinstance(getattr(held, field), int | Decimal)
            }
            assert not cell or found or (number is not None and number in numbers), (name, line, column, cell)


def test_codes_and_use_of_the_breakpoints_are_those_of_the_literal_tables() -> None:
    for held, (_, row) in zip(breakpoints(), rows_of("aqi_breakpoints.csv"), strict=True):
        assert POLLUTANT_CODES[row["hj212_code"]] is held.item.pollutant
        assert held.unit == unit_of(held.item)
        assert ("daily" in row["used_in"]) == (held.item in DAILY_ITEMS[held.edition])
        realtime = {
            Item(one.replace("PM10 1h", "PM10 24h").replace("PM2.5 1h", "PM2.5 24h"))
            for one in REALTIME_ITEMS[held.edition]
        }
        assert ("realtime" in row["used_in"]) == (held.item in realtime)


def test_every_limit_has_an_english_name_in_ascii_and_the_chinese_one_of_its_table() -> None:
    for limit in all_limits():
        assert limit.name_en, limit.limit_id
        assert limit.name_en.isascii(), limit.limit_id
        assert limit.name_zh, limit.limit_id


def test_english_names_tell_soil_items_apart() -> None:
    names = {limit.name_zh: limit.name_en for limit in all_limits() if limit.subject is Subject.SOIL}
    assert len(names) == 85
    assert len(set(names.values())) == 85
    assert names["砷"] == "Arsenic"
    assert names["铬(六价)"] == "Chromium (VI)"
    assert names["䓛"] == "Chrysene"
    assert names["石油烃(C10-C40)"] == "Petroleum hydrocarbons (C10-C40)"
    assert names["顺-1,2-二氯乙烯"] == "cis-1,2-Dichloroethene"


def test_no_english_name_is_kept_that_no_table_needs() -> None:
    assert set(item_names()) <= {limit.name_zh for limit in all_limits()}


def _check_digit_fits(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number.replace("-", ""))]
    return sum(place * digit for place, digit in enumerate(digits[1:], start=1)) % 10 == digits[0]


def test_cas_numbers_keep_their_check_digit_and_only_groups_have_none() -> None:
    soil = {limit.name_zh: limit.cas_number for limit in all_limits() if limit.subject is Subject.SOIL}
    assert all(_check_digit_fits(number) for numbers in soil.values() if numbers for number in numbers.split(";"))
    assert {name for name, number in soil.items() if not number} == {
        "多氯联苯(总量)", "二噁英类(总毒性当量)", "多溴联苯(总量)", "石油烃(C10-C40)",
    }  # fmt: skip
    given = [number for number in soil.values() if number]
    assert len(given) == len(set(given))


def test_spot_values_read_from_the_standards_by_hand() -> None:
    """One number of each standard, so that a shifted column cannot pass unseen."""
    held = {limit.limit_id: limit for limit in all_limits()}
    spots = {
        "GB18918-2002/t1/1B/w21003": "8",
        "GB36600-2018/t1/control/class-2/砷": "140",
        "GB36600-2018/t1/screening/class-1/苯": "1",
        "GB15618-2018/screening/paddy/pH<=5.5/镉": "0.3",
        "GB3096-2008/ambient/zone-2/outdoor/night": "50",
        "GB12348-2008/factory-boundary/zone-4/1-m-outside-the-boundary/daytime": "70",
        "GB22337-2008/social-life-noise-source-boundary/zone-2/1-m-outside-the-boundary/night": "50",
        "GB3838-2002/t1/III/w01018": "20",
        "GB3838-2002/t1/lake_reservoir/III/w21011": "0.05",
        "GB3095-2026/2026-transition/class-2/24h/a34004": "60",
        "GB3095-2012/2012/class-2/annual/a34004": "35",
        "GB3095-2026/2026-final/class-2/24h/a34004": "50",
    }
    assert {limit_id: f"{held[limit_id].value}" for limit_id in spots} == spots
