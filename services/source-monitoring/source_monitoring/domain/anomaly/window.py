"""What a rule looks at: one point's readings in a stretch of time, its facts, signals and records.

A rule asks for what it needs; what is not there raises `Lacking` with the reason in both languages, and the rule is then
"not applicable" instead of silently passing.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from uuid import UUID

from park_judging.domain.applied_limits import CONVERTED, AppliedLimit, PointLimits
from park_judging.domain.periods import day_of, park_date
from park_schemas.park_time import PARK_TIME_ZONE
from park_standards.anomaly.series import Sample, Series
from park_standards.factors import factors
from park_standards.validity import verdict_of_mark

from source_monitoring.domain.anomaly.settings import DEFAULT_SIGNALS, SIGNALS, OutletSettings, SignalSource, number
from source_monitoring.domain.reductions.reduction_list import ReductionMeasure

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TEN_MINUTES = timedelta(minutes=10)


class Lacking(Exception):
    """A rule cannot be run: what it needs and the point lacks.

    `needs` is where a person can put it: "facts.NAME", "signals.ROLE", "records.KIND", "limits"; empty where nobody can.
    """

    def __init__(self, zh: str, en: str, needs: str = "") -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.needs = needs


def not_reported(*codes: str) -> Lacking:
    """Return that a point reports none of these factors, by their names."""
    known = [factors().get(code) for code in codes]
    zh = "、".join(one.name_zh if one else code for code, one in zip(codes, known, strict=True))
    en = " or ".join(one.name_en if one else code for code, one in zip(codes, known, strict=True))
    return Lacking(f"不上报{zh}", f"the point does not report {en}")


class Grid(StrEnum):
    """Which values: as they come, the records of minutes (about ten), our own hours, the device's days."""

    REALTIME = "realtime"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of one factor: epoch ms rising, values (None: nothing was sent), marks."""

    times: Sequence[int]
    values: Sequence[float | None]
    marks: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class HourValue:
    """One factor of one of our own hours; `mean` and `converted` are decimal text of valid hours only."""

    valid: bool
    mean: str | None = None
    converted: str | None = None
    reason: str = ""


Columns = Mapping[tuple[str, str], Column]
Hours = Mapping[datetime, Mapping[str, HourValue]]


@dataclass(frozen=True)
class PointReadings:
    """All that was read of one point for a run: columns by grid, own hours by start."""

    limits: PointLimits
    columns: Mapping[Grid, Columns]
    hours: Hours = field(default_factory=dict)

    def has(self, factor: str) -> bool:
        """Say whether the point reports the factor at all, by its register or by what it sent."""
        return factor in self.limits.factors or any(
            code == factor for columns in self.columns.values() for code, _ in columns
        )


@dataclass(frozen=True, slots=True)
class OutletRecord:
    """What a device or a person put on record about an outlet; `kind` decides which fields speak (see records.py)."""

    at: datetime
    kind: str
    factor: str = ""
    name: str = ""
    value: Decimal | None = None
    text: str = ""
    work_order: str = ""
    passed: bool | None = None


@dataclass(frozen=True, slots=True)
class UsedLimit:
    """The strictest upper limit of a factor, in the unit of the point's values, and which values it is held against."""

    upper: Decimal
    converted: bool


VALUE_ATTRIBUTES: Mapping[tuple[Grid, bool], tuple[str, ...]] = MappingProxyType(
    {
        (Grid.REALTIME, False): ("Rtd", "Avg", "Info", ""),
        (Grid.REALTIME, True): ("ZsRtd", "ZsAvg"),
        (Grid.MINUTE, False): ("Avg", "Rtd", "Info"),
        (Grid.MINUTE, True): ("ZsAvg", "ZsRtd"),
        (Grid.DAY, False): ("Avg", "Rtd"),
        (Grid.DAY, True): ("ZsAvg", "ZsRtd"),
    }
)
_AUXILIARY = frozenset({"w00000", "w01001", "w01009", "w01010", "w01014", "a00000", "a19001"})
_NO_POLLUTANT = ("a010", "a019", "e", "i")
FLOWS = ("w00000", "a00000")


def is_pollutant(factor: str) -> bool:
    """Say whether a factor is a concentration, not a state of the water, of the gas, or of equipment."""
    return factor not in _AUXILIARY and not factor.startswith(_NO_POLLUTANT)


