"""Outlets as processes: load, concentrations with drifts and noise, analysers with cycles and digits, operators with habits.

Everything is made of a seed, minute by minute, in park time. Values of a minute may be changed by what a scenario does to the
process before the analyser sees it (`truth`), or to what the logger says (`said`).
"""

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from park_schemas.codes import Medium
from park_schemas.park_time import PARK_TIME_ZONE

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
START = datetime(2026, 9, 1, tzinfo=PARK_TIME_ZONE)
"""Midnight of a Tuesday; the first of a month, so that monthly rules see whole months."""


@dataclass(frozen=True)
class Factor:
    """How a factor behaves. Shares of the level: `swing` of the day, `slow` (hours), `fast` (minutes), `white` noise.

    `limit` is the upper limit in force, `cycle_min` the time of one analysis (its result is repeated until the next);
    `follows_load` how much of the value goes with the load (1: all of it, as a flow does).
    """

    code: str
    unit: str
    level: float
    decimals: int
    limit: float | None = None
    swing: float = 0.05
    slow: float = 0.08
    fast: float = 0.03
    white: float = 0.01
    cycle_min: int = 1
    follows_load: float = 0.0
    converted: bool = False
    peak_hour: float = 15.0


@dataclass
class Habits:
    """What is ordinary at an outlet. Shares are per day and minute-free: chances of a happening on a day."""

    calibrates_at: int | None = None
    """Minute of the day at which the analysers are calibrated each day (12 min, mark C)."""
    fault_chance: float = 0.05
    gap_chance: float = 0.15
    stop_chance: float = 0.0
    lost_minutes: float = 0.003
    exceedance_chance: float = 0.0
    flank_min: tuple[int, int] = (3, 40)
    """Minutes over which a true exceedance rises and falls: a furnace follows its treatment within minutes, a basin mixes."""


@dataclass
class Minute:
    """One minute of an outlet: values by factor, converted values, mark. Scenario steps change it in place."""

    at: datetime
    values: dict[str, float]
    mark: str = "N"
    converted: dict[str, float] = field(default_factory=dict)
    lost: bool = False
    load: float = 1.0
    exceeds: bool = False


Step = Callable[[Minute], None]


@dataclass
class Plant:
    """An outlet. `truth` steps act on the process, `said` steps on the finished record, in order."""

    name: str
    medium: Medium
    factors: tuple[Factor, ...]
    seed: int
    habits: Habits = field(default_factory=Habits)
    baseline_oxygen: float | None = None
    truth: list[Step] = field(default_factory=list)
    said: list[Step] = field(default_factory=list)

    def minutes(self, days: int, *, from_day: int = 0) -> Iterable[Minute]:
        """Yield the minutes of the days [from_day, days) after START; those before from_day only warm the process up."""
        dice = random.Random(self.seed)  # noqa: S311 - a simulation, not a secret
        walks = {one.code: Walk(dice, one) for one in self.factors}
        load = Load(dice)
        for day in range(days):
            happenings = _happenings(self.habits, dice)
            flank = dice.randrange(*self.habits.flank_min) if happenings["exceed"] else 1
            for minute in range(1440):
                at = START + day * DAY + minute * MINUTE
                mark = _mark(happenings, minute)
                share = load.at(minute, stopped=mark == "F")
                values = {one.code: walks[one.code].value(minute, share) for one in self.factors}
                made = Minute(at, values, mark, load=share)
                for start, end in happenings["exceed"]:
                    _exceed(made, self.factors, _height(minute, start, end, flank))
                for step in self.truth:
                    step(made)
                self._analyse(made, walks, minute)
                lost = any(a <= minute < b for a, b in happenings["gap"]) or dice.random() < self.habits.lost_minutes
                made.lost = lost
                for step in self.said:
                    step(made)
                if day >= from_day:
                    yield made

    def _analyse(self, made: Minute, walks: dict[str, "Walk"], minute: int) -> None:
        oxygen = made.values.get("a19001")
        for one in self.factors:
            shown = walks[one.code].shown(
                made.values[one.code], minute, calibrating=made.mark == "C" and one.limit is not None
            )
            made.values[one.code] = round(shown, one.decimals)
        for one in self.factors:
            if one.converted and oxygen is not None and self.baseline_oxygen is not None:
                o2 = min(made.values["a19001"], 20.4)
                ratio = (21 - self.baseline_oxygen) / (21 - o2)
                made.converted[one.code] = round(made.values[one.code] * ratio, one.decimals)


