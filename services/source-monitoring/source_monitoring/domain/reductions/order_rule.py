"""The rule ORDER: a stretch in which an ordered reduction is not kept, said while the order still stands."""

from collections.abc import Iterator
from decimal import Decimal

from park_standards.anomaly.result import Anomaly, Severity
from park_standards.anomaly.series import Series
from park_standards.means import arithmetic_mean
from park_standards.rounding import plain

from source_monitoring.domain.anomaly.parameters import Parameters
from source_monitoring.domain.anomaly.window import HOUR, Grid, Lacking, Window, means
from source_monitoring.domain.reductions.keeping import (
    REFERENCE,
    KeepingParameters,
    Usual,
    broken_stretches,
    ordered_hours,
    usual_of,
)
from source_monitoring.domain.reductions.reduction_list import ReductionMeasure

RULE_ID = "ORDER"


def order_kept(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """Yield a stretch of hours of an order that lie above the ordered share. Raises Lacking without a reference month."""
    orders = list(w.orders)
    if not orders:
        raise Lacking("没有生效的减排指令", "no reduction is ordered")
    back = w.since - min(order.starts_at for order in orders) + REFERENCE
    hours = {
        code: means(w.series(Grid.MINUTE, code, back=back, marked=True), HOUR)
        for code in {order.factor for order in orders}
    }
    for order in orders:
        yield from _broken(hours[order.factor], p, order)


def _broken(hours: Series[Decimal], p: Parameters, order: ReductionMeasure) -> Iterator[Anomaly]:
    judged = KeepingParameters(
        tolerance=p["tolerance"],
        grace=p.time("grace_h"),
        at_least=p.time("at_least_h"),
        least_hours=p.count("least_hours"),
    )
    usual = usual_of(hours, order, judged)
    if not isinstance(usual, Usual):
        raise Lacking(f"基准期数据不足({usual} 小时)", f"too little reference data ({usual} hours)")
    for run in broken_stretches(ordered_hours(hours, order, judged), usual.value, order, judged):
        yield _anomaly(run, order, usual.value)


def _anomaly(run: Series[Decimal], order: ReductionMeasure, usual: Decimal) -> Anomaly:
    mean = round(arithmetic_mean(run.values), 3)
    share = plain(round(mean / usual * 100, 1)) if usual else "-"
    ordered = plain(Decimal(order.allowed_share) * 100)
    return Anomaly(
        RULE_ID, run.start, run.end, Severity.ALARM,
        f"{order.title_en}: mean of {share} % of the usual value, {ordered} % is allowed",
        f"{order.title_zh}:均值为基准值的 {share} %,指令要求不超过 {ordered} %({order.measure_zh})",
        {
            "order_id": str(order.order_id), "measure_id": str(order.measure_id), "mean": plain(mean),
            "reference": plain(round(usual, 3)), "allowed": plain(round(usual * Decimal(order.allowed_share), 3)),
            "allowed_share": order.allowed_share, "level": order.level,
        },
    )  # fmt: skip
