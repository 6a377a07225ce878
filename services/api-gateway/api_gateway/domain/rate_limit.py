"""A token bucket per key with a bounded number of keys: the guard of the sign-in door against guessing."""

from collections import OrderedDict
from dataclasses import dataclass


@dataclass
class _Bucket:
    tokens: float
    at: float


class RateLimit:
    """Allow `burst` at once and `per_minute` on the long run, for each key by itself.

    Times are seconds of any monotonic clock. When more than `maximum_keys` are known the longest unused is forgotten,
    so an attacker with many addresses costs bounded memory.
    """

    def __init__(self, *, per_minute: float, burst: int, maximum_keys: int = 10_000) -> None:
        self._rate = per_minute / 60.0
        self._burst = float(burst)
        self._maximum_keys = maximum_keys
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def retry_after(self, key: str, now: float) -> float:
        """Take one token; return 0.0 when it was there, else the seconds until the next one (nothing is taken)."""
        bucket = self._buckets.pop(key, None) or _Bucket(self._burst, now)
        bucket.tokens = min(self._burst, bucket.tokens + max(0.0, now - bucket.at) * self._rate)
        bucket.at = now
        self._buckets[key] = bucket
        if len(self._buckets) > self._maximum_keys:
            self._buckets.popitem(last=False)
        if bucket.tokens >= 1.0:
            bucket.tokens -= 1.0
            return 0.0
        return (1.0 - bucket.tokens) / self._rate
