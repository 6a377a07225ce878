"""Lock-out: after a number of wrong passwords an account rests for a time, longer with each round.

The count is kept on the account, so it holds across replicas and restarts; a success clears it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class LockoutPolicy:
    """`failures` wrong passwords lock for `first_lock`; each further one doubles it up to `longest_lock`.

    Failures older than `forget_after` are forgotten.
    """

    failures: int = 5
    first_lock: timedelta = timedelta(minutes=5)
    longest_lock: timedelta = timedelta(hours=1)
    forget_after: timedelta = timedelta(hours=24)


@dataclass(frozen=True)
class FailureRecord:
    """Wrong passwords in a row. `locked_until` is in the past or None when the account may try."""

    count: int = 0
    last_at: datetime | None = None
    locked_until: datetime | None = None


CLEAN = FailureRecord()


def is_locked(record: FailureRecord, now: datetime) -> bool:
    return record.locked_until is not None and now < record.locked_until


def after_failure(record: FailureRecord, now: datetime, policy: LockoutPolicy) -> FailureRecord:
    """Return the record after one more wrong password at `now`. An attempt while locked does not count."""
    if is_locked(record, now):
        return record
    forgotten = record.last_at is None or now - record.last_at > policy.forget_after
    count = 1 if forgotten else record.count + 1
    if count < policy.failures:
        return FailureRecord(count, now, None)
    doublings = min(count - policy.failures, 16)  # 2**16 first locks is past any longest lock
    lock = min(policy.first_lock * 2**doublings, policy.longest_lock)
    return FailureRecord(count, now, now + lock)
