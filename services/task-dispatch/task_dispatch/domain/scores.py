"""Scores of timeliness and quality by person, cell and enterprise, each explained down to its tasks. Pure; rules are data.

A task counts when it was closed in the period, or is still open and a clock of it has run out. It begins with 100 points each
for timeliness and quality; each deduction says why. A joint task counts for its leader and for each co-worker.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib import resources
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from task_dispatch.domain.kinds import ClockedStep
from task_dispatch.domain.life import CLOCK_ZH
from task_dispatch.domain.work import CoWorker, TaskClock

ScoreBy = Literal["person", "cell", "enterprise"]


class ScoringRules(Struct, frozen=True, forbid_unknown_fields=True):
    """Points taken off, and how much of the score timeliness is (0 to 1)."""

    source: str
    timeliness_share: float
    missed: dict[ClockedStep, float]
    urged: float
    urged_at_most: float
    returned: float
    returned_at_most: float


class TaskFacts(Struct, frozen=True, kw_only=True):
    """What a score needs to know of a task; `returned` and `urged` are how often."""

    task_id: UUID
    number: str
    kind: str
    title_zh: str
    state: str
    assignee: str | None
    assignee_name: str
    co_workers: list[CoWorker]
    cell: str
    enterprise_id: UUID | None
    enterprise_name_zh: str
    clocks: list[TaskClock]
    returned: int
    urged: int
    created_at: datetime
    closed_at: datetime | None


class Deduction(Struct, frozen=True):
    """Points taken off, and why."""

    of: Literal["timeliness", "quality"]
    points: float
    what_zh: str
    what_en: str


class TaskScore(Struct, frozen=True):
    """One task with its points."""

    task_id: UUID
    number: str
    kind: str
    title_zh: str
    state: str
    closed_at: datetime | None
    timeliness: float
    quality: float
    score: float
    deductions: list[Deduction]


class ScoreRow(Struct, frozen=True):
    """The mean of the tasks of a person, cell or enterprise. `on_time`: tasks without a missed clock."""

    key: str
    name: str
    tasks: int
    closed: int
    on_time: int
    returned: int
    urged: int
    timeliness: float
    quality: float
    score: float


def shipped_rules() -> ScoringRules:
    """Return the rules shipped with the service."""
    text = (resources.files("task_dispatch") / "policies" / "scoring.json").read_bytes()
    return msgspec.json.decode(text, type=ScoringRules)


def _persons(task: TaskFacts) -> list[tuple[str, str]]:
    lead = [(task.assignee, task.assignee_name or task.assignee)] if task.assignee else []
    return lead + [(one.username, one.name) for one in task.co_workers]


def _cells(task: TaskFacts) -> list[tuple[str, str]]:
    return [(task.cell, task.cell)] if task.cell else []


def _enterprises(task: TaskFacts) -> list[tuple[str, str]]:
    return [(str(task.enterprise_id), task.enterprise_name_zh)] if task.enterprise_id else []


OWNERS: dict[ScoreBy, Callable[[TaskFacts], list[tuple[str, str]]]] = {
    "person": _persons,
    "cell": _cells,
    "enterprise": _enterprises,
}
"""Whose score a task goes to: (key, name) each."""


def task_score(task: TaskFacts, rules: ScoringRules) -> TaskScore:
    """Return the points of one task with every deduction."""
    deductions = [
        Deduction(
            "timeliness", rules.missed.get(clock.until, 0), f"{CLOCK_ZH[clock.until]}超时", f"{clock.until} was late"
        )
        for clock in task.clocks
        if clock.missed_at is not None and rules.missed.get(clock.until, 0) > 0
    ]
    if task.urged:
        points = min(rules.urged_at_most, task.urged * rules.urged)
        deductions.append(Deduction("timeliness", points, f"被催办 {task.urged} 次", f"urged {task.urged} time(s)"))
    if task.returned:
        points = min(rules.returned_at_most, task.returned * rules.returned)
        deductions.append(
            Deduction("quality", points, f"被退回 {task.returned} 次", f"returned {task.returned} time(s)")
        )
    timeliness, quality = (
        max(0.0, 100 - sum(one.points for one in deductions if one.of == of)) for of in ("timeliness", "quality")
    )
    share = rules.timeliness_share
    score = round(share * timeliness + (1 - share) * quality, 2)
    return TaskScore(
        task.task_id, task.number, task.kind, task.title_zh, task.state, task.closed_at, timeliness, quality, score, deductions
    )  # fmt: skip


def score_rows(tasks: Iterable[TaskFacts], by: ScoreBy, rules: ScoringRules) -> list[ScoreRow]:
    """Return one row a person, cell or enterprise, best first."""
    groups: dict[str, tuple[str, list[tuple[TaskFacts, TaskScore]]]] = {}
    for task in tasks:
        scored = task_score(task, rules)
        for key, name in OWNERS[by](task):
            groups.setdefault(key, (name, []))[1].append((task, scored))
    rows = [_row(key, name, members) for key, (name, members) in groups.items()]
    return sorted(rows, key=lambda row: (-row.score, row.key))


def of_owner(tasks: Iterable[TaskFacts], by: ScoreBy, key: str) -> list[TaskFacts]:
    """Return the tasks that went into a row."""
    return [task for task in tasks if any(owner == key for owner, _ in OWNERS[by](task))]


def _row(key: str, name: str, members: list[tuple[TaskFacts, TaskScore]]) -> ScoreRow:
    count = len(members)
    return ScoreRow(
        key=key,
        name=name,
        tasks=count,
        closed=sum(task.state == "closed" for task, _ in members),
        on_time=sum(all(clock.missed_at is None for clock in task.clocks) for task, _ in members),
        returned=sum(task.returned for task, _ in members),
        urged=sum(task.urged for task, _ in members),
        timeliness=round(sum(one.timeliness for _, one in members) / count, 2),
        quality=round(sum(one.quality for _, one in members) / count, 2),
        score=round(sum(one.score for _, one in members) / count, 2),
    )
