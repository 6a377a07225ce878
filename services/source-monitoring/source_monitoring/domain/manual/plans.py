"""What an outlet has to have measured by hand: a plan for a factor or a group of factors, as it is kept in versions."""

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct
from park_chassis.sheets.problems import Problem
from park_judging.domain.park_calendar import day_span
from park_standards.factors import factors

from source_monitoring.domain.manual.frequencies import Frequency, Span

Averaging = Literal["instant", "hour", "day"]
Executor = Literal["own", "third-party"]

MOST_REPORTING_DAYS = 90


class Plan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A plan of one outlet. Valid from and to are days of the park's calendar, both inclusive.

    `times`: samples owed in each period; `report_within_days`: days after a period's end by which its results are to be
    entered; `basis`: where frequency and methods come from (permit, HJ 819, guide of the industry).
    """

    plan_id: UUID
    point_id: UUID
    name_zh: str
    name_en: str
    factors: list[str]
    frequency: Frequency
    basis: str
    valid_from: date
    valid_to: date | None = None
    times: int = 1
    report_within_days: int = 0
    averaging: Averaging = "instant"
    sampling_method: str = ""
    analysis_method: str = ""
    executor: Executor = "own"
    laboratory: str = ""
    cma_number: str = ""
    note: str = ""

    def valid(self) -> tuple[datetime, datetime | None]:
        """Return the time of validity, half-open; None: open."""
        until = day_span(self.valid_to)[1] if self.valid_to else None
        return day_span(self.valid_from)[0], until

    def window(self, period: Span) -> Span | None:
        """Return the part of a period in which the plan is valid: where its samples are to be taken. None: no part."""
        since, until = self.valid()
        start, end = max(period.start, since), period.end if until is None else min(period.end, until)
        return Span(start, end) if start < end else None

    def due_at(self, window: Span) -> datetime:
        """Return when the results of a window are to be in."""
        return window.end + timedelta(days=self.report_within_days)


def plan_problems(plan: Plan) -> list[Problem]:
    """Return what is wrong with a plan, each with its field."""
    found = []
    strange = [code for code in plan.factors if code not in factors()]
    if strange or not plan.factors or len(set(plan.factors)) < len(plan.factors):
        shown = ", ".join(strange) or ", ".join(plan.factors)
        found.append(
            Problem("factors", shown, "未知、重复或缺少监测因子", "factors are unknown, given twice or missing")
        )
    if plan.valid_to is not None and plan.valid_to < plan.valid_from:
        found.append(Problem("valid_to", str(plan.valid_to), "早于生效日期", "lies before valid_from"))
    if plan.executor == "third-party" and not plan.laboratory:
        found.append(Problem("laboratory", "", "委托监测须填写检测机构", "a third-party laboratory has to be named"))
    if plan.executor == "third-party" and not plan.cma_number:
        found.append(
            Problem("cma_number", "", "委托监测须填写 CMA 证书编号", "a third-party laboratory has a CMA number")
        )
    return found
