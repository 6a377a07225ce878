"""Tasks, timeline, reports, timers, numbers, and the alarms they answer."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_schemas.alarms import Alarm
from park_schemas.tasks import Task

from task_dispatch.domain.clocks import waiting
from task_dispatch.domain.kinds import ClockedStep
from task_dispatch.domain.task_states import ENDED
from task_dispatch.domain.work import Step, Work


async def work_locked(tx: Connection, task_id: UUID) -> Work | None:
    """Return a task, locked."""
    body = await tx.fetchval("select work from tasks where task_id = $1 for update", task_id)
    return msgspec.convert(body, Work) if body else None


async def work_of(tx: Connection, task_id: UUID) -> Work | None:
    """Return a task, not locked."""
    body = await tx.fetchval("select work from tasks where task_id = $1", task_id)
    return msgspec.convert(body, Work) if body else None


async def open_work_of_alarm(tx: Connection, alarm_id: UUID) -> Work | None:
    """Return the task of an alarm that has not ended, locked."""
    body = await tx.fetchval(
        "select work from tasks where alarm_id = $1 and state not in ('closed', 'cancelled') for update", alarm_id
    )
    return msgspec.convert(body, Work) if body else None


async def has_task_by_policy(tx: Connection, alarm_id: UUID) -> bool:
    """Return whether the policy has made a task for an alarm before, or a person has one open."""
    found = await tx.fetchval(
        "select 1 from tasks where alarm_id = $1 and (origin = 'policy' or state not in ('closed', 'cancelled'))",
        alarm_id,
    )
    return found is not None


async def next_number(tx: Connection, day: date) -> str:
    """Return TK-YYYYMMDD-NNNN, the next of the park's day."""
    last = await tx.fetchval(
        """insert into daily_numbers (day, last) values ($1, 1)
           on conflict (day) do update set last = daily_numbers.last + 1 returning last""",
        day,
    )
    return f"TK-{day:%Y%m%d}-{last:04d}"


async def insert_work(tx: Connection, work: Work, *, origin: str, source_key: str | None = None) -> None:
    """Store a new task. Raises UniqueViolationError when its alarm has an open one, or its source has one already."""
    columns = {
        **_columns(work),
        "task_id": work.task.task_id,
        "number": work.task.number,
        "kind": work.task.kind,
        "origin": origin,
        "source_key": source_key,
        "alarm_id": work.task.alarm_id,
        "parent_id": work.task.parent_id,
        "created_by": work.task.created_by,
        "created_at": work.task.created_at,
        "subject_id": work.task.subject_id,
    }
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    await tx.execute(f"insert into tasks ({', '.join(columns)}) values ({places})", *columns.values())
    await _set_timers(tx, work)


async def update_work(tx: Connection, work: Work) -> None:
    """Store the newer version of a task the caller has locked, and keep its timers in step."""
    columns = _columns(work)
    changes = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, start=2))
    await tx.execute(f"update tasks set {changes} where task_id = $1", work.task.task_id, *columns.values())
    await _set_timers(tx, work)


def _columns(work: Work) -> dict[str, Any]:
    """Return what lists are filtered by, and the whole."""
    task = work.task
    return {
        "version": task.version,
        "state": task.state.value,
        "priority": task.priority.value,
        "enterprise_id": task.enterprise_id,
        "assignee": task.assignee,
        "assignee_role": task.assignee_role,
        "co_workers": task.co_assignees,
        "cell": task.cell,
        "changed_at": task.changed_at,
        "due_at": task.due_at,
        "overdue": task.overdue,
        "missed": bool(task.missed) or task.overdue,
        "closed_at": task.closed_at,
        "search": _search_text(task),
        "work": msgspec.to_builtins(work),
    }


async def _set_timers(tx: Connection, work: Work) -> None:
    await _set_timer(tx, work.task)
    running = {} if work.task.state in ENDED else waiting(work.clocks)
    await tx.execute(
        "delete from clock_timers where task_id = $1 and step <> all($2::text[])", work.task.task_id, list(running)
    )
    if running:
        await tx.execute(
            """insert into clock_timers (task_id, step, due_at) select $1, * from unnest($2::text[], $3::timestamptz[])
               on conflict (task_id, step) do update set due_at = excluded.due_at""",
            work.task.task_id,
            list(running),
            list(running.values()),
        )


