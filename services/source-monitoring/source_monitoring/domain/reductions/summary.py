"""What all measures of an order came to: how many were kept, and what was saved of each pollutant."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct
from park_standards.rounding import plain

from source_monitoring.domain.reductions.levels import LEVELS, POLLUTANTS
from source_monitoring.domain.reductions.reduction_list import decimal_of

WORST_FIRST = ("not-kept", "not-provable", "pending", "kept", "voluntary")
"""An enterprise is called by the worst of its measures."""


class JudgedMeasure(Struct, frozen=True, kw_only=True):
    """A measure with its verdict, for the sum. `achieved` is the share saved, None where no meter shows it."""

    enterprise_id: str
    verdict: str
    allowed_share: str | None
    achieved: str | None
    emissions: Mapping[str, str]


def summary_of(measures: Iterable[JudgedMeasure], level: str) -> dict[str, Any]:
    """Return counts by verdict of measures and enterprises, and kg a day of each pollutant: listed, ordered, shown."""
    rows = list(measures)
    of_enterprise: dict[str, set[str]] = {}
    for row in rows:
        of_enterprise.setdefault(row.enterprise_id, set()).add(row.verdict)
    worst = Counter(next(one for one in WORST_FIRST if one in found) for found in of_enterprise.values())
    return {
        "measures": {"all": len(rows), **Counter(row.verdict for row in rows)},
        "enterprises": {"all": len(of_enterprise), **worst},
        "emissions": [_emission(rows, pollutant, level) for pollutant in POLLUTANTS],
    }


def _emission(rows: list[JudgedMeasure], pollutant: str, level: str) -> dict[str, Any]:
    listed = ordered = shown = Decimal(0)
    for row in rows:
        mass = decimal_of(row.emissions.get(pollutant)) or Decimal(0)
        share = decimal_of(row.allowed_share)
        achieved = decimal_of(row.achieved)
        listed += mass
        ordered += mass * (1 - share) if share is not None else 0
        shown += mass * achieved if achieved is not None else 0
    return {
        "pollutant": pollutant, "listed_kg": _kg(listed), "ordered_kg": _kg(ordered), "shown_kg": _kg(shown),
        "ordered_share": _share(ordered, listed), "shown_share": _share(shown, listed),
        "least_share": LEVELS[level].least_share,
    }  # fmt: skip


def _kg(value: Decimal) -> str:
    return plain(round(value, 2))


def _share(part: Decimal, whole: Decimal) -> str | None:
    return plain(round(part / whole, 4)) if whole else None
