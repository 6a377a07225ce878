"""Plans and the rounds that have become tasks. `fire_at` is the timer of a plan's next round."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from park_chassis.database import Connection

from task_dispatch.domain.plans import Plan, due_on, fires_at


async def insert_plan(tx: Connection, plan: Plan) -> None:
    """Store a new plan."""
    columns = _columns(plan)
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    await tx.execute(f"insert into plans ({', '.join(columns)}) values ({places})", *columns.values())


async def update_plan(tx: Connection, plan: Plan) -> None:
    """Store the newer version of a plan the caller has locked, and keep its timer in step."""
    columns = _columns(plan)
    changes = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, start=1) if name != "plan_id")
    await tx.execute(f"update plans set {changes} where plan_id = $1", *columns.values())


def _columns(plan: Plan) -> dict[str, Any]:
    names = (plan.name_zh, plan.name_en, plan.enterprise_name_zh, plan.subject_name_zh, plan.assignee_name, plan.kind)
    return {
        "plan_id": plan.plan_id,
        "version": plan.version,
        "active": plan.active,
        "kind": plan.kind,
        "enterprise_id": plan.enterprise_id,
        "assignee": plan.assignee,
        "next_due": due_on(plan, plan.round),
        "fire_at": fires_at(plan, plan.round),
        "search": " ".join(name for name in names if name).lower(),
        "body": msgspec.to_builtins(plan),
    }


async def plan_locked(tx: Connection, plan_id: UUID) -> Plan | None:
    """Return a plan, locked."""
    return _plan(await tx.fetchval("select body from plans where plan_id = $1 for update", plan_id))


async def plan(tx: Connection, plan_id: UUID) -> Plan | None:
    """Return a plan."""
    return _plan(await tx.fetchval("select body from plans where plan_id = $1", plan_id))


async def due_plans(tx: Connection, now: datetime, *, most: int = 50) -> list[UUID]:
    """Return the plans whose next round is to be made, oldest first; not locked."""
    rows = await tx.fetch(
        "select plan_id from plans where active and fire_at <= $1 order by fire_at limit $2", now, most
    )
    return [row["plan_id"] for row in rows]


async def insert_round(tx: Connection, plan_id: UUID, number: int, day: date, task_id: UUID, now: datetime) -> None:
    """Remember that a round became a task. Raises UniqueViolationError when it did before."""
    await tx.execute(
        "insert into plan_rounds (plan_id, round, due_on, task_id, made_at) values ($1, $2, $3, $4, $5)",
        plan_id,
        number,
        day,
        task_id,
        now,
    )


async def rounds(tx: Connection, plan_id: UUID) -> list[dict[str, Any]]:
    """Return the rounds that became tasks, newest first, with the state of each."""
    rows = await tx.fetch(
        """select r.round, r.due_on, r.made_at, r.task_id, t.number, t.state from plan_rounds r
           join tasks t using (task_id) where plan_id = $1 order by round desc limit 200""",
        plan_id,
    )
    return [dict(row) for row in rows]


async def plans(
    tx: Connection, *, active: bool | None, kind: str | None, text: str | None, after: Sequence[str] | None, limit: int
) -> tuple[list[Plan], int]:
    """Return (plans by their next due day, how many there are altogether)."""
    conditions, values = ["true"], list[Any]()
    for condition, value in (("active = ${}", active), ("kind = ${}", kind), ("position(${} in search) > 0", text)):
        if value is not None:
            values.append(value)
            conditions.append(condition.format(len(values)))
    total: int = await tx.fetchval(f"select count(*) from plans where {' and '.join(conditions)}", *values)
    if after:
        values += [date.fromisoformat(after[0]), UUID(after[1])]
        conditions.append(f"(next_due, plan_id) > (${len(values) - 1}, ${len(values)})")
    rows = await tx.fetch(
        f"select body from plans where {' and '.join(conditions)} order by next_due, plan_id limit {int(limit)}",
        *values,
    )
    return [msgspec.convert(row["body"], Plan) for row in rows], total


def _plan(body: Any) -> Plan | None:
    return msgspec.convert(body, Plan) if body else None
