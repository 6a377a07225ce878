"""Rules on one series alone: AN01 to AN06, AN09, AN10, AN43. Sources and confidence: `anomaly_rules.csv`."""

from datetime import datetime, timedelta
from decimal import Decimal

from park_standards.air_statistics import percentile
from park_standards.anomaly.result import Anomaly, Severity, found
from park_standards.anomaly.series import Sample, Series, correlation, spread
from park_standards.means import arithmetic_mean
from park_standards.rounding import plain

_HOUR = timedelta(hours=1)


def constant_gas(
    series: Series[Decimal],
    *,
    span: Decimal | None = None,
    detection_limit: Decimal | None = None,
    resolution: Decimal = Decimal(0),
    share: Decimal = Decimal("0.01"),
    lasting: timedelta = timedelta(hours=4),
) -> tuple[Anomaly, ...]:
    """AN01 for gas: over the whole window of 4 h or more the CV is below 1 % or the range below 1 % of span.

    Where the sensor's resolution is coarser than that range, 5 x resolution counts instead. Below 3 x the detection
    limit the severity is lowered to info.
    """
    values = series.values
    if len(values) < 2 or series.duration < lasting:
        return ()
    width, mean = max(values) - min(values), arithmetic_mean(values)
    narrow = share * span if span is not None else Decimal(0)
    if resolution > narrow:
        narrow = 5 * resolution
    if not (width < narrow or spread(values) < share * abs(mean) or width == 0):
        return ()
    near_nothing = detection_limit is not None and mean < 3 * detection_limit
    return (
        found(
            "AN01", series.start, series.end,
            f"stayed between {plain(min(values))} and {plain(max(values))} for {_hours(series.duration)} h",
            f"{_hours(series.duration)} 小时内仅在 {plain(min(values))} 与 {plain(max(values))} 之间变化",
            severity=Severity.INFO if near_nothing else None, range=width, mean=mean, share=share,
        ),
    )  # fmt: skip


def constant_water(
    series: Series[Decimal], *, is_flow: bool = False, identical: int = 6, detection_limit: Decimal | None = None
) -> tuple[Anomaly, ...]:
    """AN01 for water: 6 identical analysis results in a row, counted in results. Flow is exempt at 0."""
    anomalies = []
    run: list[Sample[Decimal]] = []
    for sample in (*series.samples, None):
        if sample is not None and (not run or sample.value == run[-1].value):
            run.append(sample)
            continue
        value = run[0].value if run else Decimal(0)
        if len(run) >= identical and not (is_flow and value == 0):
            near_nothing = detection_limit is not None and value < 3 * detection_limit
            anomalies.append(
                found(
                    "AN01", run[0].at, run[-1].at + series.step,
                    f"{len(run)} results in a row are {plain(value)}", f"连续 {len(run)} 个结果均为 {plain(value)}",
                    severity=Severity.INFO if near_nothing else None, value=value, results=len(run),
                )
            )  # fmt: skip
        run = [sample] if sample is not None else []
    return tuple(anomalies)


def zero_value(series: Series[Decimal], *, detection_limit: Decimal = Decimal(0)) -> tuple[Anomaly, ...]:
    """AN02: 0, negative or below the detection limit while running, 2 h long, at minute level 60 min."""
    lasting = _HOUR if series.step < _HOUR else 2 * _HOUR
    return tuple(
        found(
            "AN02", run.start, run.end, f"at or below zero or the detection limit for {_hours(run.duration)} h in operation",
            f"运行中 {_hours(run.duration)} 小时为零、负值或低于检出限", detection_limit=detection_limit,
            lowest=min(run.values),
        )
        for run in series.runs(lambda s: s.value <= 0 or s.value < detection_limit, lasting)
    )  # fmt: skip


def negative_value(series: Series[Decimal], *, span: Decimal, share: Decimal = Decimal("0.025")) -> tuple[Anomaly, ...]:
    """AN03: below -2.5 % of span. Smaller negatives keep their raw value and count as 0 in totals."""
    edge = -share * span
    return tuple(
        found(
            "AN03", run.start, run.end, f"down to {plain(min(run.values))}, below {plain(edge)}",
            f"最低 {plain(min(run.values))},低于 {plain(edge)}", lowest=min(run.values), edge=edge,
        )
        for run in series.runs(lambda s: s.value < edge, timedelta(0))
    )  # fmt: skip


