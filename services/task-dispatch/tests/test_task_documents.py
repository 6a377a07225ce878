"""Printed documents: what they say, that fonts are embedded, that the same task gives the same paper, number and hashes."""

import hashlib
import re
from datetime import date, datetime
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from park_chassis.chassis import Chassis
from park_schemas.codes import Role
from park_schemas.park_time import PARK_TIME_ZONE
from task_dispatch.documents.printing import preview, print_pdf
from task_dispatch.domain.kinds import DocumentKind, shipped_kinds
from task_dispatch.domain.printed import (
    NothingToPrint,
    Papers,
    Printed,
    chinese_date,
    number_of,
    ordinal,
    printed,
    written,
)
from task_dispatch.testing import ENTERPRISE, NOON, done, photo, signed_in, upload, work

KINDS = shipped_kinds()
PROBLEMS = [
    {"item": "2d", "found": "危废暂存间地面开裂", "advice": "修复防渗层"},
    {"item": "4c", "found": "台账缺记三天"},
]
HASH = "ab" * 32


def papers(**details: Any) -> Papers:
    held = work()
    task = replace(held.task, enterprise_name_zh="东江化工", source="plan")
    evidence = {
        "sha256": HASH, "media": "photo", "kind": "photo", "name": "现场.jpg", "signer": "", "taken_at": NOON, "added_at": NOON,
        "longitude": 118.8, "latitude": 32.2, "added_by": "li",
    }  # fmt: skip
    signature = {**evidence, "media": "signature", "signer": "王厂长"}
    timeline = [{"at": NOON, "who": "li", "what": "signed", "detail_zh": "李 签收"}]
    return Papers(
        work=replace(held, task=task, details=details), kind=KINDS["rectification"], timeline=timeline, reports=[],
        evidence=[evidence, signature], issuer="东江园区生态环境办公室",
    )  # fmt: skip


NOTICE = {
    "problem_list": PROBLEMS, "checked_from": "2026-11-20T09:30:00+08:00", "checked_to": "2026-11-20T11:10:00+08:00",
    "plan_due_on": "2026-11-27", "contact": "李明",
}  # fmt: skip


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "一"), (2, "二"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")],
)
def test_numbers_are_written_as_in_an_official_letter(number: int, expected: str) -> None:
    assert ordinal(number) == expected


def test_days_and_instants_are_those_of_the_park() -> None:
    assert chinese_date(date(2026, 11, 2)) == "2026年11月2日"
    assert written(NOON) == "2026-11-22 12:00"
    assert written(datetime(2026, 1, 1, 0, 5, tzinfo=PARK_TIME_ZONE)) == "2026-01-01 00:05"


def test_the_notice_says_what_figure_j_1_asks_for() -> None:
    values = printed("rectification-notice", papers(**NOTICE)).values
    assert values["title"] == "生态环境问题整改通知书"
    assert values["enterprise"] == "东江化工"
    assert values["checked"] == "2026年11月20日09时30分至11时10分"
    assert values["problems"] == ["一、危废暂存间地面开裂", "二、台账缺记三天"]
    assert values["advice"][0] == "一、修复防渗层"
    assert (values["plan_due"], values["contact"]) == ("2026年11月27日", "李明")


def test_a_notice_without_problems_is_not_printed() -> None:
    with pytest.raises(NothingToPrint):
        printed("rectification-notice", papers())


def test_the_problem_form_is_the_whole_table_g_1_with_what_was_found_beside_its_item() -> None:
    values = printed("problem-form", papers(**NOTICE)).values
    rows = {f"{one['number']}{item['letter']}": item for one in values["classes"] for item in one["items"]}
    assert len(rows) == 40
    assert {code for code, item in rows.items() if item["found"]} == {"2d", "4c"}
    assert rows["2d"]["advice"] == "修复防渗层"
    assert values["problems"] == 2


def test_a_record_leaves_out_who_complained() -> None:
    complaint = replace(work(), details={"what": "异味", "where": "东门", "who": "赵女士", "phone": "13800000000"})
    said = printed("task-record", Papers(complaint, KINDS["complaint"], [], [], [], "x"))
    assert "异味" in str(said.values)
    assert "赵女士" not in str(said.values)
    assert "13800000000" not in str(said.values)
    assert "个人信息不在本件中显示" in str(said.values)


def test_any_change_of_what_is_said_changes_the_content_hash() -> None:
    first = printed("rectification-notice", papers(**NOTICE))
    assert first.content_hash() == printed("rectification-notice", papers(**NOTICE)).content_hash()
    other = printed("rectification-notice", papers(**{**NOTICE, "contact": "李明明"}))
    assert first.content_hash() != other.content_hash()


