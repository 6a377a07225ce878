"""Events in: findings become episodes, tasks answer alarms. Each handler is load -> decide -> record, in one transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from park_chassis.clock import now
from park_chassis.database import Connection
from park_schemas.codes import AlarmState
from park_schemas.envelope import Event
from park_schemas.identifiers import natural_id
from park_schemas.park_time import at_park
from park_schemas.supervision import FindingRecorded
from park_schemas.tasks import Task

from alerting import figures
from alerting.domain import episode
from alerting.domain.alarm_states import may
from alerting.domain.circumstances import Circumstances
from alerting.domain.episode import Decision, dedup_key
from alerting.domain.evidence import Evidence, in_order, is_late
from alerting.domain.grading import EarlierEpisode, weigh
from alerting.domain.plume import plain_group, plume_of
from alerting.domain.policy import GradingPolicy, PolicyEntry
from alerting.recording import record, record_new
from alerting.store import alarms, findings, rosters
from alerting.store.alarms import StoredAlarm
from alerting.store.policies import PolicyCache
from alerting.surroundings import Surroundings

Handler = Callable[[Event[Any], Connection], Awaitable[None]]


class Consumers:
    """The handlers, the policy they grade by, and what is known of the surroundings."""

    def __init__(self, policies: PolicyCache, surroundings: Surroundings | None = None) -> None:
        self._policies = policies
        self._surroundings = surroundings or Surroundings()

    def table(self) -> dict[str, Handler]:
        """Return {event type: handler}: what this service listens to."""
        return {
            "supervision.finding.recorded": self.on_finding,
            "tasks.task.created": self.on_task_created,
            "tasks.task.closed": self.on_task_closed,
            "tasks.task.cancelled": self.on_task_cancelled,
        }

    async def on_finding(self, event: Event[FindingRecorded], tx: Connection) -> None:
        """Merge a finding into the open episode of its key, or begin one."""
        finding = event.body
        key = dedup_key(finding)
        await alarms.lock_key(tx, key)
        if await findings.is_known(tx, finding.finding_id):
            return _count("known")
        stored = await alarms.open_episode(tx, key)
        if stored is not None:
            return await self._go_on(tx, event, stored)
        if finding.verdict == "complied":
            return _count("nothing-open")
        if around := await alarms.closed_episode_around(tx, key, finding.period_end):
            await findings.insert_finding(tx, finding, key, around)
            return _count("of-a-closed-episode")
        return await self._begin(tx, event, key)

    async def _begin(self, tx: Connection, event: Event[FindingRecorded], key: str) -> None:
        finding, at = event.body, now()
        version, policy = await self._policies.in_force(tx)
        entry = policy.entry_for(finding)
        earlier = await _earlier(tx, key, entry, finding.period_end, but=None)
        around = await self._around(tx, finding, entry, but=None)
        seed = Evidence(hours=await findings.violated_hours(tx, key, finding.period_start))
        evidence = weigh([finding], entry, since=seed, earlier=earlier, around=_by_finding(finding, around))
        decision = episode.raised(
            finding,
            evidence,
            entry,
            alarm_id=natural_id("alarm", key, finding.finding_id),
            number=await alarms.next_number(tx, at_park(at).date()),
            now=at,
            group_key=await self._group_of(tx, finding, policy),
        )
        await record_new(tx, decision, dedup_key=key, policy=policy, policy_version=version, cause=event.id)
        assert decision.alarm is not None  # noqa: S101 - narrows the type
        await findings.insert_finding(tx, finding, key, decision.alarm.alarm_id, around)
        _count("raised", finding, at)

    async def _go_on(self, tx: Connection, event: Event[FindingRecorded], stored: StoredAlarm) -> None:
        finding, at = event.body, now()
        _, policy = await self._policies.in_force(tx)
        entry = policy.entry_for(finding)
        alarm_id = stored.alarm.alarm_id
        earlier = await _earlier(tx, stored.dedup_key, entry, finding.period_end, but=alarm_id)
        around = await self._around(tx, finding, entry, but=alarm_id)
        await findings.insert_finding(tx, finding, stored.dedup_key, alarm_id, around)
        evidence = await self._with(tx, stored, finding, entry, earlier, around)
        decision = episode.on_finding(stored.alarm, evidence, finding, entry, now=at)
        await record(tx, alarm_id, decision, policy=policy, cause=event.id)
        _count("merged", finding, at if decision.changes else None)

    async def _with(
        self,
        tx: Connection,
        stored: StoredAlarm,
        finding: FindingRecorded,
        entry: PolicyEntry,
        earlier: list[EarlierEpisode],
        around: Circumstances | None,
    ) -> Evidence:
        if not is_late(stored.evidence, finding, entry):
            known = _by_finding(finding, around)
            return weigh([finding], entry, since=stored.evidence, earlier=earlier, around=known)
        every, known = await findings.findings_of(tx, stored.alarm.alarm_id)
        ordered = in_order(every, entry)
        began = min(one.period_start for one in ordered)
        seed = Evidence(hours=await findings.violated_hours(tx, stored.dedup_key, began))
        return weigh(ordered, entry, since=seed, earlier=earlier, around=known)

    async def _around(
        self, tx: Connection, finding: FindingRecorded, entry: PolicyEntry, *, but: UUID | None
    ) -> Circumstances | None:
        """Return what is around a finding that broke its rule, None where the policy does not ask for it."""
        if finding.verdict == "complied" or not entry.circumstance_steps:
            return None
        factors, points = await alarms.going_on(tx, finding.subject_id, finding.enterprise_id, finding.rule, but=but)
        calendar = await rosters.working_calendar(tx)
        return Circumstances(
            at=finding.period_end,
            is_working_day=calendar.is_working_day(at_park(finding.period_end).date()),
            factors=len(factors | {finding.factor or ""}),
            points=len(points | {finding.subject_id}),
            receptors=self._surroundings.receptors(finding.longitude, finding.latitude),
            wind=self._surroundings.wind(finding.longitude, finding.latitude, finding.period_end),
        )

    async def _group_of(self, tx: Connection, finding: FindingRecorded, policy: GradingPolicy) -> str:
        plain = plain_group(policy.grouping, finding.enterprise_id, finding.subject_id)
        place = (finding.longitude, finding.latitude)
        if policy.grouping != "plume" or finding.enterprise_id is not None or place[0] is None or place[1] is None:
            return plain
        wind = self._surroundings.wind(*place, finding.period_end)
        return plume_of(place[0], place[1], wind, await alarms.open_air_sources(tx)) or plain

    async def on_task_created(self, event: Event[Task], tx: Connection) -> None:
        """Remember the task that was made for an alarm."""
        task = event.body
        stored = await alarms.alarm_locked(tx, task.alarm_id) if task.alarm_id else None
        if stored is None or stored.alarm.task_id == task.task_id or not may(stored.alarm.state, "linked"):
            return
        _, policy = await self._policies.in_force(tx)
        step = episode.linked(stored.alarm, task_id=task.task_id, number=task.number, who=task.created_by, now=now())
        await record(tx, step.alarm.alarm_id, Decision([step]), policy=policy, cause=event.id)
        await alarms.set_task(tx, step.alarm.alarm_id, is_open=True)

    async def on_task_closed(self, event: Event[Task], tx: Connection) -> None:
        """Close the alarm a closed task answers, with the task's outcome as the reason."""
        task = event.body
        stored = await alarms.alarm_locked(tx, task.alarm_id) if task.alarm_id else None
        if stored is None:
            return
        outcome = task.outcome or "handled"
        await alarms.set_task(tx, stored.alarm.alarm_id, is_open=False, outcome=outcome)
        if not may(stored.alarm.state, "closed"):
            return
        _, policy = await self._policies.in_force(tx)
        note = task.number + (f": {task.outcome_note}" if task.outcome_note else "")
        step = episode.closed(
            stored.alarm, reason=outcome, who=task.verified_by or task.created_by, note=note, now=now()
        )
        if step.alarm.task_id is None:  # the task's creation was never heard of
            step = replace(step, alarm=msgspec.structs.replace(step.alarm, task_id=task.task_id))
        await record(
            tx, step.alarm.alarm_id, Decision([step], None, episode.ended_timers()), policy=policy, cause=event.id
        )

    async def on_task_cancelled(self, event: Event[Task], tx: Connection) -> None:
        """Let a resolved alarm close by itself again when its task was withdrawn."""
        task = event.body
        stored = await alarms.alarm_locked(tx, task.alarm_id) if task.alarm_id else None
        if stored is None or stored.alarm.task_id != task.task_id:
            return
        await alarms.set_task(tx, stored.alarm.alarm_id, is_open=False)
        if stored.alarm.state is AlarmState.RESOLVED:
            await alarms.set_timers(tx, stored.alarm.alarm_id, {episode.CLOSE: now()})


async def _earlier(
    tx: Connection, key: str, entry: PolicyEntry, instant: datetime, *, but: UUID | None
) -> list[EarlierEpisode]:
    if not entry.episode_steps:
        return []
    longest = timedelta(hours=max(step.within_hours for step in entry.episode_steps))
    return await alarms.earlier_episodes(tx, key, instant - longest, but=but)


def _by_finding(finding: FindingRecorded, around: Circumstances | None) -> dict[UUID, Circumstances]:
    return {finding.finding_id: around} if around is not None else {}


def _count(outcome: str, finding: FindingRecorded | None = None, at: datetime | None = None) -> None:
    figures.FINDINGS.labels(outcome).inc()
    if finding is not None and at is not None:
        figures.FINDING_TO_ALARM_SECONDS.observe(max(0.0, (at - finding.recorded_at).total_seconds()))
