"""HTTP of results: listed, entered by form, corrected and withdrawn; every change is a version with author and reason."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_chassis.sheets.problems import Problem
from park_judging.domain.applied_limits import PointLimits
from park_judging.http_edge import (
    Changing,
    Text,
    TextBody,
    change_of,
    conflict,
    invalid,
    need_reason,
    park_time,
    place_of_time,
)
from park_judging.registry import Points
from park_judging.scope import chosen_points, one_point
from park_judging.versions import versions
from pydantic import Field

from source_monitoring.domain.manual.results import ManualResult, result_of
from source_monitoring.domain.manual.verdicts import ManualOutcome
from source_monitoring.domain.mark_states import MarkState
from source_monitoring.http_edge import Marker, Reader
from source_monitoring.manual import edge, recording, store
from source_monitoring.manual.recording import Writing
from source_monitoring.manual.result_items import RESULT_COLUMNS, result_item
from source_monitoring.manual.store import Wanted


class ResultFields(TextBody):
    """One factor of one sample, as the laboratory wrote it."""

    point: str = Field(description="Id or code of the outlet")
    factor: str = Field(description="HJ 212 code or name")
    sampled_at: str = Field(description="Park time, 2026-03-01 14:30")
    value: str = Field(description="A number; below the detection limit 0.004L, <0.004 or ND")
    enterprise: Text = Field(None, description="Name, when several enterprises use the code of the outlet")
    sampled_until: Text = None
    averaging: Text = Field(None, description="instant (default), hour, day")
    unit: Text = None
    converted: Text = None
    detection_limit: Text = None
    method: Text = None
    sample_number: Text = None
    flow: Text = None
    load: Text = None
    laboratory: Text = None
    cma_number: Text = None
    report_number: Text = None
    report_file: Text = None
    note: Text = None


class NewResults(TextBody):
    """Up to 500 results at once: all of them are stored, or none."""

    results: list[ResultFields] = Field(min_length=1, max_length=500)


class Correction(Changing, ResultFields):
    """The whole result as it should be; outlet, factor, time and sample number say which one it is and stay."""


class Withdrawal(Changing):
    pass


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users enter and see results of their own outlets."""
    routes = APIRouter(prefix="/self-monitoring", tags=["self-monitoring"])
    _add_reading(routes, database, points)
    _add_entering(routes, database, points)
    _add_correcting(routes, database, points)
    return routes


