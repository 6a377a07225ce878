"""Plans: work that comes again by itself, every so often, as tasks. Pure; the edge says when it is.

Source of the classes: T/GXAS 710-2024, annex A no. 3: key enterprises (A) are inspected each quarter, ordinary ones (B) each
half-year, minor ones (C) each year.
"""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.codes import AlarmLevel
from park_schemas.park_time import PARK_TIME_ZONE

from task_dispatch.domain.forms import FormError, form_errors
from task_dispatch.domain.kinds import Kind

Cycle = Literal["month", "quarter", "half-year", "year"]
EnterpriseClass = Literal["A", "B", "C"]

MONTHS: dict[Cycle, int] = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
CLASS_CYCLE: dict[EnterpriseClass, Cycle] = {"A": "quarter", "B": "half-year", "C": "year"}
CYCLE_ZH: dict[Cycle, str] = {"month": "每月", "quarter": "每季度", "half-year": "每半年", "year": "每年"}

FIRES_AT = time(6, 0)
"""Park time of the day on which a round's task is made: before the day's work begins."""
MOST_AHEAD = 200
"""Rounds shown of one plan at most."""


class Plan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the plan. Round n is due `first_due` + n cycles; its task is made `lead_days` before.

    `round` is the next one to be made. Due dates are days of the park; a day without work moves to the next working day.
    """

    plan_id: UUID
    version: int
    name_zh: str
    name_en: str
    kind: str
    cycle: Cycle
    first_due: date
    round: int
    lead_days: int
    park_id: UUID
    created_by: str
    changed_at: datetime
    priority: AlarmLevel = AlarmLevel.BLUE
    enterprise_class: EnterpriseClass | None = None
    enterprise_id: UUID | None = None
    enterprise_name_zh: str = ""
    subject_id: UUID | None = None
    subject_name_zh: str = ""
    subject_name_en: str = ""
    assignee: str | None = None
    assignee_name: str = ""
    assignee_role: str | None = None
    details: dict[str, Any] = {}
    active: bool = True


class Round(Struct, frozen=True):
    """One coming task: made at `fires_at`, due on `due_on` (the day of the plan), until `due_at` (a working day's end)."""

    plan_id: UUID
    round: int
    fires_at: datetime
    due_on: date
    due_at: datetime


def due_on(plan: Plan, number: int) -> date:
    """Return the day a round is due. Counted from the first, so the 31st does not creep: a short month ends it earlier."""
    months = plan.first_due.year * 12 + plan.first_due.month - 1 + number * MONTHS[plan.cycle]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(plan.first_due.day, monthrange(year, month + 1)[1]))


def fires_at(plan: Plan, number: int) -> datetime:
    """Return the instant at which a round's task is made."""
    return datetime.combine(due_on(plan, number) - timedelta(days=plan.lead_days), FIRES_AT, PARK_TIME_ZONE)


def round_of(plan: Plan, number: int, calendar: WorkingCalendar) -> Round:
    """Return a round with its instants. Raises CalendarError for a calendar without work."""
    day = due_on(plan, number)
    last_hour = calendar.add_working_days(datetime.combine(day - timedelta(days=1), time(12), PARK_TIME_ZONE), 1).at
    return Round(plan.plan_id, number, fires_at(plan, number), day, last_hour)


def coming(plan: Plan, until: datetime, calendar: WorkingCalendar) -> list[Round]:
    """Return the rounds whose tasks are still to be made, up to an instant, at most MOST_AHEAD."""
    found: list[Round] = []
    number = plan.round
    while plan.active and len(found) < MOST_AHEAD and fires_at(plan, number) < until:
        found.append(round_of(plan, number, calendar))
        number += 1
    return found


def deadline(made: Round, now: datetime, calendar: WorkingCalendar) -> datetime:
    """Return the deadline of a round's task made now: the plan's, or a working day's grace for one that is made too late."""
    return made.due_at if made.due_at > now else calendar.add_working_days(now, 1).at


def first_round(plan: Plan, today: date) -> int:
    """Return the first round that is not due before today; what a plan would have been due before it was written is not made."""
    number = 0
    while due_on(plan, number) < today:
        number += 1
    return number


def plan_errors(plan: Plan, kind: Kind | None) -> list[FormError]:
    """Return what contradicts itself in a plan, with where and why."""
    errors: list[FormError] = []
    if kind is None or kind.retired:
        errors.append(
            FormError("kind", f"there is no kind of task {plan.kind!r} in use", f"没有在用的任务类型 {plan.kind}")
        )
    else:
        errors += form_errors(kind.order_fields, plan.details, where="details")
        if kind.verified_by == "creator":
            why = "tasks of this kind are verified by the person who made them, a plan is no person"
            errors.append(FormError("kind", why, "该类任务由创建人核验, 不能由计划自动生成"))
    if plan.enterprise_class is not None and CLASS_CYCLE[plan.enterprise_class] != plan.cycle:
        wanted = CLASS_CYCLE[plan.enterprise_class]
        errors.append(
            FormError(
                "cycle",
                f"class {plan.enterprise_class} is inspected each {wanted} (T/GXAS 710-2024 annex A)",
                f"{plan.enterprise_class} 类企业应{CYCLE_ZH[wanted]}检查一次(T/GXAS 710-2024 附录 A)",
            )
        )
    if plan.lead_days >= 28 * MONTHS[plan.cycle]:
        errors.append(
            FormError("lead_days", "a round would be made before the one before it is due", "提前天数超过一个周期")
        )
    if not (plan.assignee or plan.assignee_role):
        errors.append(FormError("assignee", "a person or a role must be given", "须指定承办人或角色"))
    return errors
