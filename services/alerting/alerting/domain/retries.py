"""When a webhook that was not taken is tried again."""

from datetime import timedelta
from itertools import accumulate

PAUSES_S = (5, 30, 120, 600, 1800, 7200, 21600)
"""After the first, second ... failed attempt; about 8.7 hours altogether (design-default)."""

MOST_ATTEMPTS = len(PAUSES_S) + 1

PERMANENT_STATUS = frozenset({410})
"""410 Gone: the receiver says it will never take it again (Standard Webhooks 1.0)."""


def pause_after(attempts: int, status: int | None) -> timedelta | None:
    """Return how long to wait after `attempts` failed attempts; None: give up, it becomes a dead letter."""
    if attempts >= MOST_ATTEMPTS or status in PERMANENT_STATUS:
        return None
    return timedelta(seconds=PAUSES_S[attempts - 1])


def state_after(taken: bool, pause: timedelta | None) -> str:
    """Return the state after an attempt: delivered, waiting for the next one, or given up."""
    return "delivered" if taken else "pending" if pause is not None else "dead"


def total_patience() -> timedelta:
    """Return the time from the first to the last attempt."""
    return timedelta(seconds=list(accumulate(PAUSES_S))[-1])
