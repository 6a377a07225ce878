"""A sheet is judged row by row: every error of every row, and good rows unhurt."""

import io
from collections.abc import Mapping

import openpyxl
import pytest
from archive.domain.coordinates import Datum
from archive.domain.credit_code import check_character
from archive.domain.import_plan import JudgedRow, judge_rows
from archive.domain.records import Kind, Record
from archive.domain.row_rules import KnownPoint, Surroundings
from archive.domain.sheets import DEVICES, ENTERPRISES, LIMITS, POINTS, SHEETS
from park_chassis.sheets.sheet import SheetRow
from park_chassis.sheets.sheet_file import UnreadableFile, rows_of_file, template_of
from park_schemas.codes import Medium

CENTRE = (118.9, 32.28)


def code_number(number: int) -> str:
    body = f"91990001MA{number:07d}"
    return body + check_character(body)


AROUND = Surroundings(
    centre=CENTRE,
    enterprises=frozenset({code_number(1)}),
    points={"P1": KnownPoint(Medium.WASTE_WATER, {"w01018": "mg/L"}), "P2": KnownPoint(Medium.WASTE_GAS, {})},
    devices_at={"P1": "MN0001"},
    mn_spellings={"MN0001": "MN0001"},
)


def judged(kind: Kind, *texts: Mapping[str, str], existing: Mapping[str, Record] | None = None) -> list[JudgedRow]:
    rows = [SheetRow(number, cells) for number, cells in enumerate(texts, start=2)]
    return list(judge_rows(kind, rows, AROUND, existing or {}))


def enterprise(number: int, **changed: str) -> dict[str, str]:
    return {
        "credit_code": code_number(number), "name_zh": "甲", "industry": "化工", "longitude": "118.91",
        "latitude": "32.27",
    } | changed  # fmt: skip


def said(row: JudgedRow) -> set[str]:
    return {problem.column for problem in row.report.errors}


def test_a_row_full_of_errors_names_each_of_them() -> None:
    (row,) = judged(
        Kind.ENTERPRISES,
        enterprise(1, credit_code="123", name_zh="", longitude="32.2", latitude="x", key_unit="?", risk_level="huge"),
    )
    assert row.report.status == "rejected"
    assert row.record is None
    assert said(row) == {"credit_code", "name_zh", "longitude", "latitude", "key_unit", "risk_level"}
    assert all(problem.what_zh and problem.what_en for problem in row.report.errors)
    values = {problem.column: problem.value for problem in row.report.errors}
    assert values["credit_code"] == "123"


def test_bad_rows_do_not_keep_good_ones_out() -> None:
    rows = judged(Kind.ENTERPRISES, enterprise(2), enterprise(3, longitude="abc"), enterprise(4))
    assert [row.report.status for row in rows] == ["created", "rejected", "created"]
    assert [row.report.row for row in rows] == [2, 3, 4]


def test_the_second_row_of_a_key_is_rejected_and_names_the_first() -> None:
    rows = judged(Kind.ENTERPRISES, enterprise(2), enterprise(2, name_zh="乙"))
    assert [row.report.status for row in rows] == ["created", "rejected"]
    assert "row 2" in rows[1].report.errors[0].what_en


def test_a_row_equal_to_the_archive_is_unchanged() -> None:
    (first,) = judged(Kind.ENTERPRISES, enterprise(2))
    assert first.record is not None
    held = {first.record.key: first.record}
    same, other = judged(Kind.ENTERPRISES, enterprise(2), enterprise(3), existing=held)
    assert (same.report.status, other.report.status) == ("unchanged", "created")
    (changed,) = judged(Kind.ENTERPRISES, enterprise(2, name_zh="丙"), existing=held)
    assert changed.report.status == "updated"


def test_a_place_far_from_the_park_is_refused() -> None:
    (row,) = judged(Kind.ENTERPRISES, enterprise(2, longitude="121.0"))
    assert said(row) == {"longitude"}
    assert "km from the park's centre" in row.report.errors[0].what_en


def test_gcj02_coordinates_are_converted_when_the_file_says_so() -> None:
    rows = [SheetRow(2, enterprise(2))]
    (as_is,) = judge_rows(Kind.ENTERPRISES, rows, AROUND, {})
    (shifted,) = judge_rows(Kind.ENTERPRISES, rows, AROUND, {}, Datum.GCJ02)
    assert as_is.record != shifted.record


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"enterprise": ""}, "enterprise"),
        ({"enterprise": code_number(9)}, "enterprise"),
        ({"medium": "环境空气"}, "enterprise"),
        ({"target_class": "Ⅲ"}, "target_class"),
        ({"factors": "a21026"}, "factors"),
        ({"medium": "soup"}, "medium"),
    ],
)
def test_outlets_are_held_against_owner_class_and_factors(changed: dict[str, str], column: str) -> None:
    good = {
        "code": "P9", "name_zh": "总排口", "medium": "废水", "enterprise": code_number(1), "longitude": "118.91",
        "latitude": "32.27", "factors": "w01018",
    }  # fmt: skip
    assert judged(Kind.POINTS, good)[0].report.status == "created"
    assert column in said(judged(Kind.POINTS, good | changed)[0])


