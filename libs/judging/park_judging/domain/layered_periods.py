"""The layers of an hour and of a day, written beside the own computation: verdict, baseline status, marks, raw record. Pure.

Verdict order, first match wins (validity rules section 1): missing, stopped, device or equipment mark, out of control, too few
valid values, over range, valid. The single values carry marks and spans out of control, so here the period follows from them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from park_chassis.frame_revisions import Frame
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Period
from park_standards.completeness import needed_in_day
from park_standards.limit import Subject
from park_standards.validity import Reason, Validity

from park_judging.domain.applied_limits import VALUE_ATTRIBUTES
from park_judging.domain.sample_verdicts import MarksInForce, PeriodLayers
from park_judging.domain.samples import HourFrames, Samples, best_entry

COUNTING = frozenset({Validity.VALID, Validity.OVER_RANGE})
"""Verdicts that enter means, emissions and the numerator of transmission."""

_NOT_MARKED = MarksInForce()


def layered_hour(
    hour: FactorAssessment, samples: Samples, frames: HourFrames, layers: PeriodLayers, needed: int
) -> FactorAssessment:
    """Return the hour with its layers. An hour of which nothing was received is missing, whatever marks lie over it.

    A stop that was marked is the exception: a stopped source need not send anything.
    """
    raw, mark = _raw(frames.reported, hour.factor, Period.HOUR)
    received = bool(samples.received) or raw is not None
    in_force = layers.in_force.get(hour.factor, _NOT_MARKED)
    verdict, reason, exempt = _verdict_of_hour(samples, needed, in_force, received=received, link_up=layers.link_up)
    counts = verdict in COUNTING
    return msgspec.structs.replace(
        hour,
        valid=counts,
        expected_count=max(hour.expected_count, samples.received),
        converted_mean=hour.converted_mean if counts else None,
        reason=reason,
        verdict=verdict,
        exempt=exempt,
        baseline="valid" if received else "missing" if layers.link_up else "comm-lost",
        raw=raw,
        mark=mark or _commonest(samples.marks) or ("N" if samples.received else ""),
        marks=dict(sorted(samples.marks.items())),
        condition_mark=in_force.condition,
        equipment_mark=in_force.equipment,
        in_time=samples.supplementary * 2 <= samples.received,
    )


def _verdict_of_hour(
    samples: Samples, needed: int, in_force: MarksInForce, *, received: bool, link_up: bool
) -> tuple[Validity, str, bool]:
    """Return verdict, reason, and whether the hour is exempt from the limits.

    ASSUMPTION (the rules speak of whole hours): an hour is stopped when stopped values are what it lacks to be valid, and
    exempt when it could not be judged by its ordinary values alone; else all its valid values count. To disprove: the text
    of the marking rule of 2022 on hours that are marked in part.
    """
    stopped = samples.stopped and len(samples.valid) + samples.stopped >= needed > len(samples.valid)
    if stopped or (not received and in_force.stopped_throughout):
        return Validity.STOPPED, Reason.STOPPED, False
    if not received:
        return Validity.MISSING, Reason.NO_DATA if link_up else Reason.LINK_LOST, False
    if not samples.valid or len(samples.valid) < needed:
        return Validity.INVALID, _why_invalid(samples), False
    exempt = len(samples.valid) - samples.exempt < needed
    if samples.over_range:
        return Validity.OVER_RANGE, Reason.OVER_RANGE, exempt
    return Validity.VALID, "", exempt


def _why_invalid(samples: Samples) -> str:
    if not samples.received:
        return Reason.NO_DATA
    return Reason.TOO_FEW_VALUES if samples.valid else _commonest(samples.reasons)


def _commonest(counts: Mapping[str, int]) -> str:
    """The key with the highest count, the first by name among equals; empty for none."""
    return max(sorted(counts), key=lambda key: counts[key], default="")


def _raw(frames: Iterable[Frame], factor: str, period: Period) -> tuple[str | None, str]:
    """The device's own record of the period and its mark, as they were sent; of several devices the last one."""
    raw: str | None = None
    mark = ""
    for frame in frames:
        entry = best_entry(frame, factor, VALUE_ATTRIBUTES[period, False])
        if entry is not None:
            raw, mark = entry.text, entry.mark or ""
    return raw, mark


