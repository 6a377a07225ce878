"""Clocks of a task's steps: started, met and stopped by what happens to it, due by the clock or the park's calendar. Pure.

The clock of the report is the task's deadline (`due_at`); it moves with it. `sign` and `arrive` begin anew for a new owner.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.codes import AlarmLevel, TaskState

from task_dispatch.domain.kinds import Clock, ClockedStep
from task_dispatch.domain.task_states import ENDED
from task_dispatch.domain.work import Step, TaskClock, Work, with_task

STARTED_BY: dict[ClockedStep, frozenset[str]] = {
    "sign": frozenset({"dispatched", "transferred"}),
    "arrive": frozenset({"dispatched", "transferred"}),
    "handle": frozenset({"dispatched"}),
    "report": frozenset({"dispatched"}),
    "verify": frozenset({"reported"}),
    "close": frozenset({"dispatched"}),
}
MET_BY: dict[ClockedStep, frozenset[str]] = {
    "sign": frozenset({"signed", "refused"}),
    "arrive": frozenset({"arrived", "handled", "reported"}),
    "handle": frozenset({"handled", "reported"}),
    "report": frozenset({"reported"}),
    "verify": frozenset({"verified", "returned"}),
    "close": frozenset({"closed"}),
}
_ANEW = frozenset({"sign", "arrive", "verify"})
"""Clocks that begin again when their starting event happens again."""

_GIVEN = frozenset({TaskState.DISPATCHED, TaskState.SIGNED, TaskState.ON_SITE, TaskState.HANDLED, TaskState.RETURNED})
"""States in which somebody is to work on it."""


def due(clock: Clock, start: datetime, calendar: WorkingCalendar) -> datetime:
    """Return the instant until which the step must be taken. Raises CalendarError for a calendar without work."""
    match clock.unit:
        case "hours":
            return start + timedelta(hours=clock.amount)
        case "days":
            return start + timedelta(days=clock.amount)
        case "working-hours":
            return calendar.add_working_hours(start, clock.amount).at
        case "working-days":
            return calendar.add_working_days(start, int(clock.amount)).at


def wound(step: Step, calendar: WorkingCalendar) -> Step:
    """Return the step with the clocks of its work started, met, moved and stopped."""
    work = step.work
    if not step.announced:
        return step
    running = [_after(one, step) for one in work.clocks if not _restarts(one, step.event)]
    kept = {one.until for one in running}
    started = [
        TaskClock(until=rule.until, due_at=_due_at(rule, step, calendar))
        for rule in _rules(work)
        if rule.until not in kept and _starts(rule.until, step)
    ]
    if step.event == "hastened":
        running = [_not_later(one, step, calendar) for one in running]
    clocks = [_with_deadline(one, work) for one in (*running, *started)]
    if work.task.state in ENDED:
        clocks = [one for one in clocks if one.met_at or one.missed_at]
    return Step(step.event, replace(work, clocks=clocks), step.at, step.who, step.detail_zh, step.detail_en)


def missed(work: Work, until: ClockedStep, now: datetime) -> Work:
    """Return the work with the clock of a step run out, and the step among the task's `missed`."""
    clocks = [replace(one, missed_at=now) if one.until == until and not one.met_at else one for one in work.clocks]
    steps = work.task.missed if until in work.task.missed else [*work.task.missed, until]
    return with_task(replace(work, clocks=clocks), missed=steps)


def waiting(clocks: Sequence[TaskClock]) -> dict[ClockedStep, datetime]:
    """Return {step: due} of the clocks that can still run out; the report's is the task's own deadline, kept elsewhere."""
    return {
        one.until: one.due_at
        for one in clocks
        if one.met_at is None and one.missed_at is None and one.until != "report"
    }


def report_deadline(
    clocks: Sequence[Clock], level: AlarmLevel, start: datetime, calendar: WorkingCalendar
) -> datetime | None:
    """Return when a report is due by the kind's own clock, None when it has none at this level."""
    rule = next((clock for clock in clocks if clock.until == "report" and clock.applies_at(level)), None)
    return due(rule, start, calendar) if rule else None


def _rules(work: Work) -> list[Clock]:
    rules = [rule for rule in work.clock_rules if rule.applies_at(work.task.priority)]
    if not any(rule.until == "report" for rule in rules):
        rules.append(Clock("report", 1, "hours"))  # its time is the task's deadline, see _with_deadline
    return rules


def _starts(until: ClockedStep, step: Step) -> bool:
    if step.event == "hastened":  # the higher level may have clocks that the lower had not
        return _is_ahead(until, step.work)
    return step.event in STARTED_BY[until]


def _is_ahead(until: ClockedStep, work: Work) -> bool:
    state = work.task.state
    match until:
        case "sign":
            return state is TaskState.DISPATCHED
        case "arrive":
            return state in _GIVEN and not work.arrived
        case "handle":
            return state in _GIVEN and not work.handled
        case "report" | "close":
            return state in _GIVEN
        case "verify":
            return state is TaskState.REPORTED


def _not_later(clock: TaskClock, step: Step, calendar: WorkingCalendar) -> TaskClock:
    rule = next((rule for rule in _rules(step.work) if rule.until == clock.until), None)
    if rule is None or clock.met_at or clock.missed_at or clock.until == "report":
        return clock
    return replace(clock, due_at=min(clock.due_at, due(rule, step.at, calendar)))


def _restarts(clock: TaskClock, event: str) -> bool:
    return clock.until in _ANEW and event in STARTED_BY[clock.until]


def _after(clock: TaskClock, step: Step) -> TaskClock:
    if clock.met_at is None and step.event in MET_BY[clock.until]:
        return replace(clock, met_at=step.at)
    if clock.until == "report" and step.event == "overdue":
        return replace(clock, missed_at=step.at)
    if clock.until == "report" and step.event == "extended":
        return replace(clock, missed_at=None)
    return clock


def _due_at(rule: Clock, step: Step, calendar: WorkingCalendar) -> datetime:
    return step.work.task.due_at if rule.until == "report" else due(rule, step.at, calendar)


def _with_deadline(clock: TaskClock, work: Work) -> TaskClock:
    return replace(clock, due_at=work.task.due_at) if clock.until == "report" and clock.met_at is None else clock
