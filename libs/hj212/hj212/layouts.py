"""A quick way to the readings of a CP: most frames of a device repeat one layout, only the values change.

The CP is cut at every separator in one pass.  The keys (every second piece) together with the sequence of separators
prove the structure, so one dictionary look-up finds the plan that the clear reader (`data_area`) once made for it.
CP texts that the pass could misread (blanks, log text, non-ASCII, empty values, = inside a value) are left to the
clear reader.  Both give equal results; the tests run both.

The cache is bounded: `MAX_LAYOUTS` layouts of at most `MAX_CACHED_CP` bytes each, oldest out first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from operator import itemgetter
from typing import Any, Final, NamedTuple, cast

from .data_area import Group, Pair, Reading, Slot, parse_data_time, parse_items, plan_readings
from .deviations import Deviation

FAST: Final = os.environ.get("HJ212_CLEAR_PATH") != "1"
"""False if the environment asks for the clear path only (HJ212_CLEAR_PATH=1); read once, at import."""

MAX_LAYOUTS: Final = 1024
MAX_CACHED_CP: Final = 4096

_TO_SEMICOLON: Final = bytes.maketrans(b",=", b";;")
# Blanks and / are kept among the separators, so that texts the pass could misread never match a known layout.
_NOT_SEPARATORS: Final = bytes(value for value in range(256) if value not in b";,=/ \t\n\v\f\r")
_new_reading: Final = cast("Callable[[Iterable[Any]], Reading]", partial(tuple.__new__, Reading))

Column = Callable[[list[str | None]], tuple[str | None, ...]]


def _column(indices: list[int]) -> Column:
    """Return a function that picks `indices` from the values (whose last entry is None, for absent marks)."""
    if not indices:
        return lambda values: ()
    if all(index == -1 for index in indices):
        nothing = (None,) * len(indices)
        return lambda values: nothing
    if len(indices) == 1:
        only = indices[0]
        return lambda values: (values[only],)
    return cast(Column, itemgetter(*indices))


class Layout:
    """The plan for one sequence of keys and separators."""

    __slots__ = (
        "_attributes",
        "_codes",
        "_data_time",
        "_deviations",
        "_eflags",
        "_groups",
        "_marks",
        "_samples",
        "_texts",
    )

    def __init__(self, groups: list[list[Pair]], deviations: frozenset[Deviation]) -> None:
        slots: list[Slot] = plan_readings([[key for key, _ in pairs] for pairs in groups])
        self._codes = tuple(slot.factor_code for slot in slots)
        self._attributes = tuple(slot.attribute for slot in slots)
        self._texts = _column([slot.value for slot in slots])
        self._marks = _column([slot.mark for slot in slots])
        self._eflags = _column([slot.eflag for slot in slots])
        self._samples = _column([slot.sample_time for slot in slots])
        self._deviations = deviations - {Deviation.DATA_TIME_FORMAT}
        self._groups: list[tuple[tuple[str, ...], int, int, bool]] = []
        self._data_time: list[int] = []
        start = 0
        for pairs in groups:
            keys = tuple(key for key, _ in pairs)
            self._data_time += [start + at for at, key in enumerate(keys) if key == "DataTime"]
            self._groups.append((keys, start, start + len(keys), len(set(keys)) == len(keys)))
            start += len(keys)

    def readings(self, values: list[str]) -> list[Reading]:
        """Return the readings of a CP of this layout from its values."""
        row = cast("list[str | None]", values)
        row.append(None)
        columns = zip(
            self._codes,
            self._attributes,
            self._texts(row),
            self._marks(row),
            self._eflags(row),
            self._samples(row),
            strict=False,
        )
        return list(map(_new_reading, columns))

    def groups(self, values: list[str]) -> list[Group]:
        """Return the groups of a CP of this layout from its values."""
        return [
            cast(Group, dict(zip(keys, values[start:stop], strict=True)))
            if unique
            else _listed(keys, values[start:stop])
            for keys, start, stop, unique in self._groups
        ]

    def deviations(self, values: list[str]) -> frozenset[Deviation]:
        """Return the departures of a CP of this layout: those of the keys, and an odd DataTime."""
        for index in self._data_time:
            text = values[index]
            if len(text) != 14 or parse_data_time(text) is None:
                return self._deviations | {Deviation.DATA_TIME_FORMAT}
        return self._deviations


def _listed(keys: tuple[str, ...], values: list[str]) -> Group:
    group: Group = {}
    for key, value in zip(keys, values, strict=True):
        earlier = group.get(key)
        if earlier is None:
            group[key] = value
        elif isinstance(earlier, list):
            earlier.append(value)
        else:
            group[key] = [earlier, value]
    return group


class Tokens(NamedTuple):
    """A CP cut by its layout."""

    layout: Layout
    values: list[str]


_Key = tuple[bytes, tuple[str, ...]]
_layouts: Final[dict[_Key, Layout]] = {}


def cut(cp: bytes) -> Tokens | None:
    """Cut an ASCII CP by a known (or now learned) layout; None: leave it to the clear reader."""
    if not FAST or not cp:
        return None
    pieces = cp.translate(_TO_SEMICOLON).decode("ascii").split(";")
    values = pieces[1::2]
    if "" in values:
        return None
    key = (cp.translate(None, _NOT_SEPARATORS), tuple(pieces[::2]))
    layout = _layouts.get(key)
    if layout is None:
        layout = _learn(key, cp)
        if layout is None:
            return None
    return Tokens(layout, values)


def _learn(key: _Key, cp: bytes) -> Layout | None:
    separators, keys = key
    if separators[::2].strip(b"=") or b"=" in separators[1::2] or not separators.endswith(b"="):
        return None
    items = parse_items(cp.decode("ascii"))
    if tuple(name for pairs in items.groups for name, _ in pairs) != keys:
        return None
    layout = Layout(items.groups, items.deviations)
    if len(cp) <= MAX_CACHED_CP:
        if len(_layouts) >= MAX_LAYOUTS:
            _layouts.pop(next(iter(_layouts)))
        _layouts[key] = layout
    return layout