def without_flow(hour: FactorAssessment) -> FactorAssessment:
    """Return a concentration of an hour in which no water flowed: invalid, no emission (validity rules section 3, zero flow)."""
    return msgspec.structs.replace(
        hour, valid=False, verdict=Validity.INVALID, reason=Reason.NO_FLOW, exempt=False, converted_mean=None
    )


def is_expected(hour: FactorAssessment) -> bool:
    """Say whether an hour counts in what was to be had: a stopped source and an outlet without flow owe none.

    ASSUMPTION: hours without flow leave numerator and denominator as stopped ones do, else every rain-water outlet would fail;
    the rule text only says that their concentration is invalid.
    """
    return hour.verdict != Validity.STOPPED and hour.reason != Reason.NO_FLOW


def layered_day(
    day: FactorAssessment, subject: Subject, hours: Sequence[FactorAssessment], reported: Sequence[Frame]
) -> FactorAssessment:
    """Return the day with its layers, from those of its hours (absent hours are missing).

    ASSUMPTION: the hours a day needs are taken of those that were expected, so that a day with a stop can be valid.
    """
    raw, mark = _raw(reported, day.factor, Period.DAY)
    expected = day.expected_count
    counting = [hour for hour in hours if hour.verdict in COUNTING]
    needed = needed_in_day(subject, expected)
    verdict, reason = _verdict_of_day(hours, len(counting), expected, needed, day.reason)
    counts = verdict in COUNTING
    conditions = {hour.condition_mark for hour in hours} - {""}
    equipment = {hour.equipment_mark for hour in hours} - {""}
    return msgspec.structs.replace(
        day,
        valid=counts,
        expected_count=expected,
        reason=reason,
        converted_mean=day.converted_mean if counts else None,
        verdict=verdict,
        exempt=counts and sum(not hour.exempt for hour in counting) < needed,
        baseline=_baseline(hours),
        raw=raw,
        mark=mark,
        marks=_added(hours),
        condition_mark=",".join(sorted(conditions)),
        equipment_mark=",".join(sorted(equipment)),
    )


def _verdict_of_day(
    hours: Sequence[FactorAssessment], counting: int, expected: int, needed: int, reason: str
) -> tuple[Validity, str]:
    if hours and not expected:
        stopped = any(hour.verdict == Validity.STOPPED for hour in hours)
        return (Validity.STOPPED, Reason.STOPPED) if stopped else (Validity.INVALID, Reason.NO_FLOW)
    if not counting:
        lost = all(hour.verdict == Validity.MISSING for hour in hours)
        link = bool(hours) and all(hour.reason == Reason.LINK_LOST for hour in hours)
        if lost:
            return Validity.MISSING, Reason.LINK_LOST if link else Reason.NO_DATA
    if counting < needed:
        return Validity.INVALID, Reason.TOO_FEW_VALUES
    if reason == Reason.NO_FLOW:
        return Validity.INVALID, Reason.NO_FLOW
    over = any(hour.verdict == Validity.OVER_RANGE for hour in hours)
    return (Validity.OVER_RANGE, Reason.OVER_RANGE) if over else (Validity.VALID, "")


def _baseline(hours: Sequence[FactorAssessment]) -> str:
    found = {hour.baseline for hour in hours}
    return next((status for status in ("valid", "missing", "comm-lost") if status in found), "missing")


def _added(hours: Iterable[FactorAssessment]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for hour in hours:
        total.update(hour.marks)
    return dict(sorted(total.items()))
