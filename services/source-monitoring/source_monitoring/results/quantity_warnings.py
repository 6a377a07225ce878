"""What is told of permitted quantities: each warning once, its end when the use falls back or the year is over.

In the transaction that computed the days or stated the quantity; once a day for years that ended since.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection
from park_judging import metrics
from park_judging.domain.applied_limits import PointLimits
from park_judging.readings import finding_event
from park_judging.registry import Points
from park_schemas.supervision import FindingRecorded

from source_monitoring import park_today
from source_monitoring.domain.long_periods import WAIT_FOR_LAST_DAY
from source_monitoring.domain.period_warnings import Ended, Following, following
from source_monitoring.domain.permitted_quantity import reached
from source_monitoring.results import quantities
from source_monitoring.results.quantity_findings import TOTAL_CONTROL, TOTAL_PACE, Used, ended, told
from source_monitoring.settings import Settings


async def look(tx: Connection, settings: Settings, points: Points, limits: PointLimits, year: int) -> None:
    """Hold the quantities that a point counts for against the year so far."""
    point = limits.point
    if point.enterprise_id is None:
        return
    rows = await tx.fetch(
        "select * from permitted_quantities where enterprise_id = $1 and year = $2 and (point_id is null or point_id = $3)"
        " order by quantity_id for update",
        point.enterprise_id, year, point.point_id,
    )  # fmt: skip
    for row, use in await quantities.uses(tx, rows, points):
        of = _spoken_of(points, limits, row)
        await _follow(tx, settings, Used(row, use, quantities.pace(row, use, settings), of), park_today.today())


async def end_over(tx: Connection, settings: Settings, points: Points, today: date) -> None:
    """End the warnings of years that are over and of which no day is computed any more."""
    rows = await tx.fetch(
        "select * from permitted_quantities q where year < $1 and exists (select from quantity_warnings w"
        " where w.quantity_id = q.quantity_id and w.ended_at is null) order by quantity_id for update skip locked",
        today.year,
    )
    for row, use in await quantities.uses(tx, rows, points):
        limits = next((one for one in points.own() if one.point.enterprise_id == row["enterprise_id"]), None)
        if limits is not None:
            of = _spoken_of(points, limits, row)
            await _follow(tx, settings, Used(row, use, quantities.pace(row, use, settings), of), today)


async def remove(
    tx: Connection, settings: Settings, points: Points, owned: Mapping[UUID | None, PointLimits], quantity_id: UUID
) -> bool:
    """Delete a quantity of one of the enterprises that are owned, ending what was warned of it; return whether it was there."""
    row = await tx.fetchrow("select * from permitted_quantities where quantity_id = $1 for update", quantity_id)
    if row is None or row["enterprise_id"] not in owned:
        return False
    for _, use in await quantities.uses(tx, [row], points):
        of = _spoken_of(points, owned[row["enterprise_id"]], row)
        one = Used(row, use, quantities.pace(row, use, settings), of)
        for rule in (TOTAL_CONTROL, TOTAL_PACE):
            standing = [share for share, stands in (await _told(tx, quantity_id, rule)).items() if stands]
            if standing:
                await _tell(tx, settings, ended(one, rule, min(standing), Ended.TAKEN_AWAY))
    await tx.execute("delete from permitted_quantities where quantity_id = $1", quantity_id)
    return True


async def _follow(tx: Connection, settings: Settings, one: Used, today: date) -> None:
    over = today > quantities.year_of(one.row)[1] + WAIT_FOR_LAST_DAY
    line = 1 + settings.quantity_pace_share
    is_ahead = one.pace is not None and one.pace.ratio >= line
    now_reached = {
        TOTAL_CONTROL: set(reached(one.use.share, settings.quantity_warning_shares)),
        TOTAL_PACE: {line} if is_ahead else set(),
    }
    for rule, shares in now_reached.items():
        before = await _told(tx, one.row["quantity_id"], rule)
        found = following(before, shares, over=over)
        for share in found.tell:
            await _tell(tx, settings, told(one, rule, share))
        if found.ended is not None and found.ended_share is not None:
            await _tell(tx, settings, ended(one, rule, found.ended_share, found.ended))
        await _keep(tx, one, rule, found, now())


def _spoken_of(points: Points, limits: PointLimits, row: asyncpg.Record) -> PointLimits:
    """Return the outlet that findings of a quantity are about: always the same one, so that their end finds their alarm.

    Of a whole enterprise it is its first outlet by id. `limits` is any outlet of it.
    """
    known = points.get(row["point_id"]) if row["point_id"] else None
    same = [one for one in points.own() if one.point.enterprise_id == row["enterprise_id"]]
    return known or min(same, key=lambda one: one.point.point_id, default=limits)


async def _told(tx: Connection, quantity_id: UUID, rule: str) -> dict[Decimal, bool]:
    rows = await tx.fetch(
        "select share, ended_at from quantity_warnings where quantity_id = $1 and rule = $2", quantity_id, rule
    )
    return {Decimal(one["share"]): one["ended_at"] is None for one in rows}


async def _keep(tx: Connection, one: Used, rule: str, found: Following, at: datetime) -> None:
    quantity_id = one.row["quantity_id"]
    await tx.execute(
        "delete from quantity_warnings where quantity_id = $1 and rule = $2 and share = any($3)",
        quantity_id, rule, list(found.forget),
    )  # fmt: skip
    for share in found.tell:
        await tx.execute(
            "insert into quantity_warnings (quantity_id, rule, share, used_kg, found_at) values ($1, $2, $3, $4, $5)"
            " on conflict (quantity_id, rule, share) do update set ended_at = null",
            quantity_id, rule, share, one.use.used, at,
        )  # fmt: skip
    await tx.execute(
        "update quantity_warnings set ended_at = $4 where quantity_id = $1 and rule = $2 and share <> all($3)"
        " and ended_at is null",
        quantity_id, rule, list(found.standing), at,
    )  # fmt: skip


async def _tell(tx: Connection, settings: Settings, body: FindingRecorded) -> None:
    metrics.FINDINGS.labels(body.rule, body.verdict).inc()
    await outbox.add(tx, finding_event(settings.service, body))
