"""What can be measured in a survey of each kind: the items of its limit tables, and the factors of HJ 212 of its medium.

An item is named by its HJ 212 code, or, where the standard gives none (most of soil), by its Chinese name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from park_schemas.codes import Medium
from park_standards.factors import factors
from park_standards.limit import Kind as LimitKind
from park_standards.limit import Limit, Op, Subject
from park_standards.limits import all_limits
from park_standards.odour import STANDARD as ODOUR_STANDARD
from park_standards.units import canonical_unit

PH_OF_SOIL = "pH"

_SUBJECTS: Mapping[str, frozenset[Subject]] = MappingProxyType(
    {
        Medium.GROUNDWATER: frozenset({Subject.GROUNDWATER}),
        Medium.SURFACE_WATER: frozenset({Subject.SURFACE_WATER}),
        Medium.SOIL: frozenset({Subject.SOIL, Subject.AGRICULTURAL_SOIL}),
        Medium.AMBIENT_AIR: frozenset({Subject.AMBIENT_AIR}),
        Medium.ODOUR: frozenset(),
        Medium.NOISE: frozenset(),
    }
)
_FACTOR_MEDIA: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        Medium.GROUNDWATER: frozenset({"water"}),
        Medium.SURFACE_WATER: frozenset({"water"}),
        Medium.SOIL: frozenset(),
        Medium.AMBIENT_AIR: frozenset({"air", "gas"}),
        Medium.ODOUR: frozenset(),
        Medium.NOISE: frozenset({"noise"}),
    }
)
_SPELLING = str.maketrans({"（": "(", "）": ")", "，": ",", "［": "[", "］": "]", "－": "-", " ": None})


@dataclass(frozen=True, slots=True)
class Item:
    """`key` names it in results and limit tables; `unit` is that of its limits; `sensory`: judged by eye or nose, no number."""

    key: str
    name_zh: str
    name_en: str
    unit: str
    sensory: bool = False


def item_of(kind: str, text: str) -> Item | None:
    """Return the item that a code or a name (Chinese, English) stands for in surveys of a kind, None for an unknown one."""
    return _names(kind).get(_plain(text))


@lru_cache(maxsize=8)
def items(kind: str) -> Mapping[str, Item]:
    """Return {key: item} of a kind: those with limits first."""
    found: dict[str, Item] = {}
    for row in _rows(kind):
        key = row.factor_code or row.name_zh
        if key not in found:
            found[key] = _of_row(row, key)
    if kind == Medium.SOIL:
        found[PH_OF_SOIL] = Item(PH_OF_SOIL, "pH", "pH", "1")
    for factor in factors().values():
        if factor.medium in _FACTOR_MEDIA[kind] and factor.code not in found:
            found[factor.code] = Item(factor.code, factor.name_zh, factor.name_en, factor.unit or "1")
    return MappingProxyType(found)


def _rows(kind: str) -> list[Limit]:
    return [
        row
        for row in all_limits()
        if row.subject in _SUBJECTS[kind]
        or (kind == Medium.ODOUR and row.standard == ODOUR_STANDARD and row.kind is LimitKind.FENCE)
    ]


def _of_row(row: Limit, key: str) -> Item:
    known = factors().get(row.factor_code)
    name_en = row.name_en or (known.name_en if known else "") or row.name_zh
    return Item(key, row.name_zh, name_en, canonical_unit(row.unit), sensory=row.op is Op.RULE and not row.unit)


@lru_cache(maxsize=8)
def _names(kind: str) -> Mapping[str, Item]:
    found: dict[str, Item] = {}
    for item in items(kind).values():
        known = factors().get(item.key)
        for name in (item.key, item.name_zh, item.name_en, *((known.name_zh, known.name_en) if known else ())):
            found.setdefault(_plain(name), item)
    return MappingProxyType(found)


def _plain(text: str) -> str:
    return text.translate(_SPELLING).casefold()
