"""Environmental noise: equivalent levels, background correction, verdict by zone and time of day.

GB 3096-2008 (ambient), GB 12348-2008 (factory boundary), GB 12523-2025 (construction), GB 22337-2008. Levels in dB(A).
Day is 06:00 to 22:00, night 22:00 to 06:00, unless the local government sets other hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from park_standards.bounds import Bounds
from park_standards.errors import BadValue, NotEnoughData, UnknownStandard
from park_standards.exceedance import Verdict, judge
from park_standards.limit import Averaging, Limit, Subject
from park_standards.limits import all_limits
from park_standards.rounding import exact, round_gb8170

DAY_STARTS, NIGHT_STARTS = time(6), time(22)
_NIGHT_PENALTY_DB = Decimal(10)
_DAY_HOURS, _NIGHT_HOURS = 16, 8
_NONE = Decimal(0)
_INAUDIBLE_DB = Decimal(-1000)
# Permitted excess of Lmax over the night limit for sudden noise; GB 12348 tells frequent from occasional.
NIGHT_PEAK_OCCASIONAL_DB = Decimal(15)
NIGHT_PEAK_FREQUENT_DB = Decimal(10)
# Measured indoors because the boundary lies within 1 m of a noise-sensitive building: the limit is so much stricter.
INDOORS_DB = Decimal(10)


def equivalent_level(levels: Sequence[Decimal], seconds: Sequence[Decimal] | None = None) -> Decimal:
    """Return Leq, the energy mean 10 lg(sum(t 10^(L/10)) / sum(t)); equal durations when `seconds` is None.

    GB 3096-2008 3.3. Summed relative to the highest level, so that no level, however absurd, overflows, and equal levels
    give exactly themselves. Raises NotEnoughData for no levels, BadValue for other lengths or durations not above zero.
    """
    weights = [Decimal(1)] * len(levels) if seconds is None else [exact(second) for second in seconds]
    if len(weights) != len(levels):
        raise BadValue(f"{len(levels)} levels but {len(weights)} durations")
    if not levels:
        raise NotEnoughData("equivalent level", 0, 1)
    if any(weight <= 0 for weight in weights):
        raise BadValue("a duration is not above zero")
    numbers = [exact(level) for level in levels]
    highest = max(numbers)
    energy = sum(
        (weight * _share_of_energy(level - highest) for level, weight in zip(numbers, weights, strict=True)), _NONE
    )
    return highest + 10 * (energy / sum(weights, _NONE)).log10()


def _share_of_energy(difference: Decimal) -> Decimal:
    return Decimal(10) ** (difference / 10) if difference > _INAUDIBLE_DB else _NONE


def day_night_level(day: Decimal, night: Decimal) -> Decimal:
    """Return Ldn of 16 h day and 8 h night, the night counted 10 dB louder (HJ 212 factor Ldn)."""
    levels = (exact(day), exact(night) + _NIGHT_PENALTY_DB)
    return equivalent_level(levels, (Decimal(_DAY_HOURS), Decimal(_NIGHT_HOURS)))


def period_of_day(moment: time) -> Averaging:
    """Return DAYTIME or NIGHT of a local wall time; 06:00 is day, 22:00 is night."""
    return Averaging.DAYTIME if DAY_STARTS <= moment < NIGHT_STARTS else Averaging.NIGHT


def background_corrected(measured: Decimal, background: Decimal) -> Decimal:
    """Return the level of the source alone, after the table of GB 12348-2008 5.7.

    Difference above 10 dB: none; 6 to 10: -1; 4 to 5: -2; 3: -3. ASSUMPTION: the difference is rounded to an integer before
    it is compared with 3 and 10 too, not only before the table; to disprove: HJ 706-2014. Raises BadValue below 3 dB: lower
    the background and measure again.
    """
    difference = round_gb8170(exact(measured) - exact(background), 0)
    if difference > 10:
        return measured
    for at_least, correction in ((6, 1), (4, 2), (3, 3)):
        if difference >= at_least:
            return measured - correction
    raise BadValue(f"{measured} dB is only {difference} dB above the background: measure again with less background")


def noise_limit(standard: str, zone: str, period: Averaging, place: str = "") -> Limit:
    """Return the limit of a zone (0, 1, 2, 3, 4, 4a, 4b, 2-4, all) for DAYTIME or NIGHT; octave bands are left out.

    `place` is contained in the row's subject and place ("factory boundary", "room A"). Raises UnknownStandard when
    none or several rows fit.
    """
    rows = [
        row
        for row in all_limits()
        if row.subject is Subject.NOISE
        and row.standard == standard
        and row.level == zone
        and row.averaging is period
        and row.unit == "dB(A)"
        and place in row.scope
    ]
    if len(rows) != 1:
        raise UnknownStandard(f"{len(rows)} noise limits fit {standard} zone {zone} {period} {place!r}, 1 expected")
    return rows[0]


@dataclass(frozen=True, slots=True)
class NoiseVerdict:
    """Verdict on the equivalent level and, at night, on the sudden peak (None when no peak was given)."""

    equivalent: Verdict
    peak: Verdict | None

    @property
    def over(self) -> bool:
        return self.equivalent.over or (self.peak is not None and self.peak.over)


def judge_noise(
    level: Decimal, limit: Limit, *, peak: Decimal | None = None, frequent_peaks: bool = False, indoors: bool = False
) -> NoiseVerdict:
    """Judge Leq (dB(A)), and at night Lmax of sudden noise, against the limit of the zone.

    Lmax may exceed the night limit by 15 dB, frequent sudden noise (GB 12348) by 10 dB; by day it is not judged. `indoors`: a
    factory boundary within 1 m of a sensitive building was measured in its room, the limit is 10 dB stricter (GB 12348).
    ASSUMPTION: both are rounded to integers first, as the limits are printed; disprove with the measuring rules.
    """
    held = _lowered(limit.bounds, INDOORS_DB) if indoors else limit
    equivalent = judge(round_gb8170(exact(level), 0), held)
    if peak is None or limit.averaging is not Averaging.NIGHT:
        return NoiseVerdict(equivalent, None)
    allowance = NIGHT_PEAK_FREQUENT_DB if frequent_peaks else NIGHT_PEAK_OCCASIONAL_DB
    return NoiseVerdict(equivalent, judge(round_gb8170(exact(peak) - allowance, 0), held))


def _lowered(bounds: Bounds, by: Decimal) -> Bounds:
    return Bounds(unit=bounds.unit, upper=None if bounds.upper is None else bounds.upper - by)
