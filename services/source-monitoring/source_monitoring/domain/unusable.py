"""Why a stored frame, or a factor of it, is not taken into results. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from park_chassis.frame_revisions import Frame, believed_time
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.periods import park_date

UNKNOWN_FACTOR = "unknown-factor"
FUTURE = "time-in-future"
BEFORE_DEVICE = "time-before-device"

WORDS = {
    UNKNOWN_FACTOR: ("监测点未登记该因子", "the registry knows no such factor at the point"),
    FUTURE: ("数据时间超前", "the data time lies ahead beyond belief"),
    BEFORE_DEVICE: ("数据时间早于设备投运", "the data time lies before the outlet was monitored"),
}


def reasons_of(frame: Frame, limits: PointLimits, tolerance: timedelta) -> Iterator[tuple[str, str]]:
    """Give (reason, factor); the factor is empty where the whole frame is meant."""
    known = limits.factors
    last = ""
    for factor, _ in frame.entries:
        if factor not in known and factor != last:
            last = factor  # attributes of a factor stand together
            yield UNKNOWN_FACTOR, factor
    if believed_time(frame, tolerance) != frame.data_time:
        yield FUTURE, ""
    since = limits.point.in_service_from
    if since is not None and park_date(frame.data_time) < since:
        yield BEFORE_DEVICE, ""
