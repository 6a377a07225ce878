"""Limits: filled from the standards library, never looser than it, never two at a time."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from archive.domain.level_words import level_word
from archive.domain.limit_rules import complete_limit, overlapping
from archive.domain.records import Limit
from archive.domain.row_rules import KnownPoint, Surroundings
from hypothesis import given
from hypothesis import strategies as st
from park_schemas.codes import Medium, PointKind
from park_standards.limits import all_limits, limit_by_id, limits_for

AROUND = Surroundings(
    centre=(118.9, 32.28),
    points={
        "P1": KnownPoint(Medium.WASTE_WATER, {"w01018": "mg/L", "w01001": "1", "w21003": "ug/L"}),
        "F1": KnownPoint(Medium.WASTE_GAS, {"a21026": "mg/m3"}, PointKind.FUGITIVE),
    },
)
COD = limits_for("w01018", standard="GB18918-1A")[0]
PH = limits_for("w01001", standard="GB 18918-2002", level="1A")[0]


def row(**values: Any) -> dict[str, Any]:
    return {"point_code": "P1", "factor": "w01018", "valid_from": date(2024, 1, 1)} | values


def test_a_library_row_fills_everything_a_verdict_has_to_cite() -> None:
    limit, problems = complete_limit(row(standard_limit_id=COD.limit_id), AROUND)
    assert problems == []
    assert limit is not None
    assert (limit.upper, limit.unit, limit.standard, limit.averaging) == (Decimal(50), "mg/L", "GB 18918-2002", "day")
    assert limit.clause == f"{COD.clause}, 一级A标准"
    assert limit.confidence == COD.confidence.value


def test_a_citation_names_the_level_in_the_standards_own_words() -> None:
    english = re.compile(r"[a-z]{2,}")
    assert {row.level for row in all_limits() if english.search(level_word(row.level))} == set()
    assert (level_word("special area"), level_word("III"), level_word("all")) == ("特别排放限值", "III类", "")


def test_a_range_fills_both_bounds() -> None:
    limit, _ = complete_limit(row(factor="w01001", standard_limit_id=PH.limit_id, averaging="realtime"), AROUND)
    assert limit is not None
    assert (limit.lower, limit.upper) == (PH.lower, PH.upper)


@pytest.mark.parametrize(("upper", "fits"), [("49.9", True), ("50", True), ("50.1", False)])
def test_a_permit_may_be_stricter_but_not_looser(upper: str, fits: bool) -> None:
    cells = row(standard_limit_id=COD.limit_id, upper=Decimal(upper), source="permit")
    limit, problems = complete_limit(cells, AROUND)
    assert (limit is not None) is fits
    assert ["looser" in problem.what_en for problem in problems] == ([] if fits else [True])


def test_a_permit_in_another_unit_is_compared_by_amount() -> None:
    cells = row(standard_limit_id=COD.limit_id, upper=Decimal(60000), unit="ug/L", source="permit")
    _, problems = complete_limit(cells, AROUND)
    assert [problem.column for problem in problems] == ["upper"]


@pytest.mark.parametrize(("basis", "fits"), [("converted", False), ("measured", True)])
def test_a_limit_on_converted_values_is_refused_where_there_is_no_flue_gas(basis: str, fits: bool) -> None:
    cells = row(point_code="F1", factor="a21026", upper=Decimal("0.4"), unit="mg/m3", averaging="hour", basis=basis)
    limit, problems = complete_limit(cells | {"standard": "GB 16297-1996", "clause": "2"}, AROUND)
    assert (limit is not None) is fits
    assert [problem.column for problem in problems] == ([] if fits else ["basis"])


def test_a_standard_limit_must_be_the_number_of_the_standard() -> None:
    _, problems = complete_limit(row(standard_limit_id=COD.limit_id, upper=Decimal(45)), AROUND)
    assert [(problem.column, problem.value) for problem in problems] == [("upper", "45")]


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"standard_limit_id": "GB0000-0/t1"}, "standard_limit_id"),
        ({"standard_limit_id": PH.limit_id, "averaging": "day"}, "factor"),
        ({"upper": Decimal(1), "unit": "mg/L", "averaging": "day", "clause": "1"}, "standard"),
        ({"upper": Decimal(1), "unit": "mg/L", "averaging": "day", "standard": "X"}, "clause"),
        ({"unit": "mg/L", "averaging": "day", "standard": "X", "clause": "1"}, "upper"),
        ({"standard_limit_id": COD.limit_id, "valid_to": date(2023, 1, 1)}, "valid_to"),
        ({"standard_limit_id": COD.limit_id, "point_code": "P2"}, "point_code"),
        ({"upper": Decimal(1), "unit": "mg/m3", "averaging": "day", "standard": "X", "clause": "1"}, "unit"),
        ({"upper": Decimal(1), "lower": Decimal(2), "unit": "mg/L", "averaging": "day", "standard": "X",
          "clause": "1"}, "lower"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_by_its_column(values: dict[str, Any], column: str) -> None:
    limit, problems = complete_limit(row(**values), AROUND)
    assert limit is None
    assert column in {problem.column for problem in problems}


def test_a_factor_the_point_does_not_report_gets_no_limit() -> None:
    _, problems = complete_limit(row(factor="w21001", standard_limit_id=""), AROUND)
    assert any("does not report" in problem.what_en for problem in problems)


def days(first: int, last: int | None) -> Limit:
    start = date(2024, 1, 1)
    return Limit(
        point_code="P1", factor="w01018", averaging="day", unit="mg/L", standard="X", clause="1", upper=Decimal(1),
        valid_from=start + timedelta(first), valid_to=None if last is None else start + timedelta(last),
    )  # fmt: skip


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_limits_overlap_exactly_when_they_share_a_day(a: int, b: int, c: int, d: int) -> None:
    one, other = days(a, a + b), days(c, c + d)
    shared = set(range(a, a + b + 1)) & set(range(c, c + d + 1))
    assert (overlapping(one, [other]) is other) is bool(shared)
    assert (overlapping(other, [one]) is one) is bool(shared)


def test_an_open_end_reaches_for_ever() -> None:
    assert overlapping(days(100, None), [days(0, None)]) is not None
    assert overlapping(days(100, None), [days(0, 99)]) is None


def test_every_library_row_that_the_archive_offers_can_be_taken_by_id() -> None:
    assert limit_by_id(COD.limit_id) is COD
