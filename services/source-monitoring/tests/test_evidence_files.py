"""Files as evidence: taken by their bytes, kept once, seen by whom they concern, bound to the record they are attached to."""

import asyncio
import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from park_chassis.clock import now
from park_chassis.file_store.files import CheckedFiles
from park_chassis.file_store.stores import open_store, path_of
from park_chassis.testing import asgi_client
from park_judging.testing import point
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from PIL import Image
from source_monitoring.evidence.cleaning import OrphanCleaner
from source_monitoring.testing import DAY, ENTERPRISE, OFFICER, Laboratory, Person

pytestmark = pytest.mark.integration
LONG_AGO = timedelta(days=8)


def picture(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(buffer, "PNG")
    return buffer.getvalue()


REPORT = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


async def send(
    laboratory: Laboratory, person: Person, content: bytes, name: str = "site.png", field: str = "file"
) -> httpx.Response:
    async with asgi_client(laboratory.chassis, person.bearer) as client:
        return await client.post("/evidence-files", files={field: (name, content)})


async def kept(laboratory: Laboratory, person: Person, content: bytes, name: str = "site.png") -> dict[str, Any]:
    answer = await send(laboratory, person, content, name)
    assert answer.status_code == 201, answer.text
    item: dict[str, Any] = answer.json()
    return item


@pytest.fixture
def of(laboratory: Laboratory) -> PointRecord:
    made = point()
    laboratory.registry.put(made)
    return made


def owner_of(of: PointRecord) -> Person:
    return Person(*ENTERPRISE, name="plant", enterprise_id=of.enterprise_id)


def bytes_of(laboratory: Laboratory, sha256: str) -> Path:
    assert laboratory.settings.evidence_dir is not None
    return laboratory.settings.evidence_dir / "source-monitoring" / path_of(sha256)


def cleaner(laboratory: Laboratory) -> OrphanCleaner:
    files = CheckedFiles(laboratory.settings, open_store(laboratory.settings, "source-monitoring"))
    return OrphanCleaner(laboratory.database, files, laboratory.settings)


async def marked(laboratory: Laboratory, person: Person, of: PointRecord, evidence: list[Any]) -> httpx.Response:
    start = now().replace(minute=0, second=0, microsecond=0) - DAY
    mark = {
        "type": "cems_maintenance", "start": start.isoformat(), "end": (start + timedelta(hours=2)).isoformat(),
        "reason": "更换采样泵", "factors": ["w01018"], "evidence": evidence,
    }  # fmt: skip
    return await laboratory.ask(person, "POST", f"/points/{of.point_id}/marks", mark)


async def test_a_file_is_taken_by_its_bytes_and_comes_back_as_it_was(laboratory: Laboratory, of: PointRecord) -> None:
    person = owner_of(of)
    item = await kept(laboratory, person, REPORT, "C:\\temp\\监测报告.exe")
    assert item["name"] == "监测报告.exe"
    assert (item["media"], item["media_type"], item["bytes"]) == ("document", "application/pdf", len(REPORT))
    assert item["sha256"] == hashlib.sha256(REPORT).hexdigest()
    assert item["attached_at"] is None
    assert item["removed_after"] > item["uploaded_at"]
    path = f"/evidence-files/{item['file_id']}"
    whole = await laboratory.ask(person, "GET", f"{path}/content")
    assert whole.content == REPORT
    assert whole.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E7%9B%91")
    assert whole.headers["x-content-type-options"] == "nosniff"
    small = await laboratory.ask(person, "GET", f"{path}/thumbnail")
    assert small.content.startswith(b"\xff\xd8")
    assert (await laboratory.ask(person, "GET", path)).json()["uses"] == []


async def test_the_same_file_again_is_recognised_and_kept_once(laboratory: Laboratory, of: PointRecord) -> None:
    person = owner_of(of)
    first = await kept(laboratory, person, picture())
    again = await send(laboratory, person, picture(), "other name.png")
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert again.json()["file_id"] == first["file_id"]
    listed = (await laboratory.ask(person, "GET", "/evidence-files")).json()["items"]
    assert [one["file_id"] for one in listed] == [first["file_id"]]


async def test_two_who_send_the_same_file_at_once_get_the_same_file(laboratory: Laboratory, of: PointRecord) -> None:
    person = owner_of(of)
    answers = await asyncio.gather(*(send(laboratory, person, picture("green")) for _ in range(4)))
    assert {one.status_code for one in answers} <= {200, 201}
    assert len({one.json()["file_id"] for one in answers}) == 1


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "empty.png", "bad-photo-empty"),
        (b"MZ\x90\x00 this is a program", "photo.jpg", "bad-file-type"),
        (picture()[:60], "cut.png", "bad-photo-not-an-image"),
        (REPORT.replace(b"%%EOF\n", b""), "report.pdf", "bad-document-cut-short"),
        (REPORT.replace(b"/Type/Catalog", b"/OpenAction<</S/JavaScript/JS(x)>>"), "report.pdf", "bad-document-active-content"),
        (b"PK\x03\x04 no archive", "report.docx", "bad-document-cut-short"),
    ],
)  # fmt: skip
async def test_what_is_not_what_it_says_is_refused_and_leaves_nothing(
    laboratory: Laboratory, of: PointRecord, content: bytes, name: str, code: str
) -> None:
    answer = await send(laboratory, owner_of(of), content, name)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, code)
    assert problem["errors"][0]["where"] == "body.file"
    assert problem["errors"][0]["what"]
    assert (await laboratory.ask(Person(*OFFICER), "GET", "/evidence-files")).json()["items"] == []
    assert laboratory.settings.evidence_dir is not None
    assert not [path for path in laboratory.settings.evidence_dir.rglob("*") if path.is_file()]


