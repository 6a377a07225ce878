"""Rotating refresh tokens: each is good once. A used one that comes back later was stolen, and its session ends."""

from datetime import datetime, timedelta
from enum import Enum

REUSE_GRACE = timedelta(seconds=10)
"""Two tabs of one browser, or a lost answer, may present the same token twice within this time.

ASSUMPTION: ten seconds cover an HTTP client's own retry; to disprove, look for sessions ended by `token-reused` of people who
did nothing wrong.
"""


class Verdict(Enum):
    GOOD = "good"
    OVER = "over"
    REUSED = "reused"


def judge_refresh(
    *, now: datetime, expires_at: datetime, ended_at: datetime | None, used_at: datetime | None
) -> Verdict:
    """Return what to do with a known refresh token presented at `now` (all instants aware)."""
    if ended_at is not None or now >= expires_at:
        return Verdict.OVER
    if used_at is not None and now - used_at > REUSE_GRACE:
        return Verdict.REUSED
    return Verdict.GOOD
