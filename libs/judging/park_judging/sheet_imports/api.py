"""HTTP of what imports left behind: reports, and rows set aside. Importing and mending are the services' own routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
import msgspec
from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_chassis.sheets.problems import Problem
from park_chassis.sheets.sheet import Sheet
from pydantic import Field

from park_judging.http_edge import TextBody, place_of_id, place_of_row
from park_judging.sheet_imports import running, store
from park_judging.sheet_imports.store import ImportSummary, ImportTables

State = Literal["open", "mended", "dismissed"]
Reason = Literal["wrong-columns", "unknown-factor", "unit-mismatch", "bad-time", "unknown-site", "bad-value"]

_STATUS_ZH = {"created": "新增", "updated": "更正", "unchanged": "无变化", "rejected": "拒绝"}


class Mending(TextBody):
    """Fields that change, by column name; none: run the row again as it is (its site is registered now, say)."""

    texts: dict[str, str] = Field(default_factory=dict, max_length=30)
    reason: str = Field("", max_length=500, description="Needed when the row corrects a result that is kept")


class Dismissal(TextBody):
    reason: str = Field(min_length=2, max_length=500)


@dataclass(frozen=True, slots=True)
class ImportRoom:
    """What the routes are of: tables, sheets by name, who may, and to which scope a person is held (None: to none)."""

    database: Database
    tables: ImportTables
    sheets: Mapping[str, Sheet]
    permission: str
    held_to: Callable[[Principal], UUID | None] = lambda _: None

    def item(self, row: asyncpg.Record) -> dict[str, Any]:
        """Return a set-aside row as it is shown."""
        shown = (
            "set_aside_id", "import_id", "sheet", self.tables.scope, "row", "reason", "texts", "mended", "state", "settled_at",
            "settled_by", "outcome", "filename", "imported_at", "imported_by",
        )  # fmt: skip
        problems = msgspec.convert(row["problems"], list[Problem])
        return {name: row[name] for name in shown} | {
            "problems": problems,
            "sheet_title": self.sheets[row["sheet"]].title_zh,
        }


def add_reports(routes: APIRouter, room: ImportRoom) -> None:
    """Add the lists of imports and their reports."""
    allowed = Depends(require(room.permission))

    @routes.get("/imports")
    async def list_imports(person: Annotated[Principal, allowed], limit: Limit = 50, cursor: Cursor = None) -> Response:
        """Imports and previews, newest first."""
        scope, before = room.held_to(person), place_of_id(cursor)
        async with room.database.reading() as tx:
            found = await store.imports(tx, room.tables, scope=scope, before=before, limit=limit)
        following = encode_cursor(str(found[-1].import_id)) if len(found) == limit else None
        return json_response(page([one.shown(room.tables) for one in found], following))

    @routes.get("/imports/{import_id}")
    async def read_import(import_id: UUID, person: Annotated[Principal, allowed]) -> Response:
        """An import with the report of every row."""
        summary, rows = await _report(room, person, import_id)
        return json_response(summary.shown(room.tables) | {"rows": rows})

    @routes.get("/imports/{import_id}/report.xlsx")
    async def export_report(import_id: UUID, person: Annotated[Principal, allowed]) -> Response:
        """The report as a workbook: sheet, row, column, value, why."""
        summary, rows = await _report(room, person, import_id)
        sheet = room.sheets[summary.sheet]
        lines = [(row, error) for row in rows for error in (row.get("errors") or [None])]
        return table_response("xlsx", f"导入报告-{import_id}", _report_columns(sheet), lines)


async def _report(room: ImportRoom, person: Principal, import_id: UUID) -> tuple[ImportSummary, list[dict[str, Any]]]:
    scope = room.held_to(person)
    async with room.database.reading() as tx:
        found = await store.import_report(tx, room.tables, import_id)
    if found is None or (scope is not None and found[0].scope != scope):
        raise NotFound("导入", "import", import_id)
    return found


def add_set_aside(routes: APIRouter, room: ImportRoom) -> None:
    """Add the list of rows set aside, and letting one be."""
    allowed = Depends(require(room.permission))

    @routes.get("/set-aside")
    async def listed(
        person: Annotated[Principal, allowed],
        state: State | None = None,
        reason: Reason | None = None,
        scope: Annotated[UUID | None, Query(alias=room.tables.scope)] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Rows that imports rejected, newest first, with why, and how many are in each state."""
        held = room.held_to(person)
        async with room.database.reading() as tx:
            rows = await store.listed(
                tx, room.tables, state=state, reason=reason, scope=held or scope,
                after=place_of_row(cursor), limit=None if file else limit,
            )  # fmt: skip
            counts = await store.counts(tx, room.tables, held)
        items = [room.item(row) for row in rows]
        if file is not None:
            return table_response(file, "搁置记录", _COLUMNS, items)
        following = encode_cursor(str(rows[-1]["import_id"]), rows[-1]["row"]) if len(rows) == limit else None
        return json_response(page(items, following) | {"counts": counts})

    @routes.post("/set-aside/{set_aside_id}/dismiss")
    async def dismiss(person: Annotated[Principal, allowed], set_aside_id: UUID, dismissal: Dismissal) -> Response:
        """Let a row be, with the reason."""
        held, tables = room.held_to(person), room.tables
        async with room.database.transaction() as tx:
            await running.open_row(tx, tables, set_aside_id, held)
            await store.settle(
                tx, tables, set_aside_id, "dismissed",
                texts=None, who=person.username, at=now(), outcome=dismissal.reason,
            )  # fmt: skip
            return json_response(room.item(await running.found_row(tx, tables, set_aside_id, held)))


def columns_of(sheet: Sheet) -> list[dict[str, Any]]:
    """Return the columns of a sheet as forms need them: names, whether required, an example, a note."""
    return [
        {
            "name": one.name,
            "name_zh": one.zh,
            "name_en": one.en,
            "required": one.required,
            "example": one.example,
            "note_zh": one.note_zh,
            "note_en": one.note_en,
        }
        for one in sheet.columns
    ]


def _report_columns(sheet: Sheet) -> list[Column]:
    titles = {column.name: f"{column.zh} {column.en}" for column in sheet.columns}

    def of_error(name: str) -> Any:
        return lambda line: line[1][name] if line[1] else ""

    return [
        Column("工作表 Sheet", lambda _: sheet.title_zh, 12),
        Column("行 Row", lambda line: line[0]["row"], 8),
        Column("结果 Result", lambda line: f"{_STATUS_ZH[line[0]['status']]} {line[0]['status']}", 18),
        Column("主键 Key", lambda line: line[0]["key"], 40),
        Column("列 Column", lambda line: titles.get(line[1]["column"], line[1]["column"]) if line[1] else "", 28),
        Column("值 Value", of_error("value"), 28),
        Column("原因", of_error("what_zh"), 48),
        Column("Reason", of_error("what_en"), 48),
        Column("评价 Verdict", lambda line: line[0].get("verdict_zh", ""), 60),
    ]


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