async def test_a_request_without_a_file_says_so(laboratory: Laboratory, of: PointRecord) -> None:
    wrong_field = await send(laboratory, owner_of(of), picture(), field="photo")
    assert (wrong_field.status_code, wrong_field.json()["code"]) == (422, "file-missing")
    no_form = await laboratory.ask(owner_of(of), "POST", "/evidence-files", {"file": "x"})
    assert (no_form.status_code, no_form.json()["code"]) == (422, "file-missing")


async def test_a_file_over_the_limit_is_refused_while_it_comes_in(laboratory: Laboratory, of: PointRecord) -> None:
    """The body would never end: the answer comes because reading stops at the limit."""
    limit = laboratory.settings.evidence_max_video_bytes
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        yield b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
        while True:
            sent += 1 << 20
            yield bytes(1 << 20)

    async with asgi_client(laboratory.chassis, owner_of(of).bearer) as client:
        head = {"Content-Type": "multipart/form-data; boundary=edge"}
        answer = await client.post("/evidence-files", content=endless(), headers=head, timeout=120)
    assert (answer.status_code, answer.json()["code"]) == (413, "file-too-large")
    assert limit <= sent <= limit + (2 << 20)


async def test_an_enterprise_sees_its_own_files_and_those_on_its_records_and_no_others(
    laboratory: Laboratory, of: PointRecord
) -> None:
    own, officer = owner_of(of), Person(*OFFICER, name="officer")
    stranger = Person(*ENTERPRISE, name="stranger", enterprise_id=uuid4())
    mine = await kept(laboratory, own, picture("blue"))
    theirs = await kept(laboratory, officer, picture("yellow"))
    for person, file, status in (
        (own, mine, 200), (officer, mine, 200), (stranger, mine, 404), (officer, theirs, 200), (own, theirs, 404),
    ):  # fmt: skip
        for part in ("", "/content", "/thumbnail"):
            answer = await laboratory.ask(person, "GET", f"/evidence-files/{file['file_id']}{part}")
            assert answer.status_code == status, (part, answer.text)
    assert (await laboratory.ask(stranger, "GET", "/evidence-files")).json()["items"] == []
    borrowed = await marked(laboratory, own, of, [{"kind": "photo", "file_id": theirs["file_id"]}])
    assert (borrowed.status_code, borrowed.json()["code"]) == (422, "no-such-file")
    given = await marked(laboratory, officer, of, [{"kind": "photo", "file_id": theirs["file_id"]}])
    assert given.status_code == 201, given.text
    assert (await laboratory.ask(own, "GET", f"/evidence-files/{theirs['file_id']}/content")).status_code == 200
    assert (await laboratory.ask(stranger, "GET", f"/evidence-files/{theirs['file_id']}")).status_code == 404


