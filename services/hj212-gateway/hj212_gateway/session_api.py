"""HTTP: every registered device and its connection: online, offline, never seen; one device with its recent connections."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from hj212 import Deviation
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.errors import NotFound
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_schemas.registry import DeviceRecord

from hj212_gateway import command_store, session_store
from hj212_gateway.domain.frame_view import explanation
from hj212_gateway.session_store import Wanted

Reader = Annotated[Principal, Depends(require("device:read"))]
Register = Callable[[], Iterable[DeviceRecord]]
_MOST_EXPORTED = 100_000


def router(database: Database, register: Register, device_of: Callable[[str], DeviceRecord | None]) -> APIRouter:
    """Return the routes of sessions. `register` gives every registered device."""
    api = APIRouter(prefix="/sessions", tags=["devices"])
    _add_list(api, database, register)
    _add_one(api, database, device_of)
    return api


def _add_list(api: APIRouter, database: Database, register: Register) -> None:
    @api.get("")
    async def sessions(
        _: Reader,
        state: Literal["online", "offline", "never-seen"] | None = None,
        q: Annotated[
            str | None, Query(max_length=40, description="Part of an MN, or the beginning of an address")
        ] = None,
        edition: Annotated[str | None, Query(max_length=20, description="Edition its frames are in")] = None,
        gateway: Annotated[str | None, Query(max_length=80)] = None,
        deviation: Annotated[str | None, Query(max_length=40, description="Only devices that showed it")] = None,
        skew_above_s: Annotated[
            float | None, Query(ge=0, description="Only devices whose clock is off by more")
        ] = None,
        file_format: Annotated[Format | None, Query(alias="format", description="A file of all instead")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        wanted = Wanted(state, q, edition, gateway, deviation, skew_above_s)
        after = decode_cursor(cursor)
        devices = list(register())
        most = _MOST_EXPORTED if file_format else limit
        async with database.reading() as connection:
            rows = await session_store.sessions(
                connection, devices, wanted, after_mn=after[0] if after else None, limit=most
            )
            counts = await session_store.counts(connection, devices, wanted)
            unknown = await session_store.unknown(connection)
        if file_format:
            return table_response(file_format, "sessions", _COLUMNS, [dict(row) for row in rows])
        total = counts[state] if state else sum(counts.values())
        following = encode_cursor(rows[-1]["mn"]) if len(rows) == limit else None
        shown = page([dict(row) for row in rows], following, total)
        return json_response(
            shown | {"counts": {name.replace("-", "_"): n for name, n in counts.items()} | {"unknown": unknown}}
        )


def _add_one(api: APIRouter, database: Database, device_of: Callable[[str], DeviceRecord | None]) -> None:
    @api.get("/{mn}")
    async def session(_: Reader, mn: str) -> Response:
        device = device_of(mn)
        async with database.reading() as connection:
            rows = await session_store.sessions(
                connection, [device] if device else [], Wanted(query=mn), after_mn=None, limit=500
            )
            found = next((dict(row) for row in rows if row["mn"] == mn), None)
            if found is None:
                raise NotFound("设备", "device", mn)
            connections = [dict(row) for row in await session_store.connections(connection, mn)]
            open_commands = await command_store.open_commands(connection, mn)
        return json_response(
            found
            | _registered(device)
            | {
                "deviations_explained": _explained(found["deviations"] or {}),
                "connections": connections,
                "open_commands": open_commands,
            }
        )


def _registered(device: DeviceRecord | None) -> dict[str, Any]:
    return {
        "active": device.active if device else False,
        "realtime_interval_s": device.realtime_interval_s if device else None,
        "minute_interval_min": device.minute_interval_min if device else None,
        "enterprise_id": device.enterprise_id if device else None,
    }


def _explained(counts: dict[str, int]) -> list[dict[str, Any]]:
    known = {deviation.value for deviation in Deviation}
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [explanation(Deviation(code)) | {"count": count} for code, count in most_first if code in known]


_COLUMNS = (
    Column("MN", lambda row: row["mn"], 28),
    Column("状态 State", lambda row: row["state"]),
    Column("自 Since", lambda row: row["since"], 20),
    Column("末次报文 Last frame", lambda row: row["last_frame_at"], 20),
    Column("地址 Peer", lambda row: row["peer"], 24),
    Column("版本 Edition", lambda row: row["edition"]),
    Column("登记版本 Registered edition", lambda row: row["registered_edition"]),
    Column("时钟偏差(秒) Clock skew (s)", lambda row: row["clock_skew_s"]),
    Column("报文数 Frames", lambda row: row["frames"]),
    Column("字节数 Bytes", lambda row: row["bytes_received"]),
    Column("偏差 Deviations", lambda row: "; ".join(f"{n} {c}" for n, c in (row["deviations"] or {}).items()), 40),
    Column("网关 Gateway", lambda row: row["gateway"], 24),
)