def over_range(
    series: Series[Decimal],
    *,
    upper_range: Decimal,
    share: Decimal = Decimal("0.98"),
    lasting: timedelta = timedelta(minutes=10),
) -> tuple[Anomaly, ...]:
    """AN04: 98 % of the range or more, or mark T, for 10 min."""
    edge = share * upper_range
    return tuple(
        found(
            "AN04", run.start, run.end, f"at {plain(max(run.values))} of a range of {plain(upper_range)}",
            f"达到 {plain(max(run.values))},量程为 {plain(upper_range)}", highest=max(run.values), range=upper_range,
        )
        for run in series.runs(lambda s: s.value >= edge or s.mark == "T", lasting)
    )  # fmt: skip


def range_too_wide(
    at: datetime,
    upper_range: Decimal,
    limit: Decimal,
    *,
    widest: Decimal = Decimal(3),
    narrowest: Decimal = Decimal("1.2"),
) -> tuple[Anomaly, ...]:
    """AN05: the range is more than 3 x the limit, or less than 1.2 x; asked when either changes."""
    if narrowest * limit <= upper_range <= widest * limit:
        return ()
    english, chinese = ("wider than", "宽于") if upper_range > widest * limit else ("narrower than", "窄于")
    wanted = widest if upper_range > widest * limit else narrowest
    return (
        found(
            "AN05", at, at, f"range {plain(upper_range)} is {english} {plain(wanted)} x the limit {plain(limit)}",
            f"量程 {plain(upper_range)} {chinese}限值 {plain(limit)} 的 {plain(wanted)} 倍", range=upper_range, limit=limit,
        ),
    )  # fmt: skip


def jump(
    series: Series[Decimal],
    *,
    limit: Decimal,
    sigmas: Decimal = Decimal(3),
    history: int = 30,
    step_share: Decimal = Decimal("0.2"),
    longest_gap: timedelta | None = None,
) -> tuple[Anomaly, ...]:
    """AN06: more than 3 sigma from the mean of the 30 values before, and a step of more than 20 % of the limit.

    Across a gap of more than `longest_gap` (two steps unless given) there is no step: what came between (a stop, a
    calibration, a lost line) was not seen. A step is found from the end of the value before to the end of its own.
    """
    anomalies = []
    values = series.values
    gap = longest_gap or 2 * series.step
    for place in range(history, len(values)):
        before_it, at = series.samples[place - 1].at, series.samples[place].at
        if at - before_it > gap:
            continue
        before = values[place - history : place]
        mean, sigma = arithmetic_mean(before), spread(before)
        value, step = values[place], abs(values[place] - values[place - 1])
        if abs(value - mean) > sigmas * sigma and step > step_share * limit:
            anomalies.append(
                found(
                    "AN06", min(at, before_it + series.step), at + series.step,
                    f"jumped from {plain(values[place - 1])} to {plain(value)}",
                    f"由 {plain(values[place - 1])} 突变为 {plain(value)}",
                    value=value, mean=mean, sigma=sigma, step=step, limit=limit,
                )
            )  # fmt: skip
    return tuple(anomalies)


