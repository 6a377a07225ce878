"""Who and what is in the simulated park, and what its outlets will do in the week: all of it drawn from the seed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from alerting.domain.duty_roster import Roster, Shift, ShiftRule, Swap, shifts_of
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.codes import AlarmLevel, Medium, Period, Role
from park_schemas.identifiers import natural_id
from park_schemas.park_time import PARK_TIME_ZONE
from park_schemas.supervision import FindingRecorded
from task_dispatch.domain.actions import Actor
from task_dispatch.domain.delegations import Delegation
from task_dispatch.domain.plans import Plan

PARK = UUID(int=1)
FIRST_DAY = date(2026, 9, 28)
"""A Monday; Thursday 1 October begins the National Day holiday, Saturday 10 October is worked instead."""
START = datetime.combine(FIRST_DAY, time(0), PARK_TIME_ZONE)
WEEK = timedelta(days=7)
SETTLING = timedelta(days=21)
"""After the week nothing new happens; what is open is worked off."""

CALENDAR = WorkingCalendar()
OFFICER = ("task:read", "task:create", "task:dispatch", "task:verify", "task:cancel")
WORKER = ("task:read", "task:work")
OFFICERS = ("zhang", "zhao")
INSPECTORS = ("chen", "li", "sun", "wang")


@dataclass(frozen=True)
class Outlet:
    """An outlet of an enterprise."""

    point_id: UUID
    enterprise_id: UUID
    number: int


@dataclass(frozen=True)
class World:
    """Everything that is fixed before the week begins."""

    outlets: tuple[Outlet, ...]
    findings: tuple[FindingRecorded, ...]
    shifts: tuple[Shift, ...]
    delegations: tuple[Delegation, ...]
    plans: tuple[Plan, ...]
    false_alarms: frozenset[UUID]
    """Outlets whose instrument is wrong: what it says is no exceedance."""

    def actor(self, username: str, now: datetime) -> Actor:
        """Return a person as the domain knows them, with those they stand for now."""
        stands_for = {one.principal for one in self.delegations if one.deputy == username and one.holds_at(now)}
        role, may = (Role.OFFICER, OFFICER) if username in OFFICERS else (Role.INSPECTOR, WORKER)
        return Actor(username, username.title(), role, frozenset(may), stands_for=frozenset(stands_for))


def world_of(chance: Random) -> World:
    """Draw a park and its week."""
    outlets = tuple(
        Outlet(natural_id("outlet", number), natural_id("enterprise", number % 5), number) for number in range(12)
    )
    return World(
        outlets=outlets,
        findings=tuple(sorted(_findings(chance, outlets), key=lambda one: (one.period_end, str(one.finding_id)))),
        shifts=tuple(shifts_of(ROSTER, CALENDAR, [_swap(chance)])),
        delegations=(_absence(chance),),
        plans=tuple(_plan(chance, number) for number in range(6)),
        false_alarms=frozenset(outlet.point_id for outlet in outlets if chance.random() < 0.25),
    )


ROSTER = Roster(
    code="park",
    name_zh="园区值班",
    name_en="Park duty",
    valid_from=FIRST_DAY - timedelta(days=1),
    valid_to=FIRST_DAY + timedelta(days=40),
    shifts=[
        ShiftRule("工作日白班", "Day, working", time(8), time(20), [["zhang"], ["zhao"]], days="working"),
        ShiftRule("节假日白班", "Day, rest", time(8), time(20), [["zhao"], ["zhang"]], days="rest"),
        ShiftRule("夜班", "Night", time(20), time(8), [["zhang"], ["zhao"]], turns="week"),
    ],
)


def _swap(chance: Random) -> Swap:
    shifts = [shift for shift in shifts_of(ROSTER, CALENDAR) if START <= shift.starts_at < START + WEEK]
    given = chance.choice(shifts)
    (person,) = given.people
    taker = next(name for name in OFFICERS if name != person)
    return Swap(swap_id=UUID(int=5), starts_at=given.starts_at, from_person=person, to_person=taker, reason="换班")


def _absence(chance: Random) -> Delegation:
    principal, deputy = chance.sample(INSPECTORS, 2)
    begins = START + timedelta(days=chance.randrange(1, 4))
    return Delegation(
        delegation_id=UUID(int=6),
        principal=principal,
        deputy=deputy,
        deputy_name=deputy.title(),
        starts_at=begins,
        ends_at=begins + timedelta(days=3),
        reason="休假",
        made_by="zhang",
        made_at=START,
    )


def _plan(chance: Random, number: int) -> Plan:
    return Plan(
        plan_id=natural_id("plan", number),
        version=1,
        name_zh=f"检查 {number}",
        name_en=f"Check {number}",
        kind="inspection",
        cycle="month",
        first_due=FIRST_DAY + timedelta(days=chance.randrange(1, 7)),
        round=0,
        lead_days=chance.randrange(1, 3),
        park_id=PARK,
        created_by="zhang",
        changed_at=START,
        priority=AlarmLevel.BLUE,
        enterprise_id=natural_id("enterprise", number % 5),
        assignee_role="inspector",
    )


def _findings(chance: Random, outlets: tuple[Outlet, ...]) -> list[FindingRecorded]:
    """Draw one to three exceedances an outlet, hour by hour, each followed by hours that comply; some findings come twice."""
    found: list[FindingRecorded] = []
    for outlet in outlets:
        hour = chance.randrange(0, 60)
        for _ in range(chance.randrange(1, 4)):
            lasting, worst = chance.randrange(1, 9), chance.choice([1.2, 1.7, 2.4, 3.6])
            for step in range(lasting + 4):
                ratio = round(worst * chance.uniform(0.8, 1.0), 2) if step < lasting else 0.6
                found.append(_finding(outlet, hour + step, max(ratio, 1.05) if step < lasting else ratio))
                if chance.random() < 0.05:
                    found.append(found[-1])
            hour += lasting + chance.randrange(10, 60)
    return [one for one in found if one.period_end <= START + WEEK]


def _finding(outlet: Outlet, hour: int, ratio: float) -> FindingRecorded:
    begins = START + timedelta(hours=hour)
    return FindingRecorded(
        finding_id=natural_id("finding", outlet.point_id, hour),
        rule="exceedance",
        verdict="violated" if ratio > 1 else "complied",
        park_id=PARK,
        subject_id=outlet.point_id,
        subject_name_zh=f"排口 {outlet.number}",
        subject_name_en=f"Outlet {outlet.number}",
        medium=Medium.WASTE_WATER,
        period=Period.HOUR,
        period_start=begins,
        period_end=begins + timedelta(hours=1),
        recorded_at=begins + timedelta(hours=1),
        explanation_zh=f"化学需氧量为限值的 {ratio} 倍",
        explanation_en=f"COD at {ratio} times the limit",
        enterprise_id=outlet.enterprise_id,
        enterprise_name_zh=f"企业 {outlet.number % 5}",
        factor="w01018",
        factor_name_zh="化学需氧量",
        factor_name_en="COD",
        observed=str(round(50 * ratio, 1)),
        limit="50",
        unit="mg/L",
        ratio=ratio,
        standard="GB 18918-2002",
        clause="表1 一级A",
        limit_id="limit-1",
    )
