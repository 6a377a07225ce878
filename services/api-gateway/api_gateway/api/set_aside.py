"""What came in and could not be used, of sources and stations in one list. Each item says which service mends it."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from park_chassis.auth import Principal, require, token_of
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit

from api_gateway.api import API_ROOT
from api_gateway.domain.routes import ENVIRONMENT_JUDGE, SOURCE_JUDGE
from api_gateway.domain.set_aside import merged
from api_gateway.upstream import Params, ServiceAway, Upstream, gather_parts

Reason = Literal["unknown-factor", "unit-mismatch", "time-in-future", "time-before-device"]


def router(upstream: Upstream) -> APIRouter:
    """Return the route. The steps are POST /services/{service}/set-aside/{id}/run-again and .../dismiss."""
    api = APIRouter(prefix=API_ROOT, tags=["compositions"])

    @api.get("/set-aside", summary="搁置数据 What came in and could not be used")
    async def set_aside(
        request: Request,
        _: Annotated[Principal, Depends(require("reading:read"))],
        reason: Reason | None = None,
        point_id: UUID | None = None,
        is_open: Annotated[bool | None, Query(alias="open")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """Seen last first, of both judging services; the cursor is a place in time, so it holds for both."""
        asked = {"reason": reason, "point_id": point_id, "open": is_open, "limit": limit, "cursor": cursor}
        params: Params = {name: str(value) for name, value in asked.items() if value is not None}
        token = token_of(request) or ""
        parts = await gather_parts(
            {
                judge: (judge, upstream.ask(judge, "/set-aside", token=token, params=params))
                for judge in (SOURCE_JUDGE, ENVIRONMENT_JUDGE)
            }
        )
        if not parts.answers:
            raise ServiceAway(SOURCE_JUDGE, "neither judge of values answers")
        return json_response({**merged(parts.answers, limit), "unavailable": parts.unavailable})

    return api
