"""Adapters of the rules against the process: AN24 to AN26, AN36 to AN39."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from park_standards.anomaly import process
from park_standards.anomaly.result import Anomaly
from park_standards.anomaly.series import Sample, Series, joined

from source_monitoring.domain.anomaly.parameters import Parameters
from source_monitoring.domain.anomaly.window import (
    DAY,
    HOUR,
    Grid,
    Lacking,
    Window,
    means,
    sum_of,
    usual_step,
)  # fmt: skip

_FIVE_MINUTES = timedelta(minutes=5)
_METER_GAP = timedelta(minutes=15)


def held(series: Series[Decimal], times: list[datetime], gap: timedelta = _METER_GAP) -> dict[datetime, Decimal]:
    """Return the last state at each time; a gap of a meter up to 15 min holds it, a longer one leaves it unknown."""
    found: dict[datetime, Decimal] = {}
    samples, place = series.samples, 0
    for at in times:
        while place + 1 < len(samples) and samples[place + 1].at <= at:
            place += 1
        if samples and samples[place].at <= at and at - samples[place].at <= gap:
            found[at] = samples[place].value
    return found


def _pairs(w: Window, back: timedelta) -> Series[tuple[Decimal, Decimal]]:
    """Return (production, weakest treatment) as shares of rated; a time at which either is unknown is left out.

    Production is the sum of its sources over the sum of their rated values only if each is filed with its own; so the
    strongest source speaks for production, and the weakest required unit for treatment.
    """
    production = w.signal("production", Grid.REALTIME, back=back)
    treatment = w.signal("treatment", Grid.REALTIME, back=back)
    times = sorted({sample.at for one in production for sample in one.samples})
    tables = [held(one, times) for one in production], [held(one, times) for one in treatment]
    samples = [
        Sample(at, (max(t[at] for t in tables[0] if at in t), min(t[at] for t in tables[1])))
        for at in times
        if any(at in t for t in tables[0]) and all(at in t for t in tables[1])
    ]
    return Series(tuple(samples), usual_step([s.at for s in samples], timedelta(minutes=1)))


def untreated_production(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN24: production on, treatment off, by meters or working conditions as shares of rated."""
    series = _pairs(w, p.time("grace_min") + HOUR)
    return process.untreated_production(
        series, running=p["running"], treating=p["treating"], at_least=p.time("at_least_min"),
        start_grace=p.time("grace_min"),
    )  # fmt: skip


