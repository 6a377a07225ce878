"""A reported value as people see it: which attribute, against which limit, and how far.

These figures colour a map; verdicts are made by the judging services alone and arrive as alarms.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import msgspec
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from park_schemas.registry import LimitInForce, PointRecord
from park_schemas.telemetry import Measurement

_ATTRIBUTES: dict[Period, tuple[str, str]] = {
    Period.REALTIME: ("Rtd", "ZsRtd"),
    Period.MINUTE: ("Avg", "ZsAvg"),
    Period.HOUR: ("Avg", "ZsAvg"),
    Period.DAY: ("Avg", "ZsAvg"),
}
"""Measured and converted (折算) attribute that stands for the period. Source: HJ 212-2017 6.6.4, table 9."""

_FINER_FIRST = {period: rank for rank, period in enumerate(Period)}


class LiveLimit(msgspec.Struct, frozen=True, kw_only=True):
    """The limit a live value is held against; bounds are decimal text in the factor's unit.

    `observed` is what was held against it, as in the latest values of the services: the converted value (折算) where `basis` is
    "converted" and the frame has one, else the measured one; null without a value.
    """

    upper: str | None
    lower: str | None
    unit: str
    standard: str
    clause: str
    averaging: str
    basis: str
    observed: str | None


class LiveFactor(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a live point; `value` is the measured one as the wire's decimal text, `ratio` the observed one / limit.

    `limit` is left out (not null) where none is known here, so that it does not hide one the reader knows.
    """

    factor: str
    value: str | None = None
    mark: str | None = None
    ratio: float | None = None
    limit: LiveLimit | msgspec.UnsetType = msgspec.UNSET


def live_factors(
    measurements: Iterable[Measurement], period: Period, data_time: datetime, point: PointRecord | None
) -> list[LiveFactor]:
    """Return the values of a frame for showing, in the frame's order; factors without any value are left out."""
    limits = limits_in_force(point, at_park(data_time).date()) if point is not None else {}
    return [
        factor
        for measurement in measurements
        if (factor := _live_factor(measurement, period, limits.get(measurement.factor))) is not None
    ]


def limits_in_force(point: PointRecord, day: date) -> dict[str, LimitInForce]:
    """Return for each factor the limit in force that day; of several, the one with the finest averaging period."""
    chosen: dict[str, LimitInForce] = {}
    for limit in point.limits:
        if limit.valid_from > day or (limit.valid_to is not None and day > limit.valid_to):
            continue
        known = chosen.get(limit.factor)
        if known is None or _rank(limit) < _rank(known):
            chosen[limit.factor] = limit
    return chosen


def ratio_to_limit(value: Decimal, limit: LimitInForce) -> float | None:
    """Return how far a value is from its limit: 1.0 is at the limit, more is beyond it; None without a usable bound.

    Upper bound: value / upper. Lower bound: lower / value. Range: distance from the middle / half the width.
    """
    upper, lower = _decimal(limit.upper), _decimal(limit.lower)
    if upper is not None and lower is not None:
        half = (upper - lower) / 2
        return float(abs(value - (upper + lower) / 2) / half) if half > 0 else None
    if upper is not None:
        return float(value / upper) if upper > 0 else None
    if lower is not None:
        return float(lower / value) if value > 0 else None
    return None


def _live_factor(measurement: Measurement, period: Period, limit: LimitInForce | None) -> LiveFactor | None:
    measured, converted = _values_of(measurement.values, period)
    observed = converted if limit is not None and limit.basis == "converted" and converted is not None else measured
    text = measured if measured is not None else observed
    if text is None and measurement.mark is None:
        return None
    value = _decimal(observed)
    ratio = ratio_to_limit(value, limit) if value is not None and limit is not None else None
    return LiveFactor(
        factor=measurement.factor,
        value=text,
        mark=measurement.mark,
        ratio=None if ratio is None else round(ratio, 3),
        limit=msgspec.UNSET if limit is None else _shown_limit(limit, observed),
    )


def _shown_limit(limit: LimitInForce, observed: str | None) -> LiveLimit:
    return LiveLimit(
        upper=limit.upper,
        lower=limit.lower,
        unit=limit.unit,
        standard=limit.standard,
        clause=limit.clause,
        averaging=limit.averaging,
        basis=limit.basis,
        observed=observed,
    )


def _values_of(values: Mapping[str, str], period: Period) -> tuple[str | None, str | None]:
    """Return the measured and the converted value of a period."""
    measured_name, converted_name = _ATTRIBUTES[period]
    return values.get(measured_name, values.get("Cou")), values.get(converted_name)


def _rank(limit: LimitInForce) -> int:
    try:
        return _FINER_FIRST[Period(limit.averaging)]
    except ValueError:
        return len(_FINER_FIRST)


def _decimal(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
