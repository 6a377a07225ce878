"""Takes findings in, one after the other, deciding by what was read for the batch. No I/O: rows go into the journal."""

from datetime import datetime, timedelta
from uuid import UUID

from park_schemas.alarms import Alarm
from park_schemas.codes import Medium
from park_schemas.envelope import Event
from park_schemas.identifiers import natural_id
from park_schemas.park_time import at_park
from park_schemas.supervision import FindingRecorded

from alerting import figures, recording
from alerting.domain import episode
from alerting.domain.circumstances import Circumstances
from alerting.domain.episode import dedup_key
from alerting.domain.evidence import REMEMBERED_HOURS, Evidence, in_order, is_late
from alerting.domain.grading import EarlierEpisode, weigh
from alerting.domain.neighbourhood import OPEN
from alerting.domain.plume import Source, plain_group, plume_of
from alerting.domain.policy import PolicyEntry
from alerting.finding_batch import FindingBatch, closed_around
from alerting.journal import Journal
from alerting.store.alarms import StoredAlarm
from alerting.store.findings import History, KeptFinding
from alerting.surroundings import Surroundings


class Intake:
    """The findings of one batch: `take` decides on each, `journal` holds what is to be written."""

    def __init__(self, batch: FindingBatch, surroundings: Surroundings) -> None:
        self._batch = batch
        self._present = batch.present
        self._surroundings = surroundings
        self.journal = Journal()

    def take(self, event: Event[FindingRecorded]) -> None:
        """Merge a finding into the open episode of its key, or begin one."""
        finding = event.body
        key = dedup_key(finding)
        if finding.finding_id in self._batch.episode_of:
            _count("known")
        elif finding.withdraws is not None and self._is_filed_elsewhere(finding, finding.withdraws, key):
            pass
        elif (stored := self._batch.open.get(key)) is not None:
            self._go_on(event, stored)
        elif finding.verdict == "complied":
            _count("nothing-open")
        elif around := closed_around(self._batch, finding):
            self._keep(finding, key, around, None)
            _count("of-a-closed-episode")
        else:
            self._begin(event, key)

    def _is_filed_elsewhere(self, finding: FindingRecorded, withdrawn: UUID, key: str) -> bool:
        """Note a withdrawal; return whether it needs nothing more, because it speaks of no open episode."""
        alarm_id = self._batch.episode_of.get(withdrawn)
        if alarm_id is None:
            _count("withdrawn-unknown")
            return True
        self.journal.withdrawals[withdrawn] = finding.finding_id
        stored = self._batch.open.get(key)
        if stored is not None and stored.alarm.alarm_id == alarm_id:
            return False
        self._withdraw_from_closed(finding, key, alarm_id)
        return True

    def _begin(self, event: Event[FindingRecorded], key: str) -> None:
        finding, at = event.body, self._present.at
        entry = self._present.policy.entry_for(finding)
        around = self._around(finding, entry, but=None)
        seed = Evidence(hours=self._hours_before(key, finding.period_start))
        earlier = self._earlier(key, entry, finding.period_end, but=None)
        evidence = weigh([finding], entry, since=seed, earlier=earlier, around=_by_finding(finding, around))
        decision = episode.raised(
            finding,
            evidence,
            entry,
            alarm_id=natural_id("alarm", key, finding.finding_id),
            number=next(self._batch.numbers),
            now=at,
            group_key=self._group_of(finding),
            around=around,
        )
        recording.begin(
            self.journal,
            self._present,
            decision,
            dedup_key=key,
            policy_version=self._batch.policy_version,
            cause=event.id,
        )
        alarm = self.journal.new_alarms[decision.changes[-1].alarm.alarm_id].alarm
        self._batch.open[key] = StoredAlarm(alarm, evidence, key, task_is_open=False)
        if _is_air_source(alarm):
            self._batch.air_sources.append(Source(alarm.group_key, alarm.longitude or 0.0, alarm.latitude or 0.0))
        self._keep(finding, key, alarm.alarm_id, around)
        _count("raised", finding, at)

    def _go_on(self, event: Event[FindingRecorded], stored: StoredAlarm) -> None:
        finding, at, alarm_id = event.body, self._present.at, stored.alarm.alarm_id
        entry = self._present.policy.entry_for(finding)
        around = self._around(finding, entry, but=alarm_id)
        self._keep(finding, stored.dedup_key, alarm_id, around)
        evidence = self._with(stored, finding, entry, around)
        decision = episode.on_finding(stored.alarm, evidence, finding, entry, now=at, around=around)
        recording.go_on(self.journal, self._present, alarm_id, decision, event.id)
        after = self.journal.alarm_after(stored.alarm)
        self._batch.open[stored.dedup_key] = StoredAlarm(after, evidence, stored.dedup_key, stored.task_is_open)
        _count("merged", finding, at if decision.changes else None)

    def _withdraw_from_closed(self, finding: FindingRecorded, key: str, alarm_id: UUID) -> None:
        """File a withdrawal with the closed episode it speaks of; people read it there, the record of the alarm stays."""
        self._keep(finding, key, alarm_id, None)
        history = self._history(alarm_id)
        ordered = in_order(history.findings, self._present.policy.entry_for(finding))
        if not any(one.verdict == "violated" for one in ordered):
            self.journal.groundless.append(alarm_id)
        closed = self._batch.withdrawn_from[alarm_id]
        self.journal.timeline.append(episode.withdrawal_noted(closed, finding, self._present.at))
        _count("withdrawn-from-a-closed-episode")

    def _with(
        self, stored: StoredAlarm, finding: FindingRecorded, entry: PolicyEntry, around: Circumstances | None
    ) -> Evidence:
        alarm_id = stored.alarm.alarm_id
        earlier = self._earlier(stored.dedup_key, entry, finding.period_end, but=alarm_id)
        if not is_late(stored.evidence, finding, entry):
            known = _by_finding(finding, around)
            return weigh([finding], entry, since=stored.evidence, earlier=earlier, around=known)
        history = self._history(alarm_id)
        ordered = in_order(history.findings, entry)
        began = min(one.period_start for one in ordered)
        seed = Evidence(hours=self._hours_before(stored.dedup_key, began))
        return weigh(ordered, entry, since=seed, earlier=earlier, around=history.around)

    def _around(self, finding: FindingRecorded, entry: PolicyEntry, *, but: UUID | None) -> Circumstances | None:
        """Return what is around a finding that broke its rule, None where the policy does not ask for it."""
        if finding.verdict == "complied" or not entry.circumstance_steps:
            return None
        factors, points = self._present.neighbours.going_on(finding, but=but)
        return Circumstances(
            at=finding.period_end,
            is_working_day=self._present.calendar.is_working_day(at_park(finding.period_end).date()),
            factors=len(factors | {finding.factor or ""}),
            points=len(points | {finding.subject_id}),
            receptors=self._surroundings.receptors(finding.longitude, finding.latitude),
            wind=self._surroundings.wind(finding.longitude, finding.latitude, finding.period_end),
            beside=self._present.neighbours.beside(finding),
        )

    def _group_of(self, finding: FindingRecorded) -> str:
        grouping = self._present.policy.grouping
        plain = plain_group(grouping, finding.enterprise_id, finding.subject_id)
        longitude, latitude = finding.longitude, finding.latitude
        if grouping != "plume" or finding.enterprise_id is not None or longitude is None or latitude is None:
            return plain
        wind = self._surroundings.wind(longitude, latitude, finding.period_end)
        return plume_of(longitude, latitude, wind, self._batch.air_sources) or plain

    def _earlier(self, key: str, entry: PolicyEntry, instant: datetime, *, but: UUID | None) -> list[EarlierEpisode]:
        if not entry.episode_steps:
            return []
        return [one for one in self._batch.episodes.get(key, []) if one.alarm_id != but]

    def _hours_before(self, key: str, before: datetime) -> list[datetime]:
        since = before - timedelta(hours=REMEMBERED_HOURS)
        return sorted({hour for hour in self._batch.hours.get(key, []) if since < hour < before})

    def _history(self, alarm_id: UUID) -> History:
        """Return every finding of an episode, those of this batch included."""
        known = self._batch.histories.get(alarm_id, History([], {}))
        own = [one for one in self.journal.findings if one.alarm_id == alarm_id]
        around = {one.finding.finding_id: one.around for one in own if one.around is not None}
        return History([*known.findings, *(one.finding for one in own)], {**known.around, **around})

    def _keep(self, finding: FindingRecorded, key: str, alarm_id: UUID, around: Circumstances | None) -> None:
        self.journal.findings.append(KeptFinding(finding, key, alarm_id, around))
        self._batch.episode_of[finding.finding_id] = alarm_id
        if finding.verdict == "violated" and finding.period == "hour":
            self._batch.hours.setdefault(key, []).append(finding.period_start)


def _is_air_source(alarm: Alarm) -> bool:
    return (
        alarm.state in OPEN and alarm.medium is Medium.WASTE_GAS and bool(alarm.group_key)
        and alarm.longitude is not None and alarm.latitude is not None
    )  # fmt: skip


def _by_finding(finding: FindingRecorded, around: Circumstances | None) -> dict[UUID, Circumstances]:
    return {finding.finding_id: around} if around is not None else {}


def _count(outcome: str, finding: FindingRecorded | None = None, at: datetime | None = None) -> None:
    figures.FINDINGS.labels(outcome).inc()
    if finding is not None and at is not None:
        figures.FINDING_TO_ALARM_SECONDS.observe(max(0.0, (at - finding.recorded_at).total_seconds()))
