"""HTTP: all registered devices with where they stand with their keys; never a key."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_schemas.registry import DeviceRecord

from hj212_gateway import key_store
from hj212_gateway.domain.device_keys import KeyState
from hj212_gateway.domain.key_standing import Handover, Standing, standings

Reader = Annotated[Principal, Depends(require("device:read"))]
State = Literal["none", "offered", "confirmed", "in-force", "retired", "dropped"]
_MOST_EXPORTED = 100_000


def router(database: Database, register: Callable[[], Iterable[DeviceRecord]]) -> APIRouter:
    """Return the route of the list. `register` gives every registered device."""
    api = APIRouter(prefix="/device-keys", tags=["devices"])

    @api.get("")
    async def keys_of_all_devices(
        _: Reader,
        state: Annotated[State | None, Query(description="State of the key that says most; `none`: no key")] = None,
        handover: Annotated[Handover | None, Query(description="What became of the newest 1014")] = None,
        due: Annotated[bool, Query(description="Only keys that are to be replaced by now")] = False,
        edition: Annotated[str | None, Query(max_length=20, description="Registered edition")] = None,
        q: Annotated[str | None, Query(max_length=40, description="Part of an MN")] = None,
        file_format: Annotated[Format | None, Query(alias="format", description="A file of all instead")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        at = now()
        devices = {one.mn: one for one in register() if _is_asked(one, edition, q)}
        async with database.reading() as connection:
            keys = await key_store.of_devices(connection, list(devices))
            commands = await key_store.newest_commands(connection, list(devices))
        found = standings(devices, keys, commands)
        counts = _counts(found, at)
        wanted = [
            one
            for one in found
            if (state is None or one.state == state)
            and (handover is None or one.handover is handover)
            and (not due or one.is_due(at))
        ]
        rows = [_shown(one, devices[one.mn], at) for one in wanted]
        if file_format:
            return table_response(file_format, "device-keys", _COLUMNS, rows[:_MOST_EXPORTED])
        after = decode_cursor(cursor)
        rest = [row for row in rows if after is None or row["mn"] > after[0]]
        following = encode_cursor(rest[limit - 1]["mn"]) if len(rest) > limit else None
        return json_response(page(rest[:limit], following, len(rows)) | {"counts": counts})

    return api


def _is_asked(device: DeviceRecord, edition: str | None, q: str | None) -> bool:
    return (not edition or device.edition == edition) and (not q or q.upper() in device.mn.upper())


def _counts(found: Iterable[Standing], at: datetime) -> dict[str, int]:
    counts = {"none": 0, "in_force": 0, "under_way": 0, "failed": 0, "due": 0}
    for one in found:
        counts["none"] += one.key is None
        counts["in_force"] += one.state == KeyState.IN_FORCE
        counts["under_way"] += one.handover is Handover.UNDER_WAY
        counts["failed"] += one.handover is Handover.FAILED
        counts["due"] += one.is_due(at)
    return counts


def _shown(one: Standing, device: DeviceRecord, at: datetime) -> dict[str, Any]:
    key: Mapping[str, Any] = one.key or {}
    command = one.command
    return {
        "mn": one.mn,
        "point_id": device.point_id,
        "edition": device.edition,
        "state": one.state,
        "key_id": key.get("key_id"),
        "set_by": key.get("set_by"),
        "reason": key.get("reason"),
        "made_at": key.get("made_at"),
        "confirmed_at": key.get("confirmed_at"),
        "in_force_at": key.get("in_force_at"),
        "ended_at": key.get("ended_at"),
        "replace_before": one.replace_before,
        "due": one.is_due(at),
        "handover": one.handover,
        "command": dict(command) if command else None,
    }


_COLUMNS = (
    Column("MN", lambda row: row["mn"], 28),
    Column("登记版本 Registered edition", lambda row: row["edition"]),
    Column("密钥状态 State", lambda row: row["state"]),
    Column("设置人 Set by", lambda row: row["set_by"]),
    Column("设置时间 Made at", lambda row: row["made_at"], 20),
    Column("确认时间 Confirmed at", lambda row: row["confirmed_at"], 20),
    Column("启用时间 In force at", lambda row: row["in_force_at"], 20),
    Column("应更换于 Replace before", lambda row: row["replace_before"], 20),
    Column("交接 Hand-over", lambda row: row["handover"]),
)
