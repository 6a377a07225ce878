"""The values of one factor in one hour: which count, which do not and why. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from park_chassis.frame_revisions import Entry, Frame
from park_schemas.codes import Period
from park_standards.validity import Reason, Validity

from park_judging.domain.applied_limits import VALUE_ATTRIBUTES
from park_judging.domain.sample_verdicts import SampleVerdict

_NORMAL = "N"


@dataclass(frozen=True, slots=True)
class HourFrames:
    """The frames of one hour of a point, newest revisions, in order of time; `reported` are the device's own hour records."""

    minutes: Sequence[Frame]
    realtime: Sequence[Frame]
    reported: Sequence[Frame]


@dataclass
class Samples:
    """What was received. `valid` and `converted` are decimal text; `reason` that of the last value that does not count."""

    received: int = 0
    valid: list[str] = field(default_factory=list)
    converted: list[str] = field(default_factory=list)
    reason: Reason | None = None
    stopped: int = 0
    exempt: int = 0
    over_range: int = 0
    supplementary: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)


def samples_of(frames: Iterable[Frame], factor: str, period: Period, verdict_of: SampleVerdict) -> Samples:
    """Return the values of a factor. A value that a person or the device ruled out is counted under its reason."""
    samples = Samples()
    for frame in frames:
        entry = best_entry(frame, factor, VALUE_ATTRIBUTES[period, False])
        if entry is None:
            continue
        samples.received += 1
        samples.supplementary += frame.supplementary
        if entry.mark and entry.mark != _NORMAL:
            samples.marks[entry.mark] += 1
        verdict = verdict_of(factor, frame.data_time, entry.mark)
        if not verdict.usable or entry.value is None:
            samples.reason = verdict.reason if verdict.validity is not Validity.VALID else Reason.NO_DATA
            samples.reasons[samples.reason] += 1
            samples.stopped += verdict.validity is Validity.STOPPED
            continue
        samples.exempt += verdict.exempt
        samples.over_range += verdict.validity is Validity.OVER_RANGE
        samples.valid.append(entry.text or "")
        converted = best_entry(frame, factor, VALUE_ATTRIBUTES[period, True])
        if converted is not None and converted.value is not None:
            samples.converted.append(converted.text or "")
    return samples


def best_entry(frame: Frame, factor: str, attributes: Iterable[str]) -> Entry | None:
    """The entry of the best attribute that is there; a lone mark (empty attribute) counts as a value that is absent."""
    for attribute in (*attributes, ""):
        entry = frame.entries.get((factor, attribute))
        if entry is not None:
            return entry
    return None