async def _set_timer(tx: Connection, task: Task) -> None:
    if task.overdue or task.state in ENDED:
        await tx.execute("delete from timers where task_id = $1", task.task_id)
    else:
        await tx.execute(
            """insert into timers (task_id, due_at) values ($1, $2)
               on conflict (task_id) do update set due_at = excluded.due_at""",
            task.task_id,
            task.due_at,
        )


async def due_timers(tx: Connection, now: datetime, *, most: int = 50) -> list[UUID]:
    """Return the tasks whose deadline has passed, oldest first; not locked."""
    rows = await tx.fetch("select task_id from timers where due_at <= $1 order by due_at limit $2", now, most)
    return [row["task_id"] for row in rows]


async def take_timer(tx: Connection, task_id: UUID, now: datetime) -> bool:
    """Remove the due timer of a task the caller has locked; False when another replica was first or it was moved."""
    taken = await tx.fetchval("delete from timers where task_id = $1 and due_at <= $2 returning 1", task_id, now)
    return taken is not None


async def due_clocks(tx: Connection, now: datetime, *, most: int = 50) -> list[tuple[UUID, ClockedStep]]:
    """Return (task, step) of the clocks that have run out, oldest first; not locked."""
    rows = await tx.fetch(
        "select task_id, step from clock_timers where due_at <= $1 order by due_at, task_id, step limit $2", now, most
    )
    return [(row["task_id"], row["step"]) for row in rows]


async def take_clock(tx: Connection, task_id: UUID, step: ClockedStep, now: datetime) -> bool:
    """Remove the run-out clock of a task the caller has locked; False when another was first or it was moved."""
    taken = await tx.fetchval(
        "delete from clock_timers where task_id = $1 and step = $2 and due_at <= $3 returning 1", task_id, step, now
    )
    return taken is not None


async def open_children(tx: Connection, task_id: UUID) -> int:
    """Return how many sub-tasks of a task have not ended."""
    count: int = await tx.fetchval(
        "select count(*) from tasks where parent_id = $1 and state not in ('closed', 'cancelled')", task_id
    )
    return count


async def task_of_source(tx: Connection, source_key: str) -> Task | None:
    """Return the task that was made from a source (a supervision order's number, a plan's round)."""
    body = await tx.fetchval("select work->'task' from tasks where source_key = $1", source_key)
    return msgspec.convert(body, Task) if body else None


async def add_to_timeline(tx: Connection, steps: Sequence[Step]) -> None:
    """Append steps."""
    await tx.executemany(
        """insert into timeline (task_id, version, at, who, what, state, detail_zh, detail_en)
           values ($1, $2, $3, $4, $5, $6, $7, $8)""",
        [
            (s.work.task.task_id, s.work.task.version, s.at, s.who, s.event, s.work.task.state.value, s.detail_zh,
             s.detail_en)
            for s in steps
        ],
    )  # fmt: skip


async def insert_report(
    tx: Connection, report_id: UUID, task: Task, *, at: datetime, by: str, name: str, report: dict[str, Any]
) -> None:
    """Keep a report; each stays, also when it was returned."""
    await tx.execute(
        """insert into reports (report_id, task_id, task_version, at, by_username, by_name, findings_text, measures, outcome,
                                measured_value, fields) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)""",
        report_id,
        task.task_id,
        task.version,
        at,
        by,
        name,
        report["findings_text"],
        report["measures"],
        report["outcome"],
        report.get("measured_value"),
        report.get("fields", {}),
    )


async def see_alarm(tx: Connection, alarm: Alarm) -> bool:
    """Remember the newest version of an alarm; False when this or a newer one was seen before."""
    newer = await tx.fetchval(
        """insert into alarms_seen (alarm_id, version, body) values ($1, $2, $3)
           on conflict (alarm_id) do update set version = excluded.version, body = excluded.body
           where alarms_seen.version < excluded.version returning 1""",
        alarm.alarm_id,
        alarm.version,
        msgspec.to_builtins(alarm),
    )
    return newer is not None


async def alarm_seen(tx: Connection, alarm_id: UUID) -> Alarm | None:
    """Return an alarm as it was last seen."""
    body = await tx.fetchval("select body from alarms_seen where alarm_id = $1", alarm_id)
    return msgspec.convert(body, Alarm) if body else None


def _search_text(task: Task) -> str:
    parts = (
        task.number, task.title_zh, task.title_en, task.subject_name_zh, task.subject_name_en, task.enterprise_name_zh,
        task.assignee or "", task.assignee_name,
    )  # fmt: skip
    return " ".join(part for part in parts if part).lower()