def test_a_point_has_one_active_device_and_an_mn_one_spelling() -> None:
    device = {"mn": "MN0002", "password": "123456", "point_code": "P2", "edition": "2017"}
    rows = judged(
        Kind.DEVICES,
        device,
        device | {"mn": "MN0003"},
        device | {"mn": "mn0002", "active": "否"},
        device | {"mn": "MN0004", "point_code": "P1"},
        device | {"mn": "mn0001", "point_code": "P1", "active": "否"},
        device | {"mn": "MN0005", "active": "否"},
        device | {"mn": "MN0006", "point_code": "P7", "minute_interval_min": "7"},
    )
    assert [row.report.status for row in rows] == [
        "created", "rejected", "rejected", "rejected", "rejected", "created", "rejected",
    ]  # fmt: skip
    assert said(rows[6]) == {"point_code", "minute_interval_min"}


def test_limits_of_one_sheet_may_follow_but_not_overlap_each_other() -> None:
    limit = {
        "point_code": "P1", "factor": "w01018", "averaging": "日", "upper": "50", "unit": "mg/L", "standard": "X",
        "clause": "1", "valid_from": "2024-01-01",
    }  # fmt: skip
    rows = judged(
        Kind.LIMITS,
        limit | {"valid_to": "2024-12-31"},
        limit | {"valid_from": "2024-12-31"},
        limit | {"valid_from": "2025-01-01"},
        limit | {"averaging": "小时"},
    )
    assert [row.report.status for row in rows] == ["created", "rejected", "created", "created"]
    assert "2024-01-01 to 2024-12-31" in rows[1].report.errors[0].what_en


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.kind.value)
def test_the_template_can_be_read_back_and_its_example_is_well_formed(sheet: object) -> None:
    chosen = next(one for one in (ENTERPRISES, POINTS, DEVICES, LIMITS) if one is sheet)
    (row,) = rows_of_file(template_of(chosen), chosen, max_rows=10)
    assert row.number == 2
    assert set(row.texts) == {column.name for column in chosen.columns}
    for column in chosen.columns:
        if column.example:
            column.read(row.texts[column.name])


def test_csv_of_excel_in_gb18030_with_chinese_titles_is_read() -> None:
    text = "点位编码,因子编码,生效日期,备用\r\nP1,w01018,2024/1/1,\r\n,,,\r\n"
    with pytest.raises(UnreadableFile) as caught:
        rows_of_file(text.encode("gb18030"), LIMITS, max_rows=10)
    assert caught.value.problems[0].value == "备用"
    (row,) = rows_of_file(text.replace("备用", "").encode("gb18030"), LIMITS, max_rows=10)
    assert row.texts["valid_from"] == "2024/1/1"


def test_spreadsheet_numbers_and_days_are_read_as_people_see_them() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["设备标识MN", "密码PW", "point_code", "edition", "realtime_interval_s"])
    page.append(["MN0009", 123456, "P2", 2017, 30.0])
    buffer = io.BytesIO()
    book.save(buffer)
    (row,) = rows_of_file(buffer.getvalue(), DEVICES, max_rows=10)
    assert row.texts["password"] == "123456"
    assert row.texts["realtime_interval_s"] == "30"


@pytest.mark.parametrize(
    ("content", "said_en"),
    [
        (b"", "no data rows"),
        (b"\x00\x01\x02", "neither xlsx nor text"),
        (b"PK\x03\x04 broken", "not a readable xlsx"),
        ("点位编码,因子编码\r\nP1,w01018".encode(), "header row"),
        ("点位编码,因子编码,生效日期\r\n".encode() + b"P1,w01018,2024-01-01\r\n" * 11, "more than 10 rows"),
        ('点位编码,因子编码,生效日期\r\n"P1,w01018'.encode(), "broken CSV"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, said_en: str) -> None:
    with pytest.raises(UnreadableFile, match=said_en):
        rows_of_file(content, LIMITS, max_rows=10)


def test_text_under_no_title_is_reported_and_not_lost_silently() -> None:
    content = "点位编码,因子编码,生效日期,\r\nP1,w01018,2024-01-01,stray".encode()
    (row,) = rows_of_file(content, LIMITS, max_rows=10)
    assert [problem.value for problem in row.flaws] == ["stray"]
