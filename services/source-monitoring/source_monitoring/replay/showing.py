"""How replays are shown: in lists, whole, as a file; names of points and factors."""

from collections.abc import Mapping
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

from source_monitoring.domain.replay_states import ReplayState, allowed
from source_monitoring.replay import orders, results


async def one_replay(connection: Connection, points: Points, reader: Principal, replay_id: UUID) -> asyncpg.Record:
    """Return a replay with its figures over the reader's points. Raises NotFound when it touches none of them."""
    row = await orders.one(connection, replay_id, list(visible_points(points, reader)))
    if row is None:
        raise NotFound("重算", "replay", replay_id)
    return row


async def whole(connection: Connection, points: Points, reader: Principal, replay_id: UUID) -> dict[str, Any]:
    """Return a replay with its outlets, the factors that differ, who did what, and other runs of the same."""
    visible = visible_points(points, reader)
    row = await one_replay(connection, points, reader, replay_id)
    of_points = await orders.of_points(connection, replay_id, list(visible))
    factors = await results.changed_factors(connection, replay_id, list(visible))
    return replay_item(row, visible, reader) | {
        "outlets": [dict(one) | point_names(visible.get(one["point_id"])) for one in of_points],
        "approved_days": sum(one["approved_days"] for one in of_points),
        "factors": [{"factor": code, "differs": n} | factor_names(code, visible) for code, n in factors],
        "steps": [dict(one) for one in await orders.steps(connection, replay_id)],
        "same": [dict(one) for one in await orders.same_asked(connection, replay_id)],
    }


_AS_STORED = (
    *("replay_id", "state", "rules", "reason", "author", "started_at", "finished_at", "digest", "stored_digest"),
    *("points", "points_done", "points_failed", "days_done", "periods", "changed", "adopted", "outdated"),
)


def replay_item(row: asyncpg.Record, known: Mapping[UUID, PointLimits], reader: Principal) -> dict[str, Any]:
    """Return a replay as it stands in lists. `to` is exclusive; `days` counts days of outlets."""
    first = known.get(row["point_ids"][0])
    return {
        **{name: row[name] for name in _AS_STORED}, "from": row["since"], "to": row["until"],
        "first_point": point_names(first), "days": (row["until"] - row["since"]).days * row["points"],
        "allowed": allowed(ReplayState(row["state"]), row["changed"], reader.permissions),
    }  # fmt: skip


def point_names(limits: PointLimits | None) -> dict[str, str]:
    """Return the names of a point; empty for one that is gone."""
    point = limits.point if limits else None
    fields = ("name_zh", "name_en", "enterprise_name_zh", "enterprise_name_en")
    return {field if field.startswith("e") else f"point_{field}": getattr(point, field, "") for field in fields}


def factor_names(code: str, known: Mapping[UUID, PointLimits]) -> dict[str, str]:
    """Return the names of a factor as any of the points reports it; its code where none does."""
    found = next((limits.factors[code] for limits in known.values() if code in limits.factors), None)
    return {"factor_name_zh": found.name_zh if found else code, "factor_name_en": found.name_en if found else code}


COLUMNS = [
    Column("发起时间 started", lambda item: item["started_at"], 20),
    Column("发起人 by", lambda item: item["author"], 12),
    Column(
        "排口 outlets", lambda item: item["first_point"]["point_name_zh"] if item["points"] == 1 else item["points"], 24
    ),
    Column("起 from", lambda item: item["from"].isoformat(), 12),
    Column("止(不含) to", lambda item: item["to"].isoformat(), 12),
    Column("规则 rules", lambda item: item["rules"], 10),
    Column("理由 reason", lambda item: item["reason"], 30),
    Column("状态 state", lambda item: item["state"], 10),
    Column("时段数 periods", lambda item: item["periods"], 10),
    Column("差异 differ", lambda item: item["changed"], 10),
    Column("采用 adopted", lambda item: item["adopted"], 10),
    Column("SHA-256", lambda item: item["digest"], 66),
]
