"""Substituted emissions for invalid or missing time (缺失数据处理), HJ 75-2017 and HJ 356-2019; `data_substitution.csv`.

Only emitted mass is substituted, never a concentration or a flow, and never the raw value. A stop of the source is
zero emission, not a gap. Confidence: gas secondary, water from-memory; a capture rate below 75 % is not settled by the
standard, so no value is invented for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from park_standards.errors import BadValue, NotEnoughData
from park_standards.limit import Confidence
from park_standards.means import arithmetic_mean
from park_standards.rounding import exact
from park_standards.tables import rows_of

_GOOD_CAPTURE, _FAIR_CAPTURE = Decimal("0.90"), Decimal("0.75")
_SHORT_GAP_HOURS = 24
_SHORT, _LONG, _QUARTER = 180, 720, 2160
_WATER_DAYS = 30
_MANUAL_SAMPLES = 4


@dataclass(frozen=True, slots=True)
class SubstitutionRule:
    """A row of the table in its own words; shown to people beside a substituted value."""

    standard: str
    medium: str
    situation: str
    capture_rate: str
    gap: str
    substitute: str
    applies_to: str
    confidence: Confidence


@lru_cache(maxsize=1)
def substitution_rules() -> tuple[SubstitutionRule, ...]:
    """Return every rule of the table, the replaced HJ/T 75-2007 included."""
    return tuple(
        SubstitutionRule(
            row["standard"], row["medium"], row["situation"], row["capture_rate_condition"], row["gap_condition"],
            row["substitute"], row["applies_to"], Confidence(row["confidence"]),
        )
        for _, row in rows_of("data_substitution.csv")
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Substitution:
    """Substitute of one hour (kg/h) or day (kg/d) of a gap, None when the standard gives none.

    `wanted` values were asked for, `used` were there: fewer means the history was too short (ASSUMPTION: the maximum
    of what there is; shown, so that a person can decide). `rule` is the sentence for the record.
    """

    mass: Decimal | None
    wanted: int
    used: int
    rule: str
    standard: str


def gas_substitute(capture: Decimal, gap_hours: int, earlier: Sequence[Decimal]) -> Substitution:
    """Return the hourly emission (kg/h) for every hour of a gap of a gas monitor.

    `capture` is the quarter's alpha (0 to 1), `earlier` the valid hourly emissions, oldest first, before the failure
    or, when drift or verification failed, before the last passed calibration. Raises BadValue for a gap of no hours or
    an alpha outside 0 to 1, NotEnoughData when there is no earlier value at all.
    """
    if gap_hours < 1 or not 0 <= exact(capture) <= 1:
        raise BadValue(f"gap of {gap_hours} h at capture rate {capture}: hours must be 1 or more, the rate 0 to 1")
    if capture < _FAIR_CAPTURE:
        rule = "capture rate below 75 %: not compliant; manual data or accounting is required, no value is substituted"
        return Substitution(None, 0, 0, rule, "HJ 75-2017")
    wanted = _QUARTER
    if capture >= _GOOD_CAPTURE:
        wanted = _SHORT if gap_hours <= _SHORT_GAP_HOURS else _LONG
    return _maximum_of(earlier, wanted, "valid hourly emissions", "HJ 75-2017")


def water_substitute(earlier_days: Sequence[Decimal]) -> Substitution:
    """Return the daily emission (kg/d) of an invalid day: the maximum of the 30 valid daily emissions before the last
    passed comparison test, oldest first. Raises NotEnoughData when there is none."""
    return _maximum_of(earlier_days, _WATER_DAYS, "valid daily emissions", "HJ 356-2019")


def water_from_manual(concentrations: Sequence[Decimal], day_volume: Decimal) -> Substitution:
    """Return the daily emission (kg/d) from at least 4 manual samples (mg/L) of the day and its volume (m3).

    ASSUMPTION: the samples enter as their plain mean. Raises NotEnoughData for fewer than 4.
    """
    if len(concentrations) < _MANUAL_SAMPLES:
        raise NotEnoughData("manual samples of a day", len(concentrations), _MANUAL_SAMPLES)
    mass = arithmetic_mean(concentrations) * exact(day_volume) / 1000
    rule = f"mean of {len(concentrations)} manual samples times the day's volume"
    return Substitution(mass, _MANUAL_SAMPLES, len(concentrations), rule, "HJ 356-2019")


def _maximum_of(earlier: Sequence[Decimal], wanted: int, what: str, standard: str) -> Substitution:
    recent = [exact(value) for value in earlier[-wanted:]]
    if not recent:
        raise NotEnoughData(what, 0, wanted)
    return Substitution(max(recent), wanted, len(recent), f"maximum of the last {wanted} {what}", standard)
