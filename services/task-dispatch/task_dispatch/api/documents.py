"""Printed documents: the same task in the same state gives the same document, on record with number and hashes."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response

from task_dispatch import figures
from task_dispatch.api.callers import scope_for, work_for
from task_dispatch.api.parts import Parts
from task_dispatch.documents.printing import print_pdf
from task_dispatch.domain.kinds import DocumentKind, Kind
from task_dispatch.domain.printed import NothingToPrint, Papers, Printed, number_of, printed
from task_dispatch.domain.work import Work
from task_dispatch.store import documents, evidence, task_lists

Reader = Annotated[Principal, Depends(require("task:read"))]
DocumentNumber = Annotated[str, Path(pattern=r"^[A-Z]{2}-[0-9]{8}-[0-9]{4,9}-[0-9]{1,6}$")]


def router(parts: Parts) -> APIRouter:
    """Return the routes of documents."""
    routes = APIRouter(tags=["documents"])

    @routes.get(
        "/tasks/{task_id}/documents/{kind}.pdf",
        response_class=Response,
        responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def read_document(task_id: UUID, kind: DocumentKind, who: Reader) -> Response:
        async with parts.database.transaction() as tx:
            work = await work_for(tx, task_id, who, lock=True)  # one issue at a time
            row = await _issued(parts, tx, work, kind, who)
        content = await asyncio.to_thread(parts.files.whole, row["sha256"])
        name = f'inline; filename="{row["number"]}.pdf"'
        headers = {"Content-Disposition": name, "ETag": f'"{row["sha256"]}"', "X-Content-Type-Options": "nosniff"}
        return Response(content, media_type="application/pdf", headers=headers)

    @routes.get("/documents/{number}")
    async def check_document(number: DocumentNumber, who: Reader) -> Response:
        async with parts.database.reading() as connection:
            row = await documents.by_number(connection, number)
            scope = await scope_for(connection, who)
            if row is None or await task_lists.visible_work(connection, row["task_id"], scope) is None:
                raise NotFound("文书", "document", number)
        return json_response(row)

    return routes


async def _issued(parts: Parts, tx: Connection, work: Work, kind: DocumentKind, who: Principal) -> dict[str, Any]:
    of_kind = await parts.book.version(tx, work.task.kind, work.task.kind_version)
    document = await _said(parts, tx, work, of_kind, kind)
    task, content_hash = work.task, document.content_hash()
    known = await documents.known(tx, task.task_id, kind, content_hash)
    if known is not None:
        return known
    number = number_of(kind, task.number, 1 + await documents.issues_of(tx, task.task_id, kind))
    check_at = f"{parts.check_url}{number}" if parts.check_url else f"PARK {number} {content_hash[:16]}"
    pdf = await asyncio.to_thread(
        print_pdf, document, number=number, check_at=check_at, made_at=task.changed_at, read=parts.files.whole
    )
    row = {
        "number": number,
        "task_id": task.task_id,
        "kind": kind,
        "task_version": task.version,
        "content_hash": content_hash,
        "sha256": await asyncio.to_thread(parts.files.keep_document, pdf, "application/pdf"),
        "bytes": len(pdf),
        "made_by": who.username,
    }
    await documents.insert(tx, row, now())
    figures.DOCUMENTS.labels(kind).inc()
    return row


async def _said(parts: Parts, tx: Connection, work: Work, of_kind: Kind | None, kind: DocumentKind) -> Printed:
    if kind != "task-record" and (of_kind is None or kind not in of_kind.documents):
        raise Refused(
            "not-printable",
            "该类任务没有这种文书",
            f"tasks of the kind {work.task.kind!r} have no {kind}",
            errors=[{"where": "kind", "what": f"not among the documents of the kind {work.task.kind!r}"}],
        )
    papers = Papers(
        work=work,
        kind=of_kind,
        timeline=await task_lists.timeline(tx, work.task.task_id),
        reports=await task_lists.reports(tx, work.task.task_id),
        evidence=await evidence.evidence_of(tx, work.task.task_id),
        issuer=parts.issuer,
    )
    try:
        return printed(kind, papers)
    except NothingToPrint as error:
        raise Refused("nothing-to-print", error.zh, error.en) from error
