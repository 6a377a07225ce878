"""One frame of a field device, how its numbers are kept, and what a second frame under the same key means. Pure.

Numbers: `value` is a float8, `decimals` how many digits stood after the point, so a number of up to 15 significant digits
comes back as it was sent ("7.10", not 7.1). Whatever does not come back that way (a leading zero, text, more digits)
keeps its spelling beside. The raw frame, kept elsewhere, stays the evidence.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias
from uuid import UUID

import msgspec

EntryKey: TypeAlias = tuple[str, str]
"""(factor, attribute)"""
Key: TypeAlias = tuple[str, str, datetime]
"""(mn, command, data_time)"""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)  # sign, digits with at most one point; no exponent


class Entry(NamedTuple):
    """One number of a frame. `value` is None when nothing was sent or it is no number; `spelling` only where needed."""

    value: float | None
    decimals: int | None
    mark: str | None
    spelling: str | None = None

    @property
    def text(self) -> str | None:
        """The number as it was sent, None when nothing was sent."""
        if self.spelling is not None or self.value is None:
            return self.spelling
        return f"{self.value:.{self.decimals or 0}f}"


class Frame(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a device said under one command for one time. Times are aware; entries keep the order of the frame."""

    mn: str
    command: str
    data_time: datetime
    point_id: UUID
    period: str
    received_at: datetime
    event_id: UUID
    entries: Mapping[EntryKey, Entry]
    supplementary: bool = False
    incomplete: bool = False
    revision: int = 1

    @property
    def key(self) -> Key:
        return (self.mn, self.command, self.data_time)


CLOCK_TOLERANCE = timedelta(days=1)
"""How far a device's clock may run ahead of ours and still be believed."""


def believed_time(frame: Frame, clock_tolerance: timedelta = CLOCK_TOLERANCE) -> datetime:
    """Return `data_time`, or `received_at` when the device's clock runs ahead of it by more than the tolerance."""
    return frame.received_at if frame.data_time - frame.received_at > clock_tolerance else frame.data_time


@dataclass(frozen=True, slots=True)
class Stored:
    """A frame that brought something new. `frame` is the whole revision; `fresh` the entries that are new in it."""

    frame: Frame
    fresh: frozenset[EntryKey]


def entry_of(text: str | None, mark: str | None) -> Entry:
    """Return the entry of a number as it stands on the wire; text that is no decimal number is kept as spelling only.

    A NUL character, which no Postgres text can hold, becomes its picture U+2400.
    """
    if not text:
        return Entry(None, None, mark)
    try:
        value = float(text)
    except ValueError:
        return Entry(None, None, mark, text.replace("\0", "␀"))
    point = text.find(".")
    decimals = 0 if point < 0 else len(text) - point - 1
    if math.isfinite(value) and f"{value:.{decimals}f}" == text:
        return Entry(value, decimals, mark)
    if _NUMBER.fullmatch(text) is None or not math.isfinite(value):
        return Entry(None, None, mark, text)
    return Entry(value, decimals, mark, text)


def revise(revisions: Sequence[Frame], incoming: Frame) -> tuple[Frame, frozenset[EntryKey]] | None:
    """Return the next revision and the entries that are new in it, or None when `incoming` says nothing new.

    `revisions` are those of the same key, oldest first, at least one. A frame whose every entry stands in one of them came
    before and is dropped, whatever came between: so any repetition of what was received gives the same state. Else the
    new revision is the newest one with the incoming entries put over it (parts of a split set add up; a corrected number
    replaces). ASSUMPTION: a device does not correct a value back to an earlier one; to disprove, a logger that sends
    A, B, A under one DataTime and means the last A.
    """
    if any(_says_all(revision.entries, incoming.entries) for revision in revisions):
        return None
    newest = revisions[-1]
    fresh = frozenset(key for key, entry in incoming.entries.items() if newest.entries.get(key) != entry)
    merged = msgspec.structs.replace(
        incoming,
        entries={**newest.entries, **incoming.entries},
        incomplete=newest.incomplete and incoming.incomplete,
        revision=newest.revision + 1,
    )
    return merged, fresh


def _says_all(said: Mapping[EntryKey, Entry], entries: Mapping[EntryKey, Entry]) -> bool:
    return all(said.get(key) == entry for key, entry in entries.items())
