"""Tasks read: list, counts, export, detail with what the caller can do now."""

from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Connection, Database
from park_chassis.errors import Refused
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_schemas.codes import TaskState
from park_schemas.tasks import Task

from task_dispatch.api.actions import around_of
from task_dispatch.api.callers import actor_for, scope_for, scope_of, work_for
from task_dispatch.api.instants import Instant
from task_dispatch.api.parts import Parts
from task_dispatch.domain.actions import allowed
from task_dispatch.domain.forms import without_private
from task_dispatch.domain.kinds import OUTCOME_ZH
from task_dispatch.domain.life import LEVEL_ZH
from task_dispatch.domain.printed import SOURCE_ZH
from task_dispatch.domain.task_states import STATE_ZH
from task_dispatch.domain.work import Work
from task_dispatch.store import documents as stored_documents
from task_dispatch.store import evidence as stored_evidence
from task_dispatch.store import task_lists
from task_dispatch.store.task_lists import TaskFilter

TaskSource = Literal["alarm", "plan", "complaint", "supervision", "manual", "sub-task"]
EXPORT_AT_MOST = 50_000
Reader = Annotated[Principal, Depends(require("task:read"))]


def wanted_tasks(
    who: Reader,
    state: Annotated[list[TaskState] | None, Query()] = None,
    assignee: Annotated[str | None, Query(max_length=100, description="A user name, or me")] = None,
    kind: Annotated[str | None, Query(max_length=60)] = None,
    enterprise_id: UUID | None = None,
    alarm_id: UUID | None = None,
    point_id: UUID | None = None,
    overdue: bool | None = None,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
    q: Annotated[str | None, Query(max_length=80, description="Part of number, title or names")] = None,
    since: Annotated[Instant | None, Query(alias="from", description="Made at or after")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Made before")] = None,
    parent_id: UUID | None = None,
    cell: Annotated[str | None, Query(max_length=60)] = None,
    source: Annotated[TaskSource | None, Query()] = None,
) -> TaskFilter:
    """Read the filters of a list, bounded by what the caller may see."""
    return TaskFilter(
        scope=scope_of(who),
        states=tuple(state or ()),
        assignee=who.username if assignee == "me" else assignee,
        kind=kind,
        enterprise_id=enterprise_id,
        alarm_id=alarm_id,
        subject_id=point_id,
        overdue=overdue,
        is_open=is_open,
        text=q or None,
        since=since,
        until=until,
        parent_id=parent_id,
        cell=cell,
        source=source,
    )


Wanted = Annotated[TaskFilter, Depends(wanted_tasks)]


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
        "children": await task_lists.children(tx, task.task_id),
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


COLUMNS: tuple[Column, ...] = (
    Column("编号", lambda t: t.number),
    Column("类型", lambda t: t.kind, 18),
    Column("状态", lambda t: STATE_ZH[t.state], 12),
    Column("紧急程度", lambda t: LEVEL_ZH[t.priority], 10),
    Column("标题", lambda t: t.title_zh, 48),
    Column("来源", lambda t: SOURCE_ZH.get(t.source, ""), 12),
    Column("网格", lambda t: t.cell, 12),
    Column("企业", lambda t: t.enterprise_name_zh, 28),
    Column("点位", lambda t: t.subject_name_zh, 28),
    Column("承办人", lambda t: t.assignee_name or t.assignee, 14),
    Column("协办人", lambda t: "、".join(t.co_assignees), 18),
    Column("创建人", lambda t: t.created_by, 14),
    Column("创建时间", lambda t: t.created_at, 20),
    Column("期限", lambda t: t.due_at, 20),
    Column("是否超期", lambda t: "是" if t.overdue else "否", 10),
    Column("结果", lambda t: OUTCOME_ZH.get(t.outcome, t.outcome) if t.outcome else "", 12),
    Column("结果说明", lambda t: t.outcome_note, 40),
    Column("核验人", lambda t: t.verified_by, 14),
    Column("办结时间", lambda t: t.closed_at, 20),
)
