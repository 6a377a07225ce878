"""Evidence: photos, videos, documents and signatures in; out to whoever may see their task, in ranges for videos."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Header, Path, Response, UploadFile
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.file_store.faults import BadFile
from park_chassis.file_store.files import Kept, thumbnail_key
from park_chassis.file_store.serving import file_response
from park_chassis.http import json_response
from park_schemas.identifiers import uuid7

from task_dispatch import figures
from task_dispatch.api.actions import around_of
from task_dispatch.api.callers import actor_for, refuse_unless_allowed, scope_for, work_for
from task_dispatch.api.instants import Instant
from task_dispatch.api.parts import Parts
from task_dispatch.api.repeated import IdempotencyKey, once, request_hash
from task_dispatch.domain import life
from task_dispatch.store import evidence as stored
from task_dispatch.store import task_lists

Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
Range = Annotated[str | None, Header(alias="Range", max_length=200)]
Reader = Annotated[Principal, Depends(require("task:read"))]


def router(parts: Parts) -> APIRouter:
    """Return the routes of evidence."""
    routes = APIRouter(tags=["evidence"])
    _add_upload(routes, parts)

    @routes.get("/evidence/{sha256}")
    async def read_evidence(sha256: Hash, who: Reader, wanted: Range = None) -> Response:
        facts = await _visible(parts.database, sha256, who)
        return await file_response(parts.files, sha256, facts["media_type"], tag=sha256, wanted=wanted)

    @routes.get("/evidence/{sha256}/thumbnail")
    async def read_thumbnail(sha256: Hash, who: Reader) -> Response:
        await _visible(parts.database, sha256, who)
        return await file_response(
            parts.files, thumbnail_key(sha256), "image/jpeg", tag=f"{sha256}-thumbnail", wanted=None
        )

    return routes


def _add_upload(routes: APIRouter, parts: Parts) -> None:
    @routes.post("/tasks/{task_id}/evidence", status_code=201)
    async def add_evidence(
        task_id: UUID,
        who: Annotated[Principal, Depends(require("task:work"))],
        photo: Annotated[UploadFile, File(description="Photo, video, document or signature: told by its bytes")],
        kind: Annotated[str, Form(max_length=40, description="signature for a drawn signature")] = "photo",
        signer: Annotated[str, Form(max_length=100, description="Who signed")] = "",
        longitude: Annotated[float | None, Form(ge=-180, le=180)] = None,
        latitude: Annotated[float | None, Form(ge=-90, le=90)] = None,
        taken_at: Annotated[Instant | None, Form()] = None,
        key: IdempotencyKey = None,
    ) -> Response:
        async with parts.database.reading() as connection:  # refuse before anything is written to the store
            held = await work_for(connection, task_id, who)
            around = await around_of(parts, connection, held)
            refuse_unless_allowed("evidence", held, await actor_for(connection, who), around)
        kept = await _keep(parts, photo, kind, signer)
        facts = {
            **_facts(kept),
            "kind": kind,
            "name": (photo.filename or "")[:200],
            "signer": signer if kept.media == "signature" else "",
            "longitude": longitude if longitude is not None else (kept.place[0] if kept.place else None),
            "latitude": latitude if latitude is not None else (kept.place[1] if kept.place else None),
            "taken_at": taken_at or kept.taken_at,
        }
        fingerprint = request_hash(str(task_id), "evidence", kept.sha256, kind)
        async with parts.database.transaction() as tx:
            return await once(tx, who, key, fingerprint, lambda: _attach(parts, tx, task_id, who, facts))


async def _keep(parts: Parts, upload: UploadFile, kind: str, signer: str) -> Kept:
    try:
        if kind == "signature" and not signer.strip():
            raise BadFile("signature", "no-signer", "签名须注明签名人", "a signature needs its signer")
        return await asyncio.to_thread(parts.files.keep, upload.file, kind=kind)
    except BadFile as error:
        figures.EVIDENCE_REFUSED.labels(error.reason).inc()
        where = "signer" if error.reason == "no-signer" else "photo"
        raise Refused(
            f"bad-{error.media}-{error.reason}",
            error.zh,
            error.en,
            status=422,
            errors=[{"where": where, "what": error.en, "what_zh": error.zh}],
        ) from error


async def _attach(parts: Parts, tx: Connection, task_id: UUID, who: Principal, facts: dict[str, Any]) -> Response:
    held = await work_for(tx, task_id, who, lock=True)
    refuse_unless_allowed("evidence", held, await actor_for(tx, who), await around_of(parts, tx, held))
    at = now()
    row = await stored.insert_evidence(tx, uuid7(), task_id, facts, by=who.username, now=at)
    if row is None:
        return json_response(await stored.evidence_by_hash(tx, task_id, facts["sha256"]))
    step = life.attached(held, by=who.username, kind=facts["kind"], sha256=facts["sha256"], now=at)
    await parts.recorder.record(tx, step)
    figures.EVIDENCE_BYTES.inc(facts["bytes"])
    return json_response(row, 201)


def _facts(kept: Kept) -> dict[str, Any]:
    return {
        "sha256": kept.sha256,
        "media": kept.media,
        "media_type": kept.media_type,
        "bytes": kept.size,
        "width": kept.width,
        "height": kept.height,
        "seconds": kept.seconds,
        "exif": kept.exif or {},
    }


async def _visible(database: Database, sha256: str, who: Principal) -> dict[str, Any]:
    """Return what is known of the file when the caller sees a task with it. Raises NotFound."""
    async with database.reading() as connection:
        scope = await scope_for(connection, who)
        for facts in await stored.tasks_with(connection, sha256):
            if await task_lists.visible_work(connection, facts["task_id"], scope) is not None:
                return facts
    raise NotFound("证据", "evidence", sha256)
