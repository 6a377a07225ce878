"""A device that uses a new password: the register takes it over once, with a revision, and states the device anew."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from archive.app import build
from archive.consumers import on_credential
from archive.settings import Settings
from park_chassis.database import Database
from park_chassis.testing import TEST_SECRET, asgi_client, service_database, token
from park_schemas.envelope import Event
from park_schemas.telemetry import CredentialChanged
from pydantic import SecretStr

pytestmark = pytest.mark.integration

MN = "CREDENTIAL0001"
AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
COMMAND = UUID("019c0000-0000-7000-8000-00000000aa01")


def changed(*, mn: str = MN, kind: str = "password", value: str = "654321") -> Event[CredentialChanged]:
    body = CredentialChanged(mn=mn, kind=kind, value=value, changed_at=AT, command_id=COMMAND, requested_by="zhang")
    return Event(type="telemetry.credential.changed", source="hj212-gateway", subject=mn, time=AT, body=body)


async def _register(client: Any) -> None:
    place = {"longitude": 118.91, "latitude": 32.27}
    (await client.put("/park", json={"code": "T", "name_zh": "测试园区", "centre": [118.9, 32.28]})).raise_for_status()
    point = {"code": "CRED-1", "name_zh": "站点", "medium": "surface-water", **place}
    created = (await client.post("/points", json=point | {"factors": [{"factor": "w01018"}]})).raise_for_status().json()
    device = {"mn": MN, "password": "123456", "point_id": created["point_id"], "edition": "2017"}
    (await client.post("/devices", json=device)).raise_for_status()


async def _stated(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.fetchval("select count(*) from outbox where topic = 'registry.devices.v1'"))


async def test_the_register_takes_a_confirmed_password_over_once(postgres_url: str) -> None:
    async with service_database(postgres_url, "archive") as database:
        settings = Settings(
            database_url=SecretStr(database.url),
            kafka_bootstrap_servers="localhost:1",
            auth_secret=SecretStr(TEST_SECRET),
        )
        chassis = build(settings)
        chassis.database._pool = database.pool
        async with asgi_client(
            chassis, token("archive:write", "archive:read", "device:write", "device:read")
        ) as client:
            await _register(client)
            before = await _stated(database)
            for event in (changed(), changed(), changed(kind="key", value="k" * 16), changed(mn="NOBODY")):
                async with database.transaction() as tx:
                    await on_credential(event, tx)
            device = (await client.get(f"/devices/{MN}")).json()
            assert (device["password"], device["version"], device["changed_by"]) == ("654321", 2, "zhang")
            assert await _stated(database) == before + 1
            history = (await client.get("/revisions", params={"kind": "devices", "key": MN})).json()["items"]
            assert [one["origin"] for one in history if one["version"] == 2] == [f"command:{COMMAND}"]
            assert "654321" not in str(history), "history shows no password"
