"""Ordered reductions in heavy-pollution weather (重污染天气应急减排), held against the outlet's own reference month.

Source: power-monitoring practice (design-default): during the order the power or flow stays at or below the ordered share of
the mean of the 30 days before it began.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from park_standards.anomaly.result import Anomaly, Severity
from park_standards.anomaly.series import Series
from park_standards.means import arithmetic_mean
from park_standards.rounding import plain

from source_monitoring.domain.anomaly.orders import ReductionOrder
from source_monitoring.domain.anomaly.parameters import Parameters
from source_monitoring.domain.anomaly.window import HOUR, Grid, Lacking, Window, means, part

RULE_ID = "ORDER"
REFERENCE = timedelta(days=30)


def order_kept(w: Window, p: Parameters, orders: list[ReductionOrder]) -> Iterator[Anomaly]:
    """Yield a stretch of hours of an order that lie above the ordered share. Raises Lacking without a reference month."""
    if not orders:
        raise Lacking("没有生效的减排指令", "no reduction is ordered")
    back = w.since - min(order.starts_at for order in orders) + REFERENCE
    hours = {
        factor: means(w.series(Grid.MINUTE, factor, back=back, marked=True), HOUR)
        for factor in {order.factor for order in orders}
    }
    for order in orders:
        yield from _kept(hours[order.factor], p, order)


def _kept(hours: Series[Decimal], p: Parameters, order: ReductionOrder) -> Iterator[Anomaly]:
    usual = part(hours, order.starts_at - REFERENCE, order.starts_at)
    if len(usual.samples) < p.count("least_hours"):
        raise Lacking(
            f"基准期数据不足({len(usual.samples)} 小时)", f"too little reference data ({len(usual.samples)} hours)"
        )
    reference = arithmetic_mean(usual.values)
    allowed = reference * Decimal(order.allowed_share)
    edge = allowed * (1 + p["tolerance"])
    begun = order.starts_at + p.time("grace_h")
    ordered = Series(tuple(s for s in hours.samples if begun <= s.at and s.at + HOUR <= order.ends_at), HOUR)
    for run in ordered.runs(lambda s: s.value > edge, p.time("at_least_h")):
        yield _broken(run, order, reference, allowed)


def _broken(run: Series[Decimal], order: ReductionOrder, reference: Decimal, allowed: Decimal) -> Anomaly:
    mean = round(arithmetic_mean(run.values), 3)
    share = plain(round(mean / reference * 100, 1)) if reference else "-"
    ordered = plain(Decimal(order.allowed_share) * 100)
    return Anomaly(
        RULE_ID, run.start, run.end, Severity.ALARM,
        f"{order.title_en}: mean of {share} % of the reference month, {ordered} % is allowed",
        f"{order.title_zh}:均值为基准月的 {share} %,指令要求不超过 {ordered} %({order.measure_zh})",
        {
            "order_id": str(order.order_id), "mean": plain(mean), "reference": plain(round(reference, 3)),
            "allowed": plain(round(allowed, 3)), "allowed_share": order.allowed_share, "level": order.level,
        },
    )  # fmt: skip
