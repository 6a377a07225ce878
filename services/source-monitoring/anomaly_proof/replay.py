"""A simulated outlet run through the service's own judging, run by run as the schedule would, down to episodes.

What the database does in the service (stored frames, hours closed) is done here by plain means: realtime values are those of
the minutes, ten-minute records their means with the device's 75 % mark rule, hours the means of at least 45 valid minutes.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from park_judging.domain.applied_limits import PointLimits, compile_limits
from park_schemas.identifiers import natural_id
from park_schemas.registry import LimitInForce, MonitoredFactor, PointRecord
from source_monitoring.domain.anomaly.episodes import Episode, fold
from source_monitoring.domain.anomaly.judging import found_by, judge, needed
from source_monitoring.domain.anomaly.rule_table import EVERY, RULE_RUNS, Cadence
from source_monitoring.domain.anomaly.settings import OutletSettings
from source_monitoring.domain.anomaly.spans import complete_until
from source_monitoring.domain.anomaly.window import (
    Column,
    Columns,
    Grid,
    HourValue,
    OutletRecord,
    PointReadings,
    Window,
)
from source_monitoring.domain.reductions.reduction_list import ReductionMeasure

from anomaly_proof.plant import DAY, START, Minute, Plant

Key = tuple[str, str]
HOUR = timedelta(hours=1)


@dataclass
class Stored:
    """What a point has sent: columns by grid (epoch ms rising), own hours."""

    columns: dict[Grid, dict[Key, tuple[list[int], list[float | None], list[str | None]]]] = field(default_factory=dict)
    hours: dict[datetime, dict[str, HourValue]] = field(default_factory=dict)
    arrivals: list[datetime] = field(default_factory=list)

    def put(self, grid: Grid, key: Key, at: datetime, value: float | None, mark: str) -> None:
        times, values, marks = self.columns.setdefault(grid, {}).setdefault(key, ([], [], []))
        times.append(int(at.timestamp() * 1000))
        values.append(value)
        marks.append(mark)

    def part(self, spans: Mapping[Grid, datetime], until: datetime) -> dict[Grid, Columns]:
        """Return the columns of each grid from its time on."""
        end = int(until.timestamp() * 1000)
        found: dict[Grid, Columns] = {}
        for grid, since in spans.items():
            begin = int(since.timestamp() * 1000)
            columns = {}
            for key, (times, values, marks) in self.columns.get(grid, {}).items():
                a, b = bisect_left(times, begin), bisect_left(times, end)
                columns[key] = Column(times[a:b], values[a:b], marks[a:b])
            found[grid] = columns
        return found


def store(plant: Plant, minutes: Iterable[Minute], *, realtime_from: datetime = START) -> Stored:
    """Return what the logger sends of the minutes: realtime, ten-minute records, the day's totals; and our hours."""
    stored = Stored()
    ten: list[Minute] = []
    hour: list[Minute] = []
    totals: dict[str, float] = {}
    flow = "a00000" if any(one.code == "a00000" for one in plant.factors) else "w00000"
    for made in minutes:
        if made.at.minute % 10 == 0 and ten:
            _ten_minutes(stored, ten)
            ten = []
        if made.at.minute == 0 and hour:
            _hour(stored, plant, hour)
            hour = []
            if made.at.hour == 0:
                _day(stored, made.at - DAY, totals)
                totals = {}
        if flow in made.values and made.values[flow] is not None:
            _add_totals(totals, plant, made, flow)
        if not made.lost:
            ten.append(made)
            hour.append(made)
            stored.arrivals.append(made.at)
            if made.at >= realtime_from:
                _realtime(stored, made)
    return stored


def _realtime(stored: Stored, made: Minute) -> None:
    for code, value in made.values.items():
        stored.put(Grid.REALTIME, (code, "Rtd"), made.at, value, made.mark)
    for code, value in made.converted.items():
        stored.put(Grid.REALTIME, (code, "ZsRtd"), made.at, value, made.mark)


def _usual_mark(minutes: Sequence[Minute]) -> str:
    marks = Counter(made.mark for made in minutes)
    return "N" if marks["N"] * 4 >= len(minutes) * 3 else max((m for m in marks if m != "N"), key=lambda m: marks[m])


