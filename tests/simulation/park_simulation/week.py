"""The week itself: virtual time goes from event to event; people look at their tasks, duty changes, clocks run out.

Topics are queues between the two services: an alarm's event reaches task-dispatch a second later, sometimes twice, and so back.
"""

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from alerting.domain.duty_roster import on_duty
from alerting.domain.policy import shipped_policy
from park_schemas.alarms import Alarm
from park_schemas.tasks import Task
from task_dispatch.domain.life import BadDeadline
from task_dispatch.domain.task_states import ENDED
from task_dispatch.domain.work import Step

from park_simulation.alarms import Alerting, policy_with_duty
from park_simulation.books import Books
from park_simulation.people import act, choose
from park_simulation.tasks import Dispatch
from park_simulation.world import CALENDAR, INSPECTORS, OFFICERS, SETTLING, START, WEEK, World, world_of

TICK = timedelta(minutes=5)
"""How often the services look for what is due, and people for what is theirs."""
LATENCY = timedelta(seconds=1)


@dataclass(frozen=True)
class Told:
    """Somebody was told of an alarm."""

    at: datetime
    alarm: Alarm
    recipients: tuple[str, ...]
    why: str


class Week:
    """One run. Nothing here reads a clock or the environment: the seed decides all."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        self.world: World = world_of(self._chance)
        self.books = Books()
        self.told: list[Told] = []
        self.now = START
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._sent = 0
        self.alerting = Alerting(policy_with_duty(shipped_policy()), self._publish_alarm, self._tell, self._duty)
        self.dispatch = Dispatch(self._publish_task, plans={plan.plan_id: plan for plan in self.world.plans})

    def run(self) -> "Week":
        """Live through the week and until what is open is worked off."""
        for finding in self.world.findings:
            self._at(finding.recorded_at, lambda finding=finding: self.alerting.hear(finding, self.now))  # type: ignore[misc]
        tick, end = START, START + WEEK + SETTLING
        while tick < end:
            while self._queue and self._queue[0][0] <= tick:
                self.now, _, happen = heapq.heappop(self._queue)
                happen()
            self.now = tick
            self._look()
            tick += TICK
        return self

    def _at(self, when: datetime, happen: Callable[[], None]) -> None:
        self._sent += 1
        heapq.heappush(self._queue, (when, self._sent, happen))

    def _look(self) -> None:
        """What the services' timers and the people do at a tick."""
        for _, alarm_id, kind in self.alerting.due(self.now):
            if kind in self.alerting.episodes[alarm_id].timers:
                self.alerting.fire(alarm_id, kind, self.now)
        self.dispatch.make_rounds(self.now, START + WEEK)
        for _, _, task_id, step in self.dispatch.due(self.now):
            self.dispatch.fire(task_id, step, self.now)
        self._people()

    def _people(self) -> None:
        officers = on_duty(self.world.shifts, self.now)
        for alarm_id in list(self.alerting.episodes):
            if officers and self._chance.random() < 0.02:
                self.alerting.acknowledge(alarm_id, officers[0], self.now)
        awake = CALENDAR.is_working_instant(self.now) or self._chance.random() < 0.3
        for task_id in list(self.dispatch.works):
            if self.dispatch.works[task_id].task.state in ENDED or not awake or self._chance.random() > 0.12:
                continue
            self._work_on(task_id, (*officers, *INSPECTORS))

    def _work_on(self, task_id: object, people: Sequence[str]) -> None:
        username = self._chance.choice(people)
        if any(one.principal == username and one.holds_at(self.now) for one in self.world.delegations):
            return  # who is absent does nothing; the deputy may
        work = next(work for known, work in self.dispatch.works.items() if known == task_id)
        actor, around = self.world.actor(username, self.now), self.dispatch.around(work)
        name = choose(self._chance, work, actor, around, is_officer=username in OFFICERS)
        if name is None:
            return
        if name == "split":
            self.dispatch.split(work, self.now)
            return
        outcome = "false-alarm" if work.task.subject_id in self.world.false_alarms else "confirmed"
        try:
            self.dispatch.take(act(self._chance, name, work, actor, INSPECTORS, outcome, self.now))
        except BadDeadline as error:  # the time asked for has passed meanwhile
            self.books.write(self.now, username, "refused", name, error)

    def _duty(self, at: datetime) -> Mapping[str, Sequence[str]]:
        return {"park": on_duty(self.world.shifts, at)}

    def _tell(self, alarm: Alarm, recipients: list[str], why: str, at: datetime) -> None:
        self.told.append(Told(at, alarm, tuple(recipients), why))
        self.books.write(at, "told", alarm.number, alarm.level.value, why, ",".join(recipients))

    def _publish_alarm(self, event: str, alarm: Alarm, at: datetime) -> None:
        self.books.write(at, "alarm", alarm.number, event, f"v{alarm.version}", alarm.level.value, alarm.state.value)
        for _ in range(1 + (self._chance.random() < 0.1)):  # the topic promises at least once
            self._at(at + LATENCY, lambda: self.dispatch.hear(alarm, self.now))

    def _publish_task(self, step: Step) -> None:
        task = step.work.task
        self.books.write(step.at, "task", task.number, step.event, f"v{task.version}", task.state.value, step.who)
        if step.announced and task.alarm_id is not None:
            self._at(step.at + LATENCY, lambda: self._hear_task(step.event, task))

    def _hear_task(self, event: str, task: Task) -> None:
        if event == "created":
            self.alerting.task_made(task, self.now)
        elif event in {"closed", "cancelled"}:
            self.alerting.task_ended(task, self.now)
