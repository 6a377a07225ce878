"""Periods of values: their order, their length, and where a time falls, on the park's wall clock."""

from datetime import date, datetime, timedelta
from types import MappingProxyType

from park_schemas.codes import Period
from park_schemas.park_time import at_park

RANK = MappingProxyType({Period.REALTIME: 0, Period.MINUTE: 1, Period.HOUR: 2, Period.DAY: 3})
"""Shorter periods first: a value may be an early sign for a limit of a longer period, never for a shorter one."""

LENGTH = MappingProxyType({Period.HOUR: timedelta(hours=1), Period.DAY: timedelta(days=1)})

PERIOD_ZH = MappingProxyType(
    {Period.REALTIME: "实时值", Period.MINUTE: "分钟均值", Period.HOUR: "小时均值", Period.DAY: "日均值"}
)
PERIOD_EN = MappingProxyType(
    {
        Period.REALTIME: "realtime value",
        Period.MINUTE: "minute mean",
        Period.HOUR: "hourly mean",
        Period.DAY: "daily mean",
    }
)

LEVEL_ZH = MappingProxyType({**PERIOD_ZH, Period.MINUTE: "分钟值", Period.HOUR: "小时值", Period.DAY: "当日值"})
LEVEL_EN = MappingProxyType(
    {**PERIOD_EN, Period.MINUTE: "minute value", Period.HOUR: "hourly value", Period.DAY: "value of the day"}
)
"""Words for sound levels, which are no means in the common sense."""


def park_date(moment: datetime) -> date:
    """Return the day of a moment on the park's calendar: limits come into force at its midnight."""
    return at_park(moment).date()


def hour_of(moment: datetime) -> datetime:
    """Return the start of the hour a moment falls into, as park time."""
    return at_park(moment).replace(minute=0, second=0, microsecond=0)


def day_of(moment: datetime) -> datetime:
    """Return the midnight that begins the park's day of a moment."""
    return hour_of(moment).replace(hour=0)


def end_of(period: Period, start: datetime, minute_interval: timedelta) -> datetime:
    """Return the end (exclusive) of a value's period; of a realtime value it is the instant itself.

    A minute record does not say how many minutes it spans (HJ 212-2017 MinInterval: 1 to 30): `minute_interval` is taken.
    """
    if period is Period.MINUTE:
        return start + minute_interval
    return start + LENGTH.get(period, timedelta(0))
