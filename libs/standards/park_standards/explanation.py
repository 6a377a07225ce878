"""Explaining in words which limits apply to a factor on a day, why these rows and not others, and how sure they are."""

from collections.abc import Collection, Iterator
from datetime import date

from park_standards.errors import UnknownFactor
from park_standards.factors import factors
from park_standards.limit import Confidence, Limit, Op
from park_standards.limits import in_force, limits_for, resolve_standard

_UNSURE = frozenset({Confidence.SECONDARY, Confidence.FROM_MEMORY, Confidence.DESIGN_DEFAULT, Confidence.OPEN})


def explain(factor: str, at: date, *, standard: str | None = None, conditions: Collection[str] = ()) -> Iterator[str]:
    """Yield the lines of the explanation for a factor code or item name.

    Raises UnknownFactor when no table knows it, UnknownStandard for a reference that fits none or several editions.
    """
    held = limits_for(factor, standard=standard)
    known = factors().get(factor)
    if known is None and not limits_for(factor):
        raise UnknownFactor(factor)
    yield f"{factor} {known.name_zh} ({known.name_en})" if known else factor
    if standard is not None:
        name, level = resolve_standard(standard)
        yield f"{standard!r} is {name}" + (f", level {level}" if level else "")
    chosen = in_force(held, at, conditions=conditions)
    yield f"{len(chosen)} of {len(held)} limits are in force on {at.isoformat()}"
    for row in chosen:
        yield from _lines_of(row)
    for row in held:
        if row not in chosen:
            yield f"- not {row.limit_id}: {_why_not(row, at)}"


def _lines_of(row: Limit) -> Iterator[str]:
    number = (row.text or row.note) if row.op is Op.RULE else str(row.bounds)
    yield f"+ {number}  [{row.limit_id}]"
    yield f"    {row.cited()}; {row.scope}; averaged over: {row.averaging.value} {_bracketed(row.averaging_text)}".rstrip()
    basis = f"{row.basis.value}, reference oxygen {row.baseline_oxygen} %" if row.baseline_oxygen else row.basis.value
    yield f"    compared value: {basis}; in force {_since(row)}; confidence: {row.confidence.value}"
    if row.condition:
        yield f"    applies instead of {row.replaces} because: {row.condition}"
    if row.note:
        yield f"    note: {row.note}"
    if row.confidence in _UNSURE:
        yield "    the number was not read from the standard's own text: verify before legal use"


def _bracketed(text: str) -> str:
    return f"({text})" if text else ""


def _since(row: Limit) -> str:
    start = row.effective_from.isoformat() if row.effective_from else "from an unknown day"
    end = f" to {row.effective_to.isoformat()}" if row.effective_to else ""
    return start + end + (f" ({row.effective_text})" if row.effective_text else "")


def _why_not(row: Limit, at: date) -> str:
    if row.effective_from and at < row.effective_from:
        return f"in force only from {row.effective_from.isoformat()}"
    if row.effective_to and at > row.effective_to:
        return f"ended on {row.effective_to.isoformat()}"
    if row.condition:
        return f"holds only for: {row.condition}"
    return "its alternative for the season or condition applies"
