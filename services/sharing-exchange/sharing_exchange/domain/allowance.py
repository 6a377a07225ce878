"""How often a client may ask: a token bucket for each, refilled evenly over the minute."""

from dataclasses import dataclass
from uuid import UUID


@dataclass
class _Bucket:
    tokens: float
    at: float


class Allowances:
    """Counts requests of each client in this process; with n replicas a client may get n times its rate.

    Times are seconds of any monotonic clock. Clients are few and known, so their number bounds the memory.
    """

    def __init__(self) -> None:
        self._buckets: dict[UUID, _Bucket] = {}

    def wait_s(self, client: UUID, per_minute: int, now: float) -> float:
        """Take one request; return 0.0 when it is allowed, else the seconds until the next one is."""
        bucket = self._buckets.setdefault(client, _Bucket(per_minute, now))
        rate = per_minute / 60
        bucket.tokens = min(per_minute, bucket.tokens + max(0.0, now - bucket.at) * rate)
        bucket.at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0.0
        return (1 - bucket.tokens) / rate
