"""HTTP: who changed what, newest first."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.http import json_response, page
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor

from archive import park_store
from archive.domain.records import Kind


def add_history(routes: APIRouter, database: Database) -> None:
    """Add the route of revisions."""

    @routes.get("/revisions")
    async def list_revisions(
        _: Annotated[Principal, Depends(require("archive:write"))],
        kind: Kind | None = None,
        entity_id: UUID | None = None,
        key: str | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        place = decode_cursor(cursor)
        before = (datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
        async with database.reading() as connection:
            rows = await park_store.revisions(
                connection, kind=kind, entity_id=entity_id, key=key, before=before, limit=limit + 1
            )
        last = rows[limit - 1] if len(rows) > limit else None
        next_cursor = encode_cursor(last.changed_at.isoformat(), str(last.revision_id)) if last else None
        return json_response(page(rows[:limit], next_cursor))
