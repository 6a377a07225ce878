"""How a record came: on time, sent again by the device itself (补传), or as the answer to a history request of ours."""

from datetime import datetime, timedelta

from park_schemas.codes import DataOrigin, Period

_LATE_AFTER = timedelta(hours=1)
"""ASSUMPTION: an interval record more than an hour past its end was kept back and sent again; editions before 2025 have no
mark for it (RF). To disprove: loggers that regularly send an interval's record hours late."""


def origin_of(
    *,
    asked_for: bool,
    marked_resend: bool,
    period: Period,
    data_time: datetime,
    received_at: datetime,
    minute_interval_min: int,
    clock_skew_s: float | None,
) -> DataOrigin:
    """Return the origin. `clock_skew_s`: how far the device's clock is ahead, so that a wrong clock makes nothing late."""
    if asked_for:
        return DataOrigin.HISTORY
    if marked_resend:
        return DataOrigin.SUPPLEMENTARY
    if period is Period.REALTIME:
        return DataOrigin.LIVE
    length = _LENGTHS.get(period) or timedelta(minutes=minute_interval_min)
    late = received_at + timedelta(seconds=clock_skew_s or 0.0) - (data_time + length)
    return DataOrigin.SUPPLEMENTARY if late > _LATE_AFTER else DataOrigin.LIVE


_LENGTHS = {Period.HOUR: timedelta(hours=1), Period.DAY: timedelta(days=1)}
