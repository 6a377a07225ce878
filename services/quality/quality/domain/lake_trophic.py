"""Trophic state of a lake or reservoir from what its station measures. Pure.

The method (TLI, park_standards.trophic_state) has five items. HJ 212-2017 has codes for three of them; chlorophyll a and the
Secchi depth have none, so a state from telemetry is made of the three and said to be incomplete.
"""

from collections.abc import Mapping
from types import MappingProxyType

from park_schemas.assessments import TrophicGrade
from park_standards.errors import StandardsError
from park_standards.rounding import round_gb8170
from park_standards.trophic_state import TrophicItem, TrophicState, partial_trophic_index, trophic_state
from park_standards.units import convert
from park_standards.water_class import Reading

_ITEMS: Mapping[str, TrophicItem] = MappingProxyType(
    {"w21011": TrophicItem.PHOSPHORUS, "w21001": TrophicItem.NITROGEN, "w01019": TrophicItem.PERMANGANATE}
)
_WORDS: Mapping[TrophicState, str] = MappingProxyType(
    {
        TrophicState.OLIGOTROPHIC: "贫营养",
        TrophicState.MESOTROPHIC: "中营养",
        TrophicState.LIGHT: "轻度富营养",
        TrophicState.MODERATE: "中度富营养",
        TrophicState.HEAVY: "重度富营养",
    }
)
_FEWEST = len(_ITEMS)


def trophic_grade(readings: Mapping[str, Reading]) -> TrophicGrade | None:
    """Return the state, None when an item of the three is not there, or zero."""
    codes = [code for code in _ITEMS if code in readings]
    if len(codes) < _FEWEST:
        return None
    try:
        index = partial_trophic_index(
            {_ITEMS[code]: convert(readings[code].value, readings[code].unit or "mg/L", "mg/L") for code in codes}
        )
    except StandardsError:
        return None
    state = trophic_state(index)
    return TrophicGrade(
        index=f"{round_gb8170(index, 1):f}",
        name_zh=_WORDS[state],
        name_en=state.value,
        items=codes,
        complete=len(codes) == len(TrophicItem),
    )
