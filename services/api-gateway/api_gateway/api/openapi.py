"""GET /api/v1/openapi.json: one description of every path behind the door, made by `make contracts`."""

from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Response
from park_chassis.errors import Refused

from api_gateway.api import API_ROOT


def router() -> APIRouter:
    api = APIRouter(prefix=API_ROOT, tags=["contract"])

    @api.get("/openapi.json", summary="接口说明 OpenAPI of the whole platform", include_in_schema=False)
    async def openapi() -> Response:
        return Response(_document(), media_type="application/json")

    return api


@cache
def _document() -> bytes:
    path = files("api_gateway") / "openapi.json"
    if not path.is_file():
        raise Refused("no-openapi", "接口说明尚未生成", "openapi.json was not generated into this build", status=404)
    return path.read_bytes()
