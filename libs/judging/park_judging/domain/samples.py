"""The values of one factor in one hour: which count, which do not and why. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from park_chassis.frame_revisions import Entry, EntryKey, Frame
from park_schemas.codes import Period
from park_standards.validity import Reason, Validity, ValidityVerdict

from park_judging.domain.applied_limits import VALUE_ATTRIBUTES
from park_judging.domain.sample_verdicts import SampleVerdict, by_device_mark

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

    def rule_out(self, verdict: ValidityVerdict) -> None:
        """Count a value that does not enter; one that is absent under a good mark lacks data."""
        self.reason = verdict.reason if verdict.validity is not Validity.VALID else Reason.NO_DATA
        self.reasons[self.reason] += 1
        self.stopped += verdict.validity is Validity.STOPPED


def samples_of(frames: Iterable[Frame], factor: str, period: Period, verdict_of: SampleVerdict) -> Samples:
    """Return the values of a factor. A value that a person or the device ruled out is counted under its reason.

    This runs over every value of an hour: keys are made once, and verdicts by device mark are asked for once a mark.
    """
    samples = Samples()
    keys = [(factor, attribute) for attribute in (*VALUE_ATTRIBUTES[period, False], "")]
    converted_keys = [(factor, attribute) for attribute in VALUE_ATTRIBUTES[period, True]]
    known: dict[str | None, ValidityVerdict] | None = {} if verdict_of is by_device_mark else None
    for frame in frames:
        entries = frame.entries
        entry = _first(entries, keys)
        if entry is None:
            continue
        mark = entry.mark
        samples.received += 1
        samples.supplementary += frame.supplementary
        if mark and mark != _NORMAL:
            samples.marks[mark] += 1
        verdict = known.get(mark) if known is not None else None
        if verdict is None:
            verdict = verdict_of(factor, frame.data_time, mark)
            if known is not None:
                known[mark] = verdict
        if entry.value is None or not verdict.usable:
            samples.rule_out(verdict)
            continue
        samples.exempt += verdict.exempt
        samples.over_range += verdict.validity is Validity.OVER_RANGE
        samples.valid.append(entry.text or "")
        converted = _first(entries, converted_keys)
        if converted is not None and converted.value is not None:
            samples.converted.append(converted.text or "")
    return samples


def _first(entries: Mapping[EntryKey, Entry], keys: Sequence[EntryKey]) -> Entry | None:
    for key in keys:
        entry = entries.get(key)
        if entry is not None:
            return entry
    return None


def best_entry(frame: Frame, factor: str, attributes: Iterable[str]) -> Entry | None:
    """The entry of the best attribute that is there; a lone mark (empty attribute) counts as a value that is absent."""
    for attribute in (*attributes, ""):
        entry = frame.entries.get((factor, attribute))
        if entry is not None:
            return entry
    return None
