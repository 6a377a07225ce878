"""Today in the park."""

from datetime import date

from park_chassis.clock import now
from park_judging.domain.park_calendar import day_at


def today() -> date:
    """Return the day of the park's calendar that it is now."""
    return day_at(now())
