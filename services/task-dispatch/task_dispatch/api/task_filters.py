"""The filters of lists of tasks, bounded by what the caller may see; the columns of their tables."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query
from park_chassis.auth import Principal, require
from park_chassis.export import Column
from park_schemas.codes import TaskState

from task_dispatch.api.callers import scope_of
from task_dispatch.api.instants import Instant
from task_dispatch.domain.kinds import OUTCOME_ZH
from task_dispatch.domain.life import LEVEL_ZH
from task_dispatch.domain.printed import SOURCE_ZH
from task_dispatch.domain.task_states import STATE_ZH
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
