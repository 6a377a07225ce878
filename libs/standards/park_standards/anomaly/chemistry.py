"""Rules from physics and chemistry: AN12 to AN15 and AN17 to AN23. Oxygen in %, temperatures in degC, velocity in m/s.

Pairs of factors come as `joined` series. Gas rules want dry oxygen of running periods only.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from park_standards.air_statistics import percentile
from park_standards.anomaly.lasting import between, lasting
from park_standards.anomaly.result import Anomaly, found
from park_standards.anomaly.series import Series, spread
from park_standards.converted import AIR_OXYGEN_PERCENT, conversion_agrees, converted_concentration
from park_standards.rounding import plain

_HALF_HOUR = timedelta(minutes=30)
_HOUR = timedelta(hours=1)
Pair = tuple[Decimal, Decimal]


def oxygen_high(
    series: Series[Decimal], *, highest: Decimal = Decimal(19), at_least: timedelta = _HALF_HOUR
) -> tuple[Anomaly, ...]:
    """AN12: above 19 % for 30 min while a boiler or furnace runs, or above 21 % at once (dilution, leak).

    Turbines and biomass need their own `highest` (P95 of their history); leave out marked starts and stops.
    """
    impossible = lasting(
        "AN12", series, lambda s: s.value > AIR_OXYGEN_PERCENT, timedelta(0),
        "oxygen above 21 %", "含氧量高于 21 %",
        seen=lambda values: f"O2 {between(values, '%')}", limit=AIR_OXYGEN_PERCENT,
    )  # fmt: skip
    diluted = lasting(
        "AN12", series, lambda s: highest < s.value <= AIR_OXYGEN_PERCENT, at_least,
        f"oxygen above {plain(highest)} % in operation", f"运行中含氧量高于 {plain(highest)} %",
        seen=lambda values: f"O2 {between(values, '%')}", limit=highest,
    )  # fmt: skip
    return (*impossible, *diluted)


def oxygen_low(
    series: Series[Decimal],
    *,
    baseline: Decimal | None = None,
    lowest: Decimal = Decimal("0.5"),
    margin: Decimal = Decimal(5),
    at_least: timedelta = _HALF_HOUR,
) -> tuple[Anomaly, ...]:
    """AN13: at or below 0.5 %, or below the reference oxygen less 5, for 30 min while combustion runs."""
    edge = lowest if baseline is None else max(lowest, baseline - margin)
    return lasting(
        "AN13", series, lambda s: s.value <= lowest or s.value < edge, at_least,
        f"oxygen below {plain(edge)} %", f"含氧量低于 {plain(edge)} %",
        seen=lambda values: f"O2 {between(values, '%')}", limit=edge,
    )  # fmt: skip


def conversion_wrong(
    series: Series[tuple[Decimal, Decimal, Decimal]], *, baseline: Decimal, tolerance: Decimal = Decimal("0.02")
) -> tuple[Anomaly, ...]:
    """AN14: the reported converted value differs from ours by more than 2 %. Values: (measured, oxygen, reported).

    Periods whose oxygen allows no conversion (21 % and more, negative) are left to AN12.
    """
    anomalies = []
    for sample in series.samples:
        measured, oxygen, reported = sample.value
        if not 0 <= oxygen < AIR_OXYGEN_PERCENT or conversion_agrees(measured, oxygen, reported, baseline, tolerance):
            continue
        own = converted_concentration(measured, oxygen, baseline)
        anomalies.append(
            found(
                "AN14", sample.at, sample.at + series.step,
                f"reported {plain(reported)}, recomputed {plain(round(own, 3))} at {plain(baseline)} % oxygen",
                f"上报折算值 {plain(reported)},按基准含氧量 {plain(baseline)} % 复算为 {plain(round(own, 3))}",
                measured=measured, oxygen=oxygen, reported=reported, recomputed=round(own, 6), baseline=baseline,
            )
        )  # fmt: skip
    return tuple(anomalies)


def velocity_abnormal(
    series: Series[Decimal],
    *,
    upper_range: Decimal | None = None,
    lowest: Decimal = Decimal(5),
    highest: Decimal = Decimal(30),
    range_share: Decimal = Decimal("0.2"),
    at_least: timedelta = _HOUR,
) -> tuple[Anomaly, ...]:
    """AN15: below 5 or above 30 m/s, or below 20 % of the range, for 1 h while running."""
    low = lowest if upper_range is None else max(lowest, range_share * upper_range)
    return lasting(
        "AN15", series, lambda s: s.value < low or s.value > highest, at_least,
        f"velocity outside {plain(low)} to {plain(highest)} m/s", f"流速不在 {plain(low)} 至 {plain(highest)} m/s",
        seen=lambda values: between(values, "m/s"), lowest=low, highest=highest,
    )  # fmt: skip


def sample_line(
    line: Series[Decimal],
    condenser: Series[Decimal],
    *,
    line_lowest: Decimal = Decimal(120),
    condenser_highest: Decimal = Decimal(4),
    at_least: timedelta = _HALF_HOUR,
) -> tuple[Anomaly, ...]:
    """AN17: heated line below 120 degC, or condenser above 4 degC, for 30 min."""
    cold = lasting(
        "AN17", line, lambda s: s.value < line_lowest, at_least,
        f"heated line below {plain(line_lowest)} degC", f"伴热管温度低于 {plain(line_lowest)} ℃",
        seen=lambda values: between(values, "℃"), limit=line_lowest,
    )  # fmt: skip
    warm = lasting(
        "AN17", condenser, lambda s: s.value > condenser_highest, at_least,
        f"condenser above {plain(condenser_highest)} degC", f"冷凝器温度高于 {plain(condenser_highest)} ℃",
        seen=lambda values: between(values, "℃"), limit=condenser_highest,
    )  # fmt: skip
    return (*cold, *warm)


def ammonia_over_nitrogen(
    series: Series[Pair], *, share: Decimal = Decimal("0.1"), absolute: Decimal = Decimal("0.5")
) -> tuple[Anomaly, ...]:
    """AN18: ammonia nitrogen above total nitrogen by more than 10 % and 0.5 mg/L. Values: (NH3-N, TN) in mg/L."""
    return lasting(
        "AN18", series, lambda s: s.value[0] > s.value[1] * (1 + share) and s.value[0] > s.value[1] + absolute,
        timedelta(0), "ammonia nitrogen exceeds total nitrogen", "氨氮大于总氮",
        seen=lambda values: _pair_seen(values, "NH3-N", "TN", "mg/L"), share=share, absolute=absolute,
    )  # fmt: skip


def cod_below_part(series: Series[Pair], *, part: str, share: Decimal = Decimal("0.1")) -> tuple[Anomaly, ...]:
    """AN19: COD more than 10 % below BOD5 or CODMn, of which it is the larger. Values: (COD, part) in mg/L."""
    return lasting(
        "AN19", series, lambda s: s.value[0] < s.value[1] * (1 - share), timedelta(0),
        f"COD is below {part}", f"COD 小于 {part}", part=part, share=share,
        seen=lambda values: _pair_seen(values, "COD", part, "mg/L"),
    )  # fmt: skip


def ph_abnormal(
    series: Series[Decimal],
    *,
    least_variance: Decimal = Decimal("0.01"),
    hourly_change: Decimal = Decimal(2),
    lowest: Decimal = Decimal(2),
    highest: Decimal = Decimal(12),
    window: timedelta = timedelta(hours=24),
    still_within: Decimal = Decimal("0.2"),
) -> tuple[Anomaly, ...]:
    """AN20: variance below 0.01 over a window of 24 h, a change of more than 2 within 1 h, or a value outside 2 to 12.

    A variance of 0.01 is one an evenly neutralised effluent may have for a day. What tells a dead electrode from it is that
    nothing moves beyond the analyser itself: nine tenths of the values lie within `still_within`. ASSUMPTION: 0.2, twice
    the drift of 0.1 that a pH analyser is allowed (HJ 96-2003, from memory); a type test of the analyser would disprove it.
    """
    anomalies = list(
        lasting(
            "AN20", series, lambda s: not lowest <= s.value <= highest, timedelta(0),
            f"pH outside {plain(lowest)} to {plain(highest)}", f"pH 不在 {plain(lowest)} 至 {plain(highest)}",
            seen=lambda values: f"pH {between(values)}", lowest=lowest, highest=highest,
        )
    )  # fmt: skip
    if len(series.samples) > 1 and series.duration >= window:
        anomalies += _still(series, least_variance, still_within)
    for earlier, later in zip(series.samples, series.samples[1:], strict=False):
        if later.at - earlier.at <= _HOUR and abs(later.value - earlier.value) > hourly_change:
            anomalies.append(
                found(
                    "AN20", earlier.at, later.at, f"pH went from {plain(earlier.value)} to {plain(later.value)} within 1 h",
                    f"pH 一小时内由 {plain(earlier.value)} 变为 {plain(later.value)}",
                    before=earlier.value, after=later.value,
                )
            )  # fmt: skip
    return tuple(anomalies)


def _still(series: Series[Decimal], least_variance: Decimal, within: Decimal) -> tuple[Anomaly, ...]:
    variance = spread(series.values) ** 2
    low, high = (percentile(series.values, share) for share in (Decimal("0.05"), Decimal("0.95")))
    if variance >= least_variance or high - low > within:
        return ()
    hours, shown = round(series.duration / _HOUR), between((low, high))
    return (
        found(
            "AN20", series.start, series.end, f"pH hardly varies: {shown} for {hours} h",
            f"pH 几乎不变:{hours} 小时内为 {shown}",
            variance=round(variance, 6), limit=least_variance, p5=round(low, 3), p95=round(high, 3),
        ),
    )  # fmt: skip


def _pair_seen(values: Sequence[Pair], one: str, other: str, unit: str) -> str:
    return f"{one} {between((a for a, _ in values), unit)}, {other} {between((b for _, b in values), unit)}"


def removal_too_high(
    start: datetime, end: datetime, inlet: Decimal, outlet: Decimal, *, highest: Decimal = Decimal("0.95")
) -> tuple[Anomaly, ...]:
    """AN21: COD removal 1 - out/in above 95 % over a day: a sign to check, not a fault. Means in mg/L."""
    if inlet <= 0 or 1 - outlet / inlet <= highest:
        return ()
    removal = round((1 - outlet / inlet) * 100, 1)
    return (
        found(
            "AN21", start, end, f"COD removal of {plain(removal)} %", f"COD 去除率 {plain(removal)} %",
            inlet=inlet, outlet=outlet, removal_percent=removal,
        ),
    )  # fmt: skip


def components_over_total(series: Series[Pair], *, share: Decimal = Decimal("0.1")) -> tuple[Anomaly, ...]:
    """AN22: the sum of VOC components, as carbon, above NMHC by more than 10 %. Values: (sum, NMHC) in mg/m3."""
    return lasting(
        "AN22", series, lambda s: s.value[0] > s.value[1] * (1 + share), timedelta(0),
        "VOC components exceed NMHC", "VOC 组分之和大于非甲烷总烃",
        seen=lambda values: _pair_seen(values, "VOCs", "NMHC", "mg/m3"), share=share,
    )  # fmt: skip


def flame_out(
    series: Series[Decimal],
    *,
    flame_on: Series[bool] | None = None,
    at_least: timedelta = _HALF_HOUR,
) -> tuple[Anomaly, ...]:
    """AN23: NMHC constant or 0 for 30 min under load, or the flame reported off. `series` holds periods with load only."""
    anomalies = list(
        lasting("AN23", flame_on, lambda s: not s.value, timedelta(0), "FID flame is out", "FID 熄火")
        if flame_on is not None
        else ()
    )
    for value in sorted(set(series.values)):
        anomalies += lasting(
            "AN23", series, lambda s, value=value: s.value == value, at_least,  # type: ignore[misc]
            f"NMHC stays at {plain(value)} mg/m3 under load", f"有负荷时非甲烷总烃恒为 {plain(value)} mg/m3", value=value,
        )  # fmt: skip
    return tuple(anomalies)