def treatment_out_of_step(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN25: starts and stops that are seen inside the window; what happened in a gap of the meters was not seen."""
    back = p.time("back_h")
    series = _pairs(w, back)
    purge = timedelta(minutes=float(w.fact("purge") or p["purge_min"]))
    productions = _operations(series, 0, p["running"])
    treatments = _operations(series, 1, p["treating"])
    unseen = {sample.at for sample in _after_gaps(series)}
    for run in productions:
        if run.stopped is not None and run.stopped + purge > w.until:
            continue  # its end is not yet fully seen
        began_before = run.started in unseen
        seen = process.Operation(run.started, None if run.stopped in unseen else run.stopped)
        for anomaly in process.treatment_out_of_step(seen, treatments, late=p.time("late_min"), purge=purge):
            if anomaly.end > w.since - HOUR and not (began_before and anomaly.start == run.started):
                yield anomaly


def _operations(series: Series[tuple[Decimal, Decimal]], place: int, edge: Decimal) -> list[process.Operation]:
    """Return runs of at least 5 min; a pause shorter than that is none. One that a gap cut off lasts to the gap's end."""
    runs: list[process.Operation] = []
    after = {run.at: sample.at for run, sample in pairwise(series.samples)}
    for run in series.runs(lambda s: s.value[place] > edge, _FIVE_MINUTES):
        stopped = None if run.end >= series.end else max(run.end, _end_of_gap(run, series.step, after))
        if runs and runs[-1].stopped is not None and run.start - runs[-1].stopped < _FIVE_MINUTES:
            runs[-1] = process.Operation(runs[-1].started, stopped)
        else:
            runs.append(process.Operation(run.start, stopped))
    return runs


def _end_of_gap(run: Series[tuple[Decimal, Decimal]], step: timedelta, after: Mapping[datetime, datetime]) -> datetime:
    following = after.get(run.samples[-1].at, run.end)
    return following if following - run.samples[-1].at > 2 * step else run.end


def _after_gaps(series: Series[tuple[Decimal, Decimal]]) -> Iterator[Sample[tuple[Decimal, Decimal]]]:
    """Yield the first sample, and each that follows a gap: whether it was so before, nobody saw."""
    yield from series.samples[:1]
    yield from (later for earlier, later in pairwise(series.samples) if later.at - earlier.at > 2 * series.step)


def emission_during_stop(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN26: signs of operation under the mark F.

    ASSUMPTION: a furnace cools and is purged for `after_stop_min` after it stopped, which is no operation; to disprove, a
    plant that hides shorter stretches than that under the mark.
    """
    back = p.time("at_least_min") + p.time("after_stop_min") + HOUR
    found: dict[str, dict[datetime, Decimal]] = {}
    stopped: set[datetime] = set()
    for name, codes in (("oxygen", ("a19001",)), ("temperature", ("a01012",)), ("flow", ("a00000", "w00000"))):
        for code in codes:
            if w.own.has(code):
                series = w.series(Grid.REALTIME, code, back=back, marked=True)
                found[name] = dict(_long_stopped(series, p.time("after_stop_min")))
                stopped |= found[name].keys()
    if not found:
        raise Lacking("不上报氧、温度或流量", "neither oxygen, temperature nor flow is reported")
    samples = [
        Sample(at, process.StackState(**{name: values.get(at) for name, values in found.items()}))
        for at in sorted(stopped)
    ]
    if w.own.has("w00000") and w.fact("design_flow") is None:
        raise Lacking("未备案设计流量", "no design flow is filed", "facts.design_flow")
    return process.emission_during_stop(
        Series(tuple(samples), usual_step([s.at for s in samples], timedelta(seconds=30))),
        design_flow=w.fact("design_flow"), oxygen=p["oxygen"], temperature=p["temperature"],
        flow_share=p["flow_share"], at_least=p.time("at_least_min"),
    )  # fmt: skip


def _long_stopped(series: Series[Decimal], after: timedelta) -> Iterator[tuple[datetime, Decimal]]:
    """Yield the values under the mark F that lie at least `after` behind the last value under another mark."""
    last_running = series.start - after if series.samples else None
    for sample in series.samples:
        if sample.mark != "F":
            last_running = sample.at
        elif last_running is not None and sample.at - last_running >= after:
            yield sample.at, sample.value


def furnace_too_cold(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN36: five-minute means of each furnace temperature; the violated day is judged as a whole."""
    kind = w.text_fact("furnace_kind", "焚烧炉类型", "kind of furnace")
    start = w.since.replace(hour=0, minute=0, second=0, microsecond=0)
    for series in w.signal("furnace", Grid.REALTIME, back=w.since - start):
        valid = Series(tuple(s for s in series.samples if s.mark in {"N", "T"}), series.step)
        if valid.samples:
            yield from process.furnace_too_cold(means(valid, _FIVE_MINUTES), kind=kind, a_day=p.count("a_day"))


def good_values_without_treatment(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN37: the pump runs when any of them draws more than `pump_running` of rated (or of its unit)."""
    back = p.time("at_least_min")
    outlet = w.series(Grid.REALTIME, "a21026", back=back)
    inlet = held(w.signal("inlet_so2", Grid.REALTIME, back=back)[0], [s.at for s in outlet.samples])
    pumps = [
        held(one, [s.at for s in outlet.samples]) for one in w.signal("circulation_pump", Grid.REALTIME, back=back)
    ]
    samples = tuple(
        Sample(
            s.at, process.Desulfurisation(inlet[s.at], s.value, any(t.get(s.at, Decimal(1)) > p["pump_running"] for t in pumps))
        )
        for s in outlet.samples
        if s.at in inlet
    )  # fmt: skip
    return process.good_values_without_treatment(
        Series(samples, outlet.step), outlet=p["outlet"], inlet=p["inlet"], at_least=back
    )


def water_imbalance(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN38, each whole day against the 30 before; days with less than 18 common hours do not count."""
    back = 31 * DAY
    intake = means(sum_of(w.signal("intake", Grid.MINUTE, back=back)), HOUR)
    discharge = w.series(Grid.HOUR, "w00000", back=back)
    days: dict[datetime, list[tuple[Decimal, Decimal]]] = {}
    for sample in joined(intake, discharge).samples:
        days.setdefault(sample.at.replace(hour=0), []).append(sample.value)
    totals = {
        day: (sum((one for one, _ in pairs), Decimal(0)), sum((other for _, other in pairs), Decimal(0)))
        for day, pairs in days.items()
        if len(pairs) >= p.count("least_hours")
    }
    for day in w.days():
        earlier = [totals[one] for one in sorted(totals) if one < day][-30:]
        if day in totals:
            yield from process.water_imbalance(day, *totals[day], earlier, tolerance=p["tolerance"])


def pump_against_flow(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN39."""
    back = p.time("at_least_min")
    flow = w.series(Grid.REALTIME, "w00000", back=back)
    pump = held(sum_of(w.signal("pump", Grid.REALTIME, back=back)), [s.at for s in flow.samples])
    pairs = tuple(Sample(s.at, (pump[s.at] > p["pump_running"], s.value)) for s in flow.samples if s.at in pump)
    return process.pump_against_flow(Series(pairs, flow.step), no_flow=p["no_flow"], at_least=back)