def _add_reading(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.get("/results")
    async def results(
        reader: Reader,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        factor: Annotated[str | None, Query(max_length=20, description="HJ 212 code")] = None,
        outcome: ManualOutcome | None = None,
        state: MarkState | None = None,
        since: Annotated[datetime | None, Query(alias="from", description="Sampled, inclusive")] = None,
        until: Annotated[datetime | None, Query(alias="to", description="Sampled, exclusive")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Results with their verdicts, sampled last first, and how many there are by outcome."""
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        wanted = Wanted(
            point_ids=list(chosen), factor=factor, outcome=outcome, state=state, since=park_time(since), until=park_time(until)
        )  # fmt: skip
        async with database.reading() as tx:
            rows = await store.results(tx, wanted, limit=None if file else limit, after=place_of_time(cursor))
            counts = await store.count_results(tx, wanted)
        items = [result_item(row, chosen[row["point_id"]], reader) for row in rows]
        if file is not None:
            return table_response(file, "自行监测结果", RESULT_COLUMNS, items)
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["sampled_at"].isoformat(), str(last["result_id"])) if last else None
        return json_response(page(items, following, sum(counts.values())) | {"counts": counts})

    @routes.get("/results/{result_id}")
    async def result(reader: Reader, result_id: UUID) -> Response:
        """A result with all its versions, newest first."""
        async with database.reading() as tx:
            row, limits = await visible_result(tx, points, reader, result_id)
            made = await versions(tx, "manual_results", "result_id", result_id)
        return json_response(result_item(row, limits, reader) | {"versions": made})


def _add_entering(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.post("/results", status_code=201)
    async def enter(marker: Marker, new: NewResults) -> Response:
        """Enter results by form. They count at once; another person of the authority accepts or returns them."""
        writable = edge.writable(points, marker)
        made, problems = _read_all(new, writable)
        if problems:
            raise invalid(problems)
        ids = [one.result_id for one in made]
        async with database.transaction() as tx:
            await store.lock(tx)
            standing = await store.newest_results(tx, ids)
            if standing or len(set(ids)) < len(ids):
                raise _already(made, standing)
            await recording.enter_all(tx, writable, made, Writing(marker, change_of(marker, "")))
            rows = await store.newest_results(tx, ids)
        items = [result_item(rows[one], writable[rows[one]["point_id"]], marker) for one in ids]
        return json_response({"items": items}, 201)


def _read_all(new: NewResults, writable: dict[UUID, PointLimits]) -> tuple[list[ManualResult], list[Problem]]:
    made, problems = [], list[Problem]()
    for number, fields in enumerate(new.results):
        one, flaws = result_of(fields.as_texts(), edge.records(writable), now())
        problems += [msgspec.structs.replace(flaw, column=f"results.{number}.{flaw.column}") for flaw in flaws]
        made += [one] if one else []
    return made, problems


def _add_correcting(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.put("/results/{result_id}")
    async def correct(marker: Marker, result_id: UUID, form: Correction) -> Response:
        """Correct a result: the next version, judged anew, to be accepted anew. A withdrawn one stands again by this."""
        need_reason(max(form.based_on, 1), form.reason)
        writable = edge.writable(points, marker)
        made, problems = result_of(form.as_texts("based_on", "reason"), edge.records(writable), now())
        if made is None:
            raise invalid(problems)
        if made.result_id != result_id:
            zh = "排口、因子、采样时间和样品编号不能更正，请撤销后重新录入"
            en = "outlet, factor, time and sample number stay: withdraw it and enter it anew"
            raise Refused("another-result", zh, en, status=422)
        async with database.transaction() as tx:
            row, limits = await _changeable(tx, points, marker, result_id, form)
            await recording.enter(tx, limits, made, row, Writing(marker, change_of(marker, form.reason)))
            row, _ = await visible_result(tx, points, marker, result_id)
        return json_response(result_item(row, limits, marker))

    @routes.post("/results/{result_id}/withdraw")
    async def withdraw(marker: Marker, result_id: UUID, form: Withdrawal) -> Response:
        """Withdraw a result entered by mistake: the next version says so, it counts no more."""
        need_reason(1, form.reason)
        async with database.transaction() as tx:
            row, limits = await _changeable(tx, points, marker, result_id, form)
            if row["state"] == MarkState.WITHDRAWN:
                raise Refused("already-withdrawn", "该结果已撤销", "the result is withdrawn already")
            await recording.withdraw(tx, limits, row, Writing(marker, change_of(marker, form.reason)))
            row, _ = await visible_result(tx, points, marker, result_id)
        return json_response(result_item(row, limits, marker))


async def _changeable(
    tx: Connection, points: Points, marker: Principal, result_id: UUID, form: Changing
) -> tuple[asyncpg.Record, PointLimits]:
    """Return a result and its outlet, under the lock. An accepted result of an enterprise is changed by the authority only."""
    await store.lock(tx)
    row, limits = await visible_result(tx, points, marker, result_id)
    if row["version"] != form.based_on:
        raise conflict()
    if row["state"] == MarkState.ACCEPTED and marker.enterprise_id is not None:
        zh, en = "已审核的结果须由监管部门更正", "an accepted result is corrected by the authority"
        raise Refused("accepted-already", zh, en, status=403)
    return row, limits


async def visible_result(
    tx: Connection, points: Points, reader: Principal, result_id: UUID
) -> tuple[asyncpg.Record, PointLimits]:
    """Return a result's newest version and its outlet. Raises NotFound when it is not there or not the reader's to see."""
    row = (await store.newest_results(tx, [result_id])).get(result_id)
    if row is None:
        raise NotFound("监测结果", "result", result_id)
    return row, one_point(points, reader, row["point_id"])


def _already(made: list[ManualResult], standing: dict[UUID, asyncpg.Record]) -> Refused:
    seen: set[UUID] = set()
    errors: list[dict[str, Any]] = []
    for number, one in enumerate(made):
        if one.result_id in standing or one.result_id in seen:
            what = {
                "what": "is kept already, or given twice: correct it instead",
                "what_zh": "已存在或重复，请改用更正",
            }
            known = one.result_id if one.result_id in standing else None
            errors.append({"where": f"results.{number}", "result_id": known, **what})
        seen.add(one.result_id)
    return Refused("result-is-known", "结果已存在", "results are kept already", errors=errors)
