"""SQL of reduction orders as people see them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from park_chassis.database import Connection


async def add_order(
    tx: Connection, order_id: UUID, point_id: UUID, *, title_zh: str, title_en: str, level: str, measure_zh: str,
    starts_at: datetime, ends_at: datetime, factor: str, allowed_share: Decimal, author: str, reason: str, at: datetime,
) -> None:  # fmt: skip
    """Add one measure."""
    await tx.execute(
        """insert into reduction_orders (order_id, point_id, title_zh, title_en, level, measure_zh, starts_at, ends_at, factor,
               allowed_share, author, reason, made_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""",
        order_id, point_id, title_zh, title_en, level, measure_zh, starts_at, ends_at, factor, allowed_share, author, reason, at,
    )  # fmt: skip


async def list_orders(
    connection: Connection, *, point_id: UUID | None, active_at: datetime | None, limit: int
) -> list[dict[str, Any]]:
    """Return measures, newest first, with how many stretches were found in which they were not kept."""
    rows = await connection.fetch(
        """select o.*, (select count(*) from anomalies a where a.point_id = o.point_id and a.rule_id = 'ORDER'
                        and a.evidence ->> 'order_id' = o.order_id::text) as broken
           from reduction_orders o where ($1::uuid is null or o.point_id = $1)
           and ($2::timestamptz is null or (o.withdrawn_at is null and o.starts_at <= $2 and o.ends_at > $2))
           order by o.starts_at desc, o.order_id limit $3""",
        point_id, active_at, limit,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def withdraw(tx: Connection, order_id: UUID, *, by: str, reason: str, at: datetime) -> dict[str, Any] | None:
    """End an order that stands; None when there is none."""
    row = await tx.fetchrow(
        "update reduction_orders set withdrawn_at = $2, withdrawn_by = $3, withdrawn_reason = $4"
        " where order_id = $1 and withdrawn_at is null returning *, 0 as broken",
        order_id, at, by, reason,
    )  # fmt: skip
    return dict(row) if row else None
