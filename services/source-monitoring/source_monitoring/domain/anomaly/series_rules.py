"""Adapters of the rules on one series: AN01 to AN10, AN20, AN40, AN43."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from park_standards.anomaly import against_limit, chemistry, process, single_series
from park_standards.anomaly.result import Anomaly
from park_standards.anomaly.series import Sample, Series
from park_standards.means import arithmetic_mean

from source_monitoring.domain.anomaly.parameters import Parameters
from source_monitoring.domain.anomaly.window import (
    DAY,
    FLOWS,
    HOUR,
    Grid,
    Lacking,
    Window,
    means,
    part,
    sliding,
)  # fmt: skip

_STRIDE = timedelta(minutes=30)


def constant(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN01. Gas on the values as they come, water on hours: one result an analysis cycle (filed, default 1 h)."""
    limit = w.fact("detection_limit", factor)
    if factor.startswith("a"):
        length = p.time("gas_window_h")
        series = w.series(Grid.REALTIME, factor, back=length)
        for stretch in sliding(series, w.since, length, _STRIDE):
            yield from single_series.constant_gas(
                stretch, span=w.fact("range", factor), detection_limit=limit, share=p["share"],
                resolution=w.fact("resolution", factor) or Decimal(0), lasting=min(length, stretch.duration),
            )  # fmt: skip
        return
    cycle = timedelta(minutes=float(w.fact("analysis_cycle", factor) or 60))
    hours = w.series(Grid.HOUR, factor, back=p.count("identical") * max(cycle, HOUR))
    results = hours if cycle <= HOUR else Series(tuple(_one_a_cycle(hours, cycle)), cycle)
    yield from single_series.constant_water(results, identical=p.count("identical"), detection_limit=limit)


def _one_a_cycle(hours: Series[Decimal], cycle: timedelta) -> Iterator[Sample[Decimal]]:
    last = None
    for sample in hours.samples:
        if last is None or sample.at - last >= cycle:
            last = sample.at
            yield sample


