"""The rules `transmission` (effective rate) and `completeness`: a whole day of an outlet below the marks, and its end.

What was told stands in `told_rates`: a day is ended by itself when late data mend it, and by the next good day else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

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
from park_schemas.codes import Period
from park_schemas.supervision import FindingRecorded
from park_standards.transmission import HourCounts

from source_monitoring.domain.transmission_counts import completeness_severity, effective_severity
from source_monitoring.results import days


@dataclass(frozen=True, slots=True)
class RateRule:
    """A rate that is told when it lies below its marks. `severity` gives "" for a good day, None where nothing was expected."""

    severity: Callable[[HourCounts], str | None]
    rate: Callable[[HourCounts], Decimal | None]
    name_zh: str
    name_en: str


RULES: Mapping[str, RateRule] = MappingProxyType(
    {
        "transmission": RateRule(
            effective_severity, lambda counts: counts.effective_rate, "传输有效率", "effective transmission"
        ),
        "completeness": RateRule(
            completeness_severity, lambda counts: counts.transmission_rate, "数据完整率", "completeness"
        ),
    }
)


@dataclass(frozen=True, slots=True)
class RatedDay:
    """A whole day of an outlet with its counts."""

    limits: PointLimits
    day: date
    by_factor: Mapping[str, HourCounts]

    @property
    def total(self) -> HourCounts:
        return sum(self.by_factor.values(), HourCounts())


async def look(tx: Connection, service: str, limits: PointLimits, day: date) -> None:
    """Tell a day below the marks, once a severity; end what stands when it is good. A day that still goes on is not judged."""
    if day_span(day)[1] > now():
        return
    rated = RatedDay(limits, day, await days.counts_by_factor(tx, limits.point.point_id, day, day + timedelta(days=1)))
    for name, rule in RULES.items():
        severity = rule.severity(rated.total)
        if severity:
            await _begin(tx, service, rated, name, severity)
        elif severity is not None:
            await _end(tx, service, rated, name)


async def _begin(tx: Connection, service: str, rated: RatedDay, name: str, severity: str) -> None:
    key = (rated.limits.point.point_id, name, rated.day)
    before = await tx.fetchrow(
        "select severity, ended_by from told_rates where point_id = $1 and rule = $2 and day = $3 for update", *key
    )
    if before is not None and _stands_or_is_past(before, rated.day, severity):
        return
    await tx.execute(
        "insert into told_rates (point_id, rule, day, severity, told_at) values ($1, $2, $3, $4, $5)"
        " on conflict (point_id, rule, day) do update"
        " set severity = excluded.severity, ended_by = null, told_at = excluded.told_at",
        *key, severity, now(),
    )  # fmt: skip
    await _tell(tx, service, _finding(rated, name, "violated", severity))


def _stands_or_is_past(before: asyncpg.Record, day: date, severity: str) -> bool:
    """Say whether a low day was told like this already, or was ended by a later good day: it is over, whatever it becomes."""
    if before["ended_by"] is None:
        return bool(before["severity"] == severity)
    return bool(before["ended_by"] > day)


async def _end(tx: Connection, service: str, rated: RatedDay, name: str) -> None:
    """End what was told of this day and of days before it."""
    rows = await tx.fetch(
        "update told_rates set ended_by = $3 where point_id = $1 and rule = $2 and day <= $3 and ended_by is null"
        " returning day, severity",
        rated.limits.point.point_id, name, rated.day,
    )  # fmt: skip
    if rows:
        severity = max(rows, key=lambda row: row["day"])["severity"]
        await _tell(tx, service, _finding(rated, name, "complied", severity))


async def _tell(tx: Connection, service: str, body: FindingRecorded) -> None:
    metrics.FINDINGS.labels(body.rule, body.verdict).inc()
    await outbox.add(tx, finding_event(service, body))


def _finding(rated: RatedDay, name: str, verdict: Literal["violated", "complied"], severity: str) -> FindingRecorded:
    rule, day, total, at = RULES[name], rated.day, rated.total, now()
    point, factors = rated.limits.point, rated.limits.factors
    start, end = day_span(day)
    rate, missing, invalid = (
        (rule.rate(total) or 0) * 100,
        total.expected - total.received,
        total.received - total.valid,
    )
    low = [factors[factor] for factor, counts in rated.by_factor.items() if rule.severity(counts) and factor in factors]
    low_zh = f";偏低因子:{'、'.join(one.name_zh for one in low)}" if low else ""
    low_en = f"; low: {', '.join(one.name_en for one in low)}" if low else ""
    body = point_finding(
        point, name, verdict, key=(day, severity, total.valid, total.received, at.isoformat()), start=start, end=end,
        recorded_at=at, period=Period.DAY,
        zh=f"{point.name_zh} {day} {rule.name_zh} {rate:.1f}%:应有 {total.expected} 个小时值,"
        f"缺失 {missing} 个,无效 {invalid} 个{low_zh}。",
        en=f"{point.name_en}, {day}: {rule.name_en} {rate:.1f} %; of {total.expected} hourly values {missing} are"
        f" missing and {invalid} are not valid{low_en}.",
    )  # fmt: skip
    return msgspec.structs.replace(body, severity=severity)
