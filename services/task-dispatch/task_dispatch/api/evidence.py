"""Evidence: photos in, photos and thumbnails out to whoever may see their task."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Path, Response, UploadFile
from fastapi.responses import FileResponse
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_schemas.identifiers import uuid7
from pydantic import AwareDatetime

from task_dispatch import figures
from task_dispatch.api.callers import actor_of, refuse_unless_allowed, scope_of, work_for
from task_dispatch.api.repeated import IdempotencyKey, once, request_hash
from task_dispatch.domain import life
from task_dispatch.evidence_files import BadPhoto, EvidenceFiles, Photo
from task_dispatch.store import evidence as stored
from task_dispatch.store import task_lists, tasks

Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
_FOREVER = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


def router(database: Database, files: EvidenceFiles) -> APIRouter:
    """Return the routes of evidence."""
    routes = APIRouter(tags=["evidence"])
    _add_upload(routes, database, files)

    @routes.get("/evidence/{sha256}")
    async def read_photo(sha256: Hash, who: Annotated[Principal, Depends(require("task:read"))]) -> Response:
        media_type = await _visible(database, sha256, who)
        return _file(files.path_of(sha256), media_type, sha256)

    @routes.get("/evidence/{sha256}/thumbnail")
    async def read_thumbnail(sha256: Hash, who: Annotated[Principal, Depends(require("task:read"))]) -> Response:
        await _visible(database, sha256, who)
        return _file(files.thumbnail_of(sha256), "image/jpeg", sha256)

    return routes


def _add_upload(routes: APIRouter, database: Database, files: EvidenceFiles) -> None:
    @routes.post("/tasks/{task_id}/evidence", status_code=201)
    async def add_evidence(
        task_id: UUID,
        who: Annotated[Principal, Depends(require("task:work"))],
        photo: Annotated[UploadFile, File(description="JPEG, PNG or WebP")],
        kind: Annotated[str, Form(max_length=40)] = "photo",
        longitude: Annotated[float | None, Form(ge=-180, le=180)] = None,
        latitude: Annotated[float | None, Form(ge=-90, le=90)] = None,
        taken_at: Annotated[AwareDatetime | None, Form()] = None,
        key: IdempotencyKey = None,
    ) -> Response:
        async with database.reading() as connection:  # refuse before anything is written to disk
            refuse_unless_allowed("evidence", await work_for(connection, task_id, who), actor_of(who))
        try:
            files.refuse_too_large(photo.size or 0)  # before it is in memory
            kept = await asyncio.to_thread(files.keep, await photo.read())
        except BadPhoto as error:
            figures.EVIDENCE_REFUSED.labels(error.reason).inc()
            raise Refused(
                f"bad-photo-{error.reason}",
                error.zh,
                error.en,
                status=422,
                errors=[{"where": "photo", "what": error.en}],
            ) from error
        facts = {
            **_facts(kept),
            "kind": kind,
            "longitude": longitude if longitude is not None else (kept.place[0] if kept.place else None),
            "latitude": latitude if latitude is not None else (kept.place[1] if kept.place else None),
            "taken_at": taken_at or kept.taken_at,
        }
        fingerprint = request_hash(str(task_id), "evidence", kept.sha256, kind)
        async with database.transaction() as tx:
            return await once(tx, who, key, fingerprint, lambda: _attach(tx, task_id, who, facts))


async def _attach(tx: Connection, task_id: UUID, who: Principal, facts: dict[str, Any]) -> Response:
    held = await work_for(tx, task_id, who, lock=True)
    refuse_unless_allowed("evidence", held, actor_of(who))
    at = now()
    row = await stored.insert_evidence(tx, uuid7(), task_id, facts, by=who.username, now=at)
    if row is None:
        return json_response(await stored.evidence_by_hash(tx, task_id, facts["sha256"]))
    step = life.attached(held, by=who.username, kind=facts["kind"], sha256=facts["sha256"], now=at)
    await tasks.update_work(tx, step.work)
    await tasks.add_to_timeline(tx, [step])
    figures.EVIDENCE_BYTES.inc(facts["bytes"])
    return json_response(row, 201)


def _facts(photo: Photo) -> dict[str, Any]:
    return {
        "sha256": photo.sha256,
        "media_type": photo.media_type,
        "bytes": photo.size,
        "width": photo.width,
        "height": photo.height,
        "exif": photo.exif,
    }


async def _visible(database: Database, sha256: str, who: Principal) -> str:
    """Return the media type when the caller sees a task with this evidence. Raises NotFound."""
    async with database.reading() as connection:
        for task_id, media_type in await stored.tasks_with(connection, sha256):
            if await task_lists.visible_work(connection, task_id, scope_of(who)) is not None:
                return media_type
    raise NotFound("证据", "evidence", sha256)


def _file(path: Any, media_type: str, sha256: str) -> Response:
    return FileResponse(path, media_type=media_type, headers={**_FOREVER, "ETag": f'"{sha256}"'})
