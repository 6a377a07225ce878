"""Outlets where nothing is wrong but what is ordinary: calibrations, faults marked as such, stops, gaps, true exceedances.

Everything a rule may want is filed, so that as few rules as possible hide behind "not applicable".
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from park_judging.domain.periods import hour_of
from source_monitoring.domain.anomaly.episodes import Episode
from source_monitoring.domain.anomaly.settings import OutletSettings, SignalSource
from source_monitoring.domain.anomaly.window import OutletRecord

from anomaly_proof.plant import (
    CONDENSER,
    DAY,
    HEATED_LINE,
    LOAD,
    START,
    VOLTAGE,
    Factor,
    Minute,
    Plant,
    boiler,
    meter,
    solvent,
    water,
)  # fmt: skip
from anomaly_proof.replay import HOUR, Setting, register, run, store
from anomaly_proof.scenario import dice_of
from anomaly_proof.scenarios_process import PRODUCTION, TREATMENT, shifts

_METERS = (meter(PRODUCTION, 400), meter(TREATMENT, 60))
_HABITS = {"exceedance_chance": 0.04}


@dataclass(frozen=True)
class CleanRun:
    """What was found on one clean outlet over so many days."""

    plant: str
    seed: int
    days: int
    found: tuple[Episode, ...]
    exceeding: frozenset[datetime] = frozenset()
    """Hours (their start) in which the outlet truly exceeded."""

    def counts(self) -> Counter[str]:
        """Return how many anomalies each rule opened; the info stage of AN31 (a gap that is really there) is none."""
        return Counter(one.rule_id for one in self.found if one.rule_id != "AN31")

    def counts_at_exceedances(self) -> Counter[str]:
        """Return how many of them begin or end within an hour of a true exceedance."""
        return Counter(one.rule_id for one in self.found if one.rule_id != "AN31" and self._meets_exceedance(one))

    def _meets_exceedance(self, one: Episode) -> bool:
        near = (hour_of(at) + n * HOUR for at in (one.started_at, one.ended_at) for n in (-1, 0, 1))
        return any(hour in self.exceeding for hour in near)


def _water(seed: int) -> Plant:
    intake = Factor("w00001", "L/s", 7.4, 2, swing=0.15, slow=0.1, fast=0.05, white=0.02, follows_load=0.9)
    inlet = Factor("e10201", "mg/L", 2000.0, 0, slow=0.12, cycle_min=60)
    index = Factor("w01019", "mg/L", 62.0, 1, slow=0.1, cycle_min=60)
    return water(seed, VOLTAGE, meter("e30101", 30), intake, inlet, index, **_HABITS)


def _boiler(seed: int) -> Plant:
    furnace = Factor("i33311", "degC", 945.0, 1, swing=0.005, slow=0.015, fast=0.008, white=0.001)
    extra = (VOLTAGE, HEATED_LINE, CONDENSER, LOAD, furnace, *_METERS)
    plant = boiler(seed, *extra, stop_chance=0.1, **_HABITS)
    shifts(plant, 0)
    return plant


def _solvent(seed: int) -> Plant:
    return solvent(seed, VOLTAGE, LOAD, **_HABITS)


KINDS: tuple[Callable[[int], Plant], ...] = (_water, _boiler, _solvent)


def clean_runs(
    outlets: int,
    days: int,
    judged_days: int,
    *,
    kinds: tuple[Callable[[int], Plant], ...] = KINDS,
    first_seed: int = 1000,
) -> Iterator[CleanRun]:
    """Yield the runs: `outlets` of each kind send `days` days, the last `judged_days` of which are judged by every rule."""
    for kind in kinds:
        for seed in range(first_seed, first_seed + outlets):
            plant = kind(seed)
            keep = START + max(0, days - judged_days - 2) * DAY
            exceeding: set[datetime] = set()
            stored = store(plant, _watched(plant.minutes(days), exceeding), realtime_from=keep)
            setting = Setting(register(plant), stored, _filed(plant), _records(plant, days))
            until = START + days * DAY - timedelta(minutes=30)
            found = run(setting, START + (days - judged_days) * DAY, until)
            yield CleanRun(plant.name, seed, judged_days, tuple(found), frozenset(exceeding))


def _watched(minutes: Iterable[Minute], exceeding: set[datetime]) -> Iterator[Minute]:
    for made in minutes:
        if made.exceeds:
            exceeding.add(hour_of(made.at))
        yield made


def _filed(plant: Plant) -> OutletSettings:
    facts = {f"range/{one.code}": str(round(one.limit * 2, 3)) for one in plant.factors if one.limit is not None}
    facts["calibration_times"] = "03:10, 04:10"
    if plant.baseline_oxygen is not None:
        facts |= {
            "baseline_oxygen": str(plant.baseline_oxygen),
            "flow_per_load": str(round(9.0 / 88.0, 4)),
            "furnace_kind": "msw",
        }
    codes = {one.code for one in plant.factors}
    signals = {
        "production": [SignalSource(factor=PRODUCTION, rated="400")],
        "treatment": [SignalSource(factor=TREATMENT, rated="60")],
        "intake": [SignalSource(factor="w00001")],
        "inlet_cod": [SignalSource(factor="e10201")],
    }
    return OutletSettings(
        facts=facts, signals={role: found for role, found in signals.items() if found[0].factor in codes}
    )


def _records(plant: Plant, days: int) -> list[OutletRecord]:
    """Return a tidy book: daily checks within tolerance, a small correction with its work order, doors for maintenance."""
    dice = dice_of(plant.seed, "book")
    found = []
    for day in range(days):
        at = START + day * DAY + timedelta(hours=9)
        found.append(OutletRecord(at, "standard-check", factor="", value=Decimal(f"{dice.uniform(-4, 4):.1f}")))
        if day % 7 == 3:
            order = f"GD-{day}"
            found.append(OutletRecord(at, "work-order", work_order=order))
            found.append(OutletRecord(at + timedelta(hours=1), "access", text="door", work_order=order))
        value = Decimal(1) + Decimal(day // 7) / 50
        found.append(OutletRecord(at + timedelta(hours=2), "parameter", factor="w01018", name="i13008", value=value))
    return [one for one in found if one.kind != "parameter" or (one.at - START).days % 7 == 3]
