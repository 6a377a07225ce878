"""HTTP of marks: set, decided on, withdrawn; caps."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_judging.scope import chosen_points, one_point
from park_schemas.park_time import at_park
from pydantic import Field

from source_monitoring.domain.mark_states import MarkAction, MarkState
from source_monitoring.domain.marks import mark_types
from source_monitoring.evidence.attaching import Record, attached
from source_monitoring.http_edge import Body, Evidence, Marker, Reader, as_park, place_of_time
from source_monitoring.marking import caps, store
from source_monitoring.marking.desk import MarkDesk, NewMark, refusal
from source_monitoring.settings import Settings

MarkReviewer = Annotated[Principal, Depends(require("mark:review"))]


class Decision(Body):
    reason: str = Field("", max_length=1000)


class MoreEvidence(Body):
    evidence: list[Evidence] = Field(min_length=1, max_length=20)


def router(database: Database, points: Points, settings: Settings) -> APIRouter:
    """Return the routes. Enterprise users mark and see points of their enterprise only."""
    routes = APIRouter(tags=["marks"])
    desk = MarkDesk(points, settings)
    _add_reading(routes, database, points, desk)
    _add_setting(routes, database, points, desk)
    _add_deciding(routes, database, desk)
    _add_caps(routes, database, points)
    return routes


def _add_reading(routes: APIRouter, database: Database, points: Points, desk: MarkDesk) -> None:
    @routes.get("/mark-types")
    async def types(_: Reader) -> Response:
        """The marks that can be set, with effect, cap, source and confidence."""
        return json_response(page(list(mark_types().values())))

    @routes.get("/marks")
    async def marks(
        reader: Reader,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        state: MarkState | None = None,
        since: Annotated[datetime | None, Query(alias="from")] = None,
        until: Annotated[datetime | None, Query(alias="to")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """Marks, the newest set first."""
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        async with database.reading() as connection:
            rows = await store.listed(
                connection, list(chosen), state=state, since=as_park(since), until=as_park(until), limit=limit,
                after=place_of_time(cursor),
            )  # fmt: skip
        following = (
            encode_cursor(rows[-1]["created_at"].isoformat(), rows[-1]["mark_id"]) if len(rows) == limit else None
        )
        return json_response(page([mark_item(row, chosen[row["point_id"]], reader) for row in rows], following))

    @routes.get("/marks/{mark_id}")
    async def one(reader: Reader, mark_id: UUID) -> Response:
        async with database.reading() as connection:
            row, limits = await desk.find(connection, reader, mark_id)
        return json_response(mark_item(row, limits, reader))


def _add_setting(routes: APIRouter, database: Database, points: Points, desk: MarkDesk) -> None:
    @routes.post("/points/{point_id}/marks", status_code=201)
    async def set_mark(marker: Marker, point_id: UUID, new: NewMark) -> Response:
        """Set a mark. It counts at once, unless it is late or in doubt: then once another person accepted it."""
        limits = one_point(points, marker, point_id)
        async with database.transaction() as tx:
            row, concerned = await desk.set(tx, marker, limits, new)
        item = mark_item(row, limits, marker) | {"caps": [caps.cap_item(use) for use in concerned]}
        return json_response(item, 201)

    @routes.post("/marks/{mark_id}/evidence")
    async def add_evidence(marker: Marker, mark_id: UUID, more: MoreEvidence) -> Response:
        """Add references to evidence; what is there stays."""
        async with database.transaction() as tx:
            row, limits = await desk.find(tx, marker, mark_id, for_update=True)
            added = await attached(tx, marker, Record("mark", mark_id, limits.point), more.evidence)
            await store.set_evidence(tx, mark_id, [*row["evidence"], *added])
            row = await store.one(tx, mark_id) or row
        return json_response(mark_item(row, limits, marker))


def _add_deciding(routes: APIRouter, database: Database, desk: MarkDesk) -> None:
    @routes.post("/marks/{mark_id}/accept")
    async def accept(officer: MarkReviewer, mark_id: UUID, why: Decision) -> Response:
        return await decided(officer, mark_id, MarkAction.ACCEPT, why)

    @routes.post("/marks/{mark_id}/reject")
    async def reject(officer: MarkReviewer, mark_id: UUID, why: Decision) -> Response:
        return await decided(officer, mark_id, MarkAction.REJECT, why)

    @routes.post("/marks/{mark_id}/withdraw")
    async def withdraw(marker: Marker, mark_id: UUID, why: Decision) -> Response:
        """Take a mark back, as long as nobody has decided on it."""
        return await decided(marker, mark_id, MarkAction.WITHDRAW, why)

    async def decided(person: Principal, mark_id: UUID, action: MarkAction, why: Decision) -> Response:
        async with database.transaction() as tx:
            row, limits = await desk.find(tx, person, mark_id, for_update=True)
            row = await desk.decide(tx, person, row, action, why.reason)
        return json_response(mark_item(row, limits, person))


def _add_caps(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.get("/points/{point_id}/mark-caps")
    async def mark_caps(reader: Reader, point_id: UUID, at: datetime | None = None) -> Response:
        """Hours of marks used against the caps of the year or quarter that holds `at` (default now)."""
        one_point(points, reader, point_id)
        async with database.reading() as connection:
            found = await caps.uses(connection, point_id, as_park(at) or now())
        return json_response(page([caps.cap_item(use) for use in found]))


def mark_item(row: asyncpg.Record, limits: PointLimits, reader: Principal) -> dict[str, Any]:
    """Return a mark as it is shown, with what the reader may do to it now."""
    mark, kind = store.mark_of(row), mark_types()[row["key"]]
    return {
        "mark_id": row["mark_id"], "point_id": row["point_id"], "point_name_zh": limits.point.name_zh,
        "point_name_en": limits.point.name_en, "enterprise_id": row["enterprise_id"],
        "enterprise_name_zh": limits.point.enterprise_name_zh, "type": row["key"], "kind": kind.kind, "name_zh": kind.name_zh,
        "name_en": kind.name_en, "enterprise_name_en": limits.point.enterprise_name_en,
        "factors": row["factors"], "start": row["start_at"], "end": row["end_at"], "reason": row["reason"],
        "evidence": row["evidence"], "evidence_due": row["evidence_due"],
        "evidence_overdue": not row["evidence"] and at_park(now()).date() > row["evidence_due"],
        "state": row["state"], "late": row["late"], "counts": mark.counts, "contradictions": row["contradictions"],
        "author": row["author"], "created_at": row["created_at"], "decided_by": row["decided_by"],
        "decided_at": row["decided_at"], "decision_reason": row["decision_reason"],
        "allowed": [action for action in MarkAction if refusal(row, action, reader) is None],
    }  # fmt: skip
