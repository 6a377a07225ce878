"""Adapters of the rules of physics and chemistry: AN12 to AN19, AN21 to AN23."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

from park_standards.anomaly import chemistry, process
from park_standards.anomaly.result import Anomaly
from park_standards.anomaly.series import Sample, Series, joined
from park_standards.means import arithmetic_mean

from source_monitoring.domain.anomaly.parameters import Parameters
from source_monitoring.domain.anomaly.window import DAY, HOUR, Grid, Lacking, Window, means, part

OXYGEN, VELOCITY, NMHC = "a19001", "a01011", "a24088"

CARBON_SHARES: Mapping[str, Decimal] = MappingProxyType(
    {
        "a25002": Decimal("0.9226"),  # benzene C6H6
        "a25003": Decimal("0.9125"),  # toluene C7H8
        "a25005": Decimal("0.9050"),  # xylenes C8H10
        "a25004": Decimal("0.9050"),  # ethylbenzene C8H10
        "a25038": Decimal("0.9226"),  # styrene C8H8
    }
)
"""Carbon in a compound by mass, from its formula (C 12.011, H 1.008). Only hydrocarbons: what an FID counts whole."""


def _combustion(w: Window) -> None:
    if w.fact("baseline_oxygen") is None and not any(w.limit(factor).converted for factor in w.limited()):
        raise Lacking(
            "无折算限值或基准氧含量,不按燃烧源判定",
            "neither a converted limit nor a reference oxygen",
            "facts.baseline_oxygen",
        )


def oxygen_high(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN12. A reading above 21 % counts when a ten-minute mean is: single realtime noise at air calibration does not."""
    _combustion(w)
    series = w.series(Grid.MINUTE, factor, back=p.time("at_least_min"))
    yield from chemistry.oxygen_high(series, highest=p["highest"], at_least=p.time("at_least_min"))


