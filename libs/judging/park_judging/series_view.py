"""Curves of one point as they are shown: values, limit lines, gaps."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from park_chassis import timeseries_curves
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.series_reduction import Curve, Sample, gaps, reduce_series
from park_schemas.codes import Period

from park_judging import store
from park_judging.domain.applied_limits import CONVERTED, VALUE_ATTRIBUTES, AppliedLimit, PointLimits
from park_judging.domain.periods import LENGTH, RANK, park_date

Span: TypeAlias = tuple[datetime, datetime]
Curves: TypeAlias = dict[str, Curve]
_EMPTY = Curve((), (), ())


async def series(
    connection: Connection, limits: PointLimits, factors: Sequence[str], period: Period, span: Span, points: int
) -> dict[str, Any]:
    """Return the answer of GET /points/{id}/series. Hours and days are our own; where there is none, the device's."""
    measured = await _curves(connection, limits, factors, period, span, converted=False)
    converted = await _curves(connection, limits, factors, period, span, converted=True)
    curves = [
        _curve(limits, factor, found.get(factor, _EMPTY), period, span, points, converted=is_converted)
        for is_converted, found in ((False, measured), (True, converted))
        for factor in factors
        if factor in found or not is_converted
    ]
    before = sum(len(curve.times) for found in (measured, converted) for curve in found.values())
    after = sum(len(curve["values"]) for curve in curves)
    times = sorted({at for curve in measured.values() for at in curve.times})
    return {
        "point_id": limits.point.point_id,
        "period": period,
        "reduced": max(1, round(before / after)) if after else 1,
        "series": curves,
        "gaps": [[*gap, "missing"] for gap in _gaps(times, period, span)],
    }


async def _curves(
    connection: Connection, limits: PointLimits, factors: Sequence[str], period: Period, span: Span, *, converted: bool
) -> Curves:
    if converted and not any(limit.row.basis == CONVERTED for limit in limits.limits):
        return {}
    attributes = VALUE_ATTRIBUTES[period, converted]
    columns = [(factor, attribute) for factor in factors for attribute in attributes]
    found = await timeseries_curves.series(connection, limits.point.point_id, period, columns, *span)
    curves = {
        factor: best
        for factor in factors
        if (best := next((found[factor, name] for name in attributes if (factor, name) in found), None)) is not None
    }
    if period in LENGTH:
        return await _laid_over(connection, limits, curves, factors, period, span, converted=converted)
    return curves


async def _laid_over(
    connection: Connection,
    limits: PointLimits,
    reported: Curves,
    factors: Sequence[str],
    period: Period,
    span: Span,
    *,
    converted: bool,
) -> Curves:
    """Return our own hours or days over those that the device reported."""
    by_time: dict[str, dict[int, Sample]] = {factor: {} for factor in factors}
    for factor, curve in reported.items():
        by_time[factor] = {sample[0]: sample for sample in curve.samples()}
    for assessment in await store.assessments(connection, limits.point.point_id, period, *span):
        at = _ms(assessment.period_start)
        for one in assessment.factors:
            mean = one.converted_mean if converted else one.mean
            if mean is not None and one.factor in by_time:
                by_time[one.factor][at] = (at, float(mean), None if one.valid else one.reason)
    return {factor: _curve_of(samples) for factor, samples in by_time.items() if samples}


def _curve_of(samples: Mapping[int, Sample]) -> Curve:
    ordered = [samples[at] for at in sorted(samples)]
    return Curve([at for at, _, _ in ordered], [value for _, value, _ in ordered], [mark for _, _, mark in ordered])


def _curve(
    limits: PointLimits,
    factor: str,
    samples: Curve,
    period: Period,
    span: Span,
    points: int,
    *,
    converted: bool,
) -> dict[str, Any]:
    known = limits.factors.get(factor)
    return {
        "factor": factor,
        "basis": "converted" if converted else "measured",
        "unit": known.unit if known else "",
        "name_zh": known.name_zh if known else factor,
        "name_en": known.name_en if known else factor,
        "values": reduce_series(samples, points),
        "limits": [
            _limit_line(limit)
            for limit in limits.limits
            if limit.row.factor == factor
            and (limit.row.basis == CONVERTED) is converted
            and RANK[period] <= RANK[limit.averaging]
            and _touches(limit, span)
        ],
    }


def _limit_line(limit: AppliedLimit) -> dict[str, Any]:
    """A limit in the unit of the curve."""
    row, bounds = limit.row, limit.bounds.in_unit(limit.factor.unit)
    return {
        "limit_id": row.limit_id, "upper": bounds.upper, "lower": bounds.lower, "unit": limit.factor.unit,
        "standard": row.standard, "clause": row.clause, "averaging": row.averaging, "basis": row.basis,
        "valid_from": row.valid_from, "valid_to": row.valid_to,
    }  # fmt: skip


def _touches(limit: AppliedLimit, span: Span) -> bool:
    """Say whether the limit is in force on any day of the span."""
    first, last = park_date(span[0]), park_date(span[1])
    return limit.row.valid_from <= last and (limit.row.valid_to is None or first <= limit.row.valid_to)


def _gaps(times: Sequence[int], period: Period, span: Span) -> list[tuple[int, int]]:
    usual = LENGTH.get(period)
    return gaps(
        times,
        since_ms=_ms(span[0]),
        until_ms=min(_ms(span[1]), _ms(now())),
        usual_ms=int(usual.total_seconds() * 1000) if usual else None,
    )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
