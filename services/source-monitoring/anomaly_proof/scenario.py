"""A scenario: an outlet, what is done to it and when, and what a rule that works must say of it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from source_monitoring.domain.anomaly.episodes import Episode
from source_monitoring.domain.anomaly.settings import OutletSettings, SignalSource

from anomaly_proof.plant import DAY, START, Minute, Plant, Step
from anomaly_proof.replay import HOUR, Setting, register, run, store

MINUTES = timedelta(minutes=1)


@dataclass(frozen=True)
class Event:
    """Something that a rule should find: it counts as found when an anomaly overlaps [start, end + late]."""

    start: datetime
    end: datetime
    late: timedelta = timedelta(0)

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass
class Case:
    """A scenario with one seed: judged from `since` to `until`, with the episodes it gave."""

    events: Sequence[Event]
    since: datetime
    until: datetime
    judge: Callable[[], list[Episode]]


Build = Callable[[int], Case]


@dataclass(frozen=True)
class Scenario:
    """What is done, in words, and how to build it from a seed."""

    rule_id: str
    zh: str
    build: Build


SCENARIOS: list[Scenario] = []


def scenario(rule_id: str, zh: str) -> Callable[[Build], Build]:
    """Put a builder on the list."""

    def add(build: Build) -> Build:
        SCENARIOS.append(Scenario(rule_id, zh, build))
        return build

    return add


def dice_of(seed: int, salt: str) -> random.Random:
    """Return the dice of a scenario: the same numbers for the same seed, on any machine."""
    return random.Random(f"{salt}/{seed}")  # noqa: S311 - a simulation, not a secret


def spread(
    dice: random.Random, count: int, days: tuple[int, int], minutes: tuple[int, int], late: timedelta = timedelta(0)
) -> list[Event]:
    """Return `count` events of `minutes` length on different days of [from, to), between 01:00 and the evening."""
    chosen = sorted(dice.sample(range(*days), count))
    events = []
    for day in chosen:
        length = dice.randrange(*minutes)
        begin = dice.randrange(300, max(301, 1380 - min(length, 1000)))
        start = START + day * DAY + begin * MINUTES
        events.append(Event(start, start + length * MINUTES, late))
    return events


def during(events: Sequence[Event], change: Callable[[Minute, Event], None]) -> Step:
    """Return a step that acts while one of the events lasts."""

    def step(made: Minute) -> None:
        for event in events:
            if event.holds(made.at):
                change(made, event)

    return step


@dataclass
class Outlet:
    """How a plant is registered and filed for a case."""

    facts: dict[str, str] = field(default_factory=dict)
    signals: dict[str, list[SignalSource]] = field(default_factory=dict)


def case(
    plant: Plant, rule_id: str, events: Sequence[Event], days: int, *, from_day: int = 1, outlet: Outlet | None = None,
    setting: Callable[[Setting], Setting] = lambda one: one, realtime_days: int | None = None,
) -> Case:  # fmt: skip
    """Return the case of a plant that sends `days` days, judged from `from_day` on."""
    filed = outlet or Outlet()
    since, until = START + from_day * DAY, START + days * DAY

    def judged() -> list[Episode]:
        keep = START + ((days - realtime_days) * DAY if realtime_days is not None else timedelta(0))
        stored = store(plant, plant.minutes(days), realtime_from=keep)
        made = Setting(register(plant), stored, OutletSettings(facts=filed.facts, signals=filed.signals))
        return run(setting(made), since, until - HOUR / 2, frozenset({rule_id}))

    return Case(events, since, until, judged)