def _ten_minutes(stored: Stored, minutes: Sequence[Minute]) -> None:
    start = minutes[0].at.replace(minute=minutes[0].at.minute // 10 * 10)
    mark = _usual_mark(minutes)
    kept = [made for made in minutes if made.mark == "N"] if mark == "N" else minutes
    for name, attribute in (("values", "Avg"), ("converted", "ZsAvg")):
        for code in getattr(kept[0], name):
            found = [getattr(made, name)[code] for made in kept if code in getattr(made, name)]
            stored.put(Grid.MINUTE, (code, attribute), start, round(sum(found) / len(found), 4), mark)


def _hour(stored: Stored, plant: Plant, minutes: Sequence[Minute]) -> None:
    start = minutes[0].at.replace(minute=0)
    valid = [made for made in minutes if made.mark == "N"]
    stopped = sum(made.mark == "F" for made in minutes) >= 30
    reason = "" if len(valid) >= 45 else "stopped" if stopped else "too-few-values"
    hour = {}
    for one in plant.factors:
        found = [made.values[one.code] for made in valid if one.code in made.values]
        zs = [made.converted[one.code] for made in valid if one.code in made.converted]
        fine = not reason and len(found) >= 45
        hour[one.code] = HourValue(
            fine, f"{sum(found) / len(found):.4f}" if fine else None, f"{sum(zs) / len(zs):.4f}" if fine and zs else None,
            reason or ("" if fine else "too-few-values"),
        )  # fmt: skip
    stored.hours[start] = hour


def _add_totals(totals: dict[str, float], plant: Plant, made: Minute, flow: str) -> None:
    """The logger's own counters run on while the line is down."""
    volume = made.values[flow] * 60 / (1000 if flow == "w00000" else 1)
    totals[flow] = totals.get(flow, 0.0) + volume
    for one in plant.factors:
        if one.limit is not None and one.code in made.values:
            mass = made.values[one.code] * volume / (1000 if flow == "w00000" else 1_000_000)
            totals[one.code] = totals.get(one.code, 0.0) + mass


def _day(stored: Stored, day: datetime, totals: Mapping[str, float]) -> None:
    for code, total in totals.items():
        stored.put(Grid.DAY, (code, "Cou"), day.replace(hour=0, minute=0), round(total, 3), "N")


def register(plant: Plant, number: int = 1, also: Sequence[str] = ()) -> PointLimits:
    """Return the point as the register has it. `also` are factors it should report beyond those of the plant."""
    limits = [
        LimitInForce(
            limit_id=f"PROOF/{one.code}", factor=one.code, unit=one.unit, averaging="hour", standard="proof", clause="-",
            valid_from=date(2020, 1, 1), upper=str(one.limit), basis="converted" if one.converted else "measured",
        )
        for one in plant.factors
        if one.limit is not None
    ]  # fmt: skip
    factors = [
        MonitoredFactor(factor=f.code, name_zh=f.code, name_en=f.code, unit=f.unit, decimals=f.decimals)
        for f in plant.factors
    ]
    factors += [MonitoredFactor(factor=code, name_zh=code, name_en=code, unit="mg/L") for code in also]
    return compile_limits(
        PointRecord(
            point_id=point_id_of(plant, number), park_id=UUID(int=1), code="P", name_zh="排口", name_en="Outlet",
            medium=plant.medium, longitude=120.0, latitude=32.0, factors=factors, limits=limits,
        )
    )  # fmt: skip


def point_id_of(plant: Plant, number: int = 1) -> UUID:
    """Return the id under which a plant is registered."""
    return natural_id("proof", plant.name, plant.seed, number)


@dataclass
class Setting:
    """An outlet ready to be judged."""

    limits: PointLimits
    stored: Stored
    settings: OutletSettings = field(default_factory=OutletSettings)
    records: Sequence[OutletRecord] = ()
    others: Mapping[UUID, tuple[PointLimits, Stored]] = field(default_factory=dict)
    orders: Sequence[ReductionMeasure] = ()


def run(setting: Setting, since: datetime, until: datetime, rules: frozenset[str] | None = None) -> list[Episode]:
    """Return the episodes that the scheduled rules (all, or the given ones) find while time goes from `since` to `until`."""
    episodes: dict[UUID, Episode] = {}
    for cadence in EVERY:
        if rules is not None and not any(RULE_RUNS[rule_id].cadence is cadence for rule_id in rules):
            continue
        judged = complete_until(cadence, since)
        now = since
        while now < until:
            now += max(EVERY[cadence], timedelta(minutes=30))
            newest = setting.stored.arrivals[bisect_left(setting.stored.arrivals, now) - 1]
            end = max(complete_until(cadence, newest), judged)
            _one_run(setting, cadence, judged, end, now, newest, episodes, rules)
            judged = end
    return list(episodes.values())


def _one_run(
    setting: Setting, cadence: Cadence, judged: datetime, end: datetime, now: datetime, newest: datetime,
    episodes: dict[UUID, Episode], rules: frozenset[str] | None,
) -> None:  # fmt: skip
    medium = setting.limits.point.medium
    needs = needed(cadence, setting.settings, medium)
    if setting.orders and cadence is Cadence.HOURLY:
        needs[Grid.MINUTE] = max(timedelta(days=40), needs[Grid.MINUTE])
    spans: dict[Grid, datetime] = {grid: judged - back for grid, back in needs.items() if grid is not Grid.HOUR}
    first_hour = judged - needs.get(Grid.HOUR, timedelta(0))

    def read(limits: PointLimits, stored: Stored) -> PointReadings:
        hours = {start: found for start, found in stored.hours.items() if first_hour <= start < end}
        return PointReadings(limits, stored.part(spans, end), hours)

    window = Window(
        own=read(setting.limits, setting.stored), settings=setting.settings, since=judged, until=end, now=now,
        others={key: read(*other) for key, other in setting.others.items()},
        records=[record for record in setting.records if record.at <= now], last_packet=newest, orders=setting.orders,
    )  # fmt: skip
    outcomes = judge(window, cadence, new_data=end > judged, only=rules)
    found = found_by(outcomes)
    keys = {(rule_id, factor) for rule_id, factor, _ in found}
    keys |= {(o.rule_id, o.factor) for o in outcomes if o.state == "judged"}
    for rule_id, factor in keys:
        verdicts = fold(
            [one for one in episodes.values() if (one.rule_id, one.factor) == (rule_id, factor)],
            [anomaly for r, f, anomaly in found if (r, f) == (rule_id, factor)],
            point_id=setting.limits.point.point_id, rule_id=rule_id, factor=factor, quiet=RULE_RUNS[rule_id].quiet,
            judged_until=now if RULE_RUNS[rule_id].by_clock else end,
        )  # fmt: skip
        episodes.update({verdict.episode.anomaly_id: verdict.episode for verdict in verdicts})
