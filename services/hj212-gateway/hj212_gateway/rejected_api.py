"""HTTP: what was rejected, with its reason."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.export import Column, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page

from hj212_gateway import store
from hj212_gateway.domain.deviation_texts import REASONS_EN, REASONS_ZH
from hj212_gateway.domain.frame_text import masked_text, without_secrets

_MOST_EXPORTED = 20_000

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
        export: Annotated[Literal["csv", "xlsx"] | None, Query(alias="format", description="A file, unpaged")] = None,
    ) -> Response:
        before = None if export else decode_cursor(cursor)
        most = _MOST_EXPORTED if export else limit
        async with database.reading() as connection:
            rows = await store.rejected_frames(
                connection, reason=reason, mn=mn, before_id=before[0] if before else None, limit=most
            )
        if export:
            return table_response(export, "拒收报文", _COLUMNS, [_shown(row) for row in rows])
        following = encode_cursor(rows[-1]["id"]) if len(rows) == limit else None
        return json_response(page([_shown(row) for row in rows], following))

    return api


def _shown(row: Any) -> dict[str, Any]:
    """Passwords are masked in both forms; the bytes as they came are in the evidence."""
    shown = dict(row)
    raw: bytes = shown.pop("raw")
    names = {"reason_zh": REASONS_ZH.get(row["reason"], ""), "reason_en": REASONS_EN.get(row["reason"], "")}
    return shown | names | {"raw_hex": without_secrets(raw).hex(), "raw_text": masked_text(raw)}


_COLUMNS = [
    Column("接收时间 Received", lambda row: row["received_at"], 20),
    Column("MN", lambda row: row["mn"], 28),
    Column("来源 Peer", lambda row: row["peer"], 22),
    Column("原因 Reason", lambda row: row["reason_zh"] or row["reason"], 18),
    Column("代码 Code", lambda row: row["reason"], 18),
    Column("说明 Detail", lambda row: row["detail"], 40),
    Column("报文 Frame", lambda row: row["raw_text"], 80),
]
