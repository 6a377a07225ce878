"""For which industries a type of mark is made, and whether an outlet belongs to one of them. Pure.

A start-up exempts an incinerator's outlet by a rule for incinerators; at a chemical works nothing exempts it. The registry does
not know industries, so the standards of the outlet's limits speak.
ASSUMPTION: an outlet belongs to the industry whose emission standard its limits are of. To disprove: an incinerator whose limits
are registered by its permit alone; its marks then wait until another person has accepted them.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache
from types import MappingProxyType

from park_standards.marks import mark_rules

GENERAL = "排污单位(通用)"
_STANDARDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "生活垃圾焚烧": ("GB18485",),
        "火电、水泥、造纸": ("GB13223", "GB4915", "GB3544"),
    }
)
"""Emission standards of each scope of the marking tables: incineration; thermal power, cement, pulp and paper."""


@lru_cache(maxsize=1)
def _scopes() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for rule in mark_rules():
        found.setdefault(rule.key, set()).add(rule.scope)
    return {key: frozenset(scopes) for key, scopes in found.items()}


def foreign_scopes(key: str, standards: Collection[str]) -> tuple[str, ...]:
    """Return the scopes of a type of mark when the outlet, whose limits are of `standards`, belongs to none of them; else ()."""
    scopes = _scopes()[key]
    own = tuple("".join(one.split()) for one in standards)
    if GENERAL in scopes or any(one.startswith(_STANDARDS[scope]) for scope in scopes for one in own):
        return ()
    return tuple(sorted(scopes))
