"""The body of a request that states or corrects a plan."""

from datetime import date
from typing import Literal
from uuid import UUID

from park_judging.http_edge import Changing, invalid
from pydantic import Field

from source_monitoring.domain.manual.frequencies import Frequency
from source_monitoring.domain.manual.plans import MOST_REPORTING_DAYS, Plan, plan_problems


class PlanForm(Changing):
    """A plan. `basis` says where the frequency comes from: permit, HJ 819, the guide of the industry."""

    point_id: UUID
    name_zh: str = Field(min_length=1, max_length=120)
    name_en: str = Field("", max_length=120)
    factors: list[str] = Field(min_length=1, max_length=60, description="HJ 212 codes")
    frequency: Frequency
    times: int = Field(1, ge=1, le=100, description="Samples in each period")
    averaging: Literal["instant", "hour", "day"] = "instant"
    basis: str = Field(min_length=2, max_length=300)
    valid_from: date
    valid_to: date | None = Field(None, description="Inclusive")
    report_within_days: int = Field(0, ge=0, le=MOST_REPORTING_DAYS)
    sampling_method: str = Field("", max_length=120)
    analysis_method: str = Field("", max_length=120)
    executor: Literal["own", "third-party"] = "own"
    laboratory: str = Field("", max_length=120)
    cma_number: str = Field("", max_length=60)
    note: str = Field("", max_length=500)

    def plan(self, plan_id: UUID) -> Plan:
        """Return the plan that the form states. Raises Refused (422) with everything wrong in it."""
        fields = self.model_dump(exclude={"based_on", "reason"})
        fields["name_en"] = fields["name_en"] or fields["name_zh"]
        made = Plan(plan_id=plan_id, **fields)
        problems = plan_problems(made)
        if problems:
            raise invalid(problems)
        return made
