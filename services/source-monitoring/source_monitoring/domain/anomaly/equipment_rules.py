"""Adapters of the rules against marks and equipment: AN27 to AN30, AN33 to AN35, AN41, AN42.

Calibrations are both the stretches a device marks C and those that people put on record.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from park_judging.domain.periods import hour_of
from park_standards.anomaly import against_limit, equipment, single_series
from park_standards.anomaly.result import Anomaly
from park_standards.anomaly.series import Series, joined
from park_standards.means import arithmetic_mean
from park_standards.quality_control import Check, check_intervals

from source_monitoring.domain.anomaly.parameters import Parameters
from source_monitoring.domain.anomaly.settings import bounds_of, times_of
from source_monitoring.domain.anomaly.window import DAY, HOUR, TEN_MINUTES, Grid, Lacking, OutletRecord, Window, part

_EXEMPTING = frozenset("DMSB")
"""Marks that take an hour out of judgement. Left out are C (a span gas reads high by nature; AN28 looks at calibrations) and F
(in a stopped flue there is only air, so that its converted values mean nothing; AN26 looks at false stops).
"""
_SENSELESS = frozenset("CF")
_MONTH = 31 * DAY
WATCHED_PARAMETERS = frozenset({"i13001", "i13002", "i13003", "i13004", "i13005", "i13007", "i13008", "i13009"})
"""Parameters under dynamic control (动态管控) that devices report by HJ 212 3020; temperatures vary and are not among them."""
_WORK_ORDER_HOURS = Decimal(24)
_LONGEST_GAP = 2 * HOUR + TEN_MINUTES


def marks_cover_exceedances(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN27 on the calendar month up to each whole day: hours whose values, whatever their mark, are over the limit."""
    limit = w.limit(factor)
    series = w.series(Grid.MINUTE, factor, converted=limit.converted, back=_MONTH, marked=True)
    hours: dict[datetime, list[tuple[Decimal, str]]] = {}
    for sample in series.samples:
        if sample.mark not in _SENSELESS:
            hours.setdefault(hour_of(sample.at), []).append((sample.value, sample.mark))
    over = {h for h, found in hours.items() if arithmetic_mean([value for value, _ in found]) > limit.upper}
    marked = {h for h in over if Counter(mark for _, mark in hours[h]).most_common(1)[0][0] in _EXEMPTING}
    for day in w.days():
        month = day.replace(day=1)
        inside = [h for h in over if month <= h < day + DAY]
        yield from against_limit.marks_cover_exceedances(
            month, day + DAY, inside, marked, least=p.count("least"), share=p["share"]
        )


def calibrations(w: Window, factor: str, back: timedelta) -> list[datetime]:
    """Return the starts of calibrations: runs of the mark C, and recorded ones."""
    starts = [r.at for r in w.of_kind("calibration") if r.factor in {"", factor}]
    last = None
    for sample in w.series(Grid.MINUTE, factor, back=back, marked=True).samples:
        if sample.mark == "C" and (last is None or sample.at - last > HOUR):
            starts.append(sample.at)
        if sample.mark == "C":
            last = sample.at
    return sorted(starts)


