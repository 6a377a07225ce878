"""The task-dispatch side: alarms and plans become tasks by its own domain; deadlines and clocks run in virtual time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, Role
from park_schemas.identifiers import natural_id
from park_schemas.park_time import at_park
from task_dispatch.domain import life
from task_dispatch.domain.actions import Around
from task_dispatch.domain.clocks import report_deadline, waiting, wound
from task_dispatch.domain.kinds import ClockedStep, Kind, shipped_kinds
from task_dispatch.domain.plans import Plan, deadline, due_on, fires_at, round_of
from task_dispatch.domain.policy import feedback_time, plan_for, shipped_policy
from task_dispatch.domain.task_states import ENDED, may
from task_dispatch.domain.work import Step, Work

from park_simulation.world import CALENDAR, PARK


@dataclass
class Dispatch:
    """All tasks of the park. `publish` is the topic of tasks."""

    publish: Callable[[Step], None]
    works: dict[UUID, Work] = field(default_factory=dict)
    plans: dict[UUID, Plan] = field(default_factory=dict)
    rounds: dict[tuple[UUID, int], UUID] = field(default_factory=dict)
    steps: dict[UUID, list[Step]] = field(default_factory=dict)
    seen: dict[UUID, int] = field(default_factory=dict)
    by_policy: dict[UUID, UUID] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=shipped_kinds)

    def take(self, step: Step) -> Work:
        """Record a step as the service does."""
        written = wound(step, CALENDAR)
        task = written.work.task
        self.works[task.task_id] = written.work
        self.steps.setdefault(task.task_id, []).append(written)
        self.publish(written)
        return written.work

    def hear(self, alarm: Alarm, now: datetime) -> None:
        """Take a newer version of an alarm; older and repeated ones change nothing."""
        if self.seen.get(alarm.alarm_id, 0) >= alarm.version:
            return
        self.seen[alarm.alarm_id] = alarm.version
        work = self._open_of(alarm.alarm_id)
        if work is not None:
            if alarm.level.rank > work.task.priority.rank and may(work.task.state, "hastened"):
                due_at = self._due(self.kinds[work.task.kind], alarm.level, now)
                self.take(life.hastened(work, level=alarm.level, due_at=due_at, now=now))
            return
        plan = plan_for(alarm, shipped_policy(), now)
        if plan is not None and alarm.alarm_id not in self.by_policy:
            task_id = natural_id("task-by-policy", alarm.alarm_id)
            self.by_policy[alarm.alarm_id] = task_id
            self._make(
                task_id, plan.kind, alarm.level, plan.title_zh, plan.assignee_role, now, alarm=alarm, source="alarm"
            )

    def _open_of(self, alarm_id: UUID) -> Work | None:
        task_id = self.by_policy.get(alarm_id)
        work = self.works[task_id] if task_id else None
        return work if work is not None and work.task.state not in ENDED else None

    def _due(self, kind: Kind, level: AlarmLevel, now: datetime) -> datetime:
        own = report_deadline(kind.clocks, level, now, CALENDAR)
        return own or now + feedback_time(level, shipped_policy())

    def _make(
        self, task_id: UUID, kind: str, level: AlarmLevel, title: str, role: Role | None, now: datetime, *,
        alarm: Alarm | None = None, source: str = "manual", due_at: datetime | None = None, parent: UUID | None = None,
    ) -> None:  # fmt: skip
        made = life.created(
            task_id=task_id, number=f"TK-{at_park(now):%Y%m%d}-{len(self.works) + 1:04d}", park_id=PARK, kind=kind,
            title_zh=title, title_en="", priority=level, due_at=due_at or self._due(self.kinds[kind], level, now),
            by=life.SYSTEM, now=now, alarm=alarm, clock_rules=self.kinds[kind].clocks, source=source, parent_id=parent,
        )  # fmt: skip
        work = self.take(made)
        if role is not None:
            self.take(
                life.dispatched(
                    work, assignee=None, name="", role=role.value, due_at=None, note="", by=life.SYSTEM, now=now
                )
            )

    def split(self, parent: Work, now: datetime) -> None:
        """Make a part of a task: a sample to be taken."""
        number = sum(work.task.parent_id == parent.task.task_id for work in self.works.values())
        task_id = natural_id("part", parent.task.task_id, number)
        self._make(
            task_id, "sampling", parent.task.priority, "采样", Role.INSPECTOR, now, source="sub-task",
            parent=parent.task.task_id,
        )  # fmt: skip

    def around(self, work: Work) -> Around:
        """Return what lies around a task."""
        children = sum(
            other.task.parent_id == work.task.task_id and other.task.state not in ENDED for other in self.works.values()
        )
        return Around(self.kinds[work.task.kind], children)

    def due(self, now: datetime) -> list[tuple[datetime, str, UUID, ClockedStep]]:
        """Return (when, number, task, step) of the deadlines and clocks that have run out, oldest first."""
        found: list[tuple[datetime, str, UUID, ClockedStep]] = []
        for task_id, work in self.works.items():
            task = work.task
            if task.state in ENDED:
                continue
            if task.due_at <= now and not task.overdue and may(task.state, "overdue"):
                found.append((task.due_at, task.number, task_id, "report"))
            if may(task.state, "late"):
                clocks = waiting(work.clocks)
                found += [(at, task.number, task_id, step) for step, at in clocks.items() if at <= now]
        return sorted(found)

    def fire(self, task_id: UUID, step: ClockedStep, now: datetime) -> None:
        """Mark what has run out."""
        work = self.works[task_id]
        if step == "report":
            self.take(life.plain(work, "overdue", by=life.SYSTEM, reason="", now=now, overdue=True))
        else:
            self.take(life.late(work, step, now=now))

    def make_rounds(self, now: datetime, until: datetime) -> None:
        """Make the tasks of plans that are due, up to the end of the week."""
        for plan_id, plan in sorted(self.plans.items()):
            if not fires_at(plan, plan.round) <= now < until:
                continue
            coming = round_of(plan, plan.round, CALENDAR)
            task_id = natural_id("task-by-plan", plan_id, plan.round)
            assert (plan_id, plan.round) not in self.rounds
            self.rounds[plan_id, plan.round] = task_id
            self._make(
                task_id, plan.kind, plan.priority, plan.name_zh, Role.INSPECTOR, now, source="plan",
                due_at=deadline(coming, now, CALENDAR),
            )  # fmt: skip
            assert due_on(plan, plan.round) == coming.due_on
            self.plans[plan_id] = replace(plan, round=plan.round + 1)
