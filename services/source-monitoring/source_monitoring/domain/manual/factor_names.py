"""The factor that a laboratory's word stands for at an outlet: an HJ 212 code, or a Chinese or English name of its medium."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from park_schemas.codes import Medium
from park_standards.factors import Factor, factors

_MEDIA: Mapping[Medium, frozenset[str]] = MappingProxyType(
    {
        Medium.WASTE_WATER: frozenset({"water"}),
        Medium.RAIN_WATER: frozenset({"water"}),
        Medium.WASTE_GAS: frozenset({"gas", "air"}),
    }
)
_SPELLING = str.maketrans({"（": "(", "）": ")", " ": None})


def factor_named(text: str, medium: Medium) -> Factor | None:
    """Return the factor, None for an unknown one. Names are looked up among the factors of the outlet's medium."""
    return _names(medium).get(_plain(text))


@lru_cache(maxsize=4)
def factors_of(medium: Medium) -> tuple[Factor, ...]:
    """Return the factors that can be measured at an outlet of a medium, by code; those of 2005 have a code of 2017."""
    own = [one for one in factors().values() if one.medium in _MEDIA.get(medium, frozenset())]
    return tuple(
        sorted((one for one in own if not one.edition.startswith(("2005", "legacy"))), key=lambda one: one.code)
    )


@lru_cache(maxsize=4)
def _names(medium: Medium) -> Mapping[str, Factor]:
    found: dict[str, Factor] = {}
    for one in factors_of(medium):
        for name in (one.code, one.name_zh, one.name_en):
            found.setdefault(_plain(name), one)
    return MappingProxyType(found)


def _plain(text: str) -> str:
    return text.translate(_SPELLING).casefold()
