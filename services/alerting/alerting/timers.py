"""Does what due timers ask for. A timer is a row; firing it and its effects are one transaction, so it fires once.

Several replicas may look at the same time: the alarm is locked first, then the timer row is taken if it is still due.
Lock order is always alarm, then timer, as in the consumers.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

from park_chassis.clock import now
from park_chassis.database import Connection, Database

from alerting import figures
from alerting.domain import episode
from alerting.domain.grading import EarlierEpisode
from alerting.domain.policy import PolicyEntry
from alerting.recording import record
from alerting.store import alarms, findings
from alerting.store.alarms import StoredAlarm
from alerting.store.policies import PolicyCache


class Timers:
    """Fires timers until cancelled."""

    def __init__(self, database: Database, policies: PolicyCache, *, poll_s: float) -> None:
        self._database = database
        self._policies = policies
        self._poll_s = poll_s

    async def run(self) -> None:
        """Look for due timers, fire each in its own transaction, rest when there is none."""
        while True:
            if not await self.fire_due():
                await asyncio.sleep(self._poll_s)

    async def fire_due(self) -> int:
        """Fire what is due now; return how many this replica fired."""
        async with self._database.reading() as connection:
            due = await alarms.due_timers(connection, now())
        fired = 0
        for alarm_id, kind in due:
            async with self._database.transaction() as tx:
                fired += await self._fire(tx, alarm_id, kind)
        return fired

    async def _fire(self, tx: Connection, alarm_id: UUID, kind: str) -> bool:
        stored, at = await alarms.alarm_locked(tx, alarm_id), now()
        if stored is None or not await alarms.take_timer(tx, alarm_id, kind, at):
            return False
        figures.TIMERS_FIRED.labels(kind).inc()
        if kind == episode.CLOSE and stored.task_is_open:
            return True  # the task will answer and close it
        _, policy = await self._policies.in_force(tx)
        newest = await findings.newest_finding(tx, alarm_id)
        entry = policy.entry_for(newest)
        earlier = await self._earlier(tx, stored, entry)
        decision = episode.on_timer(stored.alarm, stored.evidence, entry, kind, now=at, earlier=earlier)
        await record(tx, alarm_id, decision, policy=policy)
        return True

    async def _earlier(self, tx: Connection, stored: StoredAlarm, entry: PolicyEntry) -> list[EarlierEpisode]:
        if not entry.episode_steps:
            return []
        longest = timedelta(hours=max(step.within_hours for step in entry.episode_steps))
        return await alarms.earlier_episodes(tx, stored.dedup_key, now() - longest, but=stored.alarm.alarm_id)
