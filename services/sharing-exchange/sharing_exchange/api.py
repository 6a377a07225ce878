"""HTTP in: the public exchange (API key) and the administration of clients (access token)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Header, Path, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from pydantic import BaseModel, Field

from sharing_exchange.client_administration import DEFAULT_REQUESTS_PER_MINUTE, ClientAdministration
from sharing_exchange.domain.catalogue import catalogue
from sharing_exchange.domain.resources import RESOURCES
from sharing_exchange.pulling import Page, Pulling
from sharing_exchange.store import clients

ApiKey = Annotated[str | None, Header(alias="X-API-Key", description="Key of the client", max_length=200)]
Administrator = Annotated[Principal, Depends(require("client:write"))]


class ClientToCreate(BaseModel):
    name: str = Field(min_length=1, max_length=64)
    resources: list[str] = Field(min_length=1, max_length=20)
    requests_per_minute: int = Field(DEFAULT_REQUESTS_PER_MINUTE, ge=1, le=6000)


class ClientToChange(BaseModel):
    """Fields that are absent stay as they are."""

    resources: list[str] | None = Field(None, min_length=1, max_length=20)
    requests_per_minute: int | None = Field(None, ge=1, le=6000)
    active: bool | None = None


def public_router(pulling: Pulling, most_records: int) -> APIRouter:
    """Return the routes for other platforms, under /exchange/v1."""
    api = APIRouter(prefix="/exchange/v1", tags=["exchange"])

    @api.get("/catalogue", summary="数据资源目录 Catalogue")
    async def read_catalogue(key: ApiKey = None) -> Response:
        client = await pulling.client_of(key)
        return json_response(catalogue(client.resources))

    @api.get("/{resource}", summary="增量拉取 Pull what changed")
    async def pull(
        resource: Annotated[str, Path(description=f"One of {', '.join(RESOURCES)}")],
        key: ApiKey = None,
        cursor: Annotated[str | None, Query(max_length=200, description="next_cursor of the last answer")] = None,
        limit: Annotated[int, Query(ge=1, le=most_records, description="Most records of the answer")] = 100,
    ) -> Response:
        client = await pulling.client_of(key)
        if resource not in RESOURCES:
            raise NotFound("数据集", "dataset", resource)
        return _answer(await pulling.pull(client, resource, cursor, limit))

    return api


def administration_router(administration: ClientAdministration, database: Database) -> APIRouter:
    api = APIRouter(tags=["clients"])

    @api.get("/clients", summary="客户端列表 List clients")
    async def list_clients(_: Administrator) -> Response:
        found = await administration.every()
        return json_response(page(found, None, len(found)))

    @api.post("/clients", status_code=201, summary="新建客户端 Create a client; the key is shown once")
    async def create(body: ClientToCreate, principal: Administrator) -> Response:
        client, key = await administration.create(
            body.name, body.resources, body.requests_per_minute, by=principal.username
        )
        return json_response({"client": client, "api_key": key}, 201)

    @api.put("/clients/{client_id}", summary="修改客户端 Change a client")
    async def change(client_id: UUID, body: ClientToChange, _: Administrator) -> Response:
        changes = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
        return json_response(await administration.change(client_id, changes))

    @api.delete("/clients/{client_id}", summary="停用客户端 Deactivate a client; what it pulled stays known")
    async def deactivate(client_id: UUID, _: Administrator) -> Response:
        return json_response(await administration.change(client_id, {"active": False}))

    @api.get("/deliveries", summary="交换记录 What was pulled, newest first")
    async def deliveries(
        _: Administrator,
        client_id: UUID | None = None,
        resource: str | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        async with database.reading() as connection:
            rows = await clients.page_of_deliveries(
                connection, client_id=client_id, resource=resource, before=_place(cursor), limit=limit
            )
        last = rows[-1] if len(rows) == limit else None
        return json_response(page(rows, encode_cursor(last["delivered_at"], last["delivery_id"]) if last else None))

    return api


def _place(cursor: str | None) -> tuple[datetime, UUID] | None:
    place = decode_cursor(cursor)
    if place is None:
        return None
    try:
        at, delivery_id = place
        return datetime.fromisoformat(at), UUID(delivery_id)
    except (ValueError, TypeError, AttributeError) as error:
        raise Refused("bad-cursor", "cursor 无效", "the cursor is not one of this list", status=422) from error


def _answer(pulled: Page) -> Response:
    body: dict[str, object] = {
        "items": [msgspec.Raw(text.encode()) for text in pulled.bodies],
        "next_cursor": pulled.next_cursor,
        "has_more": pulled.has_more,
    }
    if pulled.dropped_before is not None:
        body["dropped_before"] = pulled.dropped_before
    return json_response(body)
