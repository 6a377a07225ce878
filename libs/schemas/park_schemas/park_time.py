"""The park's wall clock.

ASSUMPTION: HJ 212 DataTime is China Standard Time (UTC+8). HJ 212-2017 6.3.3 names no time zone; every
public implementation reads it so. To disprove: a device in Xinjiang configured for UTC+6.
"""

from datetime import datetime, timedelta, timezone

PARK_TIME_ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")


def at_park(wall_time: datetime) -> datetime:
    """Read a naive wall time from the wire as park time; an aware one is converted to park time."""
    if wall_time.tzinfo is None:
        return wall_time.replace(tzinfo=PARK_TIME_ZONE)
    return wall_time.astimezone(PARK_TIME_ZONE)
