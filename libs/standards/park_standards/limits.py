"""Finding the limits that apply: by factor, standard, level, period and date.

The order between standards is the caller's decision (permit > stricter local standard > industry > integrated,
GB 16297 and GB 8978 not where an industry standard exists); this module only finds rows and drops those not in force.
"""

import re
from collections.abc import Collection, Iterable
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType

from park_standards.errors import UnknownStandard
from park_standards.limit import Averaging, Kind, Limit, Subject
from park_standards.limit_tables import load_all


@lru_cache(maxsize=1)
def all_limits() -> tuple[Limit, ...]:
    """Return every packaged limit row (about three thousand), in table order. Read once."""
    return tuple(load_all())


@lru_cache(maxsize=1)
def _by_id() -> MappingProxyType[str, Limit]:
    return MappingProxyType({limit.limit_id: limit for limit in all_limits()})


@lru_cache(maxsize=1)
def _by_factor() -> MappingProxyType[str, tuple[Limit, ...]]:
    found: dict[str, list[Limit]] = {}
    for limit in all_limits():
        found.setdefault(limit.key, []).append(limit)
    return MappingProxyType({key: tuple(rows) for key, rows in found.items()})


def limit_by_id(limit_id: str) -> Limit:
    """Return the row of a stable id. Raises UnknownStandard."""
    try:
        return _by_id()[limit_id]
    except KeyError:
        raise UnknownStandard(f"no limit has the id {limit_id!r}") from None


@lru_cache(maxsize=1)
def standards() -> tuple[str, ...]:
    """Return the names of all standards that have limit rows, sorted."""
    return tuple(sorted({limit.standard for limit in all_limits()}))


_DASHES = str.maketrans("—–－", "---")


@lru_cache(maxsize=256)
def compact(standard: str) -> str:
    """Return the name as used in short references: "GB/T 31962-2015" and "GB/T31962—2015" -> "GB31962-2015"."""
    return re.sub(r"^([A-Z]+\d*)/T(?=\d)", r"\1", re.sub(r"\s+", "", standard.translate(_DASHES)).upper())


def resolve_standard(reference: str, at: date | None = None) -> tuple[str, str]:
    """Split a short reference into (standard, level): "GB18918-1A" -> ("GB 18918-2002", "1A").

    The year may be left out when one edition is held, or when `at` is given and one is in force that day; a level may follow
    after "-". Raises UnknownStandard for what is not held, naming the nearest names, the editions, or the levels there are.
    """
    wanted = compact(reference)
    fits = [name for name in standards() if _continues(wanted, compact(name))]
    if not fits:
        fits = [name for name in standards() if _continues(wanted, _stem(name))]
        if len(fits) > 1 and at is not None:
            fits = _editions_at(fits, at, reference)
    if len(fits) > 1:
        raise UnknownStandard(f"{reference!r} fits several editions: {', '.join(fits)}; give the year or a day")
    if not fits:
        raise UnknownStandard(_not_held(reference, wanted))
    return fits[0], _level_of(fits[0], reference, wanted)


def _editions_at(editions: list[str], at: date, reference: str) -> list[str]:
    alive = [name for name in editions if any(_covers(row, at) for row in _of_standard(name))]
    if not alive:
        raise UnknownStandard(
            f"{reference!r}: none of the editions {', '.join(editions)} is in force on {at.isoformat()}"
        )
    return alive


def _continues(wanted: str, name: str) -> bool:
    return wanted == name or wanted.startswith(f"{name}-")


def _stem(standard: str) -> str:
    return re.sub(r"-\d{4}$", "", compact(standard))


@lru_cache(maxsize=64)
def _of_standard(standard: str) -> tuple[Limit, ...]:
    return tuple(row for row in all_limits() if row.standard == standard)


def _not_held(reference: str, wanted: str) -> str:
    near = get_close_matches(wanted, [_stem(name) for name in standards()], n=3)
    nearest = [name for name in standards() if _stem(name) in near]
    hint = f"nearest: {', '.join(nearest)}; " if nearest else ""
    return f"{reference!r} is none of the standards held; {hint}held: {', '.join(standards())}"


@lru_cache(maxsize=64)
def _levels(standard: str) -> MappingProxyType[str, str]:
    return MappingProxyType({compact(row.level): row.level for row in _of_standard(standard)})


def _level_of(standard: str, reference: str, wanted: str) -> str:
    """The level a reference names, spelled as the table spells it. Raises UnknownStandard for one it does not have."""
    full, stem = compact(standard), _stem(standard)
    named = wanted[len(full if _continues(wanted, full) else stem) + 1 :]
    if not named:
        return ""
    levels = _levels(standard)
    if named in levels:
        return levels[named]
    held = ", ".join(filter(None, levels.values()))
    raise UnknownStandard(f"{reference!r}: {standard} has no level {named!r}; it has {held or 'none'}")


def in_force(
    rows: Iterable[Limit],
    at: date,
    *,
    conditions: Collection[str] = (),
) -> tuple[Limit, ...]:
    """Return the rows in force on the calendar day `at` (park time).

    Dates are inclusive; an unknown start counts as begun. Of a row and its alternative exactly one stays: the
    alternative when its season holds on that day, or when its condition text is in `conditions`.
    """
    alive = [row for row in rows if _covers(row, at)]
    chosen = [row for row in alive if row.condition and _applies(row, at, conditions)]
    replaced = {row.replaces for row in chosen}
    return tuple(row for row in alive if row in chosen or (not row.condition and row.limit_id not in replaced))


def _covers(row: Limit, at: date) -> bool:
    begun = row.effective_from is None or row.effective_from <= at
    return begun and (row.effective_to is None or at <= row.effective_to)


def _applies(row: Limit, at: date, conditions: Collection[str]) -> bool:
    return row.season.holds_on(at) if row.season else row.condition in conditions


def limits_for(
    factor: str,
    *,
    at: date | None = None,
    standard: str | None = None,
    level: str | None = None,
    subject: Subject | None = None,
    kind: Kind | None = None,
    averaging: Averaging | None = None,
    discharge: str | None = None,
    scope: str | None = None,
    conditions: Collection[str] = (),
) -> tuple[Limit, ...]:
    """Return the rows of a factor code (or of a Chinese item name that has no code) that match all given arguments.

    `standard` is the full name or a short reference, which may carry the level ("GB18918-1A"); `scope` matches when
    it is contained in the row's scope; `discharge` matches rows that list it ("direct;indirect") or say "all".
    With `at`, rows and alternatives not in force that day are dropped (`in_force`). Unknown factors give ().
    Raises UnknownStandard for a reference that fits nothing or several editions.
    """
    if standard is not None:
        standard, named_level = resolve_standard(standard, at)
        level = level or named_level or None
    found = [
        row
        for row in _by_factor().get(factor, ())
        if (standard is None or row.standard == standard)
        and (level is None or row.level.upper() == level.upper())
        and (subject is None or row.subject is subject)
        and (kind is None or row.kind is kind)
        and (averaging is None or row.averaging is averaging)
        and (discharge is None or row.discharge == "all" or discharge in row.discharge.split(";"))
        and (scope is None or scope in row.scope)
    ]
    return tuple(found) if at is None else in_force(found, at, conditions=conditions)