async def test_the_same_bytes_of_two_enterprises_are_two_files(laboratory: Laboratory, of: PointRecord) -> None:
    """Else the answer `duplicate` would tell one what the other holds."""
    stranger = Person(*ENTERPRISE, name="stranger", enterprise_id=uuid4())
    mine, theirs = await kept(laboratory, owner_of(of), picture()), await kept(laboratory, stranger, picture())
    assert mine["file_id"] != theirs["file_id"]
    assert mine["sha256"] == theirs["sha256"]


async def test_who_may_only_read_uploads_nothing(laboratory: Laboratory) -> None:
    answer = await send(laboratory, Person("reading:read"), picture())
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")


async def test_a_mark_holds_what_was_attached_by_its_hash(laboratory: Laboratory, of: PointRecord) -> None:
    person = owner_of(of)
    file = await kept(laboratory, person, picture(), "pump.png")
    evidence = [
        {"kind": "photo", "file_id": file["file_id"], "note": "旧泵"},
        {"kind": "document", "reference": "维修单 2026-117"},
    ]
    mark = (await marked(laboratory, person, of, evidence)).json()
    first, second = mark["evidence"]
    assert first["reference"] == "pump.png"
    assert first["note"] == "旧泵"
    assert first["file"] == {name: file[name] for name in ("file_id", "sha256", "name", "media", "media_type", "bytes")}
    assert second == {"kind": "document", "reference": "维修单 2026-117", "note": ""}
    shown = (await laboratory.ask(person, "GET", f"/evidence-files/{file['file_id']}")).json()
    assert shown["removed_after"] is None
    assert [(use["record"], use["record_id"]) for use in shown["uses"]] == [("mark", mark["mark_id"])]
    more = await kept(laboratory, person, REPORT, "order.pdf")
    added = await laboratory.ask(
        person, "POST", f"/marks/{mark['mark_id']}/evidence", {"evidence": [{"kind": "document", "file_id": more["file_id"]}]}
    )  # fmt: skip
    assert [one.get("file", {}).get("sha256") for one in added.json()["evidence"]] == [
        file["sha256"], None, more["sha256"],
    ]  # fmt: skip


async def test_evidence_that_says_nothing_or_names_no_file_is_refused_with_its_place(
    laboratory: Laboratory, of: PointRecord
) -> None:
    empty = await marked(laboratory, owner_of(of), of, [{"kind": "photo"}])
    assert empty.status_code == 422
    assert empty.json()["errors"][0]["where"] == "body.evidence.0"
    named = [{"kind": "log", "reference": "x"}, {"kind": "photo", "file_id": str(uuid4())}]
    unknown = await marked(laboratory, owner_of(of), of, named)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "no-such-file")
    assert [one["where"] for one in unknown.json()["errors"]] == ["body.evidence.1.file_id"]
    assert (await laboratory.ask(Person(*OFFICER), "GET", "/marks")).json()["items"] == []


async def test_checks_carry_files_too(laboratory: Laboratory, of: PointRecord) -> None:
    person = owner_of(of)
    file = await kept(laboratory, person, REPORT)
    check = {
        "factor": "w01018", "at": (now() - DAY).isoformat(), "kind": "standard sample", "outcome": "pass",
        "evidence": [{"kind": "document", "file_id": file["file_id"]}],
    }  # fmt: skip
    made = await laboratory.ask(person, "POST", f"/points/{of.point_id}/checks", check)
    assert made.status_code == 201, made.text
    listed = (await laboratory.ask(person, "GET", f"/points/{of.point_id}/checks")).json()["items"]
    assert listed[0]["evidence"][0]["file"]["sha256"] == file["sha256"]


