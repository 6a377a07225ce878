"""A replay as it is asked for: which outlets over which days, and why it cannot be."""

from datetime import date, timedelta
from uuid import UUID

from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.errors import NotFound, Refused
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.periods import park_date
from park_judging.registry import Points
from park_judging.scope import visible_points
from pydantic import Field

from source_monitoring.http_edge import Body
from source_monitoring.replay import orders

_LONGEST_DAYS = 366
_MOST_OUTLET_DAYS = 20_000
_EARLIEST = date(2005, 1, 1)
"""HJ/T 212 is of 2005: nothing can have been sent before."""


class NewReplay(Body):
    """Days from <= day < to of outlets, judged again; without outlets of all that the person may see."""

    point_ids: list[UUID] | None = Field(None, min_length=1, max_length=500)
    since: date = Field(alias="from")
    until: date = Field(alias="to")
    rules: orders.Rules = "today"
    reason: str = Field(min_length=2, max_length=1000)


def asked_for(points: Points, runner: Principal, asked: NewReplay) -> dict[UUID, PointLimits]:
    """Return the outlets. Raises NotFound for one that is not there, Refused (422) for a period that cannot be replayed."""
    chosen = visible_points(points, runner, asked.point_ids)
    unknown = [point_id for point_id in asked.point_ids or () if point_id not in chosen]
    if unknown:
        raise NotFound("监测点", "monitoring point", unknown[0])
    last = park_date(now()) + timedelta(days=1)
    if asked.since < _EARLIEST:
        raise _refused("from", f"最早为 {_EARLIEST}", f"{_EARLIEST} at the earliest", asked.since)
    if asked.until > last:
        raise _refused(
            "to", f"最晚为 {last}(不含):尚未到来的日子没有数据", f"{last} at the latest (not included)", asked.until
        )
    days = (asked.until - asked.since).days
    if not 1 <= days <= _LONGEST_DAYS or not 1 <= days * len(chosen) <= _MOST_OUTLET_DAYS:
        raise Refused(
            "bad-range", f"一次重算 1 到 {_LONGEST_DAYS} 天,且不超过 {_MOST_OUTLET_DAYS} 个排口日",
            f"1 to {_LONGEST_DAYS} days and at most {_MOST_OUTLET_DAYS} days of outlets at once", status=422,
            errors=[{"where": "body.to", "what": f"{days} d x {len(chosen)}", "what_zh": f"{days} 天 × {len(chosen)} 个排口"}],
        )  # fmt: skip
    return chosen


def _refused(field: str, zh: str, en: str, given: date) -> Refused:
    error = {"where": f"body.{field}", "what": f"{en}, is {given}", "what_zh": f"{zh},现为 {given}"}
    return Refused("bad-range", f"重算时段:{zh}", f"the period of a replay: {en}", status=422, errors=[error])
