"""Adapters of the rules on the data link: AN31, AN32, AN44, AN46. AN11 and AN45 run on the stream (packets.py)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from park_judging.domain.periods import day_of, hour_of
from park_schemas.park_time import PARK_TIME_ZONE
from park_standards.anomaly import data_link
from park_standards.anomaly.result import Anomaly
from park_standards.anomaly.series import Sample, Series
from park_standards.transmission import HourCounts

from source_monitoring.domain.anomaly.parameters import Parameters
from source_monitoring.domain.anomaly.window import DAY, FLOWS, HOUR, Grid, Lacking, Window, part, usual_step

CUBIC_METRES_A_SECOND = MappingProxyType(
    {"L/s": Decimal("0.001"), "m3/s": Decimal(1), "m3/h": 1 / Decimal(3600), "m3/min": 1 / Decimal(60)}
)
KILOGRAMS_A_CUBIC_METRE = MappingProxyType({"mg/L": Decimal("0.001"), "mg/m3": Decimal("0.000001")})


def offline(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN31. The interval is that of the point's newest realtime values."""
    if w.last_packet is None:
        raise Lacking("该点位从未上报数据", "the point has never sent anything")
    times = [
        datetime.fromtimestamp(at / 1000, PARK_TIME_ZONE)
        for column in w.own.columns.get(Grid.REALTIME, {}).values()
        for at in column.times[-30:]
    ]
    interval = usual_step(sorted(set(times)), timedelta(minutes=10))
    return data_link.offline(
        w.last_packet, w.now, interval, suspect_intervals=p.count("suspect_intervals"),
        offline_after=p.time("offline_after_min"), missing_after=p.time("missing_after_h"),
    )  # fmt: skip


def factor_missing(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN32 over the park's day so far: hours in which packets came without a registered factor."""
    columns = w.own.columns.get(Grid.MINUTE) or w.own.columns.get(Grid.REALTIME) or {}
    if not columns:
        return
    seen: dict[str, set[datetime]] = {}
    for (code, _), column in columns.items():
        hours = seen.setdefault(code, set())
        for at, value in zip(column.times, column.values, strict=True):
            if value is not None:
                hours.add(hour_of(datetime.fromtimestamp(at / 1000, PARK_TIME_ZONE)))
    arrived: set[datetime] = set().union(*seen.values())
    last_whole = hour_of(w.until)
    for day in {day_of(w.since), day_of(w.until)}:
        hours = {hour for hour in arrived if day <= hour < min(day + DAY, last_whole)}
        missing = {code: len(hours - seen.get(code, set())) for code in w.own.limits.factors}
        if hours:
            yield from data_link.factor_missing(
                day, max(hours) + HOUR, missing, warn=p.count("warn"), alarm=p.count("alarm")
            )


def total_inconsistent(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN44: the Cou of the device's day record (m3, kg) against our hours.

    A few lost hours may have held anything between the day's least and largest hour, stopped ones down to nothing: only what
    lies outside all of that is compared.
    """
    column = w.own.columns.get(Grid.DAY, {}).get((factor, "Cou"))
    if column is None:
        raise Lacking("设备未上报日累计值", "the device sends no total of the day")
    flow = next((code for code in FLOWS if w.own.has(code)), None)
    if flow is None:
        raise Lacking("不上报流量", "no flow is reported")
    rates = _rates(w, factor, flow)
    for at, uploaded in zip(column.times, column.values, strict=True):
        day = day_of(datetime.fromtimestamp(at / 1000, PARK_TIME_ZONE))
        today = part(rates, day, day + DAY)
        if uploaded is not None and w.since < day + DAY <= w.until and len(today.samples) >= p.count("least_hours"):
            said = Decimal(repr(uploaded))
            own = _nearest(today.values, said, _stopped_hours(w, factor, day))
            yield from data_link.total_inconsistent(day, said, round(own, 3), share=p["share"])


def _nearest(rates: tuple[Decimal, ...], said: Decimal, stopped: int) -> Decimal:
    """Return the total of a day that lies nearest to what was said, of those that its known hourly rates allow."""
    known, lost = sum(rates, Decimal(0)), 24 - len(rates)
    idle = min(lost, stopped)
    lowest, highest = known + (lost - idle) * min(rates), known + lost * max(rates)
    return min(max(said, lowest * 3600), highest * 3600)


def _stopped_hours(w: Window, factor: str, day: datetime) -> int:
    hours = (w.own.hours.get(day + n * HOUR, {}).get(factor) for n in range(24))
    return sum(1 for one in hours if one is not None and one.reason == "stopped")


def _rates(w: Window, factor: str, flow: str) -> Series[Decimal]:
    """Return the hours' flow in m3/s, or mass flow in kg/s."""
    volume = w.series(Grid.HOUR, flow, back=2 * DAY)
    scale = CUBIC_METRES_A_SECOND.get(w.own.limits.factors[flow].unit)
    if scale is None:
        raise Lacking(f"流量单位 {w.own.limits.factors[flow].unit} 无法折算", "the unit of the flow does not convert")
    if factor == flow:
        return Series(tuple(Sample(s.at, s.value * scale) for s in volume.samples), HOUR)
    mass = KILOGRAMS_A_CUBIC_METRE.get(w.own.limits.factors[factor].unit) if factor in w.own.limits.factors else None
    if mass is None:
        raise Lacking("浓度单位无法折算为质量", "the unit of the concentration makes no mass")
    flows = {s.at: s.value * scale for s in volume.samples}
    values = w.series(Grid.HOUR, factor, back=2 * DAY)
    return Series(tuple(Sample(s.at, s.value * mass * flows[s.at]) for s in values.samples if s.at in flows), HOUR)


def capture_low(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN46 on the calendar month up to each whole day, from the point's first hour on; too few hours say nothing."""
    if not w.own.hours:
        return
    first = min(w.own.hours)
    for day in w.days():
        start = max(day.replace(day=1), first)
        hours = [start + n * HOUR for n in range(int((day + DAY - start) / HOUR))]
        values = [w.own.hours.get(hour, {}).get(factor) for hour in hours]
        stopped = sum(value is not None and value.reason == "stopped" for value in values)
        valid = sum(value is not None and value.valid for value in values)
        received = sum(value is not None for value in values) - stopped
        counts = HourCounts(len(hours) - stopped, max(received, valid), 0, valid, stopped)
        if counts.expected >= p.count("least_hours"):
            yield from data_link.capture_low(start, day + DAY, counts, least=p["least"])
