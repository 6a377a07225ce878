"""HTTP of changes to the emergency reduction list: a line is added, changed with a reason, taken off; each is a version."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_judging.registry import Points
from park_schemas.identifiers import uuid7
from pydantic import Field

from source_monitoring.domain.reductions.reduction_list import LevelMeasure, ListedLine, problems_of
from source_monitoring.http_edge import Body
from source_monitoring.reductions import list_store
from source_monitoring.reductions.edge import Writer, invalid, may_see, unknown_places
from source_monitoring.reductions.list_showing import line_row, shown


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

    @routes.post("/reduction-list")
    async def add(writer: Writer, new: Line) -> Response:
        """Put a line on the list."""
        line = _checked(points, writer, new)
        line_id = uuid7()
        async with database.transaction() as tx:
            await list_store.lock(tx)
            await _only_one(tx, line, None)
            await list_store.write(tx, line_id, 1, line, list_store.Change(writer.username, new.reason, now()))
            return json_response(shown(points, await line_row(tx, writer, line_id)), status=201)

    @routes.put("/reduction-list/{line_id}")
    async def change(writer: Writer, line_id: UUID, new: Line) -> Response:
        """Change a line, with the reason; orders that were made before keep the measures they were made with."""
        line = _checked(points, writer, new)
        if len(new.reason) < 2:
            raise _reason_missing()
        async with database.transaction() as tx:
            await list_store.lock(tx)
            before = await line_row(tx, writer, line_id)
            _same_version(before, new.based_on)
            await _only_one(tx, line, line_id)
            change = list_store.Change(writer.username, new.reason, now())
            await list_store.write(tx, line_id, before["version"] + 1, line, change)
            return json_response(shown(points, await line_row(tx, writer, line_id)))

    @routes.post("/reduction-list/{line_id}/retire")
    async def retire(writer: Writer, line_id: UUID, said: Retirement) -> Response:
        """Take a line off the list."""
        async with database.transaction() as tx:
            await list_store.lock(tx)
            row = await line_row(tx, writer, line_id)
            _same_version(row, said.based_on)
            await list_store.retire(tx, row, list_store.Change(writer.username, said.reason, now()))
        return json_response({"line_id": line_id, "retired": True})

    return routes


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
