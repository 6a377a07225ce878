"""Instants as they come in over HTTP: with a time zone, and of a time in which there are parks to supervise."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

_FIRST, _LAST = 2000, 2199
"""Years taken: what lies outside is a slip of the keyboard, and the ends of the calendar cannot be counted from."""


def _sensible(at: datetime) -> datetime:
    if not _FIRST <= at.year <= _LAST:
        raise ValueError(f"must lie in the years {_FIRST} to {_LAST}")
    return at


Instant = Annotated[AwareDatetime, AfterValidator(_sensible)]
