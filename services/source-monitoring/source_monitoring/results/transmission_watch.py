"""The rule `transmission`: a whole day of an outlet whose effective rate or completeness lies below the marks, and its end."""

from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection
from park_judging import metrics
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import point_finding
from park_judging.domain.park_calendar import day_span
from park_judging.readings import finding_event
from park_schemas.codes import Period
from park_standards.transmission import HourCounts

from source_monitoring.domain.transmission_counts import BAD_LEVELS, level_of
from source_monitoring.results import days

TRANSMISSION = "transmission"


async def look(tx: Connection, service: str, limits: PointLimits, day: date) -> None:
    """Tell a day below the marks; tell a good one only after a bad one. A day that is still going on is not judged."""
    start, end = day_span(day)
    if end > now():
        return
    point = limits.point
    counts = await _counts(tx, point.point_id, day)
    level = level_of(counts)
    before = level_of(await _counts(tx, point.point_id, day - timedelta(days=1)))
    if level not in BAD_LEVELS and not (level == "ok" and before in BAD_LEVELS):
        return
    verdict: Literal["violated", "complied"] = "violated" if level in BAD_LEVELS else "complied"
    effective, complete = (counts.effective_rate or 0) * 100, (counts.transmission_rate or 0) * 100
    missing, invalid = counts.expected - counts.received, counts.received - counts.valid
    body = point_finding(
        point, TRANSMISSION, verdict, key=(day, level, counts.valid, counts.received), start=start, end=end, recorded_at=now(),
        period=Period.DAY,
        zh=f"{point.name_zh} {day} 传输有效率 {effective:.1f}%,完整率 {complete:.1f}%:应有 {counts.expected} 个小时值,"
        f"缺失 {missing} 个,无效 {invalid} 个。",
        en=f"{point.name_en}, {day}: effective transmission {effective:.1f} %, completeness {complete:.1f} %; of"
        f" {counts.expected} hourly values {missing} are missing and {invalid} are not valid.",
    )  # fmt: skip
    metrics.FINDINGS.labels(body.rule, body.verdict).inc()
    await outbox.add(tx, finding_event(service, body))


async def _counts(tx: Connection, point_id: UUID, day: date) -> HourCounts:
    rows = await days.grouped(tx, [point_id], day, day + timedelta(days=1), [])
    return days.counts_in(rows[0])
