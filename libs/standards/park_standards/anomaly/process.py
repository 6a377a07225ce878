"""Rules against the process: AN16, AN24 to AN26, AN36 to AN40. Power as a share of rated (0 to 1) unless said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from park_standards.anomaly.lasting import between, lasting
from park_standards.anomaly.result import Anomaly, found
from park_standards.anomaly.series import Sample, Series
from park_standards.errors import BadValue
from park_standards.means import arithmetic_mean
from park_standards.rounding import plain

_TEN_MINUTES = timedelta(minutes=10)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
RUNNING_SHARE = Decimal("0.15")
TREATING_SHARE = Decimal("0.20")
Pair = tuple[Decimal, Decimal]


def flow_against_load(
    series: Series[Pair],
    *,
    flow_per_load: Decimal,
    tolerance: Decimal = Decimal("0.3"),
    window: timedelta = timedelta(hours=24),
) -> tuple[Anomaly, ...]:
    """AN16: over a window of 24 h the flow differs from load x `flow_per_load` by more than 30 %. Values: (flow, load)."""
    if series.duration < window:
        return ()
    expected = sum((load for _, load in series.values), Decimal(0)) * flow_per_load
    actual = sum((flow for flow, _ in series.values), Decimal(0))
    if not expected or abs(actual - expected) <= tolerance * expected:
        return ()
    percent = round((actual / expected - 1) * 100, 1)
    return (
        found(
            "AN16", series.start, series.end, f"flow is {plain(percent)} % off what the load asks for",
            f"烟气量与负荷推算值相差 {plain(percent)} %", deviation_percent=percent, flow_per_load=flow_per_load,
        ),
    )  # fmt: skip


def untreated_production(
    series: Series[Pair],
    *,
    running: Decimal = RUNNING_SHARE,
    treating: Decimal = TREATING_SHARE,
    at_least: timedelta = _TEN_MINUTES,
    start_grace: timedelta = timedelta(minutes=30),
) -> tuple[Anomaly, ...]:
    """AN24: production runs (above 15 % of rated) and its treatment does not (below 20 %) for 10 min.

    Values: (production, treatment) as shares of rated power. The first 30 min of a production run that begins inside
    the window are granted. ASSUMPTION: unknown meters are left out by the caller; a gap over two steps ends a run.
    """
    anomalies: list[Anomaly] = []
    for run in series.runs(lambda s: s.value[0] > running, timedelta(0)):
        began_here = run.start > series.start
        judged = Series(tuple(s for s in run.samples if not began_here or s.at - run.start >= start_grace), series.step)
        anomalies += lasting(
            "AN24", judged, lambda s: s.value[1] < treating, at_least,
            "production runs without its treatment", "生产设施运行而治理设施未运行",
            seen=_shares_seen, treating=treating, running=running,
        )  # fmt: skip
    return tuple(anomalies)


def _shares_seen(values: Sequence[Pair]) -> str:
    made, treated = ([share * 100 for share in column] for column in zip(*values, strict=True))
    return f"{between(map(_whole, made), '%')} / {between(map(_whole, treated), '%')}"


def _whole(value: Decimal) -> Decimal:
    return round(value, 1)


@dataclass(frozen=True, slots=True)
class Operation:
    """One run of a unit; `stopped` None while it still runs."""

    started: datetime
    stopped: datetime | None


def treatment_out_of_step(
    production: Operation,
    treatment: Sequence[Operation],
    *,
    late: timedelta = _TEN_MINUTES,
    purge: timedelta = timedelta(0),
) -> tuple[Anomaly, ...]:
    """AN25: treatment started more than 10 min after production, or stopped before its end plus the purge time."""
    overlapping = [
        run
        for run in treatment
        if (run.stopped is None or run.stopped > production.started)
        and (production.stopped is None or run.started < production.stopped)
    ]
    if not overlapping:
        return ()
    anomalies = []
    first = min(run.started for run in overlapping)
    if first - production.started > late:
        minutes = int((first - production.started) / timedelta(minutes=1))
        anomalies.append(
            found(
                "AN25", production.started, first, f"treatment started {minutes} min after production",
                f"治理设施晚于生产 {minutes} 分钟启动", minutes=minutes,
            )
        )  # fmt: skip
    stops = [run.stopped for run in overlapping]
    last = None if None in stops else max(stop for stop in stops if stop is not None)
    if production.stopped is not None and last is not None and last < production.stopped + purge:
        minutes = int((production.stopped + purge - last) / timedelta(minutes=1))
        anomalies.append(
            found(
                "AN25", last, production.stopped, f"treatment stopped {minutes} min too early",
                f"治理设施提前 {minutes} 分钟停止", minutes=minutes,
            )
        )  # fmt: skip
    return tuple(anomalies)


@dataclass(frozen=True, slots=True)
class StackState:
    """Signs of operation in one period; None where not measured. Oxygen %, temperature degC, flow in its own unit."""

    oxygen: Decimal | None = None
    temperature: Decimal | None = None
    flow: Decimal | None = None


def emission_during_stop(
    series: Series[StackState],
    *,
    design_flow: Decimal | None = None,
    oxygen: Decimal = Decimal(18),
    temperature: Decimal = Decimal(80),
    flow_share: Decimal = Decimal("0.1"),
    at_least: timedelta = _TEN_MINUTES,
) -> tuple[Anomaly, ...]:
    """AN26: under a stop mark, oxygen below 18 %, temperature above 80 degC, or flow above 10 % of design, for 10 min.

    `series` holds the periods under the mark 停运 or flag F only.
    """

    def runs(sample: Sample[StackState]) -> bool:
        state = sample.value
        return (
            (state.oxygen is not None and state.oxygen < oxygen)
            or (state.temperature is not None and state.temperature > temperature)
            or (state.flow is not None and design_flow is not None and state.flow > flow_share * design_flow)
        )

    return lasting(
        "AN26", series, runs, at_least, "signs of operation while marked as stopped", "停运期间出现运行特征",
        seen=_stack_seen, oxygen=oxygen, temperature=temperature,
    )  # fmt: skip


def _stack_seen(values: Sequence[StackState]) -> str:
    columns = (
        ("O2", "%", [one.oxygen for one in values]),
        ("T", "℃", [one.temperature for one in values]),
        ("Q", "", [one.flow for one in values]),
    )
    known = [(name, unit, [value for value in found if value is not None]) for name, unit, found in columns]
    return ", ".join(f"{name} {between(found, unit)}" for name, unit, found in known if found)


FURNACE_LOWEST = {"msw": Decimal(850), "hazardous-waste": Decimal(1100)}


def furnace_too_cold(series: Series[Decimal], *, kind: str, a_day: int = 5) -> tuple[Anomaly, ...]:
    """AN36: 5-minute means below 850 degC (kind "msw") or 1 100 degC ("hazardous-waste"), outside exempting marks.

    GB 18485-2014, GB 18484-2020, MEE Order 10: for "msw" more than 5 such means on a day are a violation, which the
    evidence says. Days are those of the samples' own time zone. Raises BadValue for another kind.
    """
    lowest = FURNACE_LOWEST.get(kind)
    if lowest is None:
        raise BadValue(f"kind of furnace {kind!r} is none of {', '.join(FURNACE_LOWEST)}")
    cold: dict[date, list[Sample[Decimal]]] = {}
    for sample in series.samples:
        if sample.value < lowest:
            cold.setdefault(sample.at.date(), []).append(sample)
    return tuple(
        found(
            "AN36", samples[0].at, samples[-1].at + series.step,
            f"{len(samples)} five-minute means below {plain(lowest)} degC, down to {_coldest(samples)} degC",
            f"{len(samples)} 个 5 分钟均值低于 {plain(lowest)} ℃,最低 {_coldest(samples)} ℃", means=len(samples),
            lowest=min(sample.value for sample in samples),
            violation="yes" if kind == "msw" and len(samples) > a_day else "no",
        )
        for samples in cold.values()
    )  # fmt: skip


def _coldest(samples: Sequence[Sample[Decimal]]) -> str:
    return plain(round(min(sample.value for sample in samples), 1))


@dataclass(frozen=True, slots=True)
class Desulfurisation:
    """SO2 before and after (mg/m3) and whether a circulation pump runs."""

    inlet_so2: Decimal
    outlet_so2: Decimal
    pump_runs: bool


def good_values_without_treatment(
    series: Series[Desulfurisation],
    *,
    outlet: Decimal = Decimal(5),
    inlet: Decimal = Decimal(800),
    at_least: timedelta = _HOUR,
) -> tuple[Anomaly, ...]:
    """AN37: outlet SO2 below 5 with inlet above 800 mg/m3 and no circulation pump running, for 1 h."""
    return lasting(
        "AN37", series,
        lambda s: s.value.outlet_so2 < outlet and s.value.inlet_so2 > inlet and not s.value.pump_runs, at_least,
        "outlet SO2 is low although no pump of the scrubber runs", "脱硫循环泵未运行而出口二氧化硫很低",
        seen=lambda values: (
            f"SO2 {between((v.inlet_so2 for v in values), 'mg/m3')} → {between((v.outlet_so2 for v in values), 'mg/m3')}"
        ),
        outlet=outlet, inlet=inlet,
    )  # fmt: skip


def water_imbalance(
    start: datetime,
    intake: Decimal,
    discharge: Decimal,
    earlier: Sequence[Pair],
    *,
    tolerance: Decimal = Decimal("0.5"),
) -> tuple[Anomaly, ...]:
    """AN38: a day's discharge / intake is off the mean ratio of 30 days by more than 50 %. `earlier`: (intake, discharge)."""
    taken = sum((one for one, _ in earlier), Decimal(0))
    if len(earlier) < 30 or taken <= 0 or intake <= 0:
        return ()
    usual = sum((other for _, other in earlier), Decimal(0)) / taken
    ratio = discharge / intake
    if abs(ratio - usual) <= tolerance * usual:
        return ()
    return (
        found(
            "AN38", start, start + _DAY, f"discharge / intake is {plain(round(ratio, 2))}, usually {plain(round(usual, 2))}",
            f"排水/取水比为 {plain(round(ratio, 2))},平时为 {plain(round(usual, 2))}", ratio=round(ratio, 4),
            usual=round(usual, 4),
        ),
    )  # fmt: skip


