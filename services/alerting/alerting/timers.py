"""Does what due timers ask for. A timer is a row; firing it and its effects are one transaction, so it fires once.

Several replicas may look at the same time: the alarm is locked first, then the timer row is taken if it is still due.
Lock order is always alarm, then timer, as in the consumers.
"""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_schemas.codes import AlarmState

from alerting import figures
from alerting.domain import episode
from alerting.domain.episode import Decision
from alerting.domain.grading import EarlierEpisode
from alerting.domain.policy import GradingPolicy, PolicyEntry
from alerting.domain.timer_orders import TimerOrders
from alerting.present import read_present
from alerting.recording import record
from alerting.store import alarms, findings
from alerting.store.alarms import StoredAlarm
from alerting.store.policies import PolicyCache
from alerting.telling import tell_chain


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
        step = await alarms.take_timer(tx, alarm_id, kind, at) if stored else None
        if stored is None or step is None:
            return False
        figures.TIMERS_FIRED.labels(kind).inc()
        _, policy = await self._policies.in_force(tx)
        if kind == episode.TELL:
            await self._tell(tx, stored, policy, at)
        elif kind == episode.CHAIN:
            await self._tell_higher(tx, stored, policy, step, at)
        elif kind != episode.CLOSE or not stored.task_is_open:  # an open task will answer and close the alarm
            await self._decide(tx, stored, policy, kind, at)
        return True

    async def _decide(
        self, tx: Connection, stored: StoredAlarm, policy: GradingPolicy, kind: str, at: datetime
    ) -> None:
        entry = policy.entry_for(await findings.newest_finding(tx, stored.alarm.alarm_id))
        earlier = await self._earlier(tx, stored, entry)
        decision = episode.on_timer(stored.alarm, stored.evidence, entry, kind, now=at, earlier=earlier)
        await record(tx, decision, alarm_id=stored.alarm.alarm_id, policy=policy, at=at)

    async def _tell(self, tx: Connection, stored: StoredAlarm, policy: GradingPolicy, at: datetime) -> None:
        """Tell of a muted alarm whose mute has ended; what is over meanwhile needs no telling."""
        alarm = stored.alarm
        if alarm.muted is None or alarm.state not in {AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED}:
            return
        mute = (await read_present(tx, policy, at, {alarm.subject_id})).mute_of(alarm)
        if mute is None:
            decision = Decision([episode.unmuted(alarm, at)])
            await record(tx, decision, alarm_id=alarm.alarm_id, policy=policy, at=at)
        else:
            orders = TimerOrders()
            orders.add(alarm.alarm_id, {episode.TELL: mute.until})
            await alarms.order_timers(tx, orders)

    async def _tell_higher(
        self, tx: Connection, stored: StoredAlarm, policy: GradingPolicy, number: int, at: datetime
    ) -> None:
        """Tell the next ones of the chain while nobody has acknowledged; a muted alarm waits for the end of its mute."""
        alarm, steps = stored.alarm, policy.chains.get(stored.alarm.level, [])
        if alarm.state is not AlarmState.ACTIVE or number >= len(steps):
            return
        step, present = steps[number], await read_present(tx, policy, at, {alarm.subject_id})
        if present.mute_of(alarm) is None:
            await tell_chain(tx, alarm, step.notify, at, timedelta(minutes=step.after_minutes))
        if number + 1 < len(steps):
            due = present.chain_due(at, steps[number + 1], step.after_minutes)
            await alarms.set_chain_timer(tx, alarm.alarm_id, number + 1, due)

    async def _earlier(self, tx: Connection, stored: StoredAlarm, entry: PolicyEntry) -> list[EarlierEpisode]:
        if not entry.episode_steps:
            return []
        longest = timedelta(hours=max(step.within_hours for step in entry.episode_steps))
        known = await alarms.episodes(tx, {stored.dedup_key: now() - longest})
        return [one for one in known.get(stored.dedup_key, []) if one.alarm_id != stored.alarm.alarm_id]
