"""Environmental noise: equivalent levels, background correction, verdict by zone and time of day.

GB 3096-2008 (ambient), GB 12348-2008 (factory boundary), GB 12523-2025 (construction), GB 22337-2008. Levels in dB(A).
Day is 06:00 to 22:00, night 22:00 to 06:00, unless the local government sets other hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from park_standards.errors import BadValue, NotEnoughData, UnknownStandard
from park_standards.exceedance import Verdict, judge
from park_standards.limit import Averaging, Limit, Subject
from park_standards.limits import all_limits
from park_standards.rounding import exact, round_gb8170

DAY_STARTS, NIGHT_STARTS = time(6), time(22)
_NIGHT_PENALTY_DB = Decimal(10)
_DAY_HOURS, _NIGHT_HOURS = 16, 8
# Permitted excess of Lmax over the night limit for sudden noise; GB 12348 tells frequent from occasional.
NIGHT_PEAK_OCCASIONAL_DB = Decimal(15)
NIGHT_PEAK_FREQUENT_DB = Decimal(10)


def equivalent_level(levels: Sequence[Decimal], seconds: Sequence[Decimal] | None = None) -> Decimal:
    """Return Leq, the energy mean 10 lg(sum(t 10^(L/10)) / sum(t)); equal durations when `seconds` is None.

    GB 3096-2008 3.3. Raises NotEnoughData for no levels, BadValue for other lengths or durations not above zero.
    """
    weights = [Decimal(1)] * len(levels) if seconds is None else [exact(second) for second in seconds]
    if len(weights) != len(levels):
        raise BadValue(f"{len(levels)} levels but {len(weights)} durations")
    if not levels:
        raise NotEnoughData("equivalent level", 0, 1)
    if any(weight <= 0 for weight in weights):
        raise BadValue("a duration is not above zero")
    energy = sum(
        (weight * Decimal(10) ** (exact(level) / 10) for level, weight in zip(levels, weights, strict=True)), Decimal(0)
    )
    return 10 * (energy / sum(weights, Decimal(0))).log10()


def day_night_level(day: Decimal, night: Decimal) -> Decimal:
    """Return Ldn of 16 h day and 8 h night, the night counted 10 dB louder (HJ 212 factor Ldn)."""
    levels = (exact(day), exact(night) + _NIGHT_PENALTY_DB)
    return equivalent_level(levels, (Decimal(_DAY_HOURS), Decimal(_NIGHT_HOURS)))


def period_of_day(moment: time) -> Averaging:
    """Return DAYTIME or NIGHT of a local wall time; 06:00 is day, 22:00 is night."""
    return Averaging.DAYTIME if DAY_STARTS <= moment < NIGHT_STARTS else Averaging.NIGHT


def background_corrected(measured: Decimal, background: Decimal) -> Decimal:
    """Return the level of the source alone, after the table of GB 12348-2008 5.7.

    Difference above 10 dB: none; 6 to 10: -1; 4 to 5: -2; 3: -3, the difference rounded to an integer first.
    Raises BadValue below 3 dB: lower the background and measure again.
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
    level: Decimal, limit: Limit, *, peak: Decimal | None = None, frequent_peaks: bool = False
) -> NoiseVerdict:
    """Judge Leq (dB(A)), and at night Lmax of sudden noise, against the limit of the zone.

    Lmax may exceed the night limit by 15 dB, frequent sudden noise (GB 12348) by 10 dB; by day it is not judged.
    ASSUMPTION: both are rounded to integers first, as the limits are printed; disprove with the measuring rules.
    """
    equivalent = judge(round_gb8170(exact(level), 0), limit)
    if peak is None or limit.averaging is not Averaging.NIGHT:
        return NoiseVerdict(equivalent, None)
    allowance = NIGHT_PEAK_FREQUENT_DB if frequent_peaks else NIGHT_PEAK_OCCASIONAL_DB
    return NoiseVerdict(equivalent, judge(round_gb8170(exact(peak) - allowance, 0), limit))
