"""HTTP of explanations: why a result did not come, with evidence; accepted or rejected by another person of the authority."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_judging.http_edge import park_time
from park_judging.registry import Points
from park_judging.scope import one_point
from park_schemas.identifiers import uuid7
from pydantic import Field

from source_monitoring.domain.manual.dues import Due
from source_monitoring.domain.mark_states import NEXT, MarkAction, MarkState
from source_monitoring.evidence.attaching import Record, attached
from source_monitoring.http_edge import Body, Evidence, Marker
from source_monitoring.manual import due_store, store
from source_monitoring.manual.due_items import explanation_item
from source_monitoring.manual.edge import Decider
from source_monitoring.manual.plans_api import visible_plan
from source_monitoring.marking.desk import refusal

_MOMENT = timedelta(microseconds=1)


class NewExplanation(Body):
    """Why the results of a period of a plan did not come. `period_start` is the `start` of the due."""

    plan_id: UUID
    period_start: datetime
    reason: str = Field(min_length=2, max_length=1000)
    evidence: list[Evidence] = Field(min_length=1, max_length=20)


class Decision(Body):
    reason: str = Field("", max_length=1000, description="Needed to reject")


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users explain what their own outlets owe."""
    routes = APIRouter(prefix="/self-monitoring", tags=["self-monitoring"])

    @routes.post("/explanations", status_code=201)
    async def explain(marker: Marker, new: NewExplanation) -> Response:
        """Explain a period; once the explanation is accepted its results are owed no more."""
        async with database.transaction() as tx:
            await store.lock(tx)
            row = await visible_plan(tx, points, marker, new.plan_id)
            due = await _due(tx, row, park_time(new.period_start))
            limits = one_point(points, marker, row["point_id"])
            explanation_id = uuid7()
            record = Record("explanation", explanation_id, limits.point)
            evidence = await attached(tx, marker, record, new.evidence)
            made = {
                "explanation_id": explanation_id, "plan_id": due.plan_id, "point_id": due.point_id,
                "enterprise_id": limits.point.enterprise_id, "period_start": due.window.start, "reason": new.reason,
                "evidence": evidence, "author": marker.display_name, "author_id": marker.user_id,
                "created_at": now(), "state": MarkState.SUBMITTED.value,
            }  # fmt: skip
            if not await due_store.add_explanation(tx, made):
                raise Refused("explained-already", "该期已有说明", "the period has an explanation already")
            found = await due_store.one_explanation(tx, explanation_id)
        assert found is not None  # noqa: S101 - just stored
        return json_response(explanation_item(found), 201)

    @routes.post("/explanations/{explanation_id}/accept")
    async def accept(officer: Decider, explanation_id: UUID, why: Decision) -> Response:
        return await decided(officer, explanation_id, MarkAction.ACCEPT, why.reason)

    @routes.post("/explanations/{explanation_id}/reject")
    async def reject(officer: Decider, explanation_id: UUID, why: Decision) -> Response:
        return await decided(officer, explanation_id, MarkAction.REJECT, why.reason)

    @routes.post("/explanations/{explanation_id}/withdraw")
    async def withdraw(marker: Marker, explanation_id: UUID, why: Decision) -> Response:
        """Take an explanation back, as long as nobody has decided on it."""
        return await decided(marker, explanation_id, MarkAction.WITHDRAW, why.reason)

    async def decided(person: Principal, explanation_id: UUID, action: MarkAction, why: str) -> Response:
        async with database.transaction() as tx:
            row = await due_store.one_explanation(tx, explanation_id)
            if row is None:
                raise NotFound("说明", "explanation", explanation_id)
            one_point(points, person, row["point_id"])
            denied = refusal(row, action, person, of="explanation", of_zh="说明")
            if denied is not None:
                raise denied
            if action is MarkAction.REJECT and not why:
                raise Refused("reason-missing", "请填写理由", "say why", status=422)
            state = NEXT[MarkState(row["state"]), action]
            who = (person.user_id, person.display_name)
            await due_store.decide_explanation(tx, explanation_id, state.value, who, now(), why)
            found = await due_store.one_explanation(tx, explanation_id)
        assert found is not None  # noqa: S101 - just written
        return json_response(explanation_item(found))

    return routes


async def _due(tx: Connection, row: asyncpg.Record, start: datetime | None) -> Due:
    """Return the due of a plan whose window begins at `start`. Raises Refused (422) when no period of it does."""
    if start is not None:
        found = await due_store.computed(tx, [row], start, start + _MOMENT, now())
        for due in found:
            if due.window.start == start:
                return due
    what = {"where": "period_start", "what": "no period begins then", "what_zh": "没有从该时刻开始的监测期"}
    raise Refused("no-such-period", "没有该监测期", "the plan has no such period", status=422, errors=[what])
