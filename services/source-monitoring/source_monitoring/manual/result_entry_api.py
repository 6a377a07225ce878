"""HTTP of writing results: entered by form, corrected and withdrawn; every change is a version with author and reason."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from fastapi import APIRouter, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_chassis.sheets.problems import Problem
from park_judging.domain.applied_limits import PointLimits
from park_judging.http_edge import Changing, change_of, conflict, invalid, need_reason
from park_judging.registry import Points

from source_monitoring.domain.manual.results import ManualResult, result_of
from source_monitoring.domain.mark_states import MarkState
from source_monitoring.evidence.attaching import Record, attached
from source_monitoring.http_edge import Evidence, Marker
from source_monitoring.manual import edge, recording, store
from source_monitoring.manual.recording import Writing
from source_monitoring.manual.result_forms import Correction, NewResults, Withdrawal
from source_monitoring.manual.result_items import result_item
from source_monitoring.manual.results_api import visible_result


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users enter results of their own outlets."""
    routes = APIRouter(prefix="/self-monitoring", tags=["self-monitoring"])
    _add_entering(routes, database, points)
    _add_correcting(routes, database, points)
    return routes


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
            made = [
                await _with_evidence(
                    tx, marker, writable[one.point_id], one, fields.evidence or [], f"results.{number}."
                )
                for number, (one, fields) in enumerate(zip(made, new.results, strict=True))
            ]
            await recording.enter_all(tx, writable, made, Writing(marker, change_of(marker, "")))
            rows = await store.newest_results(tx, ids)
        items = [result_item(rows[one], writable[rows[one]["point_id"]], marker) for one in ids]
        return json_response({"items": items}, 201)


def _read_all(new: NewResults, writable: dict[UUID, PointLimits]) -> tuple[list[ManualResult], list[Problem]]:
    made, problems = [], list[Problem]()
    for number, fields in enumerate(new.results):
        one, flaws = result_of(fields.texts(), edge.records(writable), now())
        problems += [msgspec.structs.replace(flaw, column=f"results.{number}.{flaw.column}") for flaw in flaws]
        made += [one] if one else []
    return made, problems


def _add_correcting(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.put("/results/{result_id}")
    async def correct(marker: Marker, result_id: UUID, form: Correction) -> Response:
        """Correct a result: the next version, judged anew, to be accepted anew. A withdrawn one stands again by this."""
        need_reason(max(form.based_on, 1), form.reason)
        writable = edge.writable(points, marker)
        made, problems = result_of(form.texts("based_on", "reason"), edge.records(writable), now())
        if made is None:
            raise invalid(problems)
        if made.result_id != result_id:
            zh = "排口、因子、采样时间和样品编号不能更正，请撤销后重新录入"
            en = "outlet, factor, time and sample number stay: withdraw it and enter it anew"
            raise Refused("another-result", zh, en, status=422)
        async with database.transaction() as tx:
            row, limits = await _changeable(tx, points, marker, result_id, form)
            if form.evidence is None:
                made = msgspec.structs.replace(made, evidence=store.result(row).evidence)
            else:
                made = await _with_evidence(tx, marker, limits, made, form.evidence)
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


async def _with_evidence(
    tx: Connection, marker: Principal, limits: PointLimits, made: ManualResult, evidence: list[Evidence], at: str = ""
) -> ManualResult:
    record = Record("result", made.result_id, limits.point)
    rows = await attached(tx, marker, record, evidence, where=f"{at}evidence")
    return msgspec.structs.replace(made, evidence=rows)


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
