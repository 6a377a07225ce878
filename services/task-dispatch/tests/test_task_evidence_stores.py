"""The two stores of evidence pass one suite: a folder, and S3 against a real local server that speaks the protocol."""

import io
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from minio import Minio
from moto.server import ThreadedMotoServer
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.errors import Transient
from park_chassis.file_store.stores import FileStore, FolderStore, open_store, path_of
from park_chassis.testing import TEST_SECRET
from park_schemas.codes import Role
from pydantic import SecretStr, ValidationError
from task_dispatch.app import build
from task_dispatch.settings import Settings
from task_dispatch.testing import alarm, done, photo, signed_in, task_of, upload

KEY = "ab12" + "0" * 60
CONTENT = bytes(range(256)) * 3000


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a real S3 server of this machine, with the bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    Minio(f"{host}:{port}", "demo", "demo-secret", region="us-east-1", secure=False).make_bucket("evidence")
    yield f"{host}:{port}"
    server.stop()


def s3_settings(endpoint: str, database_url: str = "postgresql://unused@127.0.0.1/unused", **changes: Any) -> Settings:
    return Settings(
        database_url=SecretStr(database_url),
        kafka_bootstrap_servers="127.0.0.1:1",
        auth_secret=SecretStr(TEST_SECRET),
        evidence_store="s3",
        evidence_s3_endpoint=endpoint,
        evidence_s3_bucket=changes.get("bucket", "evidence"),
        evidence_s3_access_key="demo",
        evidence_s3_secret_key=SecretStr("demo-secret"),
        evidence_s3_secure=False,
    )


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "evidence")
    return open_store(s3_settings(request.getfixturevalue("s3")))


def put(store: FileStore, key: str, content: bytes) -> None:
    store.put(key, io.BytesIO(content), len(content), "video/mp4")


def test_what_was_put_is_read_whole_and_in_parts(store: FileStore) -> None:
    put(store, KEY, CONTENT)
    assert store.size(KEY) == len(CONTENT)
    assert b"".join(store.read(KEY, 0, None)) == CONTENT
    assert b"".join(store.read(KEY, 1000, 500_000)) == CONTENT[1000:501_000]
    assert b"".join(store.read(KEY, len(CONTENT) - 1, 1)) == CONTENT[-1:]


def test_what_is_there_never_changes(store: FileStore) -> None:
    key = "cd34" + "0" * 60
    put(store, key, b"first")
    put(store, key, b"second")
    assert b"".join(store.read(key, 0, None)) == b"first"


def test_what_is_not_there_is_said_to_be_not_there(store: FileStore) -> None:
    with pytest.raises(FileNotFoundError):
        store.size("ef56" + "0" * 60)


def test_a_crash_while_writing_into_the_folder_leaves_nothing_under_the_hash(tmp_path: Path) -> None:
    class Breaks(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionError("killed while writing")

    store = FolderStore(tmp_path)
    with pytest.raises(ConnectionError):
        store.put(KEY, Breaks(b"x"), 1, "image/jpeg")
    assert not (tmp_path / path_of(KEY)).exists()
    put(store, KEY, b"whole")
    assert b"".join(store.read(KEY, 0, None)) == b"whole"


def test_an_s3_that_is_away_or_has_no_bucket_is_trouble_that_may_pass(s3: str) -> None:
    with pytest.raises(Transient, match="NoSuchBucket"):
        put(open_store(s3_settings(s3, bucket="no-such-bucket")), KEY, b"x")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = f"127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(Transient):
        put(open_store(s3_settings(away)), KEY, b"x")


@pytest.mark.parametrize("wrong", [{"evidence_store": "folder"}, {"evidence_store": "s3"}])
def test_a_store_without_its_place_is_refused_at_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="PARK_EVIDENCE_"):
        Settings(
            database_url=SecretStr("postgresql://unused@127.0.0.1/unused"),
            kafka_bootstrap_servers="127.0.0.1:1",
            auth_secret=SecretStr(TEST_SECRET),
            **wrong,
        )


@pytest.fixture
async def on_s3(database: Database, s3: str) -> Any:
    built: Chassis = build(s3_settings(s3, database.url))
    await built.database.open()
    yield built
    await built.database.close()


@pytest.mark.integration
async def test_the_whole_service_keeps_photos_and_prints_documents_on_s3(on_s3: Chassis, hear: Any) -> None:
    await hear("raised", alarm())
    async with signed_in(on_s3, "zhang") as officer, signed_in(on_s3, "li", Role.INSPECTOR) as inspector:
        task = await task_of(officer, alarm().alarm_id)
        await done(inspector, task, "sign")
        content = photo(exif=True)
        sent = await upload(inspector, task, content)
        assert sent.status_code == 201, sent.text
        path = f"/evidence/{sent.json()['sha256']}"
        assert (await officer.get(path)).content == content
        part: httpx.Response = await officer.get(path, headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, content[10:20])
        printed = await officer.get(f"/tasks/{task['task_id']}/documents/task-record.pdf")
        assert printed.status_code == 200
        assert printed.content.startswith(b"%PDF-")
