"""What the analysers see: values of every factor as functions of time, with the scenario's effects on top."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import cos, pi

from park_schemas.park_time import PARK_TIME_ZONE

from simulator.effects import Action, Effects
from simulator.factor_plans import FactorPlan
from simulator.noise import seed_of, smooth, uniform
from simulator.operations import Background, Condition, Mark, condition
from simulator.park_plan import PointSite

_MAY_BE_NEGATIVE = frozenset({"a01013", "a01001"})
_CEILINGS = {"w01001": 14.0, "a01014": 100.0, "a01002": 100.0, "a19001": 20.9}
_OXYGEN, _AIR_OXYGEN = "a19001", 21.0
_FLOWS = frozenset({"w00000", "a00000", "a01011"})
_UNMOVED_BY_LOAD = frozenset({"w01001", "w01010", "a01013", "a01012", "a19001"})
_STEADY = frozenset({"w01001", "a01006", "a01001", "a19001", "w01009", "Leq", "LMx", "L90"})


@dataclass(frozen=True)
class Bounds:
    """The strictest limit of a factor at a point, as the archive gave it."""

    upper: float | None = None
    lower: float | None = None


@dataclass(frozen=True)
class Sample:
    """All values of a point at an instant, unrounded, and the mark of all of them. `converted` holds the -Zs values."""

    values: Mapping[str, float]
    converted: Mapping[str, float]
    mark: Mark


class SignalModel:
    """Answers what any point shows at any instant. `limits` is {point code: {factor: bounds}}."""

    def __init__(
        self,
        limits: Mapping[str, Mapping[str, Bounds]],
        background: Background | None = None,
        effects: Effects | None = None,
    ) -> None:
        self._limits = limits
        self.background = background or Background()
        self.effects = effects or Effects()

    def sample(self, site: PointSite, at: datetime) -> Sample:
        """Return what the point shows at `at` (aware)."""
        state = condition(site, at, self.background)
        mark = self.effects.mark(site.code, at) or state.mark
        state = Condition(mark, state.load)
        values = {plan.code: self._value(site, plan, at, state) for plan in site.plan.factors}
        oxygen = values.get(_OXYGEN, _AIR_OXYGEN)
        converted = {
            plan.code: values[plan.code] * self._conversion(site, oxygen)
            for plan in site.plan.factors
            if plan.converted
        }
        return Sample(values, converted, mark)

    def bounds(self, site: PointSite, code: str) -> Bounds:
        """Return the strictest limit of a factor."""
        return self._limits.get(site.code, {}).get(code, Bounds())

    def _value(self, site: PointSite, plan: FactorPlan, at: datetime, state: Condition) -> float:
        normal = self._normal(site, plan)
        seed = seed_of(f"{site.code}/{plan.code}")
        value = _under_mark(plan, normal, self.bounds(site, plan.code), state, at)
        if value is None:
            value = normal * _own_habit(plan, seed) * self._shape(plan, seed, at) * self._load(site, plan, state)
        for effect in self.effects.on_values(site.code, plan.code, at):
            target = self._target(site, plan, effect.action, effect.amount, value, at, state)
            value += (target - value) * effect.strength(at)
        ceiling = _CEILINGS.get(plan.code)
        value = min(value, ceiling) if ceiling is not None else value
        return value if plan.code in _MAY_BE_NEGATIVE else max(0.0, value)

    def _normal(self, site: PointSite, plan: FactorPlan) -> float:
        if not plan.share:
            return plan.level
        bounds = self.bounds(site, plan.code)
        if bounds.upper is None:
            return 0.0
        return plan.share * (bounds.upper if bounds.lower is None else (bounds.upper + bounds.lower) / 2)

    @staticmethod
    def _shape(plan: FactorPlan, seed: int, at: datetime) -> float:
        local = at.astimezone(PARK_TIME_ZONE)
        hour = local.hour + local.minute / 60 + local.second / 3600
        moment = at.timestamp()
        rhythm = plan.swing * cos((hour - plan.peak_hour) * pi / 12)
        random = (
            0.5 * smooth(seed, moment, 10_800)
            + 0.3 * smooth(seed ^ 1, moment, 1_200)
            + 0.2 * smooth(seed ^ 2, moment, 45)
        )
        return 1.0 + rhythm + plan.noise * random

    def _load(self, site: PointSite, plan: FactorPlan, state: Condition) -> float:
        if site.plan.medium == "rain-water" and plan.code in _FLOWS:
            return self.background.rain
        if plan.code in _FLOWS:
            return state.load
        if plan.code in _UNMOVED_BY_LOAD or state.load >= 1.0:
            return 1.0
        return 1.0 + 0.25 * (1.0 - state.load)

    def _target(
        self,
        site: PointSite,
        plan: FactorPlan,
        action: Action,
        amount: float,
        value: float,
        at: datetime,
        state: Condition,
    ) -> float:
        if action is Action.MULTIPLY:
            return value * amount
        if action is Action.OFFSET:
            return value + amount
        if action is Action.HOLD:
            return amount
        upper = self.bounds(site, plan.code).upper
        if upper is None:
            return value * amount
        wobble = 1.0 + 0.015 * smooth(seed_of(site.code), at.timestamp(), 30)
        if not plan.converted:
            return amount * upper * wobble
        oxygen_plan = site.factor(_OXYGEN)
        oxygen = self._value(site, oxygen_plan, at, state) if oxygen_plan else _AIR_OXYGEN
        return amount * upper * wobble / self._conversion(site, oxygen)

    @staticmethod
    def _conversion(site: PointSite, oxygen: float) -> float:
        """Return (21 - reference O2) / (21 - measured O2), the factor of converted concentrations (折算)."""
        reference = site.plan.reference_oxygen
        if reference is None or oxygen >= _AIR_OXYGEN - 0.5:
            return 1.0
        return (_AIR_OXYGEN - reference) / (_AIR_OXYGEN - oxygen)


def _own_habit(plan: FactorPlan, seed: int) -> float:
    """Points of one kind do not all run at the same level: 0.85 to 1.15 of it, save what nature or chemistry holds steady."""
    if plan.code in _STEADY:
        return 1.0
    return 0.85 + 0.3 * uniform(seed, 99)


def _under_mark(plan: FactorPlan, normal: float, bounds: Bounds, state: Condition, at: datetime) -> float | None:
    """Return what an analyser shows while it does not measure, None when it does."""
    if state.mark is Mark.CALIBRATION and bounds.upper is not None:
        span = int(at.timestamp()) // 240 % 2
        return span * 0.8 * bounds.upper
    if state.mark is Mark.FAULT and bounds.upper is not None and plan.code != "w01001":
        return normal * 0.01
    if state.mark is Mark.STOPPED and plan.code not in _UNMOVED_BY_LOAD:
        return normal * 0.01
    return None
