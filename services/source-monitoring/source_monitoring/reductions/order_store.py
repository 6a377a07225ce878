"""SQL of orders and their measures as people see them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from park_chassis.database import Connection

from source_monitoring.domain.reductions.keeping import Keeping
from source_monitoring.reductions import report_store

_STATE = """
    case when o.withdrawn_at is not null then 'withdrawn' when o.lifted_at <= $1 then 'lifted'
         when o.ends_at <= $1 then 'ended' when o.starts_at > $1 then 'planned' else 'in-force' end
"""
_COUNTS = """
    select m.order_id, count(*) as measures, count(distinct m.enterprise_id) as enterprises,
           count(*) filter (where m.verdict = 'kept') as kept, count(*) filter (where m.verdict = 'not-kept') as not_kept,
           count(*) filter (where m.verdict = 'not-provable') as not_provable,
           count(*) filter (where m.verdict = 'pending') as pending,
           count(*) filter (where m.verdict = 'voluntary') as voluntary
    from reduction_measures m where ($2::uuid[] is null or m.enterprise_id = any($2)) group by m.order_id
"""
_BROKEN = """
    (select count(*) from anomalies a where a.point_id = m.point_id and a.rule_id = 'ORDER'
     and coalesce(a.evidence ->> 'measure_id', a.evidence ->> 'order_id') = m.measure_id::text)
"""


class Order(Struct, frozen=True, kw_only=True):
    """An order as it is made."""

    order_id: UUID
    title_zh: str
    title_en: str
    level: str
    authority: str
    document: str
    area: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    author: str
    made_at: datetime


class Measure(Struct, frozen=True, kw_only=True):
    """One line's measure of an order as it is made; what the list says later does not change it."""

    measure_id: UUID
    enterprise_id: UUID | None
    line_id: UUID | None
    line: str
    grade: str
    point_id: UUID | None
    factor: str
    allowed_share: Decimal | None
    usual_value: Decimal | None
    measure_zh: str
    emissions: dict[str, str]
    keeping: Keeping | None = None
    """What is known of it from the start: that no meter shows it, or that nothing is asked."""


async def add(tx: Connection, order: Order, measures: Sequence[Measure]) -> None:
    """Add an order with its measures."""
    row = msgspec.structs.asdict(order)
    await tx.execute(
        f"insert into reduction_orders ({', '.join(row)}) values ({', '.join(f'${n}' for n in range(1, len(row) + 1))})",
        *row.values(),
    )
    await tx.executemany(
        """insert into reduction_measures (measure_id, order_id, enterprise_id, line_id, line, grade, point_id, factor,
               allowed_share, usual_value, measure_zh, emissions, verdict, keeping, judged_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)""",
        [
            (
                m.measure_id, order.order_id, m.enterprise_id, m.line_id, m.line, m.grade, m.point_id, m.factor, m.allowed_share,
                m.usual_value, m.measure_zh, m.emissions, m.keeping.verdict if m.keeping else "pending",
                msgspec.to_builtins(m.keeping) if m.keeping else None, order.made_at if m.keeping else None,
            )
            for m in measures
        ],
    )  # fmt: skip


async def orders(
    connection: Connection,
    at: datetime,
    *,
    enterprise_ids: Collection[UUID] | None,
    state: str | None = None,
    level: str | None = None,
    text: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> tuple[list[dict[str, Any]], int]:
    """Return orders (for an enterprise only those that name it), newest first, with counts by verdict; and how many in all."""
    source = f"""
        from (select o.*, {_STATE} as state, c.measures, c.enterprises, c.kept, c.not_kept, c.not_provable, c.pending, c.voluntary
              from reduction_orders o left join ({_COUNTS}) c on c.order_id = o.order_id
              where $2::uuid[] is null or c.measures > 0) x
        where ($3::text is null or state = $3) and ($4::text is null or level = $4)
        and ($5::text is null or strpos(title_zh || ' ' || title_en || ' ' || document || ' ' || area, $5) > 0)
    """
    given = (at, list(enterprise_ids) if enterprise_ids is not None else None, state, level, text)
    rows = await connection.fetch(
        f"select * {source} and ($6::timestamptz is null or (starts_at, order_id) < ($6, $7::uuid))"
        " order by starts_at desc, order_id desc limit $8",
        *given, *(after or (None, None)), limit,
    )  # fmt: skip
    total: int = await connection.fetchval(f"select count(*) {source}", *given)
    return [dict(row) for row in rows], total


async def order(connection: Connection, order_id: UUID, at: datetime) -> dict[str, Any] | None:
    """Return an order with its state, None when there is none."""
    row = await connection.fetchrow(
        f"select o.*, {_STATE} as state from reduction_orders o where o.order_id = $2", at, order_id
    )
    return dict(row) if row else None


async def measures_of(
    connection: Connection, order_id: UUID, enterprise_ids: Collection[UUID] | None
) -> list[dict[str, Any]]:
    """Return the measures of an order that may be seen, the broken ones first, with how many stretches were found."""
    rows = await connection.fetch(
        f"""select m.measure_id, m.order_id, m.enterprise_id, m.line_id, m.line, m.grade, m.point_id, m.factor,
               m.allowed_share::text as allowed_share, m.usual_value::text as usual_value, m.measure_zh, m.emissions,
               m.keeping, m.verdict, m.judged_at, {_BROKEN} as broken, {report_store.LATEST} as report
            from reduction_measures m where order_id = $1 and ($2::uuid[] is null or enterprise_id = any($2))
            order by array_position('{{not-kept,not-provable,pending,kept,voluntary}}'::text[], verdict), enterprise_id, line,
               measure_id""",
        order_id, list(enterprise_ids) if enterprise_ids is not None else None,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def lift(tx: Connection, order_id: UUID, *, lifted_at: datetime, by: str, reason: str) -> bool:
    """End an order that stands before its time; what it found stays. False when it does not stand."""
    status: str = await tx.execute(
        "update reduction_orders set lifted_at = $2, lifted_by = $3, lifted_reason = $4"
        " where order_id = $1 and withdrawn_at is null and lifted_at is null and ends_at > $2 and starts_at < $2",
        order_id, lifted_at, by, reason,
    )  # fmt: skip
    return status.endswith(" 1")


async def withdraw(tx: Connection, order_id: UUID, *, by: str, reason: str, at: datetime) -> bool:
    """Take back an order that was made by mistake. False when it does not stand."""
    status: str = await tx.execute(
        "update reduction_orders set withdrawn_at = $2, withdrawn_by = $3, withdrawn_reason = $4"
        " where order_id = $1 and withdrawn_at is null",
        order_id, at, by, reason,
    )  # fmt: skip
    return status.endswith(" 1")