async def test_corrections_and_steps_of_a_review_carry_files_too(laboratory: Laboratory, of: PointRecord) -> None:
    start = (at_park(now()) - 2 * DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    await laboratory.minutes(of, start, 25, {"w01018": "30"})
    await laboratory.close()
    officer, second = Person(*OFFICER, name="officer"), Person(*OFFICER, name="second")
    file = await kept(laboratory, officer, REPORT, "maintenance log.pdf")
    evidence = [{"kind": "log", "file_id": file["file_id"]}]
    correction = {
        "hour_start": start.isoformat(), "factor": "w01018", "kind": "invalidate", "reason": "清洗时段", "evidence": evidence,
    }  # fmt: skip
    corrected = await laboratory.ask(officer, "POST", f"/points/{of.point_id}/corrections", correction)
    assert corrected.status_code == 201, corrected.text
    await laboratory.close()
    path = f"/reviews/{of.point_id}/{start.date()}"
    day = (await laboratory.ask(officer, "GET", path)).json()
    step = {"version": day["version"], "evidence": evidence}
    reviewed = await laboratory.ask(second, "POST", f"{path}/review", step)
    assert reviewed.status_code == 200, reviewed.text
    day = (await laboratory.ask(owner_of(of), "GET", path)).json()
    assert day["corrections"][0]["evidence"][0]["file"]["sha256"] == file["sha256"]
    assert day["steps"][-1]["evidence"][0]["file"]["name"] == "maintenance log.pdf"
    shown = (await laboratory.ask(officer, "GET", f"/evidence-files/{file['file_id']}")).json()
    assert [use["record"] for use in shown["uses"]] == ["correction", "review-step"]


async def test_a_result_keeps_its_report_through_corrections_and_imports_that_do_not_speak_of_it(
    laboratory: Laboratory, of: PointRecord
) -> None:
    person = owner_of(of)
    file = await kept(laboratory, person, REPORT, "JC-2026-0301.pdf")
    fields = {"point": of.code, "factor": "w01018", "sampled_at": "2026-03-02 10:00", "value": "40", "unit": "mg/L"}
    entered = await laboratory.ask(
        person, "POST", "/self-monitoring/results",
        {"results": [fields | {"evidence": [{"kind": "laboratory", "file_id": file["file_id"]}]}]},
    )  # fmt: skip
    assert entered.status_code == 201, entered.text
    (result,) = entered.json()["items"]
    assert result["evidence"][0]["file"]["sha256"] == file["sha256"]
    path = f"/self-monitoring/results/{result['result_id']}"
    corrected = await laboratory.ask(person, "PUT", path, fields | {"value": "41", "based_on": 1, "reason": "抄录有误"})
    assert corrected.status_code == 200, corrected.text
    assert corrected.json()["evidence"] == result["evidence"]
    async with asgi_client(laboratory.chassis, person.bearer) as client:
        sheet = "排口编码,监测因子,采样时间,结果,单位\n" + ",".join(
            [of.code, "w01018", "2026-03-02 10:00", "42", "mg/L"]
        )
        sent = await client.post(
            "/self-monitoring/imports", files={"file": ("r.csv", sheet.encode())}, data={"reason": "实验室更正"}
        )
    assert sent.json()["accepted"] == 1, sent.text
    shown = (await laboratory.ask(person, "GET", path)).json()
    assert (shown["text"], shown["version"]) == ("42", 3)
    assert shown["evidence"] == result["evidence"]
    dropped = await laboratory.ask(
        person, "PUT", path, fields | {"value": "42", "based_on": 3, "reason": "报告附错", "evidence": []}
    )
    assert dropped.json()["evidence"] == []
    older = (await laboratory.ask(person, "GET", path)).json()["versions"][1]["body"]
    assert older["evidence"] == result["evidence"]
    unknown = await laboratory.ask(
        person, "POST", "/self-monitoring/results",
        {"results": [fields | {"sample_number": "2", "evidence": [{"kind": "laboratory", "file_id": str(uuid4())}]}]},
    )  # fmt: skip
    assert unknown.json()["errors"][0]["where"] == "results.0.evidence.0.file_id"


async def test_the_database_itself_refuses_to_change_or_lose_what_is_attached(
    laboratory: Laboratory, of: PointRecord
) -> None:
    file = await kept(laboratory, owner_of(of), picture())
    await marked(laboratory, owner_of(of), of, [{"kind": "photo", "file_id": file["file_id"]}])
    file_id = UUID(file["file_id"])
    for sql in (
        "update evidence_files set sha256 = repeat('0', 64) where file_id = $1",
        "update evidence_files set name = 'other' where file_id = $1",
        "update evidence_files set attached_at = null where file_id = $1",
        "delete from evidence_files where file_id = $1",
        "update evidence_uses set record_id = 'other' where file_id = $1",
        "delete from evidence_uses where file_id = $1",
    ):
        with pytest.raises((asyncpg.RaiseError, asyncpg.ForeignKeyViolationError)):
            async with laboratory.database.transaction() as tx:
                await tx.execute(sql, file_id)


async def test_what_nobody_attached_is_removed_after_the_stated_time_and_nothing_else(
    laboratory: Laboratory, of: PointRecord
) -> None:
    person = owner_of(of)
    attached, orphan = await kept(laboratory, person, picture("blue")), await kept(laboratory, person, REPORT)
    mark = (await marked(laboratory, person, of, [{"kind": "photo", "file_id": attached["file_id"]}])).json()
    assert await cleaner(laboratory).clean(now() + timedelta(days=6)) == 0
    assert await cleaner(laboratory).clean(now() + LONG_AGO) == 1
    assert not bytes_of(laboratory, orphan["sha256"]).exists()
    assert bytes_of(laboratory, attached["sha256"]).exists()
    gone = await laboratory.ask(person, "GET", f"/evidence-files/{orphan['file_id']}")
    assert gone.status_code == 404
    late = await laboratory.ask(
        person, "POST", f"/marks/{mark['mark_id']}/evidence", {"evidence": [{"kind": "document", "file_id": orphan["file_id"]}]}
    )  # fmt: skip
    assert late.json()["code"] == "no-such-file"
    again = await kept(laboratory, person, REPORT)
    assert bytes_of(laboratory, again["sha256"]).exists()


async def test_bytes_that_another_enterprise_holds_too_stay(laboratory: Laboratory, of: PointRecord) -> None:
    person, other = owner_of(of), Person(*OFFICER, name="officer")
    await kept(laboratory, person, picture())
    theirs = await kept(laboratory, other, picture())
    await marked(laboratory, other, of, [{"kind": "photo", "file_id": theirs["file_id"]}])
    assert await cleaner(laboratory).clean(now() + LONG_AGO) == 1
    assert (await laboratory.ask(other, "GET", f"/evidence-files/{theirs['file_id']}/content")).content == picture()


async def test_an_upload_that_broke_off_can_be_sent_again_and_else_leaves_nothing(
    laboratory: Laboratory, of: PointRecord
) -> None:
    """A crash between the row and its bytes: the row counts for nothing until the bytes are there."""
    person = owner_of(of)
    whole = await kept(laboratory, person, picture())
    async with laboratory.database.transaction() as tx:
        await tx.execute("update evidence_files set stored_at = null where file_id = $1", UUID(whole["file_id"]))
    bytes_of(laboratory, whole["sha256"]).unlink()
    assert (await laboratory.ask(person, "GET", f"/evidence-files/{whole['file_id']}")).status_code == 404
    again = await kept(laboratory, person, picture())
    assert again["file_id"] == whole["file_id"]
    assert bytes_of(laboratory, whole["sha256"]).exists()


async def test_the_list_is_paged_and_filtered(laboratory: Laboratory, of: PointRecord) -> None:
    person = owner_of(of)
    names = {(await kept(laboratory, person, picture(f"#0000{n:02x}"), f"照片{n}.png"))["name"] for n in range(5)}
    seen, cursor = list[str](), None
    while True:
        asked: dict[str, Any] = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await laboratory.ask(person, "GET", "/evidence-files", **asked)).json()
        seen += [one["name"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert (len(seen), set(seen)) == (5, names)
    found = (await laboratory.ask(person, "GET", "/evidence-files", q="片3", attached="false")).json()["items"]
    assert [one["name"] for one in found] == ["照片3.png"]
    assert (await laboratory.ask(person, "GET", "/evidence-files", attached="true")).json()["items"] == []
    wrong = await laboratory.ask(person, "GET", "/evidence-files", cursor="nonsense")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad-cursor")
