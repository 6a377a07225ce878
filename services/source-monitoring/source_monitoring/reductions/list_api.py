"""HTTP of the emergency reduction list: lines by enterprise, one line with its versions, changes, the tables behind it."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_judging.registry import Points
from park_schemas.identifiers import uuid7
from pydantic import BaseModel, Field

from source_monitoring.domain.reductions.levels import GRADES, LEVELS, POLLUTANTS, SOURCE_EN, SOURCE_ZH
from source_monitoring.domain.reductions.reduction_list import LevelMeasure, ListedLine, problems_of
from source_monitoring.domain.reductions.sheet import REDUCTION_LIST, texts_of
from source_monitoring.http_edge import Body, bad_cursor
from source_monitoring.reductions import list_store
from source_monitoring.reductions.edge import Reader, Writer, invalid, may_see, names_of, unknown_places

_MOST_EXPORTED = 20_000


class Filters(BaseModel):
    """Filters of the list; `q` is looked for in line and industry."""

    enterprise_id: UUID | None = None
    grade: str | None = None
    q: str | None = None


class Measure(Body):
    """What the line does at one level; no share: looked at on the spot."""

    measure_zh: str = Field(max_length=500)
    allowed_share: str | None = Field(None, max_length=20)


class Line(Body):
    """A line of the list; `based_on` is the version that is changed (0: a new one)."""

    based_on: int = Field(0, ge=0)
    reason: str = Field("", max_length=2000)
    enterprise_id: UUID
    line: str = Field(max_length=120)
    grade: str = Field(max_length=20)
    industry: str = Field("", max_length=60)
    point_id: UUID | None = None
    factor: str = Field("", max_length=20)
    usual_value: str | None = Field(None, max_length=30)
    measures: dict[str, Measure] = Field(default_factory=dict)
    emissions: dict[str, str] = Field(default_factory=dict)
    note: str = Field("", max_length=500)


class Retirement(Body):
    """Why a line leaves the list; `based_on` is the version that was read."""

    based_on: int = Field(ge=1)
    reason: str = Field(min_length=2, max_length=2000)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["reductions"])

    @routes.get("/reduction-list")
    async def listed(
        reader: Reader, filters: Annotated[Filters, Query()], limit: Limit = 50, cursor: Cursor = None
    ) -> Response:
        """Lines that stand, by enterprise and name."""
        async with database.reading() as connection:
            rows, total = await _lines(connection, reader, filters, limit, _place(cursor))
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(str(last["enterprise_id"]), last["line"]) if last else None
        return json_response(page([shown(points, row) for row in rows], following, total))

    @routes.get("/reduction-list/export")
    async def export(
        reader: Reader,
        filters: Annotated[Filters, Query()],
        file_format: Annotated[Format, Query(alias="format")] = "csv",
    ) -> Response:
        """The same lines in the columns of the import sheet."""
        async with database.reading() as connection:
            rows, _ = await _lines(connection, reader, filters, _MOST_EXPORTED, None)
        texts = []
        for row in rows:
            names = names_of(points, row["enterprise_id"], list_store.listed(row).point_id, "")
            texts.append(texts_of(list_store.listed(row), names["enterprise_zh"], names["point_code"]))
        return table_response(file_format, "应急减排清单", _COLUMNS, texts)

    @routes.get("/reduction-list/tables")
    async def tables(_: Reader) -> Response:
        """Warning levels and performance grades as they are used, with their source."""
        return json_response(
            {
                "levels": {key: _plain(one) for key, one in LEVELS.items()},
                "grades": {key: _plain(one) for key, one in GRADES.items()},
                "pollutants": POLLUTANTS,
                "source_zh": SOURCE_ZH,
                "source_en": SOURCE_EN,
            }
        )

    @routes.get("/reduction-list/{line_id}")
    async def one(reader: Reader, line_id: UUID) -> Response:
        """One line with its versions."""
        async with database.reading() as connection:
            row = await _row(connection, reader, line_id)
            return json_response({**shown(points, row), "versions": await list_store.versions(connection, line_id)})

    return _changes(routes, database, points)


def _changes(routes: APIRouter, database: Database, points: Points) -> APIRouter:
    @routes.post("/reduction-list")
    async def add(writer: Writer, new: Line) -> Response:
        """Put a line on the list."""
        line = _checked(points, writer, new)
        line_id = uuid7()
        async with database.transaction() as tx:
            await list_store.lock(tx)
            await _only_one(tx, line, None)
            await list_store.write(tx, line_id, 1, line, list_store.Change(writer.username, new.reason, now()))
            return json_response(shown(points, await _row(tx, writer, line_id)), status=201)

    @routes.put("/reduction-list/{line_id}")
    async def change(writer: Writer, line_id: UUID, new: Line) -> Response:
        """Change a line, with the reason; orders that were made before keep the measures they were made with."""
        line = _checked(points, writer, new)
        if len(new.reason) < 2:
            raise _reason_missing()
        async with database.transaction() as tx:
            await list_store.lock(tx)
            before = await _row(tx, writer, line_id)
            _same_version(before, new.based_on)
            await _only_one(tx, line, line_id)
            change = list_store.Change(writer.username, new.reason, now())
            await list_store.write(tx, line_id, before["version"] + 1, line, change)
            return json_response(shown(points, await _row(tx, writer, line_id)))

    @routes.post("/reduction-list/{line_id}/retire")
    async def retire(writer: Writer, line_id: UUID, said: Retirement) -> Response:
        """Take a line off the list."""
        async with database.transaction() as tx:
            await list_store.lock(tx)
            row = await _row(tx, writer, line_id)
            _same_version(row, said.based_on)
            await list_store.retire(tx, row, list_store.Change(writer.username, said.reason, now()))
        return json_response({"line_id": line_id, "retired": True})

    return routes


def shown(points: Points, row: dict[str, Any]) -> dict[str, Any]:
    """Return a line as it is answered."""
    line = list_store.listed(row)
    grade = GRADES[line.grade]
    return {
        **msgspec.to_builtins(line),
        "measures": {level: msgspec.structs.asdict(measure) for level, measure in line.measures.items()},
        "point_id": line.point_id, "factor": line.factor, "usual_value": line.usual_value, "industry": line.industry,
        "emissions": line.emissions, "note": line.note, "line_id": row["line_id"], "version": row["version"],
        "author": row["author"], "made_at": row["made_at"], "grade_zh": grade.name_zh, "grade_en": grade.name_en,
        **names_of(points, line.enterprise_id, line.point_id, line.factor),
    }  # fmt: skip


async def _lines(
    connection: Connection, reader: Principal, filters: Filters, limit: int, after: tuple[UUID, str] | None
) -> tuple[list[dict[str, Any]], int]:
    return await list_store.lines(
        connection, enterprise_ids=[reader.enterprise_id] if reader.enterprise_id else None,
        enterprise_id=filters.enterprise_id, grade=filters.grade, text=filters.q or None, after=after, limit=limit,
    )  # fmt: skip


async def _row(connection: Connection, reader: Principal, line_id: UUID) -> dict[str, Any]:
    row = await list_store.line(connection, line_id)
    if row is None or not may_see(reader, row["enterprise_id"]):
        raise NotFound("减排清单条目", "line of the reduction list", line_id)
    return row


def _checked(points: Points, writer: Principal, new: Line) -> ListedLine:
    line = ListedLine(
        enterprise_id=new.enterprise_id, line=new.line, grade=new.grade, industry=new.industry, point_id=new.point_id,
        factor=new.factor, usual_value=new.usual_value or None, emissions={k: v for k, v in new.emissions.items() if v},
        measures={
            level: LevelMeasure(measure_zh=one.measure_zh, allowed_share=one.allowed_share or None)
            for level, one in new.measures.items()
        },
        note=new.note,
    )  # fmt: skip
    problems = problems_of(line) + unknown_places(points, line)
    if problems:
        raise invalid(problems)
    if not may_see(writer, line.enterprise_id):
        raise NotFound("企业", "enterprise", line.enterprise_id)
    return line


async def _only_one(tx: Connection, line: ListedLine, line_id: UUID | None) -> None:
    there = await list_store.of_names(tx, [(line.enterprise_id, line.line)])
    if any(row["line_id"] != line_id for row in there.values()):
        what = {"where": "line", "what": "the enterprise has this line already", "what_zh": "该企业已有同名生产线"}
        raise Refused("line-there", "该企业已有同名生产线", "the enterprise has this line already", errors=[what])


def _same_version(row: dict[str, Any], based_on: int) -> None:
    if row["version"] != based_on:
        raise Refused(
            "version-conflict", f"已被他人修改,当前版本为 {row['version']}", f"changed meanwhile, version is {row['version']}",
            version=row["version"],
        )  # fmt: skip


def _reason_missing() -> Refused:
    what = {"where": "reason", "what": "a change needs a reason", "what_zh": "修改须填写原因"}
    return Refused("reason-missing", "修改须填写原因", "a change needs a reason", status=422, errors=[what])


def _place(cursor: str | None) -> tuple[UUID, str] | None:
    place = decode_cursor(cursor)
    try:
        return None if place is None else (UUID(place[0]), str(place[1]))
    except (IndexError, TypeError, ValueError, AttributeError) as error:
        raise bad_cursor() from error


def _cell(name: str) -> Callable[[dict[str, str]], str]:
    return lambda texts: texts.get(name, "")


_COLUMNS = [Column(one.zh, _cell(one.name)) for one in REDUCTION_LIST.columns]


def _plain(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}