@dataclass(frozen=True)
class Window:
    """One run over one point. New is [since, until); earlier values are there for the rules that look back.

    `now` is the platform's clock, `until` how far the point's data has come.
    """

    own: PointReadings
    settings: OutletSettings
    since: datetime
    until: datetime
    now: datetime
    others: Mapping[UUID, PointReadings] = field(default_factory=dict)
    records: Sequence[OutletRecord] = ()
    last_packet: datetime | None = None
    orders: Sequence[ReductionMeasure] = ()

    # --- facts -------------------------------------------------------------------------------------------------

    def fact(self, name: str, factor: str = "") -> Decimal | None:
        """Return a filed number, or what the device itself last reported for it (range i13001, detection limit i13009)."""
        filed = number(self.settings.facts.get(f"{name}/{factor}" if factor else name))
        return filed if filed is not None else self._reported(name, factor)

    def _reported(self, name: str, factor: str) -> Decimal | None:
        code = {"range": "i13001", "detection_limit": "i13009"}.get(name)
        found = [r for r in self.of_kind("parameter") if r.name == code and r.factor == factor and r.value is not None]
        return max(found, key=lambda record: record.at).value if found else None

    def need_fact(self, name: str, zh: str, en: str, factor: str = "") -> Decimal:
        """Return a filed number. Raises Lacking naming it."""
        found = self.fact(name, factor)
        if found is None:
            raise Lacking(f"未备案{zh}", f"no {en} is filed", f"facts.{name}/{factor}" if factor else f"facts.{name}")
        return found

    def text_fact(self, name: str, zh: str, en: str) -> str:
        """Return a filed text. Raises Lacking naming it."""
        if name not in self.settings.facts:
            raise Lacking(f"未备案{zh}", f"no {en} is filed", f"facts.{name}")
        return self.settings.facts[name]

    def limit(self, factor: str, at: datetime | None = None) -> UsedLimit:
        """Return the strictest upper limit in force; that of converted values where there is one. Raises Lacking."""
        day = park_date(at or self.until)
        rows = [row for row in self.own.limits.limits if row.row.factor == factor and row.in_force(day)]
        converted = [row for row in rows if row.row.basis == CONVERTED]
        uppers = [upper for row in converted or rows if (upper := _upper(row)) is not None]
        if not uppers:
            raise Lacking("没有现行限值", "no limit is in force", "limits")
        return UsedLimit(min(uppers), bool(converted))

    def limited(self) -> list[str]:
        """Return the pollutants that have an upper limit in force."""
        day = park_date(self.until)
        rows = [row for row in self.own.limits.limits if row.in_force(day) and _upper(row) is not None]
        return [factor for factor in self.pollutants() if any(row.row.factor == factor for row in rows)]

    def pollutants(self) -> list[str]:
        """Return the pollutants that the point reports."""
        return [factor for factor in self.own.limits.factors if is_pollutant(factor)]

    def of_kind(self, kind: str) -> list[OutletRecord]:
        """Return the records of a kind, in order of time."""
        return sorted((record for record in self.records if record.kind == kind), key=lambda record: record.at)

    # --- values ------------------------------------------------------------------------------------------------

    @cached_property
    def _made(self) -> dict[tuple[object, ...], Series[Decimal]]:
        return {}

    def series(
        self, grid: Grid, factor: str, *, converted: bool = False, back: timedelta = timedelta(0), marked: bool = False
    ) -> Series[Decimal]:
        """Return the values of [since - back, until): those that count, or with `marked` all of them.

        Minutes that the device does not send are made of realtime values. Raises Lacking when the point does not
        report the factor; an empty series means that nothing came.
        """
        if not self.own.has(factor):
            raise not_reported(factor)
        key = (grid, factor, converted, marked)
        if key not in self._made:
            self._made[key] = self._series(self.own, grid, factor, converted=converted, marked=marked)
        return part(self._made[key], self.since - back, self.until)

    def _series(
        self, readings: PointReadings, grid: Grid, factor: str, *, converted: bool, marked: bool
    ) -> Series[Decimal]:
        if grid is Grid.HOUR:
            return _hours(readings.hours, factor, converted=converted)
        columns = readings.columns.get(grid, {})
        names = VALUE_ATTRIBUTES[grid, converted]
        column = next((columns[factor, name] for name in names if (factor, name) in columns), None)
        if column is None and grid is Grid.MINUTE and Grid.REALTIME in readings.columns:
            fine = self._series(readings, Grid.REALTIME, factor, converted=converted, marked=marked)
            return means(fine, TEN_MINUTES)
        return _samples(column, marked=marked, step=_USUAL_STEP[grid])

    # --- signals -----------------------------------------------------------------------------------------------

    def signal(
        self, role: str, grid: Grid, *, back: timedelta = timedelta(0), factor: str = ""
    ) -> list[Series[Decimal]]:
        """Return every source of a signal (value / rated where one is filed). Raises Lacking when there is none."""
        sources = self.settings.signals.get(f"{role}/{factor}" if factor else role) or self._usual(role)
        zh, en = SIGNALS[role]
        if not sources:
            where = f"signals.{role}/{factor}" if factor else f"signals.{role}"
            raise Lacking(f"未接入{zh}信号", f"no signal is filed for: {en}", where)
        found = []
        for source in sources:
            readings = self.others.get(source.point_id) if source.point_id else self.own
            if readings is None:
                raise Lacking(f"{zh}信号的点位不存在", f"the point of the signal is unknown: {en}", f"signals.{role}")
            whole = self._series(readings, grid, source.factor, converted=False, marked=True)
            rated = number(source.rated) or Decimal(1)
            scaled = Series(tuple(Sample(s.at, s.value / rated, s.mark) for s in whole.samples), whole.step)
            found.append(part(scaled, self.since - back, self.until))
        return found

    def _usual(self, role: str) -> list[SignalSource]:
        return [SignalSource(factor=code) for code in DEFAULT_SIGNALS.get(role, ()) if self.own.has(code)]

    def days(self) -> Iterator[datetime]:
        """Yield the midnights (park time) of the whole days that end in (since, until]."""
        day = day_of(self.since)
        while day + DAY <= self.until:
            if day + DAY > self.since:
                yield day
            day += DAY


