"""Hours of marks used against their caps (park_standards.marks), and the finding when little or nothing is left."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection
from park_judging import metrics
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import point_finding
from park_judging.readings import finding_event
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from park_standards.marks import INCINERATION_CAPS, CapUse, Mark, cap_use, period_bounds

from source_monitoring.domain.mark_words import CAPS_EN
from source_monitoring.marking import store

MARK_CAP = "mark-cap"


async def uses(connection: Connection, point_id: UUID, moment: datetime) -> list[CapUse]:
    """Return the use of every cap in its period that holds `moment`. Marks that do not count yet are counted: they
    may be accepted.

    The caps are those of waste incineration (2019 No.50, from-memory); those of other industries were not obtained.
    """
    found = []
    for cap in INCINERATION_CAPS:
        since, until = period_bounds(at_park(moment), cap.period)
        marks = await store.touching(connection, point_id, since, until)
        spans = [Mark(mark.key, at_park(mark.start), at_park(mark.end)) for mark in marks]
        found.append(cap_use(spans, cap, at_park(moment)))
    return found


def cap_item(use: CapUse) -> dict[str, Any]:
    """Return a cap as it is shown; hours as decimal numbers."""
    return {
        "name": use.cap.name,
        "name_zh": use.cap.name,
        "name_en": CAPS_EN[use.cap.name],
        "types": sorted(use.cap.keys),
        "period": use.cap.period,
        "cap_hours": use.cap.hours.total_seconds() / 3600,
        "used_hours": round(use.used.total_seconds() / 3600, 3),
        "each_hours": None if use.cap.each is None else use.cap.each.total_seconds() / 3600,
        "too_long": len(use.too_long),
        "near": use.near,
        "exceeded": use.exceeded,
        "confidence": "from-memory",
    }


async def report(tx: Connection, service: str, limits: PointLimits, key: str, moment: datetime) -> list[CapUse]:
    """Tell a finding for each cap of the mark type that is 80 % used or exceeded; return those caps' uses."""
    concerned = [use for use in await uses(tx, limits.point.point_id, moment) if key in use.cap.keys]
    for use in concerned:
        if use.near or use.exceeded:
            await _tell(tx, service, limits, use, moment, "violated")
    return concerned


async def report_freed(
    tx: Connection, service: str, limits: PointLimits, before: Iterable[CapUse], moment: datetime
) -> None:
    """Tell the end of what was told of caps that a returned or withdrawn mark has freed; `before` are the uses with it."""
    filled = {use.cap.name for use in before if use.near or use.exceeded}
    for use in await uses(tx, limits.point.point_id, moment):
        if use.cap.name in filled and not (use.near or use.exceeded):
            await _tell(tx, service, limits, use, moment, "complied")


async def _tell(
    tx: Connection,
    service: str,
    limits: PointLimits,
    use: CapUse,
    moment: datetime,
    verdict: Literal["violated", "complied"],
) -> None:
    at, (since, _) = now(), period_bounds(at_park(moment), use.cap.period)
    hours, cap = use.used.total_seconds() / 3600, use.cap.hours.total_seconds() / 3600
    body = point_finding(
        limits.point, MARK_CAP, verdict, key=(use.cap.name, at.isoformat()), start=at, end=at,
        recorded_at=at, period=Period.HOUR,
        zh=f"{limits.point.name_zh} {since:%Y-%m-%d} 起的标记“{use.cap.name}”已用 {hours:.1f} 小时,上限 {cap:.0f} 小时"
        f"{',另有单次超时' if use.too_long else ''}。",
        en=f"{limits.point.name_en}: marks of {CAPS_EN[use.cap.name]} since {since:%Y-%m-%d} used {hours:.1f} h of {cap:.0f} h"
        f"{', and a single one lasted too long' if use.too_long else ''}.",
    )  # fmt: skip
    body = msgspec.structs.replace(body, limit_id=f"mark-cap/{use.cap.name}/{since:%Y-%m-%d}")
    metrics.FINDINGS.labels(body.rule, body.verdict).inc()
    await outbox.add(tx, finding_event(service, body))
