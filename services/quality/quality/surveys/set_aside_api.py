"""HTTP of rows that imports set aside: listed with why, mended field by field and run again, or let be with a reason."""

from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
import msgspec
from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_chassis.sheets.problems import Problem
from park_chassis.sheets.sheet import SheetRow
from park_judging.registry import Points
from pydantic import Field

from quality.domain.surveys.import_plan import PlannedRow
from quality.domain.surveys.sheets import SHEETS
from quality.surveys import import_store, importing, store
from quality.surveys.campaigns_api import one_campaign
from quality.surveys.edge import Body, Writer, change_of, invalid, park_of, place_of_row
from quality.surveys.importing import Order

State = Literal["open", "mended", "dismissed"]
Reason = Literal["unknown-factor", "unit-mismatch", "bad-time", "unknown-site", "bad-value"]


class Mending(Body):
    """Fields that change, by column name; none: run the row again as it is (its site is registered now, say)."""

    texts: dict[str, str] = Field(default_factory=dict, max_length=30)
    reason: str = Field("", max_length=500, description="Needed when the row corrects a result that is kept")


class Dismissal(Body):
    reason: str = Field(min_length=2, max_length=500)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes of set-aside rows."""
    routes = APIRouter(prefix="/surveys", tags=["surveys"])
    _add_list(routes, database)

    @routes.post("/set-aside/{set_aside_id}/mend")
    async def mend(writer: Writer, set_aside_id: UUID, mending: Mending) -> Response:
        """Mend a row and run it again; what is still wrong is told (422) and kept with the attempt."""
        async with database.transaction() as tx:
            await store.lock(tx)
            row = await _open(tx, set_aside_id)
            texts = _mended(row, mending)
            order = await _order(tx, row, points, writer, mending.reason)
            planned = await importing.planned(tx, order, [SheetRow(row["row"], texts)])
            problems = planned[0].report.errors
            if problems:
                await import_store.still_wrong(tx, set_aside_id, texts, problems)
            else:
                await _store(tx, order, planned, row, texts)
                after = _item(await _found(tx, set_aside_id))
        if problems:
            raise invalid(problems)
        return json_response(after | {"report": planned[0].report})

    @routes.post("/set-aside/{set_aside_id}/dismiss")
    async def dismiss(writer: Writer, set_aside_id: UUID, dismissal: Dismissal) -> Response:
        """Let a row be, with the reason."""
        async with database.transaction() as tx:
            await _open(tx, set_aside_id)
            await import_store.settle(
                tx, set_aside_id, "dismissed", texts=None, who=writer.username, at=now(), outcome=dismissal.reason
            )
            return json_response(_item(await _found(tx, set_aside_id)))

    return routes


def _add_list(routes: APIRouter, database: Database) -> None:
    @routes.get("/set-aside")
    async def listed(
        _: Writer,
        state: State | None = None,
        reason: Reason | None = None,
        campaign_id: UUID | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Rows that imports rejected, newest first, with why, and how many are in each state."""
        async with database.reading() as tx:
            rows = await import_store.listed(
                tx, state=state, reason=reason, campaign_id=campaign_id,
                after=place_of_row(cursor), limit=None if file else limit,
            )  # fmt: skip
            counts = await import_store.counts(tx)
        if file is not None:
            return table_response(file, "搁置记录", _COLUMNS, [_item(row) for row in rows])
        following = encode_cursor(str(rows[-1]["import_id"]), rows[-1]["row"]) if len(rows) == limit else None
        return json_response(page([_item(row) for row in rows], following) | {"counts": counts})


async def _found(tx: Connection, set_aside_id: UUID) -> asyncpg.Record:
    row = await import_store.one(tx, set_aside_id)
    if row is None:
        raise NotFound("搁置记录", "set-aside row", set_aside_id)
    return row


async def _open(tx: Connection, set_aside_id: UUID) -> asyncpg.Record:
    row = await _found(tx, set_aside_id)
    if row["state"] != "open":
        raise Refused("already-settled", "该记录已处理", "the row is settled already", state=row["state"])
    return row


def _mended(row: asyncpg.Record, mending: Mending) -> dict[str, str]:
    """Return the row's text with the changes; an attempt before this one counts. Raises Refused for unknown columns."""
    columns = {column.name for column in SHEETS[row["sheet"]].columns}
    strays = [
        Problem(name, text[:200], "未知的列", "unknown column")
        for name, text in mending.texts.items()
        if name not in columns
    ]
    if strays:
        raise invalid(strays)
    return {**(row["mended"] or row["texts"]), **mending.texts}


async def _order(tx: Connection, row: asyncpg.Record, points: Points, writer: Principal, reason: str) -> Order:
    campaign = store.campaign(await one_campaign(tx, row["campaign_id"])) if row["campaign_id"] else None
    return Order(row["sheet"], park_of(points, writer), campaign, change_of(writer, reason))


async def _store(
    tx: Connection, order: Order, planned: list[PlannedRow], row: asyncpg.Record, texts: dict[str, str]
) -> None:
    await importing.stored(tx, order, planned)
    await import_store.settle(
        tx,
        row["set_aside_id"],
        "mended",
        texts=texts,
        who=order.change.author,
        at=order.change.made_at,
        outcome=planned[0].report.status,
    )


def _item(row: asyncpg.Record) -> dict[str, Any]:
    shown = (
        "set_aside_id", "import_id", "sheet", "campaign_id", "row", "reason", "texts", "mended", "state", "settled_at",
        "settled_by", "outcome", "filename", "imported_at", "imported_by",
    )  # fmt: skip
    problems = msgspec.convert(row["problems"], list[Problem])
    return {name: row[name] for name in shown} | {"problems": problems, "sheet_title": SHEETS[row["sheet"]].title_zh}


_COLUMNS: list[Column] = [
    Column("文件 / file", lambda one: one["filename"], 30),
    Column("工作表 / sheet", lambda one: one["sheet_title"]),
    Column("行 / row", lambda one: one["row"]),
    Column("原因 / reason", lambda one: one["reason"]),
    Column("说明 / why", lambda one: "；".join(f"{p.column}: {p.what_zh}" for p in one["problems"]), 60),
    Column("内容 / content", lambda one: " | ".join(f"{k}={v}" for k, v in one["texts"].items() if v), 60),
    Column("状态 / state", lambda one: one["state"]),
    Column("处理人 / settled by", lambda one: one["settled_by"]),
    Column("导入时间 / imported at", lambda one: one["imported_at"]),
]
