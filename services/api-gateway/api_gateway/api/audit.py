"""/audit: who did what, and whether the log is whole."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page

from api_gateway.api import API_ROOT, place_of
from api_gateway.domain.audit_chain import ChainWalk
from api_gateway.store import audit


def router(database: Database) -> APIRouter:
    api = APIRouter(prefix=f"{API_ROOT}/audit", tags=["audit"])

    @api.get("", summary="审计日志 Audit log, newest first")
    async def actions(
        _: Annotated[Principal, Depends(require("audit:read"))],
        actor: Annotated[str | None, Query(max_length=64)] = None,
        action: Annotated[str | None, Query(max_length=100, description="Part of the action's name")] = None,
        since: Annotated[datetime | None, Query(alias="from")] = None,
        until: Annotated[datetime | None, Query(alias="to")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        async with database.reading() as connection:
            rows = await audit.page_of_actions(
                connection,
                actor=actor,
                action=action,
                since=_aware(since, "from"),
                until=_aware(until, "to"),
                before=place_of(cursor, int),
                limit=limit,
            )
        next_cursor = encode_cursor(rows[-1]["sequence"]) if len(rows) == limit else None
        return json_response(page(rows, next_cursor))

    @api.get("/verify", summary="校验审计链 Verify the chain")
    async def verify(
        _: Annotated[Principal, Depends(require("audit:read"))],
        noted_sequence: Annotated[int | None, Query(ge=1, description="Head noted earlier")] = None,
        noted_hash: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$")] = None,
    ) -> Response:
        noted = None
        if noted_sequence is not None and noted_hash is not None:
            noted = (noted_sequence, bytes.fromhex(noted_hash))
        walk = ChainWalk(noted)
        async with database.transaction() as tx:
            async for chained in audit.chain(tx):
                if not walk.step(chained):
                    break
        broken = walk.finish()
        return json_response(
            {
                "whole": broken is None,
                "entries": walk.length,
                "head_sequence": walk.length,
                "head_hash": walk.head.hex(),
                "broken": broken,
            }
        )

    return api


def _aware(instant: datetime | None, name: str) -> datetime | None:
    if instant is not None and instant.tzinfo is None:
        raise Refused(
            "no-offset",
            f"{name} 须带时区",
            f"{name} needs an offset",
            status=422,
            errors=[{"where": f"query.{name}", "what": "an instant with offset, e.g. 2026-01-01T00:00:00+08:00"}],
        )
    return instant
