"""HTTP: what was rejected, with its reason."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page

from hj212_gateway import store
from hj212_gateway.domain.deviation_texts import REASONS_EN, REASONS_ZH
from hj212_gateway.domain.frame_text import masked_text, without_secrets

Reader = Annotated[Principal, Depends(require("device:read"))]


def router(database: Database) -> APIRouter:
    """Return the routes of rejected frames."""
    api = APIRouter(tags=["devices"])

    @api.get("/rejected")
    async def rejected(
        caller: Reader,
        reason: Annotated[str | None, Query(max_length=40)] = None,
        mn: Annotated[str | None, Query(max_length=40)] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        before = decode_cursor(cursor)
        async with database.reading() as connection:
            rows = await store.rejected_frames(
                connection, reason=reason, mn=mn, before_id=before[0] if before else None, limit=limit
            )
        following = encode_cursor(rows[-1]["id"]) if len(rows) == limit else None
        return json_response(page([_shown(row) for row in rows], following))

    return api


def _shown(row: Any) -> dict[str, Any]:
    """Passwords are masked in both forms; the bytes as they came are in the evidence."""
    shown = dict(row)
    raw: bytes = shown.pop("raw")
    names = {"reason_zh": REASONS_ZH.get(row["reason"], ""), "reason_en": REASONS_EN.get(row["reason"], "")}
    return shown | names | {"raw_hex": without_secrets(raw).hex(), "raw_text": masked_text(raw)}
