"""How orders to judge again are shown: in lists, as a file."""

from typing import Any
from uuid import UUID

import asyncpg
from park_chassis.auth import Principal
from park_chassis.database import Connection
from park_chassis.errors import NotFound
from park_chassis.export import Column
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_judging.scope import visible_points

from quality.rejudging import orders

_AS_STORED = (
    "rejudgement_id",
    "point_id",
    "reason",
    "author",
    "started_at",
    "finished_at",
    "state",
    "periods",
    "changed",
    "told",
    "withdrawn",
)


async def one_order(
    connection: Connection, points: Points, reader: Principal, rejudgement_id: UUID
) -> tuple[asyncpg.Record, PointLimits]:
    """Return an order with its station. Raises NotFound when it is not there or not the reader's to see."""
    row = await orders.one(connection, rejudgement_id)
    visible = visible_points(points, reader, [row["point_id"]] if row is not None else [])
    if row is None or row["point_id"] not in visible:
        raise NotFound("重新判定", "rejudgement", rejudgement_id)
    return row, visible[row["point_id"]]


def order_item(row: asyncpg.Record, limits: PointLimits) -> dict[str, Any]:
    """Return an order as it is shown. `to` is exclusive; `days_done` of `days` tells how far it is."""
    return {
        **{name: row[name] for name in _AS_STORED},
        "point_name_zh": limits.point.name_zh,
        "point_name_en": limits.point.name_en,
        "from": row["since"],
        "to": row["until"],
        "days": (row["until"] - row["since"]).days,
        "days_done": (row["next_day"] - row["since"]).days,
        "failure": row["failure"],
    }


COLUMNS: list[Column] = [
    Column("发起时间 started", lambda item: item["started_at"], 20),
    Column("发起人 by", lambda item: item["author"], 12),
    Column("站点 station", lambda item: item["point_name_zh"], 24),
    Column("起 from", lambda item: item["from"].isoformat(), 12),
    Column("止(不含) to", lambda item: item["to"].isoformat(), 12),
    Column("理由 reason", lambda item: item["reason"], 30),
    Column("状态 state", lambda item: item["state"], 10),
    Column("时段数 periods", lambda item: item["periods"], 10),
    Column("新版本 changed", lambda item: item["changed"], 10),
    Column("发出的发现 told", lambda item: item["told"], 12),
    Column("撤销的发现 withdrawn", lambda item: item["withdrawn"], 12),
    Column("失败原因 failure", lambda item: item["failure"] or "", 40),
]
