"""Stations from best to worst. Equal values share a place, the next place counts on (1, 2, 2, 4)."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import msgspec
from msgspec import Struct


class Ranked(Struct, frozen=True, kw_only=True):
    """A station with its value and place in the period and in the one before; places are absent without a value."""

    point_id: UUID
    name_zh: str
    name_en: str
    value: str | None
    value_before: str | None
    complete: bool
    place: int | None = None
    place_before: int | None = None


def rank(entries: Sequence[Ranked], *, best_high: bool) -> list[Ranked]:
    """Return the entries with their places, best first; those without a value last, by name."""
    now = _places([one.value for one in entries], best_high=best_high)
    then = _places([one.value_before for one in entries], best_high=best_high)
    placed = [
        msgspec.structs.replace(one, place=place, place_before=earlier)
        for one, place, earlier in zip(entries, now, then, strict=True)
    ]
    return sorted(placed, key=lambda one: (one.place is None, one.place or 0, one.name_zh))


def _places(values: Sequence[str | None], *, best_high: bool) -> list[int | None]:
    numbers = [None if value is None else Decimal(value) for value in values]
    known = [number for number in numbers if number is not None]
    return [
        None if number is None else 1 + sum((other > number) if best_high else (other < number) for other in known)
        for number in numbers
    ]
