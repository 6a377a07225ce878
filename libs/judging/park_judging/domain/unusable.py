"""Why a stored frame, or a factor of it, is not taken into results. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from park_chassis.frame_revisions import Frame, believed_time

from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.periods import park_date

UNKNOWN_FACTOR = "unknown-factor"
UNIT_MISMATCH = "unit-mismatch"
FUTURE = "time-in-future"
BEFORE_DEVICE = "time-before-device"

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        UNKNOWN_FACTOR: ("监测点未登记该因子", "the registry knows no such factor at the point"),
        UNIT_MISMATCH: ("单位与限值不符，未作比较", "the unit does not fit the limit: it was not compared"),
        FUTURE: ("数据时间超前", "the data time lies ahead beyond belief"),
        BEFORE_DEVICE: ("数据时间早于设备投运", "the data time lies before the point was monitored"),
    }
)


def reasons_of(frame: Frame, limits: PointLimits, tolerance: timedelta) -> Iterator[tuple[str, str]]:
    """Give (reason, factor); the factor is empty where the whole frame is meant."""
    known, unfit = limits.factors, limits.unfit
    last = ""
    for factor, _ in frame.entries:
        if factor == last:
            continue  # attributes of a factor stand together
        last = factor
        if factor not in known:
            yield UNKNOWN_FACTOR, factor
        elif unfit and factor in unfit:
            yield UNIT_MISMATCH, factor
    if believed_time(frame, tolerance) != frame.data_time:
        yield FUTURE, ""
    since = limits.point.in_service_from
    if since is not None and park_date(frame.data_time) < since:
        yield BEFORE_DEVICE, ""


@dataclass(frozen=True, slots=True)
class SetAsideFrames:
    """What was set aside of one point for one reason: the factor (empty: whole frames) and the span of data times."""

    reason: str
    factor: str
    first_time: datetime
    last_time: datetime


def why_still_unusable(found: SetAsideFrames, limits: PointLimits, at: datetime) -> tuple[str, str] | None:
    """Return why running it again at `at` would change nothing (Chinese, English), None when it is mended."""
    if found.reason == UNKNOWN_FACTOR and found.factor not in limits.factors:
        return f"监测点仍未登记因子 {found.factor}", f"the point still has no factor {found.factor}"
    if found.reason == UNIT_MISMATCH and found.factor in limits.unfit:
        return f"因子 {found.factor} 的限值单位仍不符", f"the unit of a limit of {found.factor} still does not fit"
    if found.reason == FUTURE and found.first_time > at:
        return "数据时间仍在未来", "the data time still lies in the future"
    if found.reason == BEFORE_DEVICE and _is_before(limits.point.in_service_from, found.last_time):
        since = limits.point.in_service_from
        return f"登记的投运日期 {since} 仍晚于数据时间", f"the point is still in service from {since} only"
    return None


def _is_before(since: date | None, last: datetime) -> bool:
    return since is not None and park_date(last) < since
