"""When the platform sets a device's clock by itself (1012): a table of rules, each at a time of day, above a threshold, or both.

HJ 212-2017 6.7 sets the clock when a logger connects first and leaves the rest to the platform.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from park_schemas.park_time import PARK_TIME_ZONE

_CATCH_UP = timedelta(hours=4)
"""A daily rule also holds so long after its time, for devices that were away then."""


@dataclass(frozen=True)
class ClockRule:
    """One row. `daily_at`: park time, absent: at any time; `above_s`: only clocks that are off by more, absent: all."""

    daily_at: time | None = None
    above_s: float | None = None
    least_apart: timedelta = timedelta(hours=1)

    @property
    def text(self) -> str:
        """The rule as a reason that stands in the record of the command."""
        parts = [f"daily at {self.daily_at:%H:%M}"] if self.daily_at is not None else []
        parts += [f"the clock is off by more than {self.above_s:g} s"] if self.above_s is not None else []
        return "schedule: " + " and ".join(parts or ["always"])


def due_rule(
    rules: Sequence[ClockRule], now: datetime, *, skew_s: float | None, last_set_at: datetime | None
) -> ClockRule | None:
    """Return the first rule by which the clock is to be set at `now`, None when none says so.

    A clock nobody has measured yet is set by rules without a threshold only.
    """
    return next((rule for rule in rules if _holds(rule, now, skew_s, last_set_at)), None)


def _holds(rule: ClockRule, now: datetime, skew_s: float | None, last_set_at: datetime | None) -> bool:
    if last_set_at is not None and now - last_set_at < rule.least_apart:
        return False
    if rule.above_s is not None and (skew_s is None or abs(skew_s) <= rule.above_s):
        return False
    if rule.daily_at is None:
        return True
    begun = newest_time_of_day(rule.daily_at, now)
    return now - begun <= _CATCH_UP and (last_set_at is None or last_set_at < begun)


def newest_time_of_day(at: time, now: datetime) -> datetime:
    """Return the newest moment not after `now` at which the park's clock showed `at`."""
    local = now.astimezone(PARK_TIME_ZONE)
    today = datetime.combine(local.date(), at, PARK_TIME_ZONE)
    return today if today <= local else today - timedelta(days=1)
