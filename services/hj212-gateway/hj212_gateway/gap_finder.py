"""Looks, series by series, for records that are overdue and keeps what is missing as gaps.

A series (one kind of record of one device) is looked at once an interval, by whichever gateway takes its row: `skip locked`
shares the work, and a gateway that dies leaves nothing behind.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_schemas.registry import DeviceRecord
from prometheus_client import Counter

from hj212_gateway import gap_store, record_store
from hj212_gateway.domain.gap_finding import MissingRange, extended, look
from hj212_gateway.domain.record_days import slot_of, times_in
from hj212_gateway.domain.record_rhythm import Rhythm, rhythm_of
from hj212_gateway.gap_store import LookedAt

log = logging.getLogger(__name__)

MISSING = Counter("park_gateway_records_missing", "Interval records found overdue", ["command"])

_SERIES_A_LOOK = 100
_BETWEEN_LOOKS_S = 0.02
"""Frames must not wait for the looking."""
_LEARN_FROM = timedelta(days=2)
_NOT_EXPECTED_LOOK = timedelta(hours=1)
_KEEP_CLOSED = timedelta(days=90)
_HOUSEKEEPING_EVERY = timedelta(hours=1)

DeviceOf = Callable[[str], DeviceRecord | None]


@dataclass(frozen=True)
class FindingRules:
    """`grace` by CN: how long after the end of its interval a record is overdue. Nothing older than `look_back` is missed."""

    grace: Mapping[str, timedelta]
    look_back: timedelta
    most_records: int


class GapFinder:
    """Background work of every gateway."""

    def __init__(self, database: Database, device_of: DeviceOf, rules: FindingRules, *, every: timedelta) -> None:
        self._database = database
        self._device_of = device_of
        self._rules = rules
        self._every_s = every.total_seconds()
        self._kept_house_at: datetime | None = None

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            while await self.look(now()) == _SERIES_A_LOOK:
                await asyncio.sleep(_BETWEEN_LOOKS_S)
            await self._keep_house(now())

    async def look(self, at: datetime) -> int:
        """Look at the series that are due at `at`, at most 100, in one transaction; return how many there were."""
        async with self._database.transaction() as tx:
            due = await gap_store.due_series(tx, at, _SERIES_A_LOOK)
            if not due:
                return 0
            days = await record_store.arrived_days(
                tx, (((row["mn"], row["command"]), (self._begin(row, at) - _LEARN_FROM, at)) for row in due)
            )
            looks = [await self._look_at(tx, row, days.get((row["mn"], row["command"]), {}), at) for row in due]
            await gap_store.looked(tx, looks)
        return len(due)

    def _begin(self, row: Any, at: datetime) -> datetime:
        begin: datetime = max(row["checked_until"], at - self._rules.look_back)
        return begin

    async def _look_at(self, tx: Connection, row: Any, arrived: Mapping[date, int], at: datetime) -> LookedAt:
        mn, command = row["mn"], row["command"]
        device = self._device_of(mn)
        if device is None or not device.active:
            return LookedAt(mn, command, max(row["checked_until"], at), at + _NOT_EXPECTED_LOOK, None)
        begin = self._begin(row, at)
        recent = [time for time in times_in(arrived) if begin - _LEARN_FROM <= time <= at]
        rhythm = rhythm_of(command, device, row["system_type"], recent)
        grace = self._rules.grace[command] + _behind(row["clock_skew_s"])
        if begin == row["since"]:
            begin = slot_of(begin, rhythm.interval_min)  # the first record may stand anywhere in its interval
        seen = look(
            arrived, begin, at, interval_min=rhythm.interval_min, grace=grace, most_records=self._rules.most_records
        )
        for found in seen.ranges:
            await self._keep(tx, mn, command, found, rhythm, at)
        return LookedAt(mn, command, seen.checked_until, max(seen.next_check_at, at), rhythm)

    async def _keep(
        self, tx: Connection, mn: str, command: str, found: MissingRange, rhythm: Rhythm, at: datetime
    ) -> None:
        MISSING.labels(command).inc(found.records)
        before = await gap_store.untried_gap_ending(tx, mn, command, found.begins, rhythm.interval_min)
        longer = extended(before[1], found, self._rules.most_records) if before else None
        if before is not None and longer is not None:
            await gap_store.extend(tx, before[0], longer)
            return
        is_partly_here = await gap_store.has_incomplete_set(tx, mn, command, found.begins, found.ends)
        cause = "incomplete" if is_partly_here else "missing"
        await gap_store.insert(tx, mn, command, found, rhythm.interval_min, cause, at)

    async def _keep_house(self, at: datetime) -> None:
        if self._kept_house_at is not None and at - self._kept_house_at < _HOUSEKEEPING_EVERY:
            return
        self._kept_house_at = at
        oldest_day = (at - self._rules.look_back - _LEARN_FROM - timedelta(days=2)).date()
        async with self._database.transaction() as tx:
            await gap_store.forget(tx, days_before=oldest_day, closed_before=at - _KEEP_CLOSED)


def _behind(clock_skew_s: float | None) -> timedelta:
    """A clock that is behind makes records that much later; one far off (days) is not waited for."""
    behind = max(0.0, -(clock_skew_s or 0.0))
    return timedelta(seconds=behind) if behind < timedelta(days=1).total_seconds() else timedelta(0)
