"""The CP area: ``item;item``, item = ``key=value,key=value`` (attributes of one factor), read clearly.

    CP    = [ group *( ";" group ) ]
    group = pair *( "," pair )
    pair  = key "=" value
    key   = Name / code "-" Attribute
    value = text without ; , &&        (log text between // and // may contain them)

Nothing is refused here: what the grammar does not know is kept and named.  Source: HJ 212-2017 6.3.3, table 4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from .deviations import Deviation

Pair = tuple[str, str]
Group = dict[str, str | list[str]]
"""One item: its keys in order; a key that is repeated inside the item holds the list of its values."""

_MEASURED: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


class _Columns(NamedTuple):
    """The fields of a reading; only their descriptors are used, see `Reading`."""

    factor_code: str
    attribute: str
    text: str
    mark: str | None
    eflag: str | None
    sample_time: str | None


class Reading(_Columns if TYPE_CHECKING else tuple):  # type: ignore[misc]
    """One value of one factor, with the exact text of the wire (a tuple of the six fields below).

    `attribute` is the suffix (Rtd, Avg, ZsAvg, Cou, RS, Info ...), `mark` the factor's data mark (-Flag), `eflag` the
    maker's own mark (-EFlag), `sample_time` the -SampleTime text; the last three are None when absent.

    Not a NamedTuple at run time: a frame has dozens of readings, and a tuple type without a constructor of its own is
    made in half the time. Call it with one iterable of six; `Reading.of` takes the fields.
    """

    __slots__ = ()

    if not TYPE_CHECKING:
        _fields = _Columns._fields
        factor_code = _Columns.factor_code
        attribute = _Columns.attribute
        text = _Columns.text
        mark = _Columns.mark
        eflag = _Columns.eflag
        sample_time = _Columns.sample_time

        def __repr__(self) -> str:
            shown = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"Reading({shown})"

        def _asdict(self) -> dict[str, str | None]:
            return dict(zip(self._fields, self, strict=True))

    @staticmethod
    def of(
        factor_code: str,
        attribute: str,
        text: str,
        mark: str | None = None,
        eflag: str | None = None,
        sample_time: str | None = None,
    ) -> Reading:
        """Return a reading with these fields."""
        return new_reading((factor_code, attribute, text, mark, eflag, sample_time))

    @property
    def number(self) -> Decimal | None:
        """The value as an exact decimal, or None if the text is no plain decimal number (no exponent is allowed)."""
        return Decimal(self.text) if _MEASURED.fullmatch(self.text) else None


new_reading: Final = cast("Callable[[Iterable[str | None]], Reading]", Reading)
"""Make a reading from an iterable of its six fields."""


_MARK: Final = "Flag"
_EFLAG: Final = "EFlag"
_SAMPLE_TIME: Final = "SampleTime"
_QUALIFIERS: Final = frozenset({_MARK, _EFLAG, _SAMPLE_TIME})

# ASSUMPTION: these spellings mean Rtd; seen only in place of it (vectors t17-107, ns-017).
_SPELLINGS: Final = {"td": "Rtd", "Rtd-Rtd": "Rtd", "FLAG": _MARK, "flag": _MARK}


def split_key(key: str) -> tuple[str, str] | None:
    """Return (factor code, attribute) of ``code-Attr``, or None for a plain name; spelling is put right."""
    code, dash, attribute = key.partition("-")
    if not dash or not code:
        return None
    attribute = attribute.lstrip("-")
    return (code, _SPELLINGS.get(attribute, attribute)) if attribute else None


# --- splitting --------------------------------------------------------------------------------------------------


class Items(NamedTuple):
    """The pairs of each group, in wire order, and the departures found on the way."""

    groups: list[list[Pair]]
    deviations: frozenset[Deviation]


def parse_items(text: str) -> Items:
    """Split the content of CP (without the enclosing ``&&``) into groups of pairs; never fails."""
    named: set[Deviation] = set()
    groups: list[list[Pair]] = []
    if not text.strip():
        if text:
            named.add(Deviation.CP_BLANKS)
        return Items(groups, frozenset(named))
    for item in _split(text, ";"):
        pairs = [pair for part in _split(item, ",") if (pair := _pair(part, named)) is not None]
        if pairs:
            groups.append(pairs)
    _judge_structure(groups, named)
    return Items(groups, frozenset(named))


def _split(text: str, separator: str) -> list[str]:
    """Split at `separator`, but not inside ``//log text//``."""
    if "=//" not in text:
        return text.split(separator)
    parts: list[str] = []
    start = position = 0
    closable = True
    while (cut := text.find(separator, position)) >= 0:
        opened = text.find("=//", position, cut) if closable else -1
        if opened < 0:
            parts.append(text[start:cut])
            start = position = cut + 1
            continue
        close = _LOG_TEXT_CLOSE.search(text, opened + 3)
        closable = close is not None  # none further on either: do not search again, input may be hostile
        position = close.end() if close else opened + 3
    parts.append(text[start:])
    return parts


_LOG_TEXT_CLOSE: Final = re.compile(r"//\s*(?=[;,]|\Z)")


