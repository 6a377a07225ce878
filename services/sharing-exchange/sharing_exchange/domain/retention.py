"""How long readings stay here: daily partitions by the time of the data, dropped whole.

sharing-exchange is not the store of record (source-monitoring and quality are): what is older than the retention, or claims to be
from the far future because a device's clock is wrong, is not taken, and counted.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

AHEAD = timedelta(days=2)
"""Device clocks may be ahead by so much; partitions are made ahead by so much too."""


def is_inside(data_time: datetime, now: datetime, retention: timedelta) -> bool:
    """True for data that is kept here: not older than the retention, not further ahead than clocks may be."""
    return partition_day(now - retention) <= partition_day(data_time) <= partition_day(now + AHEAD)


def partition_day(instant: datetime) -> date:
    """Return the UTC day whose partition holds an instant."""
    return instant.astimezone(UTC).date()


def days_ahead(now: datetime) -> list[date]:
    """Return the days whose partitions must be there."""
    return [partition_day(now) + timedelta(days=count) for count in range(AHEAD.days + 1)]


def days_to_drop(existing: Iterable[date], now: datetime, retention: timedelta) -> list[date]:
    """Return the days whose partitions hold nothing that is still kept, oldest first."""
    oldest = partition_day(now - retention)
    return sorted(day for day in existing if day < oldest)
