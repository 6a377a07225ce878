"""HTTP of the compositions: what a page needs in one answer."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from park_chassis.auth import Principal, require, token_of
from park_chassis.http import json_response

from api_gateway.api import API_ROOT
from api_gateway.api.composing import Compositions


def router(compositions: Compositions) -> APIRouter:
    """Return the routes of the compositions."""
    api = APIRouter(prefix=API_ROOT, tags=["compositions"])

    @api.get("/map", summary="一张图 The one-map")
    async def one_map(request: Request, _: Annotated[Principal, Depends(require("map:read"))]) -> Response:
        return json_response(await compositions.map(_token(request)))

    @api.get("/overview", summary="工作台 Tiles of the first page")
    async def overview(request: Request, _: Annotated[Principal, Depends(require("map:read"))]) -> Response:
        return json_response(await compositions.overview(_token(request)))

    @api.get("/latest", summary="最新值 Latest values of all media")
    async def latest(
        request: Request,
        _: Annotated[Principal, Depends(require("reading:read"))],
        point_id: Annotated[list[UUID] | None, Query(max_length=500)] = None,
    ) -> Response:
        return json_response(await compositions.latest(point_id or [], _token(request)))

    @api.get("/alarms/{alarm_id}/full", summary="告警全貌 An alarm with all around it")
    async def alarm(
        alarm_id: UUID, request: Request, _: Annotated[Principal, Depends(require("alarm:read"))]
    ) -> Response:
        return json_response(await compositions.alarm(alarm_id, _token(request)))

    @api.get("/points/{point_id}/full", summary="点位全貌 A point with all around it")
    async def point(
        point_id: UUID, request: Request, _: Annotated[Principal, Depends(require("point:read"))]
    ) -> Response:
        return json_response(await compositions.point(point_id, _token(request)))

    return api


def _token(request: Request) -> str:
    token = token_of(request)
    assert token is not None  # noqa: S101 - `require` has read it; narrows the type
    return token
