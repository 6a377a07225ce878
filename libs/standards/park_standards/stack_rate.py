"""Permitted emission rate (排放速率) by stack height: GB 16297-1996 appendix B and GB 14554-1993 table 2.

GB 16297: linear between two listed heights; above the highest Qb (h/hb)^2; below the lowest Qc (h/hc)^2; below 15 m
half of that; a stack not 5 m above the buildings within 200 m: half of the rate. GB 14554: the nearest listed height.
"""

from collections.abc import Sequence
from decimal import Decimal

from park_standards.errors import BadValue, UnknownStandard
from park_standards.limit import Kind, Limit
from park_standards.limits import limits_for
from park_standards.rounding import exact

_LOWEST_STACK_M = Decimal(15)
_HALF = Decimal("0.5")


def rate_rows(pollutant: str, standard: str, level: str, scope: str = "") -> tuple[Limit, ...]:
    """Return the rate rows of a factor code or item name, by rising stack height. Raises UnknownStandard if none.

    `level` matches the start of the row's level ("new level2"). Raises BadValue when a height comes twice, which means
    that `scope` must say which branch of industry is meant.
    """
    rows = [
        row
        for row in limits_for(pollutant, standard=standard, scope=scope)
        if row.kind in (Kind.RATE, Kind.ODOUR_STACK) and row.stack_height_m and row.level.startswith(level)
    ]
    if not rows:
        raise UnknownStandard(f"{standard} holds no emission rate of {pollutant!r} at level {level!r}, scope {scope!r}")
    rows.sort(key=_height)
    heights = [_height(row) for row in rows]
    if len(set(heights)) != len(heights):
        raise BadValue(f"{standard} has several rates of {pollutant!r} for one height: give a scope")
    return tuple(rows)


def _height(row: Limit) -> Decimal:
    return row.stack_height_m or Decimal(0)


def _rate(row: Limit) -> Decimal:
    return row.value or Decimal(0)


def interpolated_rate(rows: Sequence[Limit], stack_m: Decimal, *, above_buildings: bool = True) -> Decimal:
    """Return the permitted rate (kg/h) for a stack of `stack_m`. GB 16297-1996 clause 7 and appendix B.

    `above_buildings`: the stack is 5 m or more above all buildings within 200 m. Raises BadValue for a height of 0.
    """
    height = exact(stack_m)
    if height <= 0:
        raise BadValue(f"a stack of {stack_m} m has no permitted rate")
    rate = _rate_at(rows, height)
    if height < _LOWEST_STACK_M:
        rate *= _HALF
    return rate if above_buildings else rate * _HALF


def _rate_at(rows: Sequence[Limit], height: Decimal) -> Decimal:
    lowest, highest = rows[0], rows[-1]
    for end in (lowest, highest):
        if (height < _height(end)) if end is lowest else (height > _height(end)):
            return _rate(end) * (height / _height(end)) ** 2
    below = max((row for row in rows if _height(row) <= height), key=_height)
    above = min((row for row in rows if _height(row) >= height), key=_height)
    if below is above:
        return _rate(below)
    share = (height - _height(below)) / (_height(above) - _height(below))
    return _rate(below) + (_rate(above) - _rate(below)) * share


def nearest_rate(rows: Sequence[Limit], stack_m: Decimal) -> Limit:
    """Return the row of the nearest listed height (GB 14554-1993 table 2, rates and odour concentration).

    At equal distance the lower, stricter height is taken. ASSUMPTION: the facts at hand say "nearest" only; clause 6.1.2, which
    was not read, is said to round half up (四舍五入), which would take the higher one.
    Raises BadValue below 15 m, where the standard allows no stack.
    """
    height = exact(stack_m)
    if height < _LOWEST_STACK_M:
        raise BadValue(f"a stack of {stack_m} m is below the 15 m that GB 14554-1993 asks for")
    return min(rows, key=lambda row: (abs(_height(row) - height), _height(row)))