def pump_against_flow(
    series: Series[tuple[bool, Decimal]], *, no_flow: Decimal = Decimal(0), at_least: timedelta = _TEN_MINUTES
) -> tuple[Anomaly, ...]:
    """AN39: the pump runs and nothing flows, or the reverse, for 10 min. Values: (pump runs, flow)."""
    dry = lasting(
        "AN39", series, lambda s: s.value[0] and s.value[1] <= no_flow, at_least,
        "the pump runs and nothing flows", "泵运行而流量为零",
    )  # fmt: skip
    wild = lasting(
        "AN39", series, lambda s: not s.value[0] and s.value[1] > no_flow, at_least,
        "water flows although the pump stands", "泵未运行而有流量",
        seen=lambda values: between(flow for _, flow in values),
    )  # fmt: skip
    return (*dry, *wild)


def night_discharge(
    series: Series[Decimal],
    *,
    ratio: Decimal = Decimal(2),
    nights: int = 3,
    night_from: time = time(22),
    night_to: time = time(6),
) -> tuple[Anomaly, ...]:
    """AN40: the night's mean is more than twice the day's on 3 or more of 7 days. Hours in local time; a day is a date."""
    by_day: dict[date, tuple[list[Decimal], list[Decimal]]] = {}
    for sample in series.samples:
        parts = by_day.setdefault(sample.at.date(), ([], []))
        at_night = sample.at.time() >= night_from or sample.at.time() < night_to
        parts[0 if at_night else 1].append(sample.value)
    means: Mapping[date, Pair] = {
        day: (arithmetic_mean(night), arithmetic_mean(light))
        for day, (night, light) in by_day.items()
        if night and light
    }
    loud = [day for day, (night, light) in means.items() if night > ratio * light and night > 0]
    if len(loud) < nights:
        return ()
    return (
        found(
            "AN40", series.start, series.end, f"the night's mean is more than {plain(ratio)} times the day's on {len(loud)} days",
            f"{len(loud)} 天夜间均值超过昼间 {plain(ratio)} 倍", days=len(loud), ratio=ratio,
        ),
    )  # fmt: skip
