"""Videos, documents and signatures as evidence; files that are wrong are refused with what and why; ranges are served."""

import hashlib
import io
import struct
import zipfile
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_chassis.file_store.byte_range import Unsatisfiable, byte_range
from park_chassis.file_store.faults import REASONS, BadFile
from park_chassis.file_store.videos import read_video
from PIL import Image, ImageDraw
from task_dispatch.settings import Settings
from task_dispatch.testing import alarm, done, photo, task_of


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def mp4(*, seconds: float = 12.5, pictures: int = 50_000, brand: bytes = b"isom") -> bytes:
    """A container as a phone writes it: ftyp, moov with mvhd, mdat."""
    header = struct.pack(">B3xIIII", 0, 0, 0, 1000, int(seconds * 1000)) + bytes(80)
    return box(b"ftyp", brand + bytes(4) + b"isom") + box(b"moov", box(b"mvhd", header)) + box(b"mdat", bytes(pictures))


def webm(*, said: int = 2000, there: int = 2000) -> bytes:
    head = b"\x1a\x45\xdf\xa3\x8b\x42\x82\x84webm\x42\x87\x81\x02"
    return head + b"\x18\x53\x80\x67" + (said | 1 << 56).to_bytes(8, "big") + bytes(there)


def pdf(extra: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj <</Type /Catalog " + extra + b">> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def docx(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>" * 500, **parts}.items():
            archive.writestr(name, body)
    return buffer.getvalue()


def drawn(*, blank: bool = False) -> bytes:
    paper, buffer = Image.new("RGBA", (400, 160), (0, 0, 0, 0)), io.BytesIO()
    if not blank:
        ImageDraw.Draw(paper).line([(20, 120), (120, 30), (220, 130), (360, 40)], fill="black", width=4)
    paper.save(buffer, "PNG")
    return buffer.getvalue()


@given(
    st.one_of(st.none(), st.text(max_size=20), st.from_regex(r"bytes=[0-9]{0,3}-[0-9]{0,3}", fullmatch=True)),
    st.integers(1, 500),
)
def test_a_range_is_a_part_of_the_file_or_nothing(header: str | None, size: int) -> None:
    try:
        found = byte_range(header, size)
    except Unsatisfiable:
        return
    if found is not None:
        start, length = found
        assert 0 <= start < size
        assert 1 <= length <= size - start


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-99", (0, 100)), ("bytes=500-", (500, 500)), ("bytes=-10", (990, 10)), ("bytes=-5000", (0, 1000)),
        ("bytes=999-5000", (999, 1)), ("bytes=5-2", None), ("bytes=0-1,5-6", None), ("items=0-1", None), (None, None),
    ],
)  # fmt: skip
def test_the_ranges_of_the_standard(header: str | None, expected: tuple[int, int] | None) -> None:
    assert byte_range(header, 1000) == expected


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=-0"])
def test_a_range_behind_the_end_is_none(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        byte_range(header, 1000)


@given(st.integers(0, len(mp4(pictures=300)) - 1))
def test_a_video_cut_anywhere_is_refused_and_never_crashes_the_reader(length: int) -> None:
    with pytest.raises(BadFile) as refused:
        read_video(io.BytesIO(mp4(pictures=300)[:length]))
    assert refused.value.reason in REASONS


@given(st.binary(max_size=400))
def test_any_bytes_are_a_video_or_refused_with_a_reason(noise: bytes) -> None:
    for head in (b"", b"\x00\x00\x00\x14ftypisom", b"\x1a\x45\xdf\xa3webm"):
        with suppress(BadFile):
            assert read_video(io.BytesIO(head + noise)).media_type.startswith("video/")


@pytest.fixture
async def task(hear: Any, officer: httpx.AsyncClient, inspector: httpx.AsyncClient) -> dict[str, Any]:
    """A task signed for by the inspector."""
    await hear("raised", alarm())
    found = await task_of(officer, alarm().alarm_id)
    return await done(inspector, found, "sign")


async def send(
    client: httpx.AsyncClient, task: dict[str, Any], content: bytes, name: str = "file", **form: str
) -> httpx.Response:
    files = {"photo": (name, content, "application/octet-stream")}
    return await client.post(f"/tasks/{task['task_id']}/evidence", files=files, data=form)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("content", "media", "media_type"),
    [
        (mp4(), "video", "video/mp4"),
        (mp4(brand=b"qt  "), "video", "video/quicktime"),
        (webm(), "video", "video/webm"),
        (pdf(), "document", "application/pdf"),
        (docx(), "document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (docx(**{"xl/workbook.xml": b"<x/>"}), "document", ""),
        (photo(), "photo", "image/jpeg"),
    ],
    ids=["mp4", "mov", "webm", "pdf", "docx", "both", "photo"],
)
async def test_what_a_file_is_is_told_by_its_bytes_not_by_its_name(
    inspector: httpx.AsyncClient, task: dict[str, Any], content: bytes, media: str, media_type: str
) -> None:
    sent = await send(inspector, task, content, "现场.exe", longitude="118.8", latitude="32.2")
    assert sent.status_code == 201, sent.text
    kept = sent.json()
    assert kept["media"] == media
    assert kept["media_type"].startswith(media_type)
    assert (kept["sha256"], kept["name"], kept["longitude"]) == (hashlib.sha256(content).hexdigest(), "现场.exe", 118.8)
    back = await inspector.get(f"/evidence/{kept['sha256']}")
    assert back.content == content
    assert back.headers["content-type"] == kept["media_type"]
    small = await inspector.get(f"/evidence/{kept['sha256']}/thumbnail")
    assert Image.open(io.BytesIO(small.content)).format == "JPEG"


@pytest.mark.integration
async def test_a_video_is_played_from_anywhere(inspector: httpx.AsyncClient, task: dict[str, Any]) -> None:
    content = mp4(pictures=300_000)
    kept = (await send(inspector, task, content)).json()
    assert kept["seconds"] == 12.5
    path = f"/evidence/{kept['sha256']}"
    part = await inspector.get(path, headers={"Range": "bytes=1000-260999"})
    assert (part.status_code, part.content) == (206, content[1000:261_000])
    assert part.headers["content-range"] == f"bytes 1000-260999/{len(content)}"
    tail = await inspector.get(path, headers={"Range": "bytes=-100"})
    assert (tail.status_code, tail.content) == (206, content[-100:])
    behind = await inspector.get(path, headers={"Range": "bytes=99999999-"})
    assert (behind.status_code, behind.json()["code"]) == (416, "range-not-there")


@pytest.mark.integration
async def test_a_signature_is_drawn_and_names_its_signer(inspector: httpx.AsyncClient, task: dict[str, Any]) -> None:
    kept = (await send(inspector, task, drawn(), kind="signature", signer="王厂长")).json()
    assert (kept["media"], kept["signer"]) == ("signature", "王厂长")
    nobody = await send(inspector, task, drawn(), kind="signature")
    assert (nobody.status_code, nobody.json()["code"]) == (422, "bad-signature-no-signer")
    assert nobody.json()["errors"][0]["where"] == "signer"
    blank = await send(inspector, task, drawn(blank=True), kind="signature", signer="王厂长")
    assert (blank.status_code, blank.json()["code"]) == (422, "bad-signature-blank")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (mp4()[:-10], "bad-video-cut-short"),
        (box(b"ftyp", b"isom" + bytes(8)) + box(b"mdat", bytes(100)), "bad-video-cut-short"),
        (mp4(seconds=4000), "bad-video-too-long"),
        (mp4(pictures=500_000), "bad-video-too-large"),
        (webm(said=5000, there=1000), "bad-video-cut-short"),
        (b"\x1a\x45\xdf\xa3" + bytes(100), "bad-video-type"),
        (pdf()[:-8], "bad-document-cut-short"),
        (pdf(b"/Encrypt 5 0 R"), "bad-document-encrypted"),
        (pdf(b"/OpenAction << /S /JavaScript /JS (x) >>"), "bad-document-active-content"),
        (docx(**{"word/vbaProject.bin": b"x"}), "bad-document-active-content"),
        (docx()[:-30], "bad-document-cut-short"),
        (pdf() + bytes(400_000) + b"%%EOF", "bad-document-too-large"),
        (b"MZ\x90\x00" + bytes(500), "bad-photo-type"),
    ],
    ids=[
        "cut video", "video without index", "long video", "large video", "cut webm", "no webm", "cut pdf", "locked pdf",
        "pdf with script", "macros", "cut docx", "large pdf", "a program",
    ],
)  # fmt: skip
async def test_a_wrong_file_is_refused_with_what_and_why_and_leaves_nothing(
    inspector: httpx.AsyncClient, task: dict[str, Any], settings: Settings, content: bytes, code: str
) -> None:
    refused = await send(inspector, task, content)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.json()["title"]
    assert refused.json()["errors"][0]["what"]
    assert settings.evidence_dir is not None
    assert [path for path in settings.evidence_dir.rglob("*") if path.is_file()] == []


