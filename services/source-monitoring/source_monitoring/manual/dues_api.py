"""HTTP of what is due: periods of plans with their states."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.database import Database
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.http_edge import place_of_text
from park_judging.registry import Points
from park_judging.scope import chosen_points

from source_monitoring.domain.manual.dues import DueState
from source_monitoring.http_edge import Reader
from source_monitoring.manual.due_items import DUE_COLUMNS, due_item
from source_monitoring.manual.due_looking import Since, Until, looked_up, place_of


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes. Enterprise users see their own outlets."""
    routes = APIRouter(prefix="/self-monitoring", tags=["self-monitoring"])

    @routes.get("/dues")
    async def listed(
        reader: Reader,
        since: Since = None,
        until: Until = None,
        state: DueState | None = None,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        plan_id: UUID | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
        file: Annotated[Format | None, Query(alias="format")] = None,
    ) -> Response:
        """Periods that touch [from, to), due first first, and how many are in each state."""
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        found, explained = await looked_up(database, chosen, since, until, plan_id)
        counts = {one.value: sum(due.state is one for _, due in found) for one in DueState}
        wanted = [one for one in found if state is None or one[1].state is state]
        after = place_of_text(cursor)
        rest = [one for one in wanted if after is None or place_of(one[1]) > after]
        part = rest if file else rest[:limit]
        items = [due_item(plan, due, chosen, explained) for plan, due in part]
        if file is not None:
            return table_response(file, "自行监测任务", DUE_COLUMNS, items)
        following = encode_cursor(place_of(part[-1][1])) if len(rest) > len(part) else None
        return json_response(page(items, following, len(wanted)) | {"counts": counts})

    return routes
