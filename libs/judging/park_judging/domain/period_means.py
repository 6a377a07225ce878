"""Hours from minute records (else realtime values), days from hours; what the device itself said stands beside. Pure.

| | hour | day |
|---|---|---|
| values | minute records of the factor, else its realtime values | hours of the own computation that are valid |
| expected | 60 min / interval of the records, as they come | 24 |
| needed | 75 % (45 min of 60) | gas, air 20 h; water 75 %; surface water 4 of 6 |
| mean | by time, or as `factor_means.py` says | by time; concentrations in water weighted by volume, pH not |

Sources: park_standards.completeness, park_standards.means (HJ 75-2017, HJ 356-2019, GB 3095-2026). Values marked as not valid
do not enter; nothing is filled in. ASSUMPTION: the interval is read from the records themselves, because HJ 212 frames do not
carry it; to disprove, a logger that sends every second minute record only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from statistics import median_low

from park_chassis.frame_revisions import Frame
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Medium, Period
from park_schemas.registry import MonitoredFactor
from park_standards.completeness import needed_in_day, needed_in_hour
from park_standards.errors import NotEnoughData, StandardsError
from park_standards.limit import Subject
from park_standards.means import flow_weighted_mean
from park_standards.rounding import exact, round_reported
from park_standards.units import convert, quantity_of
from park_standards.validity import Reason, verdict_of_mark

from park_judging.domain.applied_limits import VALUE_ATTRIBUTES
from park_judging.domain.factor_means import mean_of
from park_judging.domain.layered_periods import is_expected, layered_day, layered_hour
from park_judging.domain.sample_verdicts import PeriodLayers, by_device_mark
from park_judging.domain.samples import HourFrames, Samples, best_entry, samples_of

SUBJECT: Mapping[Medium, Subject] = {
    Medium.WASTE_WATER: Subject.WASTE_WATER,
    Medium.RAIN_WATER: Subject.WASTE_WATER,
    Medium.WASTE_GAS: Subject.WASTE_GAS,
    Medium.AMBIENT_AIR: Subject.AMBIENT_AIR,
    Medium.SURFACE_WATER: Subject.SURFACE_WATER,
    Medium.NOISE: Subject.NOISE,
}
_MINUTE_INTERVALS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)  # HJ 212-2017, MinInterval
_WATER_FLOW = "w00000"
_WEIGHTED_BY_FLOW = "mass per water volume"
_HOURS_OF_DAY = 24


@dataclass(frozen=True, slots=True)
class Intervals:
    """What is assumed where one single record does not tell, in seconds."""

    minute_s: float
    realtime_s: float


def assess_hour(
    factors: Iterable[MonitoredFactor], frames: HourFrames, intervals: Intervals, layers: PeriodLayers | None = None
) -> list[FactorAssessment]:
    """Return the hour of every factor of which anything was received, in the order of the registry.

    With `layers` every factor has its hour, a missing one too, and the layers of its value are written beside.
    """
    verdict_of = layers.verdict_of if layers else by_device_mark
    expected_minutes = _expected_minutes(frames.minutes, intervals.minute_s)
    expected_realtime = _expected_realtime(frames.realtime, intervals.realtime_s)
    assessed = []
    for factor in factors:
        samples, expected = samples_of(frames.minutes, factor.factor, Period.MINUTE, verdict_of), expected_minutes
        if not samples.received:
            samples, expected = (
                samples_of(frames.realtime, factor.factor, Period.REALTIME, verdict_of),
                expected_realtime,
            )
        if not samples.received and layers:  # analysers with a cycle of an hour send hour records only
            samples, expected = samples_of(frames.reported, factor.factor, Period.HOUR, verdict_of), 1
        reported = _reported(frames.reported, factor.factor, Period.HOUR)
        if samples.received or reported or layers:
            total = _sum_of(frames.minutes, factor.factor) or reported.get("total")
            hour = _hour(factor, samples, expected, {**reported, "total": total})
            assessed.append(layered_hour(hour, samples, frames, layers, needed_in_hour(expected)) if layers else hour)
    return assessed


def _hour(
    factor: MonitoredFactor, samples: Samples, expected: int, beside: Mapping[str, str | None]
) -> FactorAssessment:
    valid = samples.valid
    needed = needed_in_hour(expected)
    is_valid = bool(valid) and len(valid) >= needed
    numbers = [exact(value) for value in valid]
    return FactorAssessment(
        factor=factor.factor,
        unit=factor.unit,
        valid=is_valid,
        valid_count=len(valid),
        expected_count=max(expected, samples.received),
        mean=mean_of(factor, numbers),
        minimum=valid[numbers.index(min(numbers))] if numbers else None,
        maximum=valid[numbers.index(max(numbers))] if numbers else None,
        converted_mean=_mean(factor, samples.converted) if is_valid else None,
        total=beside.get("total"),
        reported=beside.get("mean"),
        reported_converted=beside.get("converted"),
        reason="" if is_valid else _why_not(samples),
    )


def _why_not(samples: Samples) -> str:
    if not samples.received:
        return Reason.NO_DATA
    if not samples.valid and samples.reason is not None:
        return samples.reason
    return Reason.TOO_FEW_VALUES


def _mean(factor: MonitoredFactor, values: Sequence[str]) -> str | None:
    """The mean as text, as `mean_of` writes it."""
    return mean_of(factor, [exact(value) for value in values])


def _reported(frames: Iterable[Frame], factor: str, period: Period) -> dict[str, str | None]:
    """What the device itself said of the period, if it did and marked it as usable."""
    said: dict[str, str | None] = {}
    for frame in frames:
        total = frame.entries.get((factor, "Cou"))
        if total is not None and total.value is not None:
            said["total"] = total.text
        for name, converted in (("mean", False), ("converted", True)):
            entry = best_entry(frame, factor, VALUE_ATTRIBUTES[period, converted])
            if entry is not None and entry.value is not None and verdict_of_mark(entry.mark).usable:
                said[name] = entry.text
    return said


def _sum_of(frames: Iterable[Frame], factor: str) -> str | None:
    totals = [frame.entries[factor, "Cou"] for frame in frames if (factor, "Cou") in frame.entries]
    known = [exact(entry.text or "") for entry in totals if entry.value is not None]
    return f"{sum(known, Decimal(0)):f}" if known else None


def _expected_minutes(frames: Sequence[Frame], usual_s: float) -> int:
    gaps = _gaps_s(frames)
    minutes = (min(gaps) if gaps else usual_s) / 60
    return 60 // min(_MINUTE_INTERVALS, key=lambda interval: abs(interval - minutes))


def _expected_realtime(frames: Sequence[Frame], usual_s: float) -> int:
    gaps = _gaps_s(frames)
    return max(1, round(3600 / max(median_low(gaps) if gaps else usual_s, 1)))


def _gaps_s(frames: Sequence[Frame]) -> list[float]:
    times = sorted({frame.data_time for frame in frames})
    return [(after - before).total_seconds() for before, after in pairwise(times)]


def assess_day(
    factors: Iterable[MonitoredFactor],
    medium: Medium,
    hours: Sequence[Sequence[FactorAssessment]],
    reported_days: Sequence[Frame],
    *,
    layered: bool = False,
) -> list[FactorAssessment]:
    """Return the day of every factor with at least one hour or a day record, in the order of the registry.

    With `layered` the verdicts of the hours decide: stopped hours and hours without flow are not expected.
    """
    by_factor = [{one.factor: one for one in hour} for hour in hours]
    subject = SUBJECT[medium]
    volumes = [volume_of(hour.get(_WATER_FLOW)) for hour in by_factor]
    assessed = []
    for factor in factors:
        of_hours = [
            (hour[factor.factor], volume)
            for hour, volume in zip(by_factor, volumes, strict=True)
            if factor.factor in hour
        ]
        reported = _reported(reported_days, factor.factor, Period.DAY)
        if of_hours or reported:
            found = [hour for hour, _ in of_hours]
            expected = _HOURS_OF_DAY - (sum(not is_expected(hour) for hour in found) if layered else 0)
            day = _day(factor, subject, of_hours, reported, expected)
            assessed.append(layered_day(day, subject, found, reported_days) if layered else day)
    return assessed


def _day(
    factor: MonitoredFactor,
    subject: Subject,
    hours: Sequence[tuple[FactorAssessment, Decimal | None]],
    reported: Mapping[str, str | None],
    expected: int,
) -> FactorAssessment:
    valid = [(hour, volume) for hour, volume in hours if hour.valid and hour.mean is not None]
    mean, reason = period_mean(factor, subject, [hour.mean or "" for hour, _ in valid], [volume for _, volume in valid])
    if len(valid) < needed_in_day(subject, expected):
        reason = Reason.TOO_FEW_VALUES if hours else Reason.NO_DATA
    converted = [hour.converted_mean for hour, _ in valid if hour.converted_mean is not None]
    totals = [exact(hour.total) for hour, _ in hours if hour.total is not None]
    return FactorAssessment(
        factor=factor.factor,
        unit=factor.unit,
        valid=reason is None,
        valid_count=len(valid),
        expected_count=expected,
        mean=mean,
        minimum=min((hour.minimum or "0" for hour, _ in valid), key=Decimal, default=None),
        maximum=max((hour.maximum or "0" for hour, _ in valid), key=Decimal, default=None),
        converted_mean=_mean(factor, converted) if reason is None else None,
        total=f"{sum(totals, Decimal(0)):f}" if totals else reported.get("total"),
        reported=reported.get("mean"),
        reported_converted=reported.get("converted"),
        reason=reason or "",
    )


def period_mean(
    factor: MonitoredFactor, subject: Subject, means: Sequence[str], volumes: Sequence[Decimal | None]
) -> tuple[str | None, Reason | None]:
    """The mean and None, or what there is of it and why it does not count."""
    known = [volume for volume in volumes if volume is not None]
    weighted = subject is Subject.WASTE_WATER and quantity_of(factor.unit) == _WEIGHTED_BY_FLOW
    if not weighted or not means or len(known) < len(means):
        return _mean(factor, means), None if means else Reason.NO_DATA
    try:
        mean = flow_weighted_mean([exact(one) for one in means], known)
    except NotEnoughData:
        return None, Reason.NO_FLOW
    return f"{round_reported(mean, factor.decimals + 1):f}", None


def volume_of(flow: FactorAssessment | None) -> Decimal | None:
    """The volume of an hour in m3: its accumulated amount, else its mean flow; None when neither is known."""
    if flow is None:
        return None
    if flow.total is not None:
        return max(exact(flow.total), Decimal(0))
    if flow.mean is None or not flow.valid:
        return None
    try:
        return max(convert(exact(flow.mean), flow.unit, "m3/h"), Decimal(0))
    except StandardsError:
        return None