def oxygen_low(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN13."""
    _combustion(w)
    series = w.series(Grid.MINUTE, factor, back=p.time("at_least_min"))
    return chemistry.oxygen_low(
        series, baseline=w.fact("baseline_oxygen"), lowest=p["lowest"], margin=p["margin"],
        at_least=p.time("at_least_min"),
    )  # fmt: skip


def conversion_wrong(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN14 on realtime values, where nothing is averaged. The last digits of all three numbers may differ by half a step.

    A conversion that is wrong is wrong for long: `least` values within the window.
    """
    baseline = w.need_fact("baseline_oxygen", "基准氧含量", "reference oxygen")
    measured, oxygen = w.series(Grid.REALTIME, factor), w.series(Grid.REALTIME, OXYGEN)
    reported = w.series(Grid.REALTIME, factor, converted=True)
    if not reported.samples:
        raise Lacking("未上报折算值", "no converted value is sent")
    half = {code: Decimal(1).scaleb(-_decimals(w, code)) / 2 for code in (factor, OXYGEN)}
    found: list[Anomaly] = []
    for sample in joined(joined(measured, oxygen), reported).samples:
        (value, o2), sent = sample.value
        if value <= 0 or not 0 <= o2 < p["highest_oxygen"]:
            continue
        rounding = half[factor] / value + half[OXYGEN] / (21 - o2) + half[factor] / max(sent, half[factor])
        one = Series((Sample(sample.at, (value, o2, sent)),), measured.step)
        found += chemistry.conversion_wrong(one, baseline=baseline, tolerance=p["tolerance"] + rounding)
    yield from found if len(found) >= p.count("least") else ()


def _decimals(w: Window, factor: str) -> int:
    known = w.own.limits.factors.get(factor)
    return known.decimals if known else 2


def velocity(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN15."""
    series = w.series(Grid.MINUTE, factor, back=p.time("at_least_min"))
    return chemistry.velocity_abnormal(
        series, upper_range=w.fact("range", factor), lowest=p["lowest"], highest=p["highest"],
        range_share=p["range_share"], at_least=p.time("at_least_min"),
    )  # fmt: skip


def flow_against_load(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN16 on hours."""
    ratio = w.need_fact("flow_per_load", "单位负荷流量", "flow for each unit of load")
    window = p.time("window_h")
    load = means(w.signal("load", Grid.MINUTE, back=window)[0], HOUR)
    pairs = joined(w.series(Grid.HOUR, factor, back=window), load)
    for day in w.days():
        found = Series(tuple(s for s in pairs.samples if day + DAY - window <= s.at < day + DAY), HOUR)
        if len(found.samples) * HOUR >= window * 3 / 4:
            yield from process.flow_against_load(
                found, flow_per_load=ratio, tolerance=p["tolerance"], window=min(window, found.duration)
            )


def sample_line(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN17. Either temperature alone is judged too; without both the rule lacks its signals."""
    back = p.time("at_least_min")
    parts: list[Series[Decimal]] = []
    reasons: list[Lacking] = []
    for role in ("heated_line", "condenser"):
        try:
            parts.append(w.signal(role, Grid.REALTIME, back=back)[0])
        except Lacking as lacking:
            reasons.append(lacking)
            parts.append(Series((), timedelta(minutes=1)))
    if len(reasons) == 2:
        raise reasons[0]
    return chemistry.sample_line(
        *parts, line_lowest=p["line_lowest"], condenser_highest=p["condenser_highest"], at_least=back
    )


def ammonia_over_nitrogen(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN18 on hours: the two analysers do not take the same sample."""
    pairs = joined(w.series(Grid.HOUR, "w21003"), w.series(Grid.HOUR, "w21001"))
    return chemistry.ammonia_over_nitrogen(pairs, share=p["share"], absolute=p["absolute"])


def cod_below_part(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN19 on hours, against BOD5 and the permanganate index, whichever the point reports."""
    parts = [(code, name) for code, name in (("w01017", "BOD5"), ("w01019", "CODMn")) if w.own.has(code)]
    if not parts:
        raise Lacking("不上报 BOD5 或高锰酸盐指数", "neither BOD5 nor the permanganate index is reported")
    for code, name in parts:
        pairs = joined(w.series(Grid.HOUR, "w01018"), w.series(Grid.HOUR, code))
        yield from chemistry.cod_below_part(pairs, part=name, share=p["share"])


def removal_too_high(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN21, each whole day."""
    inlet, outlet = w.signal("inlet_cod", Grid.MINUTE)[0], w.series(Grid.HOUR, "w01018")
    for day in w.days():
        before, after = part(inlet, day, day + DAY), part(outlet, day, day + DAY)
        if before.samples and len(after.samples) >= p.count("least_hours"):
            yield from chemistry.removal_too_high(
                day, day + DAY, arithmetic_mean(before.values), arithmetic_mean(after.values), highest=p["highest"]
            )


def components_over_total(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN22 on hours: the sum of the components' carbon against NMHC as carbon."""
    total = w.series(Grid.HOUR, NMHC)
    codes = [code for code in CARBON_SHARES if w.own.has(code)]
    if not codes:
        raise Lacking("不上报 VOC 组分", "no VOC component is reported")
    tables = {code: {s.at: s.value for s in w.series(Grid.HOUR, code).samples} for code in codes}
    pairs = tuple(
        Sample(s.at, (sum((table.get(s.at, Decimal(0)) * CARBON_SHARES[c] for c, table in tables.items()), Decimal(0)), s.value))
        for s in total.samples
    )  # fmt: skip
    return chemistry.components_over_total(Series(pairs, HOUR), share=p["share"])


def flame_out(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN23 under load: where a load signal is filed only times above `running` of it count."""
    back = p.time("at_least_min")
    series = w.series(Grid.REALTIME, NMHC, back=back)
    try:
        loads = {s.at: s.value for s in w.signal("load", Grid.REALTIME, back=back)[0].samples}
        series = Series(tuple(s for s in series.samples if loads.get(s.at, Decimal(100)) > p["running"]), series.step)
    except Lacking:
        pass
    try:
        flame = w.signal("flame", Grid.REALTIME, back=back)[0]
        on = Series(tuple(Sample(s.at, s.value > 0) for s in flame.samples), flame.step)
    except Lacking:
        on = None
    return chemistry.flame_out(series, flame_on=on, at_least=back)
