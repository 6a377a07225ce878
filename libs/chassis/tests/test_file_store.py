"""The store of people's files beside what task-dispatch tests of it: rooms, removal, uploads read only to their limit."""

import io
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from park_chassis.errors import Refused
from park_chassis.file_store.files import CheckedFiles, thumbnail_key
from park_chassis.file_store.serving import file_response
from park_chassis.file_store.settings import FileStoreSettings
from park_chassis.file_store.stores import open_store, path_of
from park_chassis.file_store.uploads import uploaded_file
from park_chassis.http import json_response, problem
from park_chassis.testing import TEST_SECRET
from PIL import Image
from pydantic import SecretStr, ValidationError


class Settings(FileStoreSettings):
    service: str = "sample"


def settings(**facts: Any) -> Settings:
    return Settings(
        database_url=SecretStr("postgresql://unused"),
        kafka_bootstrap_servers="unused:9092",
        auth_secret=SecretStr(TEST_SECRET),
        **facts,
    )


def photo() -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(buffer, "PNG")
    return buffer


def test_a_store_without_its_place_is_refused_at_start() -> None:
    with pytest.raises(ValidationError, match="PARK_EVIDENCE_DIR"):
        settings()


def test_what_one_service_removes_another_keeps(tmp_path: Path) -> None:
    given = settings(evidence_dir=tmp_path)
    one, other = (CheckedFiles(given, open_store(given, room)) for room in ("", "other"))
    kept = one.keep(photo(), kind="photo")
    assert other.keep(photo(), kind="photo").sha256 == kept.sha256
    other.drop(kept.sha256)
    other.drop(kept.sha256)  # nothing is there any more: nothing happens
    assert one.whole(kept.sha256) == photo().getvalue()
    assert (tmp_path / path_of(thumbnail_key(kept.sha256))).is_file()
    assert not (tmp_path / "other" / path_of(kept.sha256)).exists()


def test_looking_at_a_file_writes_nothing(tmp_path: Path) -> None:
    given = settings(evidence_dir=tmp_path)
    looked = CheckedFiles(given, open_store(given)).look(photo(), kind="photo")
    assert (looked.kept.media, looked.kept.media_type, looked.kept.width) == ("photo", "image/png", 20)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    made, given = FastAPI(), settings(evidence_dir=tmp_path)
    files = CheckedFiles(given, open_store(given))

    @made.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        return problem(error.status, error.code, error.zh, error.en)

    @made.post("/files")
    async def upload(request: Request) -> Response:
        async with uploaded_file(request, most_bytes=100_000) as file:
            content = await file.read()
        return json_response({"name": file.filename, "bytes": len(content)})

    @made.get("/files/{key}")
    async def read(key: str, request: Request) -> Response:
        wanted = request.headers.get("range")
        return await file_response(files, key, "application/pdf", tag=key, wanted=wanted, name='报告 "1".pdf')

    made.state.files = files
    return made


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://files") as made:
        yield made


async def test_an_upload_up_to_the_limit_is_taken_and_one_beyond_is_not(client: httpx.AsyncClient) -> None:
    whole = await client.post("/files", files={"file": ("a.bin", b"x" * 100_000)})
    assert whole.json() == {"name": "a.bin", "bytes": 100_000}
    beyond = await client.post("/files", files={"file": ("a.bin", b"x" * 200_000)})
    assert (beyond.status_code, beyond.json()["code"]) == (413, "file-too-large")


@pytest.mark.parametrize(
    "body",
    [
        lambda: {"files": {"other": ("a.bin", b"x")}},
        lambda: {"data": {"file": "only text"}},
        lambda: {"json": {"file": "x"}},
        lambda: {},
    ],
)
async def test_what_brings_no_file_is_told_so(client: httpx.AsyncClient, body: Callable[[], dict[str, Any]]) -> None:
    answer = await client.post("/files", **body())
    assert (answer.status_code, answer.json()["code"]) == (422, "file-missing")


async def test_a_file_is_handed_out_in_ranges_under_its_name_and_never_run(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    kept = app.state.files.keep(photo(), kind="photo")
    part = await client.get(f"/files/{kept.sha256}", headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, photo().getvalue()[1:4])
    assert part.headers["content-disposition"] == "attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A%20%221%22.pdf"
    assert "sandbox" in part.headers["content-security-policy"]
    assert part.headers["etag"] == f'"{kept.sha256}"'
    beyond = await client.get(f"/files/{kept.sha256}", headers={"Range": "bytes=900000-"})
    assert (beyond.status_code, beyond.json()["code"]) == (416, "range-not-there")
