"""A quick way to the readings of a CP: most frames of a device repeat one layout, only the values change.

First sight: the CP is cut at every separator in one pass.  The keys (every second piece) together with the sequence of
separators prove the structure, so that the plan the clear reader (`data_area`) made for them can be looked up.
After a few sights a layout gets a regular expression of its own, literal keys with a group for each value (or a plan
of the compiled accelerator, if there is one), and the next CP of the same device and command (the hint) is tried with
it: a match proves the structure just as well.

CP texts that either could misread (blanks, log text, non-ASCII, empty values, = inside a value) are left to the clear
reader.  All give equal results; the tests run them all.

Memory is bounded: `MAX_LAYOUTS` layouts of CP texts of at most `MAX_CACHED_CP` bytes, `MAX_HINTS` hints, oldest out
first.  Compiling waits for `COMPILE_AT` sights, so that a peer that varies its keys does not make us compile.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from itertools import repeat
from operator import itemgetter
from typing import Final, cast

from .data_area import Group, Pair, Reading, Slot, new_reading, parse_data_time, parse_items, plan_readings
from .deviations import Deviation
from .speed import MAX_VALUES, SPEED, Plan

FAST: Final = os.environ.get("HJ212_CLEAR_PATH") != "1"
"""False if the environment asks for the clear path only (HJ212_CLEAR_PATH=1); read once, at import."""

MAX_LAYOUTS: Final = 1024
MAX_HINTS: Final = 8192
MAX_CACHED_CP: Final = 4096
COMPILE_AT: Final = 4

_TO_SEMICOLON: Final = bytes.maketrans(b",=", b";;")
# Blanks and / are kept among the separators, so that texts the pass could misread never match a known layout.
_NOT_SEPARATORS: Final = bytes(value for value in range(256) if value not in b";,=/ \t\n\v\f\r")
# What may stand in a value, said positively: a negated class costs the engine one step more for every character.
_VALUE: Final = r"([\x00-\x08\x0e-\x1f!-+\-.0-:<>-\x7f]++)"

# One group that never takes part follows the values: its None is the entry that absent marks point to.
_NEVER: Final = "((?!))?"
_ABSENT: Final = repeat(None)

Values = tuple[str | None, ...]
Column = Callable[[Values], Values]


def _column(indices: list[int]) -> Column:
    """Return a function that picks `indices` from the values (whose last entry is None, for absent marks)."""
    if not indices:
        return lambda values: ()
    if len(indices) == 1:
        only = indices[0]
        return lambda values: (values[only],)
    step = indices[1] - indices[0]
    if indices[0] >= 0 and step > 0 and indices == list(range(indices[0], indices[-1] + 1, step)):
        return cast(Column, itemgetter(slice(indices[0], indices[-1] + 1, step)))
    return cast(Column, itemgetter(*indices))


def _rare_column(indices: list[int]) -> Column | None:
    """Return the column, or None if no reading has an entry in it: then `_ABSENT` stands for it, without a call."""
    return None if all(index == -1 for index in indices) else _column(indices)


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
        "_sights",
        "_slots",
        "_source",
        "_texts",
        "pattern",
        "plan",
    )

    def __init__(self, groups: list[list[Pair]], deviations: frozenset[Deviation], separators: bytes) -> None:
        slots: list[Slot] = plan_readings([[key for key, _ in pairs] for pairs in groups])
        self._slots = tuple(tuple(slot) for slot in slots)
        self._codes = tuple(slot.factor_code for slot in slots)
        self._attributes = tuple(slot.attribute for slot in slots)
        self._texts = _column([slot.value for slot in slots])
        self._marks = _rare_column([slot.mark for slot in slots])
        self._eflags = _rare_column([slot.eflag for slot in slots])
        self._samples = _rare_column([slot.sample_time for slot in slots])
        self._deviations = deviations - {Deviation.DATA_TIME_FORMAT}
        self._groups: list[tuple[tuple[str, ...], int, int, bool]] = []
        self._data_time: list[int] = []
        self._sights = 0
        self.pattern: re.Pattern[str] | None = None
        self.plan: Plan | None = None
        start = 0
        for pairs in groups:
            keys = tuple(key for key, _ in pairs)
            self._data_time += [start + at for at, key in enumerate(keys) if key == "DataTime"]
            self._groups.append((keys, start, start + len(keys), len(set(keys)) == len(keys)))
            start += len(keys)
        ends = [*separators[1::2].decode("ascii"), ""]
        names = (key for keys, *_ in self._groups for key in keys)
        self._source = list(zip(names, ends, strict=True))

    def seen(self) -> None:
        """Count a sight; at `COMPILE_AT` the layout gets its pattern and, with the accelerator, its plan."""
        self._sights += 1
        if self._sights != COMPILE_AT:
            return
        self.pattern = re.compile("".join(f"{re.escape(key)}={_VALUE}{end}" for key, end in self._source) + _NEVER)
        if SPEED is not None and len(self._source) <= MAX_VALUES:
            before = ["", *(end for _, end in self._source)]
            literals = tuple(f"{end}{key}=".encode() for end, (key, _) in zip(before, self._source, strict=False))
            self.plan = SPEED.Plan(literals, self._slots)

    def readings(self, values: Values) -> list[Reading]:
        """Return the readings of a CP of this layout from its values (a None follows the last)."""
        columns = zip(  # noqa: B905 - all columns have the length of the plan, or no end
            self._codes,
            self._attributes,
            self._texts(values),
            _ABSENT if self._marks is None else self._marks(values),
            _ABSENT if self._eflags is None else self._eflags(values),
            _ABSENT if self._samples is None else self._samples(values),
        )
        return list(map(new_reading, columns))

    def groups(self, values: Values) -> list[Group]:
        """Return the groups of a CP of this layout from its values."""
        texts = cast("tuple[str, ...]", values)
        return [
            cast(Group, dict(zip(keys, texts[start:stop], strict=True))) if unique else _listed(keys, texts[start:stop])
            for keys, start, stop, unique in self._groups
        ]

    def deviations(self, values: Values) -> frozenset[Deviation]:
        """Return the departures of a CP of this layout: those of the keys, and an odd DataTime."""
        for index in self._data_time:
            text = values[index] or ""
            if len(text) != 14 or parse_data_time(text) is None:
                return self._deviations | {Deviation.DATA_TIME_FORMAT}
        return self._deviations


def _listed(keys: tuple[str, ...], values: tuple[str, ...]) -> Group:
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


Tokens = tuple[Layout, Values]
"""A CP cut by its layout: the layout, and the values of this CP with a None after the last."""

Hint = tuple[str, str]
"""Device and command: what usually decides the layout."""

_Key = tuple[bytes, tuple[str, ...]]
_layouts: Final[dict[_Key, Layout]] = {}
_hints: Final[dict[Hint, Layout]] = {}


def cut(segment: bytes, start: int, stop: int, hint: Hint) -> Tokens | None:
    """Cut the ASCII CP ``segment[start:stop]`` by a known (or now learned) layout; None: leave it to the clear reader."""
    if not FAST or start == stop:
        return None
    guess = _hints.get(hint)
    if guess is not None and guess.pattern is not None:
        values = _values(guess, guess.pattern, segment, start, stop)
        if values is not None:
            return guess, values
    return _cut_unhinted(segment[start:stop], hint, guess)


def _values(layout: Layout, pattern: re.Pattern[str], segment: bytes, start: int, stop: int) -> Values | None:
    if layout.plan is not None:
        return layout.plan.values(segment, start, stop)
    match = pattern.fullmatch(segment.decode("ascii"), start, stop)
    return None if match is None else match.groups()


def read(segment: bytes, start: int, stop: int, hint: Hint) -> list[Reading] | None:
    """Return the readings of the ASCII CP ``segment[start:stop]``; None: leave it to the clear reader."""
    if not FAST or start == stop:
        return None
    guess = _hints.get(hint)
    if guess is not None:
        if (plan := guess.plan) is not None:
            readings = plan.readings(segment, start, stop, Reading)
            if readings is not None:
                return readings
        elif (pattern := guess.pattern) is not None:
            match = pattern.fullmatch(segment.decode("ascii"), start, stop)
            if match is not None:
                return guess.readings(match.groups())
    tokens = _cut_unhinted(segment[start:stop], hint, guess)
    return None if tokens is None else tokens[0].readings(tokens[1])


def _cut_unhinted(cp: bytes, hint: Hint, guess: Layout | None) -> Tokens | None:
    pieces = cp.translate(_TO_SEMICOLON).decode("ascii").split(";")
    values = pieces[1::2]
    if "" in values:
        return None
    key = (cp.translate(None, _NOT_SEPARATORS), tuple(pieces[::2]))
    layout = _layouts.get(key) or _learn(key, cp)
    if layout is None:
        return None
    if layout.pattern is None:
        layout.seen()
    if layout is not guess:
        if len(_hints) >= MAX_HINTS:
            _hints.pop(next(iter(_hints)))
        _hints[hint] = layout
    return layout, (*values, None)


def _learn(key: _Key, cp: bytes) -> Layout | None:
    separators, keys = key
    if separators[::2].strip(b"=") or b"=" in separators[1::2] or not separators.endswith(b"="):
        return None
    if len(cp) > MAX_CACHED_CP:
        return None
    items = parse_items(cp.decode("ascii"))
    if tuple(name for pairs in items.groups for name, _ in pairs) != keys:
        return None
    if len(_layouts) >= MAX_LAYOUTS:
        _layouts.pop(next(iter(_layouts)))
    return _layouts.setdefault(key, Layout(items.groups, items.deviations, separators))
