"""Records of a logger: the CP groups of realtime, minute, hour and day data, made from the signal model at any time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from park_schemas.park_time import PARK_TIME_ZONE

from simulator.factor_plans import LEGACY_CODES, FactorPlan
from simulator.operations import interval_mark
from simulator.park_plan import PointSite
from simulator.signal_model import Sample, SignalModel

REALTIME, MINUTE, HOUR, DAY = "2011", "2051", "2061", "2031"

Group = dict[str, str]


@dataclass(frozen=True)
class Span:
    """How an interval record is made: its length and how far apart the samples are that it sums up."""

    length: timedelta
    sampled_each: timedelta


SPANS: Mapping[str, Span] = MappingProxyType(
    {
        MINUTE: Span(timedelta(minutes=10), timedelta(minutes=1)),
        HOUR: Span(timedelta(hours=1), timedelta(minutes=10)),
        DAY: Span(timedelta(days=1), timedelta(hours=1)),
    }
)


@dataclass(frozen=True)
class Record:
    """One thing a logger has to say: the command and the time it stands for (the start of an interval)."""

    command: str
    start: datetime
    supplementary: bool = False


def wall(at: datetime) -> str:
    """Return the DataTime of an instant: park time, to the second."""
    return at.astimezone(PARK_TIME_ZONE).strftime("%Y%m%d%H%M%S")


def interval_start(command: str, at: datetime, minute_interval_min: int = 10) -> datetime:
    """Return the start of the interval that holds `at`, in park time."""
    local = at.astimezone(PARK_TIME_ZONE).replace(second=0, microsecond=0)
    if command == DAY:
        return local.replace(hour=0, minute=0)
    if command == HOUR:
        return local.replace(minute=0)
    return local.replace(minute=local.minute - local.minute % minute_interval_min)


def length_of(command: str, minute_interval_min: int = 10) -> timedelta:
    """Return the length of an interval record."""
    return timedelta(minutes=minute_interval_min) if command == MINUTE else SPANS[command].length


def groups_of(model: SignalModel, site: PointSite, record: Record, *, minute_interval_min: int = 10) -> list[Group]:
    """Return the CP groups of a record, DataTime first."""
    if record.command == REALTIME:
        return _realtime(site, record.start, model.sample(site, record.start))
    length = length_of(record.command, minute_interval_min)
    step = SPANS[record.command].sampled_each
    samples = [model.sample(site, record.start + step * number) for number in range(length // step)]
    return _interval(site, record.start, samples, length.total_seconds())


def _code(site: PointSite, plan: FactorPlan) -> str:
    return LEGACY_CODES.get(plan.code, plan.code) if site.edition == "2005" else plan.code


def _realtime(site: PointSite, at: datetime, sample: Sample) -> list[Group]:
    groups: list[Group] = [{"DataTime": wall(at)}]
    for plan in site.plan.factors:
        code = _code(site, plan)
        group = {f"{code}-Rtd": _text(sample.values[plan.code], plan)}
        if plan.converted:
            group[f"{code}-ZsRtd"] = _text(sample.converted[plan.code], plan)
        group[f"{code}-Flag"] = sample.mark.value
        groups.append(group)
    return groups


_STATISTICS: tuple[tuple[str, Callable[[list[float]], float]], ...] = (
    ("Min", min),
    ("Avg", lambda values: sum(values) / len(values)),
    ("Max", max),
)


def _interval(site: PointSite, start: datetime, samples: list[Sample], seconds: float) -> list[Group]:
    groups: list[Group] = [{"DataTime": wall(start)}]
    mark = interval_mark([sample.mark for sample in samples]).value
    flow = _mean_flow(site, samples)
    for plan in site.plan.factors:
        code = _code(site, plan)
        values = [sample.values[plan.code] for sample in samples]
        group = {f"{code}-{name}": _text(statistic(values), plan) for name, statistic in _STATISTICS}
        if plan.converted:
            converted = [sample.converted[plan.code] for sample in samples]
            group |= {f"{code}-Zs{name}": _text(statistic(converted), plan) for name, statistic in _STATISTICS}
        if plan.total:
            group[f"{code}-Cou"] = f"{_total(site, plan, sum(values) / len(values), flow, seconds):.3f}"
        group[f"{code}-Flag"] = mark
        groups.append(group)
    return groups


def _mean_flow(site: PointSite, samples: list[Sample]) -> float:
    code = "a00000" if site.plan.medium == "waste-gas" else "w00000"
    return sum(sample.values.get(code, 0.0) for sample in samples) / len(samples)


def _total(site: PointSite, plan: FactorPlan, mean: float, flow: float, seconds: float) -> float:
    """Return the volume in m3 or the mass in kg: L/s and mg/L for water, m3/s and mg/m3 for gas."""
    is_gas = site.plan.medium == "waste-gas"
    volume_m3 = flow * seconds / (1 if is_gas else 1000)
    if plan.total == "volume":
        return volume_m3
    return mean * volume_m3 / (1_000_000 if is_gas else 1000)


def _text(value: float, plan: FactorPlan) -> str:
    """Return the number as the logger prints it; never -0.0."""
    return f"{round(value, plan.decimals) + 0.0:.{plan.decimals}f}"
