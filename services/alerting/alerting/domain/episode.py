"""The life of one episode: each function takes what is and returns what changes. Nothing here does I/O.

Invariants (tests/test_alarm_episode_model.py holds them against random histories):
 1. the version rises by exactly one with each change and each change has one event;
 2. within an episode the level never falls;
 3. a closed alarm never changes again, unless a person opens it again with a reason;
 4. resolved means: no broken track's newest value breaks its rule;
 5. a finding that is known already changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmState
from park_schemas.park_time import PARK_TIME_ZONE
from park_schemas.supervision import FindingRecorded

from alerting.domain.alarm_states import EVENT_ZH, may, next_state
from alerting.domain.circumstances import Circumstances
from alerting.domain.clearing import calm_delay, is_calm, is_cleared
from alerting.domain.evidence import Evidence
from alerting.domain.grading import EarlierEpisode, at_time, next_rise
from alerting.domain.levels_in_words import LEVEL_ZH
from alerting.domain.policy import PolicyEntry
from alerting.domain.reasons import because
from alerting.domain.titles import titles

SYSTEM = "system"
TimerKind = str
RESOLVE, RISE, CLOSE, TELL, CHAIN = "resolve", "rise", "close", "tell", "chain"


@dataclass(frozen=True)
class Change:
    """One step of the timeline, and its event: who, when, what, why, and the alarm after it.

    `quiet` steps have no row in the timeline; `tell` asks to tell people although the step is not of the kind that does;
    `withdraws`: the alarm lost its ground, those who were told of it are told so.
    """

    event: str
    alarm: Alarm
    at: datetime
    who: str
    detail_zh: str
    detail_en: str
    quiet: bool = False
    tell: bool = False
    withdraws: bool = False


@dataclass(frozen=True)
class Decision:
    """What follows: the steps in order, the new evidence, timers to set (an instant) or to drop (None)."""

    changes: list[Change] = field(default_factory=list)
    evidence: Evidence | None = None
    timers: dict[TimerKind, datetime | None] = field(default_factory=dict)

    @property
    def alarm(self) -> Alarm | None:
        """The alarm after the last step, None when nothing changed."""
        return self.changes[-1].alarm if self.changes else None


def dedup_key(finding: FindingRecorded) -> str:
    """Return what makes findings one episode: park, subject, rule, factor."""
    return f"{finding.park_id}|{finding.subject_id}|{finding.rule}|{finding.factor or ''}"


def raised(
    finding: FindingRecorded,
    evidence: Evidence,
    entry: PolicyEntry,
    *,
    alarm_id: UUID,
    number: str,
    now: datetime,
    group_key: str = "",
    around: Circumstances | None = None,
) -> Decision:
    """Begin an episode from a violated finding that is already in the evidence."""
    level = evidence.reached or entry.floor
    alarm = Alarm(
        alarm_id=alarm_id,
        version=1,
        number=number,
        rule=finding.rule,
        level=level,
        state=AlarmState.ACTIVE,
        raised_at=now,
        changed_at=now,
        started_at=evidence.started_at or finding.period_start,
        last_seen_at=evidence.last_seen_at or finding.period_end,
        occurrences=max(1, evidence.occurrences),
        peak_ratio=evidence.peak_ratio,
        group_key=group_key,
        raised_by=evidence.raised_by,
        **_facts(finding),
    )
    why_zh, why_en = because(evidence.raised_by, entry, around)
    zh = f"{LEVEL_ZH[level]}告警产生: {finding.explanation_zh}{why_zh}"
    step = Change("raised", alarm, now, SYSTEM, zh, f"raised {level.value}: {finding.explanation_en}{why_en}")
    return Decision([step], evidence, _timers(evidence, entry, AlarmState.ACTIVE, now))


def on_finding(
    alarm: Alarm,
    evidence: Evidence,
    finding: FindingRecorded,
    entry: PolicyEntry,
    *,
    now: datetime,
    around: Circumstances | None = None,
) -> Decision:
    """Go on with an episode whose evidence already holds the finding."""
    why = because(evidence.raised_by, entry, around)
    steps = list(_steps(alarm, evidence, finding, entry, now, why))
    state = steps[-1].alarm.state if steps else alarm.state
    return Decision(steps, evidence, _timers(evidence, entry, state, now))


def on_timer(
    alarm: Alarm,
    evidence: Evidence,
    entry: PolicyEntry,
    kind: TimerKind,
    *,
    now: datetime,
    earlier: Sequence[EarlierEpisode] = (),
) -> Decision:
    """Do what a due timer asks for, if it still holds; otherwise nothing changes."""
    if kind == RISE:
        return _on_rise(alarm, at_time(evidence, entry, now, earlier=earlier), entry, now)
    if kind == RESOLVE and may(alarm.state, "resolved") and is_calm(evidence):
        step = _resolved(alarm, now, "持续一段时间未再超出", "no violation for the clearing delay")
        return Decision([step], None, _timers(evidence, entry, AlarmState.RESOLVED, now))
    if kind == CLOSE and alarm.state is AlarmState.RESOLVED:
        step = closed(alarm, reason="recovered" if evidence.stands else WITHDRAWN, who=SYSTEM, note="", now=now)
        return Decision([step], None, ended_timers())
    return Decision()


def closed(alarm: Alarm, *, reason: str, who: str, note: str, now: datetime) -> Change:
    """Close with a reason. Raises NotAllowed when it is closed already."""
    zh = f"关闭, 原因: {REASON_ZH.get(reason, reason)}" + (f"; {note}" if note else "")
    en = f"closed, reason: {reason}" + (f"; {note}" if note else "")
    return changed(alarm, "closed", now, who, zh, en, closed_at=now, closed_by=who, close_reason=reason)


def acknowledged(alarm: Alarm, *, who: str, note: str, now: datetime) -> Change:
    """Take notice of it. Raises NotAllowed when somebody has already, or it is closed."""
    zh, en = (f"确认: {note}", f"acknowledged: {note}") if note else ("确认", "acknowledged")
    return changed(alarm, "acknowledged", now, who, zh, en, acknowledged_by=who, acknowledged_at=now)


def linked(alarm: Alarm, *, task_id: UUID, number: str, who: str, now: datetime) -> Change:
    """Remember the task that was made for it. Raises NotAllowed when it is closed."""
    return changed(alarm, "linked", now, who, f"生成任务 {number}", f"task {number} was made", task_id=task_id)


def assigned(alarm: Alarm, *, to: str, who: str, note: str, now: datetime) -> Change:
    """Name the person who is to look after it. Raises NotAllowed when it is closed."""
    zh, en = f"指派给 {to}", f"assigned to {to}"
    if note:
        zh, en = f"{zh}: {note}", f"{en}: {note}"
    return changed(alarm, "assigned", now, who, zh, en, assigned_to=to, assigned_at=now)


def suppressed(alarm: Alarm, *, until: datetime, who: str, reason: str, now: datetime) -> Change:
    """Say why it is not told until an instant. Raises NotAllowed when it is closed."""
    wall = until.astimezone(PARK_TIME_ZONE).strftime("%Y-%m-%d %H:%M")
    return changed(alarm, "suppressed", now, who, f"至 {wall} 不再通知: {reason}", f"not told until {wall}: {reason}")


def reopened_by_hand(
    alarm: Alarm, evidence: Evidence, entry: PolicyEntry, *, who: str, reason: str, now: datetime
) -> Decision:
    """Open a resolved or closed alarm again. Raises NotAllowed when it is open."""
    step = changed(
        alarm, "reopened", now, who, f"人工重新打开: {reason}", f"opened again: {reason}",
        resolved_at=None, acknowledged_by=None, acknowledged_at=None, closed_at=None, closed_by=None, close_reason=None,
    )  # fmt: skip
    return Decision([step], None, _timers(evidence, entry, AlarmState.ACTIVE, now))


def ended_timers() -> dict[TimerKind, datetime | None]:
    """Return the timers of a closed alarm: none."""
    return dict.fromkeys((RESOLVE, RISE, CLOSE, TELL, CHAIN))


def unmuted(alarm: Alarm, now: datetime) -> Change:
    """Tell of an open alarm whose mute has ended."""
    step = changed(
        alarm,
        "updated",
        now,
        SYSTEM,
        "静默或抑制结束, 告警仍未关闭",
        "its mute has ended and it is still open",
        muted=None,
    )
    return replace(step, tell=True)


WITHDRAWN = "withdrawn"
"""Reason of closing: every finding of the alarm was withdrawn by the service that judged."""
REASON_ZH = {
    WITHDRAWN: "判定已撤回",
    "handled": "已处置",
    "recovered": "已恢复",
    "false-alarm": "误报",
    "confirmed": "属实并已处置",
    "equipment-fault": "设备故障",
    "other": "其他",
}


def changed(
    alarm: Alarm, event: str, now: datetime, who: str, zh: str, en: str, *, quiet: bool = False, **facts: Any
) -> Change:
    """Return the step `event` with the alarm after it. Raises NotAllowed when the state does not allow it."""
    after = msgspec.structs.replace(
        alarm, state=next_state(alarm.state, event), version=alarm.version + 1, changed_at=now, **facts
    )
    return Change(event, after, now, who, zh or EVENT_ZH[event], en or event, quiet)


def _steps(
    alarm: Alarm,
    evidence: Evidence,
    finding: FindingRecorded,
    entry: PolicyEntry,
    now: datetime,
    why: tuple[str, str],
) -> Iterator[Change]:
    if alarm.state is AlarmState.RESOLVED and not is_calm(evidence):
        step = _reopened(alarm, now, finding)
        alarm = step.alarm
        yield step
    if finding.verdict == "violated":
        step = _seen_again(alarm, evidence, finding, now, why)
        alarm = step.alarm
        yield step
    if finding.withdraws is not None:
        yield _withdrawn(alarm, evidence, finding, entry, now)
    elif may(alarm.state, "resolved") and is_cleared(evidence, entry.clearing):
        yield _resolved(alarm, now, "连续达标, 已恢复", "cleared by values in a row that keep the rule")


def withdrawal_noted(alarm: Alarm, finding: FindingRecorded, now: datetime) -> Change:
    """Note in the timeline of a closed alarm that one of its findings stands no more; the alarm stays as it is."""
    return Change("updated", alarm, now, SYSTEM, *_withdrawal(finding))


def _withdrawn(alarm: Alarm, evidence: Evidence, finding: FindingRecorded, entry: PolicyEntry, now: datetime) -> Change:
    """A finding stands no more: the alarm is over, unless others stand; without any left, those who were told are told so."""
    over = may(alarm.state, "resolved") and is_cleared(evidence, entry.clearing)
    zh, en = _withdrawal(finding)
    step = _resolved(alarm, now, zh, en) if over else changed(alarm, "updated", now, SYSTEM, zh, en)
    return replace(step, tell=not evidence.stands, withdraws=not evidence.stands)


def _withdrawal(finding: FindingRecorded) -> tuple[str, str]:
    return f"判定撤回: {finding.explanation_zh}", f"a finding was withdrawn: {finding.explanation_en}"


def _seen_again(
    alarm: Alarm, evidence: Evidence, finding: FindingRecorded, now: datetime, why: tuple[str, str]
) -> Change:
    facts: dict[str, Any] = {
        "started_at": min(alarm.started_at, evidence.started_at or alarm.started_at),
        "last_seen_at": max(alarm.last_seen_at, evidence.last_seen_at or alarm.last_seen_at),
        "occurrences": max(alarm.occurrences, evidence.occurrences),
        "peak_ratio": max(filter(None, (alarm.peak_ratio, evidence.peak_ratio)), default=None),
        "finding_id": finding.finding_id,
        "raised_by": evidence.raised_by or alarm.raised_by,
    }
    if finding.period_end >= alarm.last_seen_at:
        facts |= _facts(finding)
    rises = evidence.reached is not None and evidence.reached.rank > alarm.level.rank
    if not rises:
        return changed(
            alarm, "updated", now, SYSTEM, finding.explanation_zh, finding.explanation_en, quiet=True, **facts
        )
    zh, en = finding.explanation_zh + why[0], finding.explanation_en + why[1]
    return _escalated(alarm, evidence, now, zh, en, facts)


def _escalated(alarm: Alarm, evidence: Evidence, now: datetime, zh: str, en: str, facts: dict[str, Any]) -> Change:
    level = evidence.reached or alarm.level
    names = ", ".join(evidence.raised_by)
    return changed(
        alarm,
        "escalated",
        now,
        SYSTEM,
        f"由{LEVEL_ZH[alarm.level]}升为{LEVEL_ZH[level]}({names}): {zh}",
        f"{alarm.level.value} -> {level.value} ({names}): {en}",
        **{
            **facts,
            "level": level,
            "raised_by": evidence.raised_by,
            "acknowledged_by": None,
            "acknowledged_at": None,
        },
    )


def _on_rise(alarm: Alarm, evidence: Evidence, entry: PolicyEntry, now: datetime) -> Decision:
    rises = evidence.reached is not None and evidence.reached.rank > alarm.level.rank
    if alarm.state is AlarmState.CLOSED:
        return Decision()
    if not rises or not may(alarm.state, "escalated"):
        return Decision([], evidence, {RISE: next_rise(evidence, entry)})
    zh, en = because(evidence.raised_by, entry, None)
    facts = {"last_seen_at": max(alarm.last_seen_at, now)}
    step = _escalated(alarm, evidence, now, f"持续时间{zh}", f"it has lasted{en}", facts)
    return Decision([step], evidence, {RISE: next_rise(evidence, entry)})


def _reopened(alarm: Alarm, now: datetime, finding: FindingRecorded) -> Change:
    return changed(
        alarm,
        "reopened",
        now,
        SYSTEM,
        f"再次触发: {finding.explanation_zh}",
        f"came back: {finding.explanation_en}",
        resolved_at=None,
        acknowledged_by=None,
        acknowledged_at=None,
    )


def _resolved(alarm: Alarm, now: datetime, zh: str, en: str) -> Change:
    return changed(alarm, "resolved", now, SYSTEM, zh, en, resolved_at=now)


def _timers(
    evidence: Evidence, entry: PolicyEntry, state: AlarmState, now: datetime
) -> dict[TimerKind, datetime | None]:
    if state is AlarmState.RESOLVED:
        return {RESOLVE: None, RISE: None, CLOSE: now + timedelta(seconds=entry.clearing.close_after_s)}
    due = now + calm_delay(evidence, entry.clearing) if is_calm(evidence) else None
    return {RESOLVE: due, RISE: next_rise(evidence, entry), CLOSE: None}


def _facts(finding: FindingRecorded) -> dict[str, Any]:
    title_zh, title_en = titles(finding)
    return {
        "park_id": finding.park_id,
        "title_zh": title_zh,
        "title_en": title_en,
        "subject_id": finding.subject_id,
        "subject_name_zh": finding.subject_name_zh,
        "subject_name_en": finding.subject_name_en,
        "medium": finding.medium,
        "finding_id": finding.finding_id,
        "enterprise_id": finding.enterprise_id,
        "enterprise_name_zh": finding.enterprise_name_zh,
        "enterprise_name_en": finding.enterprise_name_en,
        "factor": finding.factor,
        "factor_name_zh": finding.factor_name_zh,
        "factor_name_en": finding.factor_name_en,
        "observed": finding.observed,
        "limit": finding.limit,
        "unit": finding.unit,
        "ratio": finding.ratio,
        "standard": finding.standard,
        "clause": finding.clause,
        "statutory": finding.statutory,
        "longitude": finding.longitude,
        "latitude": finding.latitude,
    }
