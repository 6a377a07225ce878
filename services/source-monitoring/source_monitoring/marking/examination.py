"""A mark held against the data of its time: when it is set, and again when the days it touches are computed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection
from park_judging import metrics
from park_judging import store as judged
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.assessment_judging import judge_period
from park_judging.domain.findings import point_finding
from park_judging.domain.park_calendar import HOUR
from park_judging.readings import finding_event
from park_schemas.codes import Period
from park_schemas.park_time import at_park

from source_monitoring.domain.mark_checks import FLOWS, OXYGEN, TEMPERATURE, Found, Hour, contradictions
from source_monitoring.domain.marks import PointMark, mark_types
from source_monitoring.marking import store

MARK_CONTRADICTION = "mark-contradiction"
_SIGNS = [OXYGEN, TEMPERATURE, *FLOWS]
_LOOKED_BACK = timedelta(days=30)
_LONGEST_LOOK = timedelta(days=31)

_MEANS = """
select u.factor, round(avg(u.value)::numeric, 6) as mean
from latest device
join frames f on f.mn = device.mn and f.command = device.command and f.point_id = device.point_id
cross join lateral unnest(f.factors, f.attributes, f."values") as u (factor, attribute, value)
where device.point_id = $1 and f.period in ('realtime', 'minute') and f.data_time >= $2 and f.data_time < $3
  and u.factor = any($4) and u.attribute in ('Rtd', 'Avg') and u.value is not null
group by u.factor
"""

_USUAL_FLOW = """
select f ->> 'factor' as factor, max((f ->> 'mean')::numeric) as mean
from assessments a cross join lateral jsonb_array_elements(a.factors) as f
where a.point_id = $1 and a.period = 'hour' and a.period_start >= $2 and a.period_start < $3
  and f ->> 'factor' = any($4) and (f ->> 'valid')::boolean
group by f ->> 'factor'
"""


async def examine(
    tx: Connection, limits: PointLimits, mark: PointMark, others: Sequence[PointMark], *, most_in_month: int
) -> tuple[Found, ...]:
    """Return what speaks against a mark in the stored data."""
    until = min(mark.end, mark.start + _LONGEST_LOOK)
    means = await tx.fetch(_MEANS, mark.point_id, mark.start, until, _SIGNS)
    usual = await tx.fetch(_USUAL_FLOW, mark.point_id, mark.start - _LOOKED_BACK, mark.start, list(FLOWS))
    return contradictions(
        mark,
        {row["factor"]: Decimal(row["mean"]) for row in means},
        {row["factor"]: Decimal(row["mean"]) for row in usual if row["mean"] is not None},
        await _hours_without_mark(tx, limits, mark),
        others,
        standards={one.standard for one in limits.point.limits},
        most_in_month=most_in_month,
    )


async def _hours_without_mark(tx: Connection, limits: PointLimits, mark: PointMark) -> list[Hour]:
    """The hours from one before to one after the mark, held against their limits as if no mark exempted them."""
    found = await judged.assessments(
        tx, mark.point_id, Period.HOUR, mark.start - 2 * HOUR, min(mark.end, mark.start + _LONGEST_LOOK) + HOUR
    )
    return [
        (
            hour.period_start,
            judge_period(
                limits,
                Period.HOUR,
                at_park(hour.period_start),
                [msgspec.structs.replace(one, exempt=False, compliant=None) for one in hour.factors],
            )[0],
        )
        for hour in found
    ]


async def report(tx: Connection, service: str, limits: PointLimits, mark: PointMark, found: Sequence[Found]) -> None:
    """Write what speaks against a mark and tell it as a finding."""
    await store.set_contradictions(tx, mark.mark_id, found)
    if found:
        said = (
            "存在疑点:" + ";".join(one.zh for one in found),
            "is in doubt: " + "; ".join(one.en for one in found),
        )
        await _tell(tx, service, limits, mark, "violated", ",".join(one.code for one in found), said)


async def settled(tx: Connection, service: str, limits: PointLimits, mark: PointMark, why: tuple[str, str]) -> None:
    """Tell that a contradiction needs nobody any more: the mark was decided on or withdrawn."""
    await _tell(tx, service, limits, mark, "complied", now().isoformat(), why)


async def _tell(
    tx: Connection,
    service: str,
    limits: PointLimits,
    mark: PointMark,
    verdict: Literal["violated", "complied"],
    key: str,
    said: tuple[str, str],
) -> None:
    """The finding speaks of the moment at which it was found: a mark may lie in the past, in an alarm that is over, or ahead."""
    kind, at = mark_types()[mark.key], now()
    span = f"{at_park(mark.start):%m-%d %H:%M} – {at_park(mark.end):%m-%d %H:%M}"
    body = point_finding(
        limits.point, MARK_CONTRADICTION, verdict, key=(mark.mark_id, key), start=at, end=at, recorded_at=at,
        zh=f"{limits.point.name_zh} 的标记“{kind.name_zh}”({span}){said[0]}。",
        en=f"{limits.point.name_en}: mark {kind.name_en!r} ({span}) {said[1]}.",
        period=Period.HOUR,
    )  # fmt: skip
    body = msgspec.structs.replace(body, limit_id=f"mark/{mark.mark_id}", source_id=mark.mark_id)
    metrics.FINDINGS.labels(body.rule, body.verdict).inc()
    await outbox.add(tx, finding_event(service, body))


async def recompute(tx: Connection, point_id: UUID, since: datetime, until: datetime) -> None:
    """Have the hours that touch [since, until) computed anew. Those never computed yet will see the change when they are."""
    rows = await tx.fetch(
        "select distinct period_start from assessments"
        " where point_id = $1 and period = 'hour' and period_start > $2 and period_start < $3",
        point_id, since - HOUR, until,
    )  # fmt: skip
    await judged.mark_dirty(tx, [(point_id, Period.HOUR, row["period_start"]) for row in rows], now())