def _pair(part: str, named: set[Deviation]) -> Pair | None:
    key, equals, value = part.partition("=")
    if not equals:
        if not part.strip():
            named.add(Deviation.CP_EMPTY_ITEM)
            return None
        named.add(Deviation.CP_NO_EQUALS)
    if key != key.strip() or value != value.strip():
        named.add(Deviation.CP_BLANKS)
        key, value = key.strip(), value.strip()
    if equals and not value:
        named.add(Deviation.CP_EMPTY_VALUE)
    if "\u2026" in part:
        named.add(Deviation.CP_PLACEHOLDER)
    return key, value


# Noise statistics: HJ 212-2017 C.26-C.28 print each of these as an item of its own.
_OWN_ITEM: Final = frozenset({"Data", "DayData", "NightData"})


def _judge_structure(groups: list[list[Pair]], named: set[Deviation]) -> None:
    """Name departures that lie in the keys: several factors in one item, one factor in several, misspelling."""
    owners: set[str] = set()
    for pairs in groups:
        codes: dict[str, None] = {}
        for key, value in pairs:
            split = split_key(key)
            if split is not None:
                if split[1] not in _OWN_ITEM:
                    codes[split[0]] = None
                if f"{split[0]}-{split[1]}" != key:
                    named.add(Deviation.ATTRIBUTE_SPELLING)
            elif key == "DataTime":
                if len(pairs) > 1 and any(split_key(other) for other, _ in pairs):
                    named.add(Deviation.CP_COMMA_BETWEEN_ITEMS)
                if len(value) != 14 or parse_data_time(value) is None:
                    named.add(Deviation.DATA_TIME_FORMAT)
        if len(codes) > 1:
            named.add(Deviation.CP_COMMA_BETWEEN_ITEMS)
        if not owners.isdisjoint(codes):
            named.add(Deviation.CP_ITEM_TORN)
        owners.update(codes)


# --- what the pairs mean ----------------------------------------------------------------------------------------


def groups_of(items: Sequence[Sequence[Pair]]) -> list[Group]:
    """Return each group as a dict in wire order; a repeated key holds the list of its values."""
    return [_group(pairs) for pairs in items]


def _group(pairs: Sequence[Pair]) -> Group:
    group: Group = {}
    for key, value in pairs:
        earlier = group.get(key)
        if earlier is None:
            group[key] = value
        elif isinstance(earlier, list):
            earlier.append(value)
        else:
            group[key] = [earlier, value]
    return group


class Slot(NamedTuple):
    """Where the parts of one reading stand among all values of the CP, counted over groups; -1 means absent."""

    factor_code: str
    attribute: str
    value: int
    mark: int = -1
    eflag: int = -1
    sample_time: int = -1


def plan_readings(keys: Sequence[Sequence[str]]) -> list[Slot]:
    """Return one slot per reading for groups with these keys, in wire order.

    A mark belongs to the values of its factor in the same group; where a group has none (attributes torn apart by
    ``;``), to the nearest following group that has only marks of that factor, else the nearest one before.
    """
    slots: list[tuple[int, Slot]] = []
    marks: dict[tuple[str, str], list[tuple[int, int]]] = {}
    measured: set[tuple[int, str]] = set()
    index = 0
    for group_number, group in enumerate(keys):
        for key in group:
            split = split_key(key)
            if split is not None:
                code, attribute = split
                if attribute in _QUALIFIERS:
                    marks.setdefault((code, attribute), []).append((group_number, index))
                else:
                    measured.add((group_number, code))
                    slots.append((group_number, Slot(code, attribute, index)))
            index += 1
    if not marks:
        return [slot for _, slot in slots]
    return [_with_marks(slot, number, marks, measured) for number, slot in slots]


def _with_marks(
    slot: Slot, group: int, marks: dict[tuple[str, str], list[tuple[int, int]]], measured: set[tuple[int, str]]
) -> Slot:
    def place(attribute: str) -> int:
        found = marks.get((slot.factor_code, attribute), ())
        own = [index for number, index in found if number == group]
        if own:
            return own[0]
        free = [(number, index) for number, index in found if (number, slot.factor_code) not in measured]
        later = [index for number, index in free if number > group]
        return later[0] if later else free[-1][1] if free else -1

    return slot._replace(mark=place(_MARK), eflag=place(_EFLAG), sample_time=place(_SAMPLE_TIME))


def readings_of(items: Sequence[Sequence[Pair]]) -> list[Reading]:
    """Return the readings of parsed groups; pairs with an empty value are absent, not zero."""
    values: list[str | None] = [value or None for pairs in items for _, value in pairs]
    values.append(None)
    readings = []
    for slot in plan_readings([[key for key, _ in pairs] for pairs in items]):
        text = values[slot.value]
        if text is not None:
            marks = (values[slot.mark], values[slot.eflag], values[slot.sample_time])
            readings.append(Reading.of(slot.factor_code, slot.attribute, text, *marks))
    return readings


def parse_data_time(text: str) -> datetime | None:
    """Return the naive wall time of ``YYYYMMDDhhmmss`` (more digits, up to 17, are fractions of a second), or None.

    ASSUMPTION: the wall time is China Standard Time; HJ 212-2017 names no time zone.
    """
    if not (14 <= len(text) <= 17 and text.isascii() and text.isdigit()):
        return None
    try:
        moment = datetime.fromisoformat(f"{text[:8]}T{text[8:14]}")
    except ValueError:
        return None
    return moment if len(text) == 14 else moment.replace(microsecond=int(text[14:].ljust(6, "0")))