def zero(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN02, while running: where the point measures its flow, only times with flow count."""
    series = w.series(Grid.MINUTE, factor, back=p.time("back_h"))
    flow = next((code for code in FLOWS if w.own.has(code)), None)
    if flow is not None and factor not in FLOWS:
        flowing = {s.at for s in w.series(Grid.MINUTE, flow, back=p.time("back_h")).samples if s.value > 0}
        series = Series(tuple(s for s in series.samples if s.at in flowing), series.step)
    yield from single_series.zero_value(series, detection_limit=w.fact("detection_limit", factor) or Decimal(0))


def negative(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN03."""
    span = w.need_fact("range", "量程", "upper range", factor)
    return single_series.negative_value(w.series(Grid.MINUTE, factor), span=span, share=p["share"])


def over_range(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN04."""
    upper = w.need_fact("range", "量程", "upper range", factor)
    series = w.series(Grid.REALTIME, factor, back=p.time("at_least_min"))
    return single_series.over_range(series, upper_range=upper, share=p["share"], lasting=p.time("at_least_min"))


def range_too_wide(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN05."""
    upper = w.need_fact("range", "量程", "upper range", factor)
    limit = w.limit(factor).upper
    for day in w.days():
        yield from single_series.range_too_wide(day, upper, limit, widest=p["widest"], narrowest=p["narrowest"])


def jump(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN06 on ten-minute means. The history is read twice as far back as it is long, because calibrations and gaps thin it."""
    limit = w.limit(factor)
    back = 2 * p.count("history") * timedelta(minutes=10)
    series = w.series(Grid.MINUTE, factor, converted=limit.converted, back=back)
    found = single_series.jump(
        series, limit=limit.upper, sigmas=p["sigmas"], history=p.count("history"), step_share=p["step_share"]
    )
    return tuple(one for one in found if one.end > w.since - HOUR)


def drop_at_exceedance(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN07 on ten-minute values, so that "1 to 2 periods" is at most 20 minutes: a process does not fall so fast."""
    limit = w.limit(factor)
    series = w.series(Grid.MINUTE, factor, converted=limit.converted, back=p.time("back_h"))
    try:
        load = w.signal("load", Grid.MINUTE, back=p.time("back_h"))[0]
    except Lacking:
        load = None
    return against_limit.drop_at_exceedance(
        series, limit=limit.upper, load=load, near=p["near"], fall=p["fall"], periods=p.count("periods")
    )


def flat_top(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN08, each whole day."""
    limit = w.limit(factor)
    for day in w.days():
        values = part(w.series(Grid.MINUTE, factor, converted=limit.converted, back=DAY), day, day + DAY)
        if len(values.samples) * values.step >= p.time("least_h"):
            yield from against_limit.flat_top(values, limit=limit.upper, band=p["band"], share=p["share"])


def similar_days(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN09: each whole day against the days before, and against the same factor of the filed other outlets."""
    limit = w.limit(factor).upper
    back = p.time("days_back_d")
    series = w.series(Grid.MINUTE, factor, back=back)
    try:
        twins = w.signal("twin", Grid.MINUTE, back=back, factor=factor)
    except Lacking:
        twins = []
    for day in w.days():
        this = part(series, day, day + DAY)
        earlier = (part(series, day - n * DAY, day - (n - 1) * DAY) for n in range(1, back // DAY + 1))
        for other in (*earlier, *(part(twin, day, day + DAY) for twin in twins)):
            found = other.samples and single_series.similar_days(
                this, other, limit=limit, least_correlation=p["least_correlation"],
                difference_share=p["difference_share"], least_hours=p.count("least_hours"),
                left_out_share=p["left_out_share"],
            )  # fmt: skip
            if found:
                yield from found
                break


def periodic(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN10 on half-hourly means of a week. ASSUMPTION: without a filed cycle the day is the process's cycle."""
    cycle = timedelta(hours=float(w.fact("process_cycle") or 24))
    back = p.time("window_d")
    series = means(w.series(Grid.MINUTE, factor, back=back), timedelta(minutes=30))
    for day in w.days():
        week = part(series, day + DAY - back, day + DAY)
        if len(week.samples) * week.step >= back * 9 / 10:
            yield from single_series.periodic(_filled(week), process_cycle=cycle, least=float(p["least"]))


def _filled(series: Series[Decimal]) -> Series[Decimal]:
    """Return the series without gaps (the value before is held), so that lags are times."""
    samples = [series.samples[0]]
    for sample in series.samples[1:]:
        while sample.at - samples[-1].at > series.step:
            samples.append(Sample(samples[-1].at + series.step, samples[-1].value))
        samples.append(sample)
    return Series(tuple(samples), series.step)


def ph(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN20: range and change on ten-minute values, variance over every 24 h of them."""
    back = p.time("window_h")
    series = w.series(Grid.MINUTE, factor, back=back)
    new = part(series, w.since - HOUR, w.until)
    options = {
        "hourly_change": p["hourly_change"],
        "lowest": p["lowest"],
        "highest": p["highest"],
        "still_within": p["still_within"],
    }
    yield from chemistry.ph_abnormal(new, least_variance=Decimal(0), window=back, **options)
    for stretch in sliding(series, w.since, back, _STRIDE):
        still = chemistry.ph_abnormal(
            stretch, least_variance=p["least_variance"], window=min(back, stretch.duration), **options
        )
        yield from (anomaly for anomaly in still if "variance" in anomaly.evidence)


def night_discharge(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN40 over the week that ends with each whole day."""
    back = p.time("window_d")
    hours = w.series(Grid.HOUR, factor, back=back)
    for day in w.days():
        week = part(hours, day + DAY - back, day + DAY)
        if week.samples:
            yield from process.night_discharge(week, ratio=p["ratio"], nights=p.count("nights"))


def too_low(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN43. Normal load: the load signal, or else the flow, is at least `load_share` of its mean of the 30 days."""
    limit = w.limit(factor)
    back = 31 * DAY
    hours = w.series(Grid.HOUR, factor, converted=limit.converted, back=back)
    load = _load(w, back)
    for day in w.days():
        today, before = part(hours, day, day + DAY), _day_means(hours, day)
        if len(today.samples) >= p.count("least_hours"):
            yield from single_series.too_low_for_history(
                day, arithmetic_mean(today.values), before, share=p["share"],
                normal_load=_is_normal(load, day, p["load_share"]),
            )  # fmt: skip


def _load(w: Window, back: timedelta) -> Series[Decimal]:
    flow = next((code for code in FLOWS if w.own.has(code)), None)
    if flow is None:
        return means(w.signal("load", Grid.MINUTE, back=back)[0], HOUR)
    return w.series(Grid.HOUR, flow, back=back)


def _is_normal(load: Series[Decimal], day: datetime, share: Decimal) -> bool:
    today = [s.value for s in load.samples if s.at.date() == day.date()]
    return bool(today) and arithmetic_mean(today) >= share * arithmetic_mean(load.values)


def _day_means(hours: Series[Decimal], day: datetime) -> tuple[Decimal, ...]:
    days: dict[date, list[Decimal]] = {}
    for sample in hours.samples:
        if sample.at < day:
            days.setdefault(sample.at.date(), []).append(sample.value)
    return tuple(arithmetic_mean(values) for values in days.values() if len(values) >= 12)
