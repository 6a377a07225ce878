"""Trophic level index of lakes TLI (综合营养状态指数), from-memory: weighted mean of five logarithmic indices.

Chlorophyll a in mg/m3; total phosphorus, total nitrogen and CODMn in mg/L; Secchi depth in m. HJ 212-2017 has codes for three
of the five: w21011 (TP), w21001 (TN), w01019 (CODMn). Chlorophyll a and Secchi depth have none: from telemetry alone only
`partial_trophic_index` can be had, the whole index needs the two from a survey.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from park_standards.errors import BadValue, NotEnoughData
from park_standards.rounding import exact


class TrophicItem(StrEnum):
    CHLOROPHYLL = "chla"
    PHOSPHORUS = "TP"
    NITROGEN = "TN"
    SECCHI = "SD"
    PERMANGANATE = "CODMn"


# TLI = 10 (a + b ln x); weight = r2 / sum of r2.
_LINES = MappingProxyType(
    {
        TrophicItem.CHLOROPHYLL: (Decimal("2.5"), Decimal("1.086"), Decimal(1)),
        TrophicItem.PHOSPHORUS: (Decimal("9.436"), Decimal("1.624"), Decimal("0.7056")),
        TrophicItem.NITROGEN: (Decimal("5.453"), Decimal("1.694"), Decimal("0.6724")),
        TrophicItem.SECCHI: (Decimal("5.118"), Decimal("-1.94"), Decimal("0.6889")),
        TrophicItem.PERMANGANATE: (Decimal("0.109"), Decimal("2.661"), Decimal("0.6889")),
    }
)


_FEWEST_ITEMS = 3


class TrophicState(StrEnum):
    OLIGOTROPHIC = "oligotrophic"
    MESOTROPHIC = "mesotrophic"
    LIGHT = "light eutrophic"
    MODERATE = "moderate eutrophic"
    HEAVY = "heavy eutrophic"


def item_trophic_index(item: TrophicItem, value: Decimal) -> Decimal:
    """Return 10 (a + b ln x). Raises BadValue unless the value is above zero."""
    number = exact(value)
    if number <= 0:
        raise BadValue(f"{item}: {value} has no logarithm; use half the detection limit for a result below it")
    intercept, slope, _ = _LINES[item]
    return 10 * (intercept + slope * number.ln())


def trophic_index(values: Mapping[TrophicItem, Decimal]) -> Decimal:
    """Return the weighted TLI of all five items. Raises NotEnoughData when one is absent, BadValue as above."""
    if set(values) != set(TrophicItem):
        raise NotEnoughData("TLI: items", len(values), len(TrophicItem))
    return _weighted(values)


def partial_trophic_index(values: Mapping[TrophicItem, Decimal]) -> Decimal:
    """Return the TLI of the items that there are, their weights taken anew: an indication beside `trophic_index`.

    ASSUMPTION: the rule's sum runs over m items, so fewer than five are possible; three are asked for, or one item would
    decide. To disprove: the technical rule of 2001 (富营养化评价方法及分级技术规定). Raises NotEnoughData below three, BadValue.
    """
    if len(values) < _FEWEST_ITEMS:
        raise NotEnoughData("TLI: items", len(values), _FEWEST_ITEMS)
    return _weighted(values)


def _weighted(values: Mapping[TrophicItem, Decimal]) -> Decimal:
    weights = sum((_LINES[item][2] for item in values), Decimal(0))
    parts = (item_trophic_index(item, values[item]) * _LINES[item][2] for item in TrophicItem if item in values)
    return sum(parts, Decimal(0)) / weights


def trophic_state(index: Decimal) -> TrophicState:
    """Return the state of a TLI: <30, 30 to 50, to 60, to 70, above 70 (upper ends inclusive)."""
    if exact(index) < 30:
        return TrophicState.OLIGOTROPHIC
    for top, state in ((50, TrophicState.MESOTROPHIC), (60, TrophicState.LIGHT), (70, TrophicState.MODERATE)):
        if index <= top:
            return state
    return TrophicState.HEAVY
