"""Permitted yearly quantities: stated, held against what was emitted, warned of at set shares."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection
from park_judging import metrics
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import point_finding
from park_judging.domain.park_calendar import day_span
from park_judging.readings import finding_event
from park_judging.registry import Points
from park_schemas.codes import Period

from source_monitoring.domain.permitted_quantity import Use, reached, use_of
from source_monitoring.settings import Settings

TOTAL_CONTROL = "total-control"
"""The rule name that alerting grades by share (ratio): total-quantity control (总量控制)."""


async def listed(connection: Connection, enterprise_ids: Iterable[UUID], year: int | None) -> list[asyncpg.Record]:
    """Return the quantities of enterprises, newest year first, with the shares that were warned of."""
    return await connection.fetch(
        "select q.*, (select coalesce(array_agg(w.share order by w.share), '{}') from quantity_warnings w"
        " where w.quantity_id = q.quantity_id) as warned from permitted_quantities q"
        " where enterprise_id = any($1) and ($2::int is null or year = $2)"
        " order by year desc, enterprise_id, point_id nulls first, factor",
        list(enterprise_ids), year,
    )  # fmt: skip


async def state(tx: Connection, row: dict[str, Any]) -> UUID:
    """Write a quantity; the same (enterprise, point, factor, year) again replaces it. Return its id."""
    names = ", ".join(row)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    quantity_id: UUID = await tx.fetchval(
        f"insert into permitted_quantities ({names}) values ({places})"
        " on conflict (enterprise_id, coalesce(point_id, enterprise_id), factor, year) do update set"
        " permitted_kg = excluded.permitted_kg, permit = excluded.permit, author = excluded.author,"
        " stated_at = excluded.stated_at returning quantity_id",
        *row.values(),
    )
    return quantity_id


async def remove(
    tx: Connection, settings: Settings, points: Points, owned: Mapping[UUID | None, PointLimits], quantity_id: UUID
) -> bool:
    """Delete a quantity of one of the enterprises that are owned, ending what was warned of it; return whether it was there."""
    row = await tx.fetchrow("select * from permitted_quantities where quantity_id = $1 for update", quantity_id)
    if row is None or row["enterprise_id"] not in owned:
        return False
    warned = await _warned(tx, quantity_id)
    for _, use in await uses(tx, [row], points) if warned else ():
        of = _spoken_of(points, owned[row["enterprise_id"]], row)
        await _tell(tx, settings, of, row, use, min(warned), verdict="complied")
    await tx.execute("delete from permitted_quantities where quantity_id = $1", quantity_id)
    return True


async def _warned(tx: Connection, quantity_id: UUID) -> set[Decimal]:
    rows = await tx.fetch("select share from quantity_warnings where quantity_id = $1", quantity_id)
    return {Decimal(one["share"]) for one in rows}


async def uses(
    connection: Connection, rows: Sequence[asyncpg.Record], points: Points
) -> list[tuple[asyncpg.Record, Use]]:
    """Return each quantity with its use. A quantity without a point is of all outlets of its enterprise."""
    of_enterprise: dict[UUID | None, list[UUID]] = {}
    for limits in points.own():
        of_enterprise.setdefault(limits.point.enterprise_id, []).append(limits.point.point_id)
    found = []
    for row in rows:
        ids = [row["point_id"]] if row["point_id"] else of_enterprise.get(row["enterprise_id"], [])
        masses = await connection.fetch(
            "select day, sum(coalesce(emission_kg, 0)) as measured, sum(coalesce(substituted_kg, 0)) as substituted"
            " from factor_days where point_id = any($1) and factor = $2 and day >= $3 and day <= $4 group by day",
            ids, row["factor"], date(row["year"], 1, 1), date(row["year"], 12, 31),
        )  # fmt: skip
        by_day = {one["day"]: (Decimal(one["measured"]), Decimal(one["substituted"])) for one in masses}
        found.append((row, use_of(Decimal(row["permitted_kg"]), date(row["year"], 12, 31), by_day)))
    return found


async def look(tx: Connection, settings: Settings, points: Points, limits: PointLimits, year: int) -> None:
    """Hold the quantities that a point counts for against the year so far; tell each warning share once."""
    point = limits.point
    if point.enterprise_id is None:
        return
    rows = await tx.fetch(
        "select * from permitted_quantities where enterprise_id = $1 and year = $2 and (point_id is null or point_id = $3)"
        " order by quantity_id for update",
        point.enterprise_id, year, point.point_id,
    )  # fmt: skip
    for row, use in await uses(tx, rows, points):
        of, before = _spoken_of(points, limits, row), await _warned(tx, row["quantity_id"])
        after = set(reached(use.share, settings.quantity_warning_shares))
        for share in sorted(after - before):
            await tx.execute(
                "insert into quantity_warnings values ($1, $2, $3, $4)", row["quantity_id"], share, use.used, now()
            )
            await _tell(tx, settings, of, row, use, share, verdict="violated")
        for share in sorted(before - after):
            await tx.execute(
                "delete from quantity_warnings where quantity_id = $1 and share = $2", row["quantity_id"], share
            )
        if before and not after:
            await _tell(tx, settings, of, row, use, min(before), verdict="complied")


def _spoken_of(points: Points, limits: PointLimits, row: asyncpg.Record) -> PointLimits:
    """Return the outlet that findings of a quantity are about: always the same one, so that their end finds their alarm.

    Of a whole enterprise it is its first outlet by id. `limits` is any outlet of it.
    """
    known = points.get(row["point_id"]) if row["point_id"] else None
    same = [one for one in points.own() if one.point.enterprise_id == row["enterprise_id"]]
    return known or min(same, key=lambda one: one.point.point_id, default=limits)


async def _tell(
    tx: Connection,
    settings: Settings,
    limits: PointLimits,
    row: asyncpg.Record,
    use: Use,
    share: Decimal,
    *,
    verdict: Any,
) -> None:
    at = now()
    factor = limits.factors.get(row["factor"])
    name_zh, name_en = (factor.name_zh, factor.name_en) if factor else (row["factor"], row["factor"])
    out_zh = f",按近期水平预计 {use.runs_out} 用完" if use.runs_out else ""
    out_en = f", at the present rate it runs out on {use.runs_out}" if use.runs_out else ""
    owner_zh = limits.point.enterprise_name_zh if row["point_id"] is None else limits.point.name_zh
    owner_en = limits.point.enterprise_name_en if row["point_id"] is None else limits.point.name_en
    body = point_finding(
        limits.point, TOTAL_CONTROL, verdict, key=(row["quantity_id"], share, at.isoformat()),
        start=day_span(date(row["year"], 1, 1))[0], end=at, recorded_at=at, period=Period.DAY,
        zh=f"{owner_zh} {row['year']} 年{name_zh}排放量 {use.used:.1f} kg,占许可量 {row['permitted_kg']:f} kg 的"
        f" {use.share * 100:.1f}%(提醒线 {share * 100:.0f}%){out_zh}。依据 {row['permit']}。",
        en=f"{owner_en}: {use.used:.1f} kg of {name_en} emitted in {row['year']}, {use.share * 100:.1f} % of the permitted"
        f" {row['permitted_kg']:f} kg (warning at {share * 100:.0f} %){out_en}. {row['permit']}.",
    )  # fmt: skip
    body = msgspec.structs.replace(
        body, factor=row["factor"], factor_name_zh=name_zh, factor_name_en=name_en, observed=f"{use.used:.3f}",
        limit=f"{row['permitted_kg']:f}", unit="kg", ratio=round(float(use.share), 4), standard="排污许可证",
        clause=row["permit"], limit_id=f"permit/{row['quantity_id']}", statutory=True,
    )  # fmt: skip
    metrics.FINDINGS.labels(body.rule, body.verdict).inc()
    await outbox.add(tx, finding_event(settings.service, body))
