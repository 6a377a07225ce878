"""The newest values of a point as they are shown: one line a factor, with the limit it is closest to."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from park_chassis.frame_revisions import Entry, Frame
from park_schemas.codes import Period
from park_standards.validity import verdict_of_mark

from park_judging.domain.applied_limits import VALUE_ATTRIBUTES, PointLimits
from park_judging.domain.holding import Held, hold
from park_judging.domain.periods import RANK, park_date

_SHOWN_BEST_FIRST = (Period.REALTIME, Period.MINUTE, Period.HOUR, Period.DAY)


def latest_item(limits: PointLimits, frames: Sequence[Frame]) -> dict[str, Any]:
    """Return the item of one point. `frames` are its newest ones of every device and command; the shortest period leads.

    A factor that the leading frame does not hold is taken from the others, so that slow analysers show beside fast ones.
    """
    ordered = sorted(
        frames, key=lambda frame: (_SHOWN_BEST_FIRST.index(Period(frame.period)), -frame.data_time.timestamp())
    )
    shown: dict[str, dict[str, Any]] = {}
    for frame in ordered:
        for factor in dict.fromkeys(factor for factor, _ in frame.entries):
            if factor not in shown and (line := _line(limits, frame, factor)) is not None:
                shown[factor] = line
    order = {factor: index for index, factor in enumerate(limits.factors)}
    lead = ordered[0]
    return {
        "point_id": lead.point_id,
        "mn": lead.mn,
        "data_time": lead.data_time,
        "received_at": lead.received_at,
        "period": lead.period,
        "factors": sorted(shown.values(), key=lambda line: order.get(line["factor"], len(order))),
    }


def _line(limits: PointLimits, frame: Frame, factor: str) -> dict[str, Any] | None:
    period = Period(frame.period)
    found = _best_entry(frame, factor, period)
    if found is None:
        return None
    attribute, entry = found
    known = limits.factors.get(factor)
    held = _closest(limits, frame, factor, period)
    return {
        "factor": factor,
        "name_zh": known.name_zh if known else factor,
        "name_en": known.name_en if known else factor,
        "value": entry.text,
        "unit": known.unit if known else "",
        "mark": entry.mark,
        "attribute": attribute,
        "data_time": frame.data_time,
        "limit": _limit_item(held) if held else None,
        "ratio": held.ratio if held else None,
    }


def _best_entry(frame: Frame, factor: str, period: Period) -> tuple[str, Entry] | None:
    """The measured value, else whatever the device sent of the factor (states, totals, a lone mark)."""
    for attribute in VALUE_ATTRIBUTES[period, False]:
        if (factor, attribute) in frame.entries:
            return attribute, frame.entries[factor, attribute]
    return next(((name, entry) for (code, name), entry in frame.entries.items() if code == factor), None)


def _closest(limits: PointLimits, frame: Frame, factor: str, period: Period) -> Held | None:
    """The comparison with the highest ratio among the limits in force; None for values that are not judged."""
    day = park_date(frame.data_time)
    held = [
        hold(entry.text or "", limit)
        for (code, attribute), entry in frame.entries.items()
        if code == factor and entry.value is not None and verdict_of_mark(entry.mark).judged
        for against in [limits.by_entry[period].get((code, attribute))]
        if against is not None
        for limit in against.limits
        if limit.in_force(day)
    ]
    return max(held, key=lambda one: (one.violated, one.ratio, -RANK[one.limit.averaging]), default=None)


def _limit_item(held: Held) -> dict[str, Any]:
    row = held.limit.row
    return {
        "upper": row.upper, "lower": row.lower, "unit": row.unit, "basis": row.basis, "standard": row.standard,
        "clause": row.clause, "averaging": row.averaging, "observed": Decimal(held.observed),
    }  # fmt: skip