def similar_days(
    one: Series[Decimal],
    other: Series[Decimal],
    *,
    limit: Decimal,
    least_correlation: Decimal = Decimal("0.98"),
    difference_share: Decimal = Decimal("0.02"),
    least_hours: int = 20,
    left_out_share: Decimal = Decimal("0.02"),
) -> tuple[Anomaly, ...]:
    """AN09: two days of a point, or one day of two points: r > 0.98 and no difference of 2 % of the limit, over 20 h.

    Values are paired by the time since midnight (two days) in their order of time. The pairs furthest apart are left out, up
    to `left_out_share` of all: one value mixed with a calibration's must not hide a copied day. Days that do not vary have
    no correlation and are the business of AN01.
    """
    by_clock = {sample.at.timetz(): sample.value for sample in other.samples}
    pairs = [(s.value, by_clock[s.at.timetz()]) for s in one.samples if s.at.timetz() in by_clock]
    pairs = _nearest_pairs(pairs, len(pairs) - int(left_out_share * len(pairs)))
    if len(pairs) * one.step < least_hours * _HOUR:
        return ()
    r = correlation(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))
    largest = max(abs(a - b) for a, b in pairs)
    if r is None or r <= least_correlation or largest >= difference_share * limit:
        return ()
    when = other.start.date().isoformat()
    return (
        found(
            "AN09", one.start, one.end, f"follows the curve of {when} within {plain(largest)}",
            f"与 {when} 的曲线几乎相同,最大差 {plain(largest)}", correlation=round(r, 4), difference=largest, limit=limit,
        ),
    )  # fmt: skip


def _nearest_pairs(pairs: list[tuple[Decimal, Decimal]], count: int) -> list[tuple[Decimal, Decimal]]:
    return sorted(pairs, key=lambda pair: abs(pair[0] - pair[1]))[:count]


def periodic(
    series: Series[Decimal],
    *,
    process_cycle: timedelta | None = None,
    least: float = 0.9,
    shortest: timedelta = timedelta(hours=1),
) -> tuple[Anomaly, ...]:
    """AN10: autocorrelation above 0.9 at a period that is not the process cycle (nor a multiple of it).

    The window should hold at least three periods (7 d). The first peak above the threshold is reported, a peak being a
    lag whose neighbours are not larger. Computed in floating point: it screens, it does not judge.
    """
    values = [float(value) for value in series.values]
    mean = sum(values) / len(values) if values else 0.0
    centred = [value - mean for value in values]
    energy = sum(value * value for value in centred)
    if not energy:
        return ()
    last = len(values) // 3
    scores = {lag: _autocorrelation(centred, lag) for lag in range(max(1, shortest // series.step), last + 1)}
    for lag, score in scores.items():
        peak = score >= scores.get(lag - 1, -1.0) and score >= scores.get(lag + 1, -1.0)
        if score > least and peak and lag - 1 in scores and not _is_cycle(lag, series.step, process_cycle):
            period = lag * series.step
            return (
                found(
                    "AN10", series.start, series.end, f"repeats every {_hours(period)} h", f"每 {_hours(period)} 小时重复",
                    period_hours=_hours(period), autocorrelation=f"{score:.3f}",
                ),
            )  # fmt: skip
    return ()


def _autocorrelation(centred: list[float], lag: int) -> float:
    head, tail = centred[:-lag], centred[lag:]
    size = (sum(a * a for a in head) * sum(b * b for b in tail)) ** 0.5
    return sum(a * b for a, b in zip(head, tail, strict=True)) / size if size else 0.0


def _is_cycle(lag: int, step: timedelta, cycle: timedelta | None) -> bool:
    if cycle is None:
        return False
    rest = (lag * step) % cycle
    return min(rest, cycle - rest) <= step


def too_low_for_history(
    at: datetime,
    day_mean: Decimal,
    earlier_means: tuple[Decimal, ...],
    *,
    normal_load: bool,
    share: Decimal = Decimal("0.5"),
) -> tuple[Anomaly, ...]:
    """AN43: the day's mean is below half of the P5 of the 30 days before, at normal load; 30 day means are needed."""
    if not normal_load or len(earlier_means) < 30:
        return ()
    low = percentile(earlier_means[-30:], Decimal("0.05"))
    if day_mean >= share * low:
        return ()
    return (
        found(
            "AN43", at, at + timedelta(days=1), f"day mean {plain(day_mean)} is below half of its usual low {plain(low)}",
            f"日均值 {plain(day_mean)} 低于近 30 日 P5 {plain(low)} 的一半", day_mean=day_mean, p5=low,
        ),
    )  # fmt: skip


def _hours(time: timedelta) -> str:
    return plain(Decimal(int(time.total_seconds())) / 3600) if time % _HOUR == timedelta(0) else f"{time / _HOUR:.1f}"
