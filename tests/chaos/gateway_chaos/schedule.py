"""A schedule: which faults, when, for how long, and which data loggers. The same seed gives the same schedule."""

import random
from dataclasses import dataclass
from enum import StrEnum

TRAFFIC_S = 5.0
"""How long new frames are made; faults begin within this time."""


class Victim(StrEnum):
    """Who suffers a fault."""

    GATEWAY = "gateway"
    BROKER = "broker"
    POSTGRES = "postgres"
    LOGGERS = "loggers"
    DISK = "disk"


class Deed(StrEnum):
    """What is done to it."""

    KILL = "kill -9"
    FREEZE = "SIGSTOP"
    RESTART = "SIGTERM"
    CUT = "sockets cut in mid-frame"
    DEAF = "answers not read"
    FULL = "no space left"


@dataclass(frozen=True)
class Fault:
    """At `at_s` seconds after the start the deed is done, `for_s` seconds later it is undone."""

    at_s: float
    victim: Victim
    deed: Deed
    for_s: float

    def __str__(self) -> str:
        lasting = f" for {self.for_s:.1f} s" if self.for_s else ""
        return f"{self.at_s:.1f} s {self.victim} {self.deed}{lasting}"


@dataclass(frozen=True)
class _Choice:
    victim: Victim
    deed: Deed
    weight: int
    shortest_s: float
    longest_s: float


CHOICES = (
    _Choice(Victim.GATEWAY, Deed.KILL, 4, 0.0, 0.8),
    _Choice(Victim.GATEWAY, Deed.FREEZE, 2, 0.3, 2.5),
    _Choice(Victim.GATEWAY, Deed.RESTART, 2, 0.0, 0.3),
    _Choice(Victim.BROKER, Deed.KILL, 4, 0.2, 2.5),
    _Choice(Victim.BROKER, Deed.FREEZE, 4, 0.5, 4.0),
    _Choice(Victim.POSTGRES, Deed.KILL, 2, 0.0, 1.5),
    _Choice(Victim.POSTGRES, Deed.FREEZE, 2, 0.5, 2.5),
    _Choice(Victim.LOGGERS, Deed.CUT, 3, 0.0, 0.0),
    _Choice(Victim.LOGGERS, Deed.DEAF, 2, 0.5, 2.5),
    _Choice(Victim.DISK, Deed.FULL, 3, 0.5, 3.0),
)
"""How often each fault is drawn, and how long it lasts at least and at most (seconds)."""


@dataclass(frozen=True)
class LoggerPlan:
    """One connection: how many devices speak on it and how.

    `window` frames may be unanswered at once; `resends`: as the standard says, until 9014 comes (else each frame is sent once);
    `in_pieces`: writes split at random; `tears`: chance a frame that the connection is cut in the middle of it.
    """

    devices: int
    window: int
    resends: bool
    in_pieces: bool
    tears: float
    pause_s: float


@dataclass(frozen=True)
class Schedule:
    """Everything that is decided before the run; `seed` decides it."""

    seed: int
    faults: tuple[Fault, ...]
    loggers: tuple[LoggerPlan, ...]

    def did(self, victim: Victim, *deeds: Deed) -> bool:
        """Whether one of these deeds is done to the victim."""
        return any(fault.victim is victim and fault.deed in deeds for fault in self.faults)


def schedule_of(seed: int) -> Schedule:
    """Return the schedule of a seed."""
    chance = random.Random(seed)
    faults: list[Fault] = []
    for _ in range(chance.choice((1, 2, 2, 3, 3, 4))):
        faults += _drawn(chance)
    loggers = tuple(_logger(chance) for _ in range(chance.randint(4, 7)))
    return Schedule(seed, tuple(sorted(faults, key=lambda fault: fault.at_s)), loggers)


def _drawn(chance: random.Random) -> list[Fault]:
    (choice,) = chance.choices(CHOICES, [one.weight for one in CHOICES])
    at, lasting = (
        round(chance.uniform(0.3, TRAFFIC_S - 1), 2),
        round(chance.uniform(choice.shortest_s, choice.longest_s), 2),
    )
    fault = Fault(at, choice.victim, choice.deed, lasting)
    if choice.victim is not Victim.DISK:
        return [fault]
    # A full disk is felt only while the spool is written: the broker goes first, and stays away longer than the spool waits.
    deed = chance.choice((Deed.KILL, Deed.FREEZE))
    return [Fault(max(0.2, round(at - chance.uniform(0, 1.0), 2)), Victim.BROKER, deed, round(lasting + 1.5, 2)), fault]


def _logger(chance: random.Random) -> LoggerPlan:
    return LoggerPlan(
        devices=chance.choice((1, 1, 2, 3)),
        window=chance.choice((1, 1, 4, 16, 40)),
        resends=chance.random() < 0.75,
        in_pieces=chance.random() < 0.3,
        tears=chance.choice((0.0, 0.0, 0.01)),
        pause_s=chance.choice((0.005, 0.015, 0.03)),
    )
