"""HTTP: the keys of a device (HJ 212-2025 6.4.4): which there are and since when, never what they are; enter one, end one."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from park_schemas.registry import DeviceRecord
from pydantic import BaseModel, Field, SecretStr

from hj212_gateway import key_store
from hj212_gateway.domain.key_standing import replace_before
from hj212_gateway.key_handover import KeyHandover

Reader = Annotated[Principal, Depends(require("device:read"))]
Writer = Annotated[Principal, Depends(require("device:write"))]


class KeyBody(BaseModel):
    """The key a person was given with the device."""

    key: SecretStr = Field(
        min_length=16,
        max_length=32,
        description="16 letters and digits, as in NewSK; or 32 hex digits. Never shown again.",
    )
    reason: str = Field(min_length=1, max_length=400, description="Why; stands in the record")


class RetireBody(BaseModel):
    """Why a key is ended by hand."""

    reason: str = Field(min_length=1, max_length=400, description="Why; stands in the record")


def router(database: Database, keys: KeyHandover, device_of: Callable[[str], DeviceRecord | None]) -> APIRouter:
    """Return the routes of keys."""
    api = APIRouter(prefix="/sessions/{mn}/keys", tags=["devices"])

    @api.get("")
    async def keys_of_a_device(_: Reader, mn: str) -> Response:
        async with database.reading() as connection:
            rows = await key_store.of_device(connection, mn)
        return json_response(page([_shown(row) for row in rows]))

    @api.post("", status_code=201)
    async def enter(caller: Writer, mn: str, body: KeyBody) -> Response:
        if device_of(mn) is None:
            raise NotFound("设备", "device", mn)
        key = _key_of(body.key.get_secret_value())
        async with database.transaction() as tx:
            key_id = await keys.enter(tx, mn, key, caller.username, body.reason)
            rows = await key_store.of_device(tx, mn)
        return json_response(next(_shown(row) for row in rows if row["key_id"] == key_id), status=201)

    @api.post("/{key_id}/retire")
    async def retire(caller: Writer, mn: str, key_id: UUID, body: RetireBody) -> Response:
        at = now()
        async with database.transaction() as tx:
            row = await key_store.retire(tx, mn, key_id, caller.username, body.reason, at)
        if row is None:
            raise NotFound("密钥", "key", str(key_id))
        if row["ended_at"] != at:
            raise Refused("key-ended", "该密钥已失效", "the key has ended already", status=409)
        return json_response(_shown(row))

    return api


def _key_of(text: str) -> bytes:
    """Return the 16 bytes of a key. Raises Refused (422)."""
    if len(text) == 16 and text.isascii() and text.isalnum():
        return text.encode()
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 16:
        what, what_zh = "must be 16 letters and digits, or 32 hex digits", "应为 16 位字母或数字,或 32 位十六进制数"
        errors = [{"where": "key", "what": what, "what_zh": what_zh}]
        raise Refused("bad-key", f"密钥{what_zh}", f"the key {what}", status=422, errors=errors)
    return key


def _shown(row: Any) -> dict[str, Any]:
    shown = {name: value for name, value in dict(row).items() if name != "sealed"}
    return shown | {"replace_before": replace_before(row)}
