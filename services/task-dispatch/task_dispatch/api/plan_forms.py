"""The form of a plan, and what is refused of one."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from park_chassis.auth import Principal
from park_chassis.database import Connection
from park_chassis.errors import Refused
from park_schemas.codes import AlarmLevel, Role
from park_schemas.park_time import at_park
from pydantic import BaseModel, ConfigDict, Field

from task_dispatch.api.callers import refuse_faults
from task_dispatch.api.order_forms import NO_PARK
from task_dispatch.api.parts import Parts
from task_dispatch.domain.plans import (
    CLASS_CYCLE,
    Cycle,
    EnterpriseClass,
    Plan,
    first_round,
    plan_errors,
)


class PlanForm(BaseModel):
    """A plan. The class of the enterprise says the cycle (A quarter, B half-year, C year); without a class, `cycle` does."""

    model_config = ConfigDict(extra="forbid")
    name_zh: str = Field(min_length=1, max_length=200)
    name_en: str = Field("", max_length=200)
    kind: str = Field("inspection", max_length=60)
    enterprise_class: EnterpriseClass | None = None
    cycle: Cycle | None = None
    first_due: date
    lead_days: int = Field(7, ge=0, le=180)
    priority: AlarmLevel = AlarmLevel.BLUE
    park_id: UUID | None = None
    enterprise_id: UUID | None = None
    enterprise_name_zh: str = Field("", max_length=200)
    subject_id: UUID | None = None
    subject_name_zh: str = Field("", max_length=200)
    subject_name_en: str = Field("", max_length=200)
    assignee: str | None = Field(None, min_length=1, max_length=100)
    assignee_name: str = Field("", max_length=100)
    assignee_role: Role | None = None
    details: dict[str, Any] = Field(default_factory=dict)
    active: bool = True
    version: int | None = Field(None, ge=1, description="When changed: the version seen")

    def plan(self, *, plan_id: UUID, version: int, who: Principal, made_by: str, at: datetime) -> Plan:
        """Return the plan it asks for, at its first round that is not over. Raises Refused."""
        cycle = self.cycle or (CLASS_CYCLE[self.enterprise_class] if self.enterprise_class else None)
        if cycle is None:
            raise refused("cycle", "须给出企业分类或周期", "enterprise_class or cycle is needed")
        today = at_park(at).date()
        if not today - timedelta(days=3660) < self.first_due < today + timedelta(days=3660):
            raise refused("first_due", "首次日期超出十年范围", "is more than ten years away")
        given = self.model_dump(exclude={"version", "cycle", "park_id", "assignee_role"})
        plan = Plan(
            **given,
            plan_id=plan_id,
            version=version,
            cycle=cycle,
            round=0,
            park_id=self.park_id or who.park_id or NO_PARK,
            assignee_role=self.assignee_role.value if self.assignee_role and not self.assignee else None,
            created_by=made_by,
            changed_at=at,
        )
        return msgspec.structs.replace(plan, round=first_round(plan, today))


def refused(where: str, zh: str, en: str) -> Refused:
    """Return the answer (422) to a plan, saying where and why."""
    return Refused("bad-plan", zh, en, status=422, errors=[{"where": where, "what": en, "what_zh": zh}])


async def refuse_wrong(parts: Parts, tx: Connection, plan: Plan) -> None:
    """Raise Refused (422) when the plan contradicts itself or its kind."""
    kind = await parts.book.newest(tx, plan.kind)
    refuse_faults("bad-plan", "计划有误", "the plan contradicts itself", plan_errors(plan, kind))
