"""Reading tasks for people, bounded by what each may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_schemas.codes import TaskState

from task_dispatch.domain.work import Work


@dataclass(frozen=True)
class Scope:
    """What a caller sees: the whole park, one enterprise, or own tasks and those given to a role."""

    enterprise_id: UUID | None = None
    username: str | None = None
    role: str | None = None
    stands_for: Sequence[str] = ()
    inspected: Sequence[str] = ()
    """A person of the enterprise and whom he stands for: what is withheld is not shown, unless it is given to one of them."""


@dataclass(frozen=True)
class TaskFilter:
    """What is asked for, within the scope."""

    scope: Scope
    states: Sequence[TaskState] = ()
    assignee: str | None = None
    kind: str | None = None
    enterprise_id: UUID | None = None
    alarm_id: UUID | None = None
    subject_id: UUID | None = None
    overdue: bool | None = None
    is_open: bool | None = None
    text: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    parent_id: UUID | None = None
    cell: str | None = None
    source: str | None = None


@dataclass
class Where:
    """Conditions joined by `and`, with their values in order."""

    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        """Add a condition; each {} stands for the next value."""
        numbers = [f"${len(self.values) + position + 1}" for position in range(len(values))]
        self.conditions.append(condition.format(*numbers))
        self.values.extend(values)

    @property
    def sql(self) -> str:
        """The where clause, empty without conditions."""
        return " where " + " and ".join(self.conditions) if self.conditions else ""


def scoped(scope: Scope) -> Where:
    """Return the conditions that bound what a caller sees."""
    where = Where()
    if scope.enterprise_id is not None:
        where.add("enterprise_id = {}", scope.enterprise_id)
    if scope.inspected:
        where.add(
            """(work->'task'->'withheld' is distinct from 'true'::jsonb or assignee = any({}::text[])
                or co_workers && {}::text[])""",
            list(scope.inspected),
            list(scope.inspected),
        )
    if scope.username is not None:
        people = [scope.username, *scope.stands_for]
        where.add(
            """(assignee = any({}::text[]) or co_workers && {}::text[] or created_by = {}
                or (assignee is null and assignee_role = {}) or work->'handlers' ? {})""",
            people,
            people,
            scope.username,
            scope.role,
            scope.username,
        )
    return where


def _where(wanted: TaskFilter) -> Where:
    where = scoped(wanted.scope)
    for condition, value in (
        ("(assignee = {} or {} = any(co_workers))", wanted.assignee),
        ("kind = {}", wanted.kind),
        ("enterprise_id = {}", wanted.enterprise_id),
        ("alarm_id = {}", wanted.alarm_id),
        ("subject_id = {}", wanted.subject_id),
        ("overdue = {}", wanted.overdue),
        ("created_at >= {}", wanted.since),
        ("created_at < {}", wanted.until),
        ("parent_id = {}", wanted.parent_id),
        ("cell = {}", wanted.cell),
        ("work->'task'->>'source' = {}", wanted.source),
    ):
        if value is not None:
            where.add(condition, *[value] * condition.count("{}"))
    if wanted.states:
        where.add("state = any({})", [state.value for state in wanted.states])
    if wanted.text:
        where.add("position({} in search) > 0", wanted.text.lower())
    if wanted.is_open is not None:
        where.add(f"state {'not ' if wanted.is_open else ''}in ('closed', 'cancelled')")
    return where


async def tasks(
    tx: Connection, wanted: TaskFilter, *, after: list[Any] | None, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Return (tasks newest first, how many there are altogether)."""
    where = _where(wanted)
    total: int = await tx.fetchval(f"select count(*) from tasks{where.sql}", *where.values)
    if after:
        where.add(
            "(created_at, task_id) < ({}::timestamptz, {}::uuid)", datetime.fromisoformat(after[0]), UUID(after[1])
        )
    rows = await tx.fetch(
        f"select work->'task' as task from tasks{where.sql} order by created_at desc, task_id desc limit {int(limit)}",
        *where.values,
    )
    return [row["task"] for row in rows], total


async def visible_work(tx: Connection, task_id: UUID, scope: Scope, *, lock: bool = False) -> Work | None:
    """Return a task the caller may see, None otherwise."""
    where = scoped(scope)
    where.add("task_id = {}", task_id)
    body = await tx.fetchval(f"select work from tasks{where.sql}{' for update' if lock else ''}", *where.values)
    return msgspec.convert(body, Work) if body else None


async def children(tx: Connection, task_id: UUID, scope: Scope) -> list[dict[str, Any]]:
    """Return the sub-tasks of a task that the caller may know of, oldest first."""
    where = scoped(Scope(enterprise_id=scope.enterprise_id, inspected=scope.inspected))
    where.add("parent_id = {}", task_id)
    rows = await tx.fetch(
        f"""select task_id, number, state, assignee, due_at, overdue, work->'task'->>'title_zh' as title_zh,
                  work->'task'->>'title_en' as title_en
           from tasks{where.sql} order by created_at, task_id""",
        *where.values,
    )
    return [dict(row) for row in rows]


async def timeline(tx: Connection, task_id: UUID) -> list[dict[str, Any]]:
    """Return the steps of a task in order."""
    rows = await tx.fetch(
        "select version, at, who, what, state, detail_zh, detail_en from timeline where task_id = $1 order by id",
        task_id,
    )
    return [dict(row) for row in rows]


async def reports(tx: Connection, task_id: UUID) -> list[dict[str, Any]]:
    """Return the reports of a task, oldest first."""
    rows = await tx.fetch(
        """select report_id, at, by_username as by, by_name, findings_text, measures, outcome, measured_value, fields
           from reports where task_id = $1 order by at, report_id""",
        task_id,
    )
    return [dict(row) for row in rows]


async def counts(tx: Connection, scope: Scope, username: str) -> dict[str, int]:
    """Return how many tasks are open, overdue, and mine."""
    where = scoped(scope)
    where.add("state not in ('closed', 'cancelled')")
    where.values.append(username)
    row = await tx.fetchrow(
        f"""select count(*) as open, count(*) filter (where overdue) as overdue,
                   count(*) filter (where assignee = ${len(where.values)}
                                         or ${len(where.values)} = any(co_workers)) as mine from tasks{where.sql}""",
        *where.values,
    )
    return dict(row) if row else {}
