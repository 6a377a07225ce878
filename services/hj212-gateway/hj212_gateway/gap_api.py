"""HTTP: missing records (缺数) with their state, as a list and as a table; a person may have one tried again or abandoned."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound
from park_chassis.export import Column, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from pydantic import AwareDatetime, BaseModel, Field

from hj212_gateway import gap_store
from hj212_gateway.domain import gap_texts
from hj212_gateway.domain.gap_states import GapState, GapStep, next_gap_state
from hj212_gateway.gap_store import GapFilter, Place

Reader = Annotated[Principal, Depends(require("device:read"))]
Writer = Annotated[Principal, Depends(require("device:write"))]
Kind = Literal["minute", "hour", "day"]

_MOST_EXPORTED = 50_000


class WhyBody(BaseModel):
    """A person's decision about a gap."""

    reason: str = Field(min_length=1, max_length=400, description="Why; stands in the record")


def _filter(
    mn: Annotated[str | None, Query(max_length=40)] = None,
    kind: Annotated[Kind | None, Query(description="Kind of record: minute (2051), hour (2061), day (2031)")] = None,
    state: GapState | None = None,
    begin: Annotated[AwareDatetime | None, Query(alias="from", description="Gaps that end after it")] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="Gaps that begin before it")] = None,
) -> GapFilter:
    command = gap_texts.COMMAND_OF_KIND[kind] if kind else None
    return GapFilter(mn, command, state.value if state else None, begin, end)


Wanted = Annotated[GapFilter, Depends(_filter)]


def router(database: Database) -> APIRouter:
    """Return the routes of gaps."""
    api = APIRouter(tags=["gaps"])

    @api.get("/gaps")
    async def gaps(
        _: Reader,
        wanted: Wanted,
        limit: Limit = 50,
        cursor: Cursor = None,
        export: Annotated[Literal["csv", "xlsx"] | None, Query(alias="format", description="A file, unpaged")] = None,
    ) -> Response:
        place = decode_cursor(cursor)
        before = Place(datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
        async with database.reading() as connection:
            rows = await gap_store.gaps(
                connection, wanted, before=None if export else before, limit=_MOST_EXPORTED if export else limit
            )
        if export:
            return table_response(export, "缺数清单", _COLUMNS, rows)
        following = encode_cursor(rows[-1]["begins"], rows[-1]["gap_id"]) if len(rows) == limit else None
        return json_response(page([_shown(row) for row in rows], following))

    @api.get("/gaps/{gap_id}")
    async def gap(_: Reader, gap_id: UUID) -> Response:
        async with database.reading() as connection:
            row = await gap_store.one(connection, gap_id)
        if row is None:
            raise NotFound("缺数", "gap", gap_id)
        return json_response(_shown(row))

    @api.post("/gaps/{gap_id}/retry")
    async def retry(caller: Writer, gap_id: UUID, body: WhyBody) -> Response:
        return json_response(await _decided(database, gap_id, GapStep.RETRY, caller, body.reason))

    @api.post("/gaps/{gap_id}/abandon")
    async def abandon(caller: Writer, gap_id: UUID, body: WhyBody) -> Response:
        return json_response(await _decided(database, gap_id, GapStep.ABANDON, caller, body.reason))

    return api


_DECISIONS = {GapStep.RETRY: gap_store.reopen, GapStep.ABANDON: gap_store.abandon}


async def _decided(database: Database, gap_id: UUID, step: GapStep, caller: Principal, reason: str) -> dict[str, Any]:
    """Store a person's decision and return the gap. Raises NotFound, and Refused for a step its state does not have."""
    async with database.transaction() as tx:
        row = await gap_store.locked(tx, gap_id)
        if row is None:
            raise NotFound("缺数", "gap", gap_id)
        next_gap_state(GapState(row["state"]), step)
        await _DECISIONS[step](tx, gap_id, caller.username, reason, now())
        return _shown(await gap_store.one(tx, gap_id))


_PRIVATE = ("gateway", "lease_until", "missing_at_try")


def _shown(row: Any) -> dict[str, Any]:
    shown = {name: value for name, value in dict(row).items() if name not in _PRIVATE}
    kind = gap_texts.KIND_OF_COMMAND[row["command"]]
    shown["kind"] = kind
    for name, table, key in (
        ("kind", gap_texts.KINDS, kind),
        ("state", gap_texts.STATES, row["state"]),
        ("cause", gap_texts.CAUSES, row["cause"]),
        ("reason", gap_texts.REASONS, row["reason"]),
    ):
        shown[f"{name}_zh"], shown[f"{name}_en"] = gap_texts.text_of(table, key)
    return shown


_COLUMNS = [
    Column("MN", lambda row: row["mn"], 28),
    Column("数据类型 Kind", lambda row: gap_texts.KINDS[gap_texts.KIND_OF_COMMAND[row["command"]]][0]),
    Column("起 From", lambda row: row["begins"], 20),
    Column("止 To", lambda row: row["ends"], 20),
    Column("间隔(分钟) Interval (min)", lambda row: row["interval_min"]),
    Column("应有 Expected", lambda row: row["expected"]),
    Column("仍缺 Missing", lambda row: row["missing"]),
    Column("起因 Cause", lambda row: gap_texts.text_of(gap_texts.CAUSES, row["cause"])[0]),
    Column("状态 State", lambda row: gap_texts.text_of(gap_texts.STATES, row["state"])[0]),
    Column("原因 Reason", lambda row: gap_texts.text_of(gap_texts.REASONS, row["reason"])[0], 28),
    Column("次数 Tries", lambda row: row["attempts"]),
    Column("发现 Found", lambda row: row["found_at"], 20),
    Column("上次补取 Tried", lambda row: row["tried_at"], 20),
    Column("下次补取 Next try", lambda row: row["next_try_at"] if row["state"] == "open" else None, 20),
    Column("结束 Closed", lambda row: row["closed_at"], 20),
    Column("补齐方式 Healed by", lambda row: row["healed_by"]),
    Column("处理人 Decided by", lambda row: row["decided_by"]),
]
