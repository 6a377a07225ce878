"""Rules that look at values near their limit: AN07, AN08, AN27, AN28. Gas uses the converted value and its limit."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from park_standards.anomaly.result import Anomaly, found
from park_standards.anomaly.series import Series
from park_standards.rounding import plain


def drop_at_exceedance(
    series: Series[Decimal],
    *,
    limit: Decimal,
    load: Series[Decimal] | None = None,
    near: Decimal = Decimal("0.9"),
    fall: Decimal = Decimal("0.5"),
    periods: int = 2,
    load_change: Decimal = Decimal("0.2"),
) -> tuple[Anomaly, ...]:
    """AN07: 0.9 of the limit or more, then below half of that within 1 or 2 periods, without a change of load.

    Periods are times, not places in the series: what lies behind a gap (a stop, a lost line) did not fall at once.
    `load_change` (a fifth of the former load) excuses the drop; without `load` nothing does.
    """
    loads = {sample.at: sample.value for sample in load.samples} if load else {}
    anomalies = []
    blocked = -1
    for place, high in enumerate(series.samples):
        if place <= blocked or high.value < near * limit:
            continue
        for later in range(place + 1, min(place + periods, len(series.samples) - 1) + 1):
            low = series.samples[later]
            if low.at - high.at >= (periods + 1) * series.step:
                break
            if low.value < fall * high.value and not _load_fell(loads, high.at, low.at, load_change):
                anomalies.append(
                    found(
                        "AN07", high.at, low.at + series.step,
                        f"fell from {plain(high.value)} to {plain(low.value)} as it neared the limit {plain(limit)}",
                        f"接近限值 {plain(limit)} 时由 {plain(high.value)} 突降至 {plain(low.value)}",
                        before=high.value, after=low.value, limit=limit,
                    )
                )  # fmt: skip
                blocked = later
                break
    return tuple(anomalies)


def _load_fell(loads: dict[datetime, Decimal], before: datetime, after: datetime, share: Decimal) -> bool:
    if before not in loads or after not in loads or not loads[before]:
        return False
    return abs(loads[after] - loads[before]) > share * abs(loads[before])


def flat_top(
    series: Series[Decimal], *, limit: Decimal, band: Decimal = Decimal("0.95"), share: Decimal = Decimal("0.15")
) -> tuple[Anomaly, ...]:
    """AN08: more than 15 % of a day's values lie in [0.95, 1) of the limit, or equal the day's maximum as if capped, and
    none is over. The cap counts only from half of the limit upwards and when the series varies at all (else AN01).
    """
    values = series.values
    if not values or max(values) > limit or min(values) == max(values):
        return ()
    crowded = sum(band * limit <= value < limit for value in values)
    top, repeats = max(values), Counter(values)[max(values)]
    capped = repeats if repeats > 1 and top >= limit / 2 else 0
    most = max(crowded, capped)
    if most <= share * len(values):
        return ()
    return (
        found(
            "AN08", series.start, series.end,
            f"{most} of {len(values)} values lie just below the limit {plain(limit)} or at one cap, none above it",
            f"{len(values)} 个数据中 {most} 个紧贴限值 {plain(limit)} 或同一上限,无一超标",
            crowded=crowded, capped=capped, cap=top, limit=limit, values=len(values),
        ),
    )  # fmt: skip


def marks_cover_exceedances(
    start: datetime,
    end: datetime,
    exceedance_hours: Collection[datetime],
    marked_hours: Collection[datetime],
    *,
    least: int = 5,
    share: Decimal = Decimal("0.8"),
) -> tuple[Anomaly, ...]:
    """AN27: of 5 or more exceedance hours of a month 80 % or more lie under exempting marks. Hours by their start."""
    total = len(exceedance_hours)
    covered = sum(hour in marked_hours for hour in exceedance_hours)
    if total < least or covered < share * total:
        return ()
    return (
        found(
            "AN27", start, end, f"{covered} of {total} exceedance hours are covered by exempting marks",
            f"{total} 个超标小时中 {covered} 个被豁免标记覆盖", covered=covered, exceedances=total,
        ),
    )  # fmt: skip


def calibration_covers_exceedance(
    series: Series[Decimal],
    calibrations: Sequence[datetime],
    *,
    limit: Decimal,
    near: Decimal = Decimal("0.9"),
    within: timedelta = timedelta(hours=1),
    times: int = 3,
) -> tuple[Anomaly, ...]:
    """AN28: 3 or more calibrations off schedule in the month started within 1 h after a value above 0.9 of the limit.

    `calibrations` are the starts of those off schedule; values count until the calibration starts.
    """
    hits = [
        start
        for start in sorted(calibrations)
        if any(start - within <= sample.at < start and sample.value > near * limit for sample in series.samples)
    ]
    if len(hits) < times:
        return ()
    return (
        found(
            "AN28", hits[0], hits[-1], f"{len(hits)} unscheduled calibrations began within an hour of values near the limit",
            f"{len(hits)} 次计划外校准开始于接近限值后一小时内", calibrations=len(hits), limit=limit,
        ),
    )  # fmt: skip
