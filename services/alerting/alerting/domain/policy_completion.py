"""What a release brings that a park's own policy does not name yet: shown to people, and in force until they decide. Pure.

A stored policy was written for the rules of its day. A finding of a rule (and medium) that none of its entries names would fall
to the entry for all others; until somebody adopts the shipped entry, or leaves it out on purpose (`left_out`), that grades it.
"""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct
from park_schemas.codes import Medium

from alerting.domain.policy import GradingPolicy, PolicyEntry

_EVERY_MEDIUM = frozenset(Medium)


class NewEntry(Struct, frozen=True):
    """A shipped entry narrowed to what the stored policy does not name; `of` is its name in the shipped policy."""

    of: str
    entry: PolicyEntry


def new_entries(stored: GradingPolicy, shipped: GradingPolicy) -> list[NewEntry]:
    """Return the shipped entries for what the stored policy does not name, each narrowed to just that, under free names."""
    taken = {entry.name for entry in stored.entries}
    found = []
    for entry in shipped.entries:
        if entry.name in stored.left_out:
            continue
        for rules, media in _not_named(entry, stored.entries):
            name = entry.name if entry.name not in taken else _free(f"{entry.name}-new", taken)
            taken.add(name)
            found.append(NewEntry(entry.name, msgspec.structs.replace(entry, name=name, rules=rules, media=media)))
    return found


def completed(stored: GradingPolicy, shipped: GradingPolicy) -> GradingPolicy:
    """Return the policy that grades: the stored one, with what is new before its entry for all others."""
    new = [one.entry for one in new_entries(stored, shipped)]
    if not new or not stored.entries:
        return stored
    return msgspec.structs.replace(stored, entries=[*stored.entries[:-1], *new, stored.entries[-1]])


def _not_named(entry: PolicyEntry, known: Iterable[PolicyEntry]) -> Iterator[tuple[list[str], list[Medium]]]:
    """Give (rules, media) of an entry that no known entry names; rules that lack the same media come together."""
    by_media: dict[frozenset[Medium], list[str]] = {}
    wanted = frozenset(entry.media) or _EVERY_MEDIUM
    entries = list(known)
    for rule in entry.rules:
        lacking = wanted - _media_of(rule, entries)
        if lacking and (not entry.factors or lacking == wanted):
            by_media.setdefault(lacking, []).append(rule)
    for lacking, rules in by_media.items():
        yield rules, [] if lacking == _EVERY_MEDIUM else sorted(lacking)


def _media_of(rule: str, entries: Iterable[PolicyEntry]) -> frozenset[Medium]:
    """Return the media in which entries (other than the one for all others) name a rule, whatever its factors."""
    named: set[Medium] = set()
    for entry in entries:
        if rule in entry.rules:
            named |= set(entry.media) or _EVERY_MEDIUM
        elif not entry.rules and entry.media:
            named |= set(entry.media)
    return frozenset(named)


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free