def _upper(limit: AppliedLimit) -> Decimal | None:
    return limit.bounds.in_unit(limit.factor.unit).upper if limit.factor.factor != "w01001" else None


def _hours(hours: Hours, factor: str, *, converted: bool) -> Series[Decimal]:
    samples = []
    for start in sorted(hours):
        value = hours[start].get(factor)
        text = (value.converted if converted else value.mean) if value and value.valid else None
        if text is not None:
            samples.append(Sample(start, Decimal(text)))
    return Series(tuple(samples), HOUR)


_USUAL_STEP = MappingProxyType(
    {Grid.REALTIME: timedelta(seconds=30), Grid.MINUTE: TEN_MINUTES, Grid.HOUR: HOUR, Grid.DAY: DAY}
)


def counts(mark: str | None) -> bool:
    """Say whether a value with this mark counts: none, N, or T (over range)."""
    if not mark or mark == "N":
        return True
    return verdict_of_mark(mark).usable


def _samples(column: Column | None, *, marked: bool, step: timedelta) -> Series[Decimal]:
    if column is None:
        return Series((), step)
    samples = [
        Sample(datetime.fromtimestamp(at / 1000, PARK_TIME_ZONE), Decimal(repr(value)), mark or "N")
        for at, value, mark in zip(column.times, column.values, column.marks, strict=True)
        if value is not None and (marked or counts(mark))
    ]
    return Series(tuple(samples), usual_step([s.at for s in samples], step))


def usual_step(times: Sequence[datetime], otherwise: timedelta) -> timedelta:
    """Return the usual distance of times (their median), `otherwise` for fewer than two."""
    gaps = sorted(later - earlier for earlier, later in pairwise(times))
    return gaps[len(gaps) // 2] if gaps else otherwise


def part(series: Series[Decimal], since: datetime, until: datetime) -> Series[Decimal]:
    """Return the samples with since <= at < until."""
    first = bisect_left(series.samples, since, key=lambda sample: sample.at)
    last = bisect_left(series.samples, until, key=lambda sample: sample.at)
    return Series(series.samples[first:last], series.step)


def means(series: Series[Decimal], length: timedelta) -> Series[Decimal]:
    """Return the means over slots of `length` (counted from midnight) that are at least half full."""
    slots: dict[datetime, list[Decimal]] = {}
    for sample in series.samples:
        midnight = day_of(sample.at)
        slots.setdefault(midnight + (sample.at - midnight) // length * length, []).append(sample.value)
    least = max(1, length // series.step // 2)
    full = [(at, sum(values, Decimal(0)) / len(values)) for at, values in slots.items() if len(values) >= least]
    return Series(tuple(Sample(at, value) for at, value in sorted(full)), length)


def sliding(
    series: Series[Decimal], since: datetime, length: timedelta, stride: timedelta
) -> Iterable[Series[Decimal]]:
    """Yield the stretches of `length` that end after `since`, one each `stride`, whose samples reach over all of it.

    A stretch with less than three quarters of its samples is no evidence and is left out.
    """
    if not series.samples:
        return
    end = series.end
    while end > since and end - length >= series.start - series.step / 2:
        found = part(series, end - length, end)
        if len(found.samples) * series.step >= length * 3 / 4:
            yield found
        end -= stride


def sum_of(parts: Sequence[Series[Decimal]]) -> Series[Decimal]:
    """Return the sums at the times that every source of a signal has."""
    first = parts[0]
    tables = [{sample.at: sample.value for sample in one.samples} for one in parts]
    return Series(
        tuple(
            Sample(s.at, sum((table[s.at] for table in tables), Decimal(0)), s.mark)
            for s in first.samples
            if all(s.at in table for table in tables)
        ),
        first.step,
    )