@pytest.mark.integration
async def test_a_kind_says_which_evidence_a_report_needs(
    chassis: Any, officer: httpx.AsyncClient, inspector: httpx.AsyncClient
) -> None:
    from park_schemas.codes import Role
    from task_dispatch.testing import signed_in

    body = {
        "kind": "drill",
        "name_zh": "演练",
        "name_en": "Drill",
        "source": "test",
        "evidence": {"signature": 1, "video": 1},
    }
    async with signed_in(chassis, "admin", Role.ADMINISTRATOR, "rule:write") as writer:
        assert (await writer.put("/task-kinds/drill", json=body)).status_code == 200
    form = {"title_zh": "演练", "kind": "drill", "priority": "blue", "assignee": "li"}
    task = (await officer.post("/tasks", json=form)).json()
    await done(inspector, task, "sign")
    report = {"findings_text": "x", "outcome": "confirmed"}
    refused = await inspector.post(f"/tasks/{task['task_id']}/report", json=report)
    assert {error["where"] for error in refused.json()["errors"]} == {"evidence.signature", "evidence.video"}
    assert (await send(inspector, task, mp4())).status_code == 201
    assert (await send(inspector, task, drawn(), kind="signature", signer="王")).status_code == 201
    await done(inspector, task, "report", **report)
