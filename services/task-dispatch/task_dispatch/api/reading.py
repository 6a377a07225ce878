"""Tasks read: list, counts, export, detail with what the caller can do now."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.database import Connection, Database
from park_chassis.errors import Refused
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_schemas.tasks import Task

from task_dispatch.api.actions import around_of
from task_dispatch.api.callers import actor_for, scope_for, scope_of, work_for
from task_dispatch.api.parts import Parts
from task_dispatch.api.task_filters import COLUMNS, EXPORT_AT_MOST, Reader, Wanted
from task_dispatch.domain.actions import allowed
from task_dispatch.domain.forms import without_private
from task_dispatch.domain.work import Work
from task_dispatch.store import documents as stored_documents
from task_dispatch.store import evidence as stored_evidence
from task_dispatch.store import task_lists
from task_dispatch.store.task_lists import TaskFilter


def router(parts: Parts) -> APIRouter:
    """Return the reading routes."""
    routes = APIRouter(tags=["tasks"])
    _add_lists(routes, parts.database)

    @routes.get("/tasks/{task_id}")
    async def read_task(task_id: UUID, who: Reader) -> Response:
        async with parts.database.reading() as connection:
            return json_response(await _detail(parts, connection, await work_for(connection, task_id, who), who))

    return routes


async def _detail(parts: Parts, tx: Connection, work: Work, who: Principal) -> dict[str, Any]:
    task, around = work.task, await around_of(parts, tx, work)
    order_fields = around.kind.order_fields if around.kind else []
    sees_private = who.allows("task:dispatch") or who.username == task.created_by
    return {
        **msgspec.to_builtins(task),
        "timeline": await task_lists.timeline(tx, task.task_id),
        "reports": await task_lists.reports(tx, task.task_id),
        "evidence": await stored_evidence.evidence_of(tx, task.task_id),
        "documents": await stored_documents.documents_of(tx, task.task_id),
        "printable": ["task-record", *(around.kind.documents if around.kind else [])],
        "children": await task_lists.children(tx, task.task_id, scope_of(who)),
        "clocks": work.clocks,
        "co_workers": work.co_workers,
        "extension": work.extension,
        "details": work.details if sees_private else without_private(order_fields, work.details),
        "allowed": allowed(work, await actor_for(tx, who), around),
        "form": around.kind,
    }


def _add_lists(routes: APIRouter, database: Database) -> None:
    @routes.get("/tasks")
    async def list_tasks(wanted: Wanted, who: Reader, limit: Limit = 50, cursor: Cursor = None) -> Response:
        async with database.reading() as connection:
            wanted = await _widened(connection, wanted, who)
            found, total = await task_lists.tasks(connection, wanted, after=decode_cursor(cursor), limit=limit)
        last = found[-1] if len(found) == limit else None
        return json_response(page(found, encode_cursor(last["created_at"], last["task_id"]) if last else None, total))

    @routes.get("/tasks/counts")
    async def count_tasks(who: Reader) -> Response:
        async with database.reading() as connection:
            return json_response(await task_lists.counts(connection, await scope_for(connection, who), who.username))

    @routes.get("/tasks/export")
    async def export_tasks(
        wanted: Wanted, who: Reader, file_format: Annotated[Format, Query(alias="format")] = "csv"
    ) -> Response:
        async with database.reading() as connection:
            wanted = await _widened(connection, wanted, who)
            found, total = await task_lists.tasks(connection, wanted, after=None, limit=EXPORT_AT_MOST)
        if total > EXPORT_AT_MOST:
            raise Refused(
                "export-too-large",
                f"共 {total} 条, 超过一次导出上限 {EXPORT_AT_MOST} 条, 请缩小时间范围",
                f"{total} rows are more than one export of {EXPORT_AT_MOST}; narrow the time",
                status=422,
                total=total,
            )
        return table_response(file_format, "任务", COLUMNS, (msgspec.convert(row, Task) for row in found))


async def _widened(tx: Connection, wanted: TaskFilter, who: Principal) -> TaskFilter:
    """Return the filter with the tasks of those the caller stands for."""
    return replace(wanted, scope=await scope_for(tx, who))