class Load:
    """The plant's load, 0 to 1.1: lower at night, drifting over hours, 0 when stopped, growing for an hour after a stop."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._drift = 0.0
        self._warm = 1.0

    def at(self, minute: int, *, stopped: bool) -> float:
        self._drift += -self._drift / 360 + 0.05 * math.sqrt(2 / 360) * self._dice.gauss(0, 1)
        self._warm = 0.0 if stopped else min(1.0, self._warm + 1 / 60)
        day = 0.92 + 0.08 * math.cos((minute / 60 - 15) * math.pi / 12)
        return max(0.0, (day + self._drift) * self._warm)


class Walk:
    """One factor: two drifts (Ornstein-Uhlenbeck) on its level, white noise of the analyser, results held for a cycle."""

    def __init__(self, dice: random.Random, factor: Factor) -> None:
        self._dice = dice
        self._factor = factor
        self._slow = factor.slow * dice.gauss(0, 1)
        self._fast = 0.0
        self._held: float | None = None
        self._phase = dice.randrange(factor.cycle_min)
        self._habit = 0.9 + 0.2 * dice.random()

    def value(self, minute: int, load: float) -> float:
        f, dice = self._factor, self._dice
        self._slow += -self._slow / 300 + f.slow * math.sqrt(2 / 300) * dice.gauss(0, 1)
        self._fast += -self._fast / 12 + f.fast * math.sqrt(2 / 12) * dice.gauss(0, 1)
        day = f.swing * math.cos((minute / 60 - f.peak_hour) * math.pi / 12)
        usual = f.level * (self._habit if f.limit is not None else 1.0) * (1 + day + self._slow + self._fast)
        return usual * (1 - f.follows_load + f.follows_load * load)

    def shown(self, truth: float, minute: int, *, calibrating: bool) -> float:
        """Return what the analyser shows: a zero gas, then a span gas while it calibrates."""
        f = self._factor
        if calibrating and f.limit is not None:
            return 0.0 if minute % 12 < 6 else 1.2 * f.limit
        if f.cycle_min > 1 and self._held is not None and (minute + self._phase) % f.cycle_min:
            return self._held
        noisy = truth + f.white * f.level * self._dice.gauss(0, 1)
        self._held = noisy if f.code in _MAY_BE_NEGATIVE or truth < 0 else max(0.0, noisy)
        return self._held


_MAY_BE_NEGATIVE = frozenset({"a01013"})


def _height(minute: int, start: int, end: int, flank: int) -> float:
    """Return how far an exceedance has risen (0 to 1): over `flank` minutes up, and as long down before its end."""
    return max(0.0, min(1.0, (minute - start) / flank, (end - minute) / flank))


def _exceed(made: Minute, factors: tuple[Factor, ...], height: float) -> None:
    """A true exceedance of the first limited factor: values rise, nobody hides them."""
    limited = next((one for one in factors if one.limit is not None), None)
    if limited is not None and height > 0:
        made.values[limited.code] *= 1 + 1.2 * height
        made.exceeds = True


def _happenings(habits: Habits, dice: random.Random) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {"C": [], "D": [], "F": [], "gap": [], "exceed": []}
    if habits.calibrates_at is not None:
        start = habits.calibrates_at + dice.randrange(-5, 6)
        found["C"].append((start, start + 12))
    for name, chance, shortest, longest in (
        ("D", habits.fault_chance, 20, 120), ("gap", habits.gap_chance, 10, 180), ("F", habits.stop_chance, 180, 480),
        ("exceed", habits.exceedance_chance, 60, 240),
    ):  # fmt: skip
        if dice.random() < chance:
            start = dice.randrange(0, 1440 - longest)
            found[name].append((start, start + dice.randrange(shortest, longest)))
    return found


def _mark(happenings: dict[str, list[tuple[int, int]]], minute: int) -> str:
    for mark in "FDC":
        if any(start <= minute < end for start, end in happenings[mark]):
            return mark
    return "N"


# --- kinds of outlets ------------------------------------------------------------------------------------------------


def water(seed: int, *more: Factor, **habits: float) -> Plant:
    """A waste-water outlet; COD and the nutrients are analysed once an hour. Limits as GB/T 31962-2015 A has them."""
    factors = (
        Factor("w00000", "L/s", 6.0, 2, swing=0.15, slow=0.10, fast=0.05, white=0.02, follows_load=0.9),
        Factor("w01001", "1", 7.4, 2, swing=0.004, slow=0.03, fast=0.008, white=0.002),
        Factor("w01018", "mg/L", 210.0, 1, 500.0, slow=0.12, cycle_min=60),
        Factor("w21003", "mg/L", 16.0, 2, 45.0, slow=0.12, cycle_min=60),
        Factor("w21011", "mg/L", 2.9, 2, 8.0, slow=0.12, cycle_min=60),
        Factor("w21001", "mg/L", 31.0, 2, 70.0, slow=0.10, cycle_min=60),
    )
    return Plant("water", Medium.WASTE_WATER, (*factors, *more), seed, Habits(flank_min=(20, 120), **habits))  # type: ignore[arg-type]


def boiler(seed: int, *more: Factor, **habits: float) -> Plant:
    """A gas boiler with converted values (reference oxygen 3.5 %, GB 13271-2014)."""
    factors = (
        Factor("a00000", "m3/s", 9.0, 2, swing=0.05, slow=0.05, fast=0.03, white=0.01, follows_load=0.95),
        Factor("a01011", "m/s", 11.0, 2, swing=0.03, slow=0.04, fast=0.03, white=0.01, follows_load=0.3),
        Factor("a01012", "degC", 128.0, 1, swing=0.02, slow=0.03, fast=0.01, white=0.003, follows_load=0.2),
        Factor("a19001", "%", 4.6, 2, swing=0.03, slow=0.08, fast=0.04, white=0.01),
        Factor("a21002", "mg/m3", 78.0, 1, 150.0, slow=0.09, fast=0.05, white=0.015, converted=True),
        Factor("a21026", "mg/m3", 21.0, 1, 50.0, slow=0.11, fast=0.06, white=0.02, converted=True),
        Factor("a34013", "mg/m3", 7.5, 2, 20.0, slow=0.10, fast=0.05, white=0.02, converted=True),
    )
    usual = {"calibrates_at": 190, **habits}
    plant = Plant("boiler", Medium.WASTE_GAS, (*factors, *more), seed, Habits(**usual), 3.5)  # type: ignore[arg-type]
    plant.truth.append(_Fire().burn)
    return plant


class _Fire:
    """What a fire does to its flue: without one air flows in and the stack cools over an hour; a weak one has excess air."""

    def __init__(self) -> None:
        self._heat = 1.0

    def burn(self, made: Minute) -> None:
        burning = made.mark != "F"
        self._heat += ((1.0 if burning else 0.0) - self._heat) / (10 if burning else 20)
        made.values["a01012"] = 25 + (made.values["a01012"] - 25) * self._heat
        weak = 0.0 if made.load > 0.5 else (0.5 - made.load) * 2
        made.values["a19001"] = (
            made.values["a19001"] + (20.7 - made.values["a19001"]) * (weak if burning else 1.0) * 0.9
        )
        if not burning:
            made.values["a19001"] = max(made.values["a19001"], 20.3)
            for code in ("a21002", "a21026"):
                made.values[code] *= self._heat * 0.2


def solvent(seed: int, *more: Factor, **habits: float) -> Plant:
    """A vent of organic gas behind an absorber: NMHC by FID, aromatic components."""
    factors = (
        Factor("a00000", "m3/s", 5.0, 2, swing=0.05, slow=0.05, fast=0.03, white=0.01, follows_load=0.6),
        Factor("a01011", "m/s", 9.5, 2, swing=0.03, slow=0.04, fast=0.03, white=0.01, follows_load=0.3),
        Factor("a24088", "mg/m3", 34.0, 2, 80.0, slow=0.12, fast=0.06, white=0.02),
        Factor("a25002", "mg/m3", 1.1, 3, 4.0, slow=0.12, fast=0.06, white=0.02),
        Factor("a25003", "mg/m3", 5.5, 3, 15.0, slow=0.12, fast=0.06, white=0.02),
        Factor("a25005", "mg/m3", 6.0, 3, 20.0, slow=0.12, fast=0.06, white=0.02),
    )
    usual = {"calibrates_at": 250, **habits}
    return Plant("solvent", Medium.WASTE_GAS, (*factors, *more), seed, Habits(**usual))  # type: ignore[arg-type]


def meter(code: str, rated: float, *, white: float = 0.02, share: float = 0.75) -> Factor:
    """Return a power or current meter that goes with the load."""
    return Factor(code, "kW", rated * share, 2, swing=0.0, slow=0.03, fast=0.02, white=white, follows_load=0.7)


LOAD = Factor("i33400", "%", 88.0, 1, swing=0.0, slow=0.01, fast=0.005, white=0.005, follows_load=1.0)
VOLTAGE = Factor("i33103", "V", 221.0, 1, swing=0.0, slow=0.008, fast=0.006, white=0.002)
HEATED_LINE = Factor("i33001", "degC", 142.0, 1, swing=0.0, slow=0.02, fast=0.01, white=0.004)
CONDENSER = Factor("i33002", "degC", 2.7, 2, swing=0.02, slow=0.08, fast=0.05, white=0.01)