def pdf_of(document: Printed) -> bytes:
    return print_pdf(document, number="ZG-20261122-0001-1", check_at="PARK x", made_at=NOON, read=lambda _: photo())


@pytest.mark.parametrize("kind", ["problem-form", "rectification-notice", "task-record"])
def test_a_document_is_a_pdf_a_with_its_fonts_embedded_and_the_same_file_each_time(kind: DocumentKind) -> None:
    document = printed(kind, papers(**NOTICE))
    pdf = pdf_of(document)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"pdfaid" in pdf, "PDF/A says so in its metadata"
    fonts = set(re.findall(rb"/FontName/[A-Z]{6}\+([A-Za-z]+)", pdf))
    assert {b"NotoSerifSC", b"NotoSansSC"} <= fonts
    assert pdf.count(b"/FontFile3") >= 2
    assert pdf == pdf_of(document)


def test_what_people_write_is_data_and_is_never_run() -> None:
    hostile = '#panic("run") #read("/etc/passwd") $x$ *a* "quoted" \\ #include "x" 张三\n第二行'
    row = {"item": "1a", "found": hostile, "advice": hostile}
    for kind in ("rectification-notice", "problem-form"):
        document = printed(kind, papers(problem_list=[row], liability=hostile, basis=hostile, office=hostile))
        assert pdf_of(document).startswith(b"%PDF-")
    pages = preview(document, number="ZG-20261122-0001-1", made_at=NOON, read=lambda _: photo())
    assert all(page.startswith(b"\x89PNG") for page in pages)


def test_the_number_names_kind_task_and_issue() -> None:
    assert number_of("rectification-notice", "TK-20261122-0001", 2) == "ZG-20261122-0001-2"


@pytest.mark.integration
async def test_a_notice_is_printed_put_on_record_and_printed_alike_until_the_task_changes(
    chassis: Chassis, officer: httpx.AsyncClient, inspector: httpx.AsyncClient
) -> None:
    form = {
        "title_zh": "危废问题整改", "kind": "rectification", "priority": "blue", "assignee": "li", "details": NOTICE,
        "enterprise_id": str(ENTERPRISE), "enterprise_name_zh": "东江化工",
    }  # fmt: skip
    made = await officer.post("/tasks", json=form)
    assert made.status_code == 201, made.text
    task = made.json()
    path = f"/tasks/{task['task_id']}/documents/rectification-notice.pdf"
    first, again = await officer.get(path), await officer.get(path)
    assert first.status_code == 200, first.text
    assert first.headers["content-type"] == "application/pdf"
    assert first.content == again.content
    number = re.search(r'filename="(.*)\.pdf"', first.headers["content-disposition"])
    assert number is not None
    row = (await officer.get(f"/documents/{number[1]}")).json()
    assert row["sha256"] == hashlib.sha256(first.content).hexdigest()
    assert (row["task_version"], row["made_by"]) == (2, "zhang")
    await done(inspector, task, "sign")
    assert (await upload(inspector, task, photo())).status_code == 201
    changed = await officer.get(path)
    assert f"{number[1][:-1]}2.pdf" in changed.headers["content-disposition"]
    page = (await officer.get(f"/tasks/{task['task_id']}")).json()
    assert [one["number"][-1] for one in page["documents"]] == ["1", "2"]
    assert page["printable"] == ["task-record", "rectification-notice", "problem-form"]
    async with signed_in(chassis, "other", Role.INSPECTOR) as other:
        assert (await other.get(path)).status_code == 404
        assert (await other.get(f"/documents/{number[1]}")).status_code == 404


@pytest.mark.integration
async def test_a_document_the_task_cannot_have_is_refused_with_why(officer: httpx.AsyncClient) -> None:
    sampling = (await officer.post("/tasks", json={"title_zh": "x", "kind": "sampling", "priority": "blue"})).json()
    refused = await officer.get(f"/tasks/{sampling['task_id']}/documents/rectification-notice.pdf")
    assert (refused.status_code, refused.json()["code"]) == (409, "not-printable")
    empty = (await officer.post("/tasks", json={"title_zh": "x", "kind": "rectification", "priority": "blue"})).json()
    nothing = await officer.get(f"/tasks/{empty['task_id']}/documents/rectification-notice.pdf")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-to-print")
    unknown = await officer.get(f"/tasks/{sampling['task_id']}/documents/poem.pdf")
    assert unknown.status_code == 422