def calibration_covers_exceedance(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN28 on the calendar month up to each whole day."""
    planned = times_of(w.text_fact("calibration_times", "计划校准时刻", "time of planned calibrations")) or ()
    limit = w.limit(factor)
    series = w.series(Grid.MINUTE, factor, converted=limit.converted, back=_MONTH)
    tolerance = float(p.time("schedule_tolerance_min") / timedelta(minutes=1))
    wild = [
        start
        for start in calibrations(w, factor, _MONTH)
        if all(_minutes_apart(start, one.hour * 60 + one.minute) > tolerance for one in planned)
    ]
    for day in w.days():
        month = day.replace(day=1)
        yield from against_limit.calibration_covers_exceedance(
            series, [start for start in wild if month <= start < day + DAY], limit=limit.upper, near=p["near"],
            within=p.time("within_h"), times=p.count("times"),
        )  # fmt: skip


def _minutes_apart(at: datetime, minute_of_day: int) -> float:
    apart = abs(at.hour * 60 + at.minute - minute_of_day)
    return min(apart, 1440 - apart)


def parameter_changed(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN29: each change between two reports of a device; it is excused by a work order that covers its time."""
    if not any(r.name in WATCHED_PARAMETERS for r in w.of_kind("parameter")):
        raise Lacking("设备未上报动态管控参数", "the device has reported no parameter under dynamic control")
    for before, after in _changes(w):
        filed = bounds_of(w.settings.facts.get(f"filed/{after.factor}:{after.name}", "")) or (None, None)
        assert before.value is not None and after.value is not None  # noqa: S101, PT018 - _changes
        change = equipment.ParameterChange(
            after.at, f"{after.factor} {after.name}".strip(), before.value, after.value, _order_for(w, after)
        )
        yield from equipment.parameter_changed(change, filed_lowest=filed[0], filed_highest=filed[1], large=p["large"])


def _changes(w: Window) -> Iterator[tuple[OutletRecord, OutletRecord]]:
    last: dict[tuple[str, str], OutletRecord] = {}
    for record in w.of_kind("parameter"):
        if record.name not in WATCHED_PARAMETERS or record.value is None:
            continue
        before = last.get((record.factor, record.name))
        if before is not None and before.value != record.value:
            yield before, record
        last[record.factor, record.name] = record


def _order_for(w: Window, record: OutletRecord) -> str:
    for order in w.of_kind("work-order"):
        hours = float(order.value or _WORK_ORDER_HOURS)
        covered = order.at <= record.at <= order.at + timedelta(hours=hours)
        if covered and order.name in {"", record.name}:
            return order.work_order
    return ""


def analyser_differs(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN30: what the analyser shows against what the logger uploads, value by value."""
    upper = w.need_fact("range", "量程", "upper range", factor)
    shown = w.signal("analyser", Grid.REALTIME, factor=factor)[0]
    pairs = joined(shown, w.series(Grid.REALTIME, factor))
    return equipment.analyser_differs(
        pairs, upper_range=upper, range_share=p["range_share"], value_share=p["value_share"]
    )


def drift_not_corrected(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN33."""
    checks = [r for r in w.of_kind("standard-check") if r.value is not None and r.factor in {"", factor}]
    if not checks:
        raise Lacking("没有标样核查记录", "no standard check is on record", "records.standard-check")
    found = [equipment.StandardCheck(r.at, r.value) for r in checks if r.value is not None]
    return equipment.drift_not_corrected(
        found, calibrations(w, factor, 3 * DAY), w.now, correct=p["correct"], recalibrate=p["recalibrate"],
        within=p.time("within_h"),
    )  # fmt: skip


def check_overdue(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN34: for every check on record, the interval of the table with the same monitor and check."""
    records = w.of_kind("quality-check")
    if not records:
        raise Lacking("没有质控记录", "no quality control is on record", "records.quality-check")
    for interval in check_intervals():
        done = [Check(r.at, bool(r.passed)) for r in records if (r.text, r.name) == (interval.monitor, interval.check)]
        yield from equipment.check_overdue(done, interval, w.now)


def manual_differs(w: Window, p: Parameters, factor: str) -> Iterator[Anomaly]:
    """AN35: the mean of the automatic values of half an hour before and after the sample was taken."""
    results = [r for r in w.of_kind("manual-result") if r.factor == factor and r.value is not None]
    if not results:
        raise Lacking("没有手工监测结果", "no manual result is on record", "records.manual-result")
    series = w.series(Grid.MINUTE, factor, back=p.time("back_d"))
    for result in results:
        online = part(series, result.at - HOUR / 2, result.at + HOUR / 2)
        if online.samples and result.value is not None:
            yield from equipment.manual_differs(
                result.at, round(arithmetic_mean(online.values), 4), result.value, share=p["share"]
            )


def access_before_change(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN41: doors and administrators against jumps of any limited factor (AN06) and changes of parameters.

    Whoever is at the analyser can also unplug its line or set it to fault: values under such marks count here, and a level
    that differs after a gap of up to two hours is a change at some time of that gap.
    """
    records = [*w.of_kind("access"), *(r for r in w.of_kind("status") if _is_access(r))]
    if not records:
        raise Lacking("没有门禁或用户状态记录", "no access or user state is on record", "records.access")
    changes = [equipment.Change(after.at, after.at) for _, after in _changes(w)]
    for code in w.limited():
        changes += [equipment.Change(one.start, max(one.start, one.end - TEN_MINUTES)) for one in _any_jump(w, code)]
    accesses = [equipment.Access(r.at, r.text or r.name, r.work_order or _order_for(w, r)) for r in records]
    return equipment.access_before_change(accesses, changes, within=p.time("within_h"))


def _any_jump(w: Window, factor: str) -> tuple[Anomaly, ...]:
    """Return the steps of a factor by the platform's figures of AN06, also under marks of the device and across short gaps."""
    limit, back = w.limit(factor), 10 * HOUR
    values = w.series(Grid.MINUTE, factor, converted=limit.converted, back=back, marked=True)
    shown = Series(tuple(sample for sample in values.samples if sample.mark not in _SENSELESS), values.step)
    return single_series.jump(shown, limit=limit.upper, longest_gap=_LONGEST_GAP)


def _is_access(record: OutletRecord) -> bool:
    """Administrator signed in (i22002 = 1, HJ 212-2017 appendix), or the door's own log of an opening."""
    return (record.name == "i22002" and record.value == 1) or record.name == "i31001"


def power_loss(w: Window, p: Parameters, factor: str) -> tuple[Anomaly, ...]:
    """AN42."""
    back = timedelta(minutes=10)
    voltage: Series[Decimal] = w.signal("voltage", Grid.REALTIME, back=back)[0]
    return equipment.power_loss(voltage, lowest=p["lowest"], highest=p["highest"], at_least=p.time("at_least_min"))
