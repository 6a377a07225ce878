"""HTTP of evidence files: uploaded, listed, handed out to who may see them."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from park_chassis.auth import Principal, principal_of
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.file_store.files import CheckedFiles, thumbnail_key
from park_chassis.file_store.serving import file_response
from park_chassis.file_store.uploads import FILE_BODY, uploaded_file
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page

from source_monitoring.evidence import store
from source_monitoring.evidence.taking import take
from source_monitoring.http_edge import Reader, place_of_time
from source_monitoring.settings import Settings

_GIVERS = ("mark:write", "data:review", "data:approve", "data:correct")
"""Whoever may write something that evidence belongs to may upload it."""


def _giver(request: Request) -> Principal:
    person = principal_of(request)
    if not any(person.allows(permission) for permission in _GIVERS):
        words = " / ".join(_GIVERS)
        raise Refused("not-permitted", f"没有权限: {words}", f"permission missing: one of {words}", status=403)
    return person


Giver = Annotated[Principal, Depends(_giver)]
Range = Annotated[str | None, Header(alias="Range", max_length=200)]


def router(database: Database, files: CheckedFiles, settings: Settings) -> APIRouter:
    """Return the routes. Enterprise users see files of their own, and those attached to records of their outlets."""
    routes = APIRouter(prefix="/evidence-files", tags=["evidence"])
    kept_for = timedelta(seconds=settings.evidence_orphan_after_s)
    _add_reading(routes, database, kept_for)
    _add_content(routes, database, files)
    largest = max(settings.evidence_max_bytes, settings.evidence_max_document_bytes, settings.evidence_max_video_bytes)

    @routes.post("", status_code=201, openapi_extra=FILE_BODY)
    async def upload(giver: Giver, request: Request) -> Response:
        """Upload a photo, video or document. What it is is told by its bytes; the same file again is the one there (200)."""
        async with uploaded_file(request, most_bytes=largest) as file:
            row, known = await take(database, files, giver, file)
        return json_response(file_item(row, kept_for) | {"duplicate": known}, 200 if known else 201)

    return routes


def _add_reading(routes: APIRouter, database: Database, kept_for: timedelta) -> None:
    @routes.get("")
    async def listed(
        reader: Reader,
        attached: Annotated[bool | None, Query(description="Attached to a record, or not yet")] = None,
        q: Annotated[str, Query(max_length=200, description="Part of the name")] = "",
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """Files, uploaded last first."""
        async with database.reading() as connection:
            rows = await store.listed(
                connection, reader.enterprise_id, attached=attached, name=q, limit=limit, after=place_of_time(cursor)
            )
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(last["uploaded_at"].isoformat(), str(last["file_id"])) if last else None
        return json_response(page([file_item(row, kept_for) for row in rows], following))

    @routes.get("/{file_id}")
    async def one(reader: Reader, file_id: UUID) -> Response:
        """A file and the records it is attached to."""
        async with database.reading() as connection:
            row = await _visible(connection, reader, file_id)
            uses = await store.uses(connection, file_id, reader.enterprise_id)
        return json_response(file_item(row, kept_for) | {"uses": [dict(use) for use in uses]})


def _add_content(routes: APIRouter, database: Database, files: CheckedFiles) -> None:
    @routes.get("/{file_id}/content")
    async def content(reader: Reader, file_id: UUID, wanted: Range = None) -> Response:
        """The bytes as they were uploaded, in ranges for videos."""
        async with database.reading() as connection:
            row = await _visible(connection, reader, file_id)
        sha256 = row["sha256"]
        return await file_response(files, sha256, row["media_type"], tag=sha256, wanted=wanted, name=row["name"])

    @routes.get("/{file_id}/thumbnail")
    async def thumbnail(reader: Reader, file_id: UUID) -> Response:
        """A small picture of it (JPEG)."""
        async with database.reading() as connection:
            row = await _visible(connection, reader, file_id)
        sha256 = row["sha256"]
        return await file_response(files, thumbnail_key(sha256), "image/jpeg", tag=f"{sha256}-thumbnail", wanted=None)


async def _visible(connection: Any, reader: Principal, file_id: UUID) -> asyncpg.Record:
    row = await store.visible(connection, file_id, reader.enterprise_id)
    if row is None:
        raise NotFound("证据文件", "evidence file", file_id)
    return row


_SHOWN = (
    "file_id", "sha256", "name", "media", "media_type", "bytes", "width", "height", "seconds", "taken_at",
    "enterprise_id", "uploaded_at", "uploaded_by", "attached_at",
)  # fmt: skip


def file_item(row: asyncpg.Record, kept_for: timedelta) -> dict[str, Any]:
    """Return a file as it is shown. `removed_after`: until then it has to be attached; None once it is."""
    removed: datetime | None = None if row["attached_at"] else row["touched_at"] + kept_for
    return {name: row[name] for name in _SHOWN} | {"removed_after": removed}
