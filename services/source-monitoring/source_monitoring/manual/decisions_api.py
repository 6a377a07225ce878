"""HTTP of decisions on results: another person of the authority accepts or returns what was entered."""

from uuid import UUID

from fastapi import APIRouter, Response
from park_chassis.auth import Principal
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_judging.http_edge import change_of, conflict
from park_judging.registry import Points
from pydantic import Field

from source_monitoring.domain.mark_states import NEXT, MarkAction, MarkState
from source_monitoring.http_edge import Body
from source_monitoring.manual import recording, store
from source_monitoring.manual.edge import Decider
from source_monitoring.manual.recording import Writing
from source_monitoring.manual.result_items import result_item
from source_monitoring.manual.results_api import visible_result
from source_monitoring.marking.desk import refusal


class ResultDecision(Body):
    """A step on a result. `version` is the one the person has seen; a newer one refuses the step."""

    version: int
    reason: str = Field("", max_length=1000, description="Needed to return it")


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/self-monitoring", tags=["self-monitoring"])

    @routes.post("/results/{result_id}/accept")
    async def accept(officer: Decider, result_id: UUID, decision: ResultDecision) -> Response:
        """Accept a result: from now on its comparison with the monitor counts as a check of it."""
        return await decided(officer, result_id, MarkAction.ACCEPT, decision)

    @routes.post("/results/{result_id}/reject")
    async def reject(officer: Decider, result_id: UUID, decision: ResultDecision) -> Response:
        """Return a result with the reason: it counts no more until it is corrected."""
        return await decided(officer, result_id, MarkAction.REJECT, decision)

    async def decided(officer: Principal, result_id: UUID, action: MarkAction, decision: ResultDecision) -> Response:
        async with database.transaction() as tx:
            await store.lock(tx)
            row, limits = await visible_result(tx, points, officer, result_id)
            if row["version"] != decision.version:
                raise conflict()
            denied = refusal(row, action, officer, of="result", of_zh="结果")
            if denied is not None:
                raise denied
            if action is MarkAction.REJECT and not decision.reason:
                raise Refused("reason-missing", "请填写理由", "say why", status=422)
            state = NEXT[MarkState(row["state"]), action]
            await recording.decide(tx, limits, row, state, Writing(officer, change_of(officer, decision.reason)))
            row, _ = await visible_result(tx, points, officer, result_id)
        return json_response(result_item(row, limits, officer))

    return routes
