"""Soil verdicts: construction land (GB 36600-2018) and farmland (GB 15618-2018), values in mg/kg by default.

Up to the screening value the risk is negligible; above it a survey decides; above the control value it is not
acceptable. Items are the Chinese names of the tables (砷, 镉, 苯并[a]芘 ...).
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from park_standards.errors import BadValue, UnknownStandard
from park_standards.limit import Kind, Limit, Subject
from park_standards.limits import limits_for
from park_standards.rounding import exact
from park_standards.units import convert

_UNIT = "mg/kg"


class SoilRisk(StrEnum):
    """NEGLIGIBLE: no action. SURVEY: detailed survey and risk assessment. UNACCEPTABLE: control or remediation."""

    NEGLIGIBLE = "negligible"
    WITHIN_BACKGROUND = "within-background"
    SURVEY = "survey"
    UNACCEPTABLE = "unacceptable"


class LandUse(StrEnum):
    """Class 1: housing, schools, medical, community parks, and unclear use; class 2: industry, logistics, roads ..."""

    CLASS_1 = "1"
    CLASS_2 = "2"


class FarmUse(StrEnum):
    """Kinds of farmland that have their own limits; orchards only for copper, else as other land."""

    PADDY = "paddy"
    ORCHARD = "orchard"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SoilVerdict:
    """Risk with the rows it was judged by; `control` is None where the standard gives no control value."""

    risk: SoilRisk
    screening: Limit
    control: Limit | None


def judge_soil(
    item: str, value: Decimal, land: LandUse, *, background: Decimal | None = None, unit: str = _UNIT
) -> SoilVerdict:
    """Judge construction land. GB 36600-2018 5.3; `background` is the natural background of the site, in `unit` as `value` is.

    Only for the items the standard marks (As, Co, V) a value above screening but not above the background is not
    contaminated. Raises UnknownStandard for an item that is not listed, UnitMismatch, BadValue below zero.
    """
    rows = [row for row in limits_for(item, subject=Subject.SOIL) if row.level == land.value]
    screening, control = _pair(item, rows)
    risk = _risk(_content(value, unit), screening, control)
    natural = "background" in screening.note and background is not None and value <= background
    if risk is not SoilRisk.NEGLIGIBLE and natural:
        risk = SoilRisk.WITHIN_BACKGROUND
    return SoilVerdict(risk, screening, control)


def judge_farmland(item: str, value: Decimal, ph: Decimal, use: FarmUse, *, unit: str = _UNIT) -> SoilVerdict:
    """Judge farmland by its pH band. GB 15618-2018 tables 1 to 3.

    Raises UnknownStandard for an item that is not listed, UnitMismatch, BadValue for a pH not 0 to 14 or a value below zero.
    """
    level = _ph_band(exact(ph))
    rows = [row for row in limits_for(item, subject=Subject.AGRICULTURAL_SOIL) if row.level == level]
    uses = {row.scope for row in rows if row.kind is Kind.SCREENING}
    wanted = use.value if use.value in uses else FarmUse.OTHER.value
    fitting = [row for row in rows if row.scope in (wanted, "all")]
    screening, control = _pair(item, fitting)
    return SoilVerdict(_risk(_content(value, unit), screening, control), screening, control)


def _content(value: Decimal, unit: str) -> Decimal:
    content = convert(value, unit, _UNIT)
    if content < 0:
        raise BadValue(f"a content of {value} {unit} is below zero")
    return content


def _ph_band(ph: Decimal) -> str:
    if not 0 <= ph <= 14:
        raise BadValue(f"pH {ph} is not within 0 to 14")
    for top, level in ((Decimal("5.5"), "pH<=5.5"), (Decimal("6.5"), "5.5<pH<=6.5"), (Decimal("7.5"), "6.5<pH<=7.5")):
        if ph <= top:
            return level
    return "pH>7.5"


def _pair(item: str, rows: list[Limit]) -> tuple[Limit, Limit | None]:
    screening = [row for row in rows if row.kind is Kind.SCREENING]
    control = [row for row in rows if row.kind is Kind.CONTROL]
    if len(screening) != 1 or len(control) > 1:
        raise UnknownStandard(f"{len(screening)} screening and {len(control)} control values are held for {item!r}")
    return screening[0], control[0] if control else None


def _risk(value: Decimal, screening: Limit, control: Limit | None) -> SoilRisk:
    if screening.bounds.contain(value):
        return SoilRisk.NEGLIGIBLE
    return SoilRisk.SURVEY if control is None or control.bounds.contain(value) else SoilRisk.UNACCEPTABLE
