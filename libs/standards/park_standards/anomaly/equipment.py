"""Rules against the equipment: AN29, AN30, AN33 to AN35, AN41, AN42 (AN05 and AN17 stand with their families)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from park_standards.anomaly.lasting import between, lasting
from park_standards.anomaly.result import Anomaly, Severity, found
from park_standards.anomaly.series import Series
from park_standards.quality_control import Check, CheckInterval, due_at
from park_standards.rounding import plain

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """A change of a parameter under dynamic control (动态管控): `name` as filed, `work_order` empty when there is none."""

    at: datetime
    name: str
    old: Decimal
    new: Decimal
    work_order: str = ""


def parameter_changed(
    change: ParameterChange,
    *,
    filed_lowest: Decimal | None = None,
    filed_highest: Decimal | None = None,
    large: Decimal = Decimal("0.1"),
) -> tuple[Anomaly, ...]:
    """AN29: a change without a work order, or a new value outside the filed range.

    Outside the filed range or by more than 10 % it is an alarm, smaller unordered changes a warning.
    """
    outside = (filed_lowest is not None and change.new < filed_lowest) or (
        filed_highest is not None and change.new > filed_highest
    )
    if change.old == change.new or (change.work_order and not outside):
        return ()
    big = change.old == 0 or abs(change.new - change.old) > large * abs(change.old)
    how = ("outside its filed range", "超出备案范围") if outside else ("without a work order", "无变更工单")
    return (
        found(
            "AN29", change.at, change.at,
            f"{change.name} went from {plain(change.old)} to {plain(change.new)} {how[0]}",
            f"参数 {change.name} 由 {plain(change.old)} 改为 {plain(change.new)},{how[1]}",
            severity=Severity.ALARM if outside or big else Severity.WARN,
            parameter=change.name, old=change.old, new=change.new, work_order=change.work_order or "none",
        ),
    )  # fmt: skip


def analyser_differs(
    series: Series[tuple[Decimal, Decimal]],
    *,
    upper_range: Decimal,
    range_share: Decimal = Decimal("0.01"),
    value_share: Decimal = Decimal("0.05"),
) -> tuple[Anomaly, ...]:
    """AN30: the analyser's value and the uploaded one differ by more than 1 % of range, or by more than 5 % of the value.

    Values: (analyser, uploaded). ASSUMPTION: the relative test needs a difference of 0.1 % of range, so that rounding
    near zero does not count.
    """

    def differs(pair: tuple[Decimal, Decimal]) -> bool:
        difference = abs(pair[0] - pair[1])
        relative = difference > value_share * abs(pair[0]) and difference > upper_range / 1000
        return difference > range_share * upper_range or relative

    return lasting(
        "AN30", series, lambda s: differs(s.value), timedelta(0),
        "the uploaded value is not that of the analyser", "上传值与分析仪示值不一致",
        seen=lambda pairs: f"{between(a for a, _ in pairs)} / {between(b for _, b in pairs)}", range=upper_range,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StandardCheck:
    """Result of a standard or span check: deviation in %, signed."""

    at: datetime
    deviation_percent: Decimal


def drift_not_corrected(
    checks: Sequence[StandardCheck],
    calibrations: Sequence[datetime],
    now: datetime,
    *,
    correct: Decimal = Decimal(5),
    recalibrate: Decimal = Decimal(10),
    within: timedelta = timedelta(hours=24),
) -> tuple[Anomaly, ...]:
    """AN33: a check off by more than 5 % not followed by a calibration within 24 h, or off by more than 10 % at all so.

    Beyond 10 % it is an alarm, between 5 and 10 % a warning. Only checks whose 24 h are over are reported.
    """
    anomalies = []
    for check in checks:
        size = abs(check.deviation_percent)
        followed = any(check.at <= start <= check.at + within for start in calibrations)
        if size <= correct or followed or now < check.at + within:
            continue
        shown = plain(check.deviation_percent)
        anomalies.append(
            found(
                "AN33", check.at, check.at + within, f"drift of {shown} % was not corrected", f"漂移 {shown} % 未校准",
                severity=Severity.ALARM if size > recalibrate else Severity.WARN,
                deviation_percent=check.deviation_percent,
            )
        )  # fmt: skip
    return tuple(anomalies)


def check_overdue(checks: Sequence[Check], interval: CheckInterval, now: datetime) -> tuple[Anomaly, ...]:
    """AN34: the last passed check plus its interval is past. Without any passed check nothing is known and nothing said."""
    passes = [check.at for check in checks if check.passed]
    if not passes or due_at(max(passes), interval) >= now:
        return ()
    due = due_at(max(passes), interval)
    return (
        found(
            "AN34", due, now, f"{interval.check} of {interval.monitor} is overdue since {due.isoformat()}",
            f"质控超期:{interval.monitor} 自 {due.isoformat()} 起", check=interval.check, standard=interval.standard,
        ),
    )  # fmt: skip


def manual_differs(
    at: datetime, online: Decimal, manual: Decimal, *, share: Decimal = Decimal("0.3")
) -> tuple[Anomaly, ...]:
    """AN35: the automatic result differs from the manual one by more than 30 % of it: a screen for paired results.

    The verdict by the accuracy table is `quality_control.judge_accuracy`. A manual result of 0 allows no share.
    """
    if manual == 0 or abs(online - manual) <= share * abs(manual):
        return ()
    percent = round((online / manual - 1) * 100, 1)
    return (
        found(
            "AN35", at, at, f"automatic {plain(online)}, manual {plain(manual)}: {plain(percent)} % apart",
            f"自动监测 {plain(online)},手工监测 {plain(manual)},相差 {plain(percent)} %",
            online=online, manual=manual, deviation_percent=percent,
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Access:
    """A door opened or an administrator signed in; `work_order` empty when there is none."""

    at: datetime
    what: str
    work_order: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A sudden change of a value or parameter: at some time of [earliest, latest], which differ where the line was down."""

    earliest: datetime
    latest: datetime


def access_before_change(
    accesses: Sequence[Access], changes: Sequence[Change], *, within: timedelta = _HOUR
) -> tuple[Anomaly, ...]:
    """AN41: door open or administrator sign-in without a work order within 1 h of a sudden value or parameter change."""
    anomalies = []
    for access in accesses:
        near = [c for c in changes if c.earliest - within <= access.at <= c.latest + within]
        if access.work_order or not near:
            continue
        first = min(near, key=lambda change: abs(change.earliest - access.at)).earliest
        minutes = int(abs(first - access.at) / timedelta(minutes=1))
        side_en, side_zh = ("before", "前") if access.at <= first else ("after", "后")
        anomalies.append(
            found(
                "AN41", min(access.at, *(c.earliest for c in near)), max(access.at, *(c.latest for c in near)),
                f"{access.what} without a work order {minutes} min {side_en} a sudden change ({len(near)} in all)",
                f"{access.what}:无工单,在数据突变{side_zh} {minutes} 分钟(共 {len(near)} 处变化)",
                access=access.what, changes=len(near), minutes=minutes,
            )
        )  # fmt: skip
    return tuple(anomalies)


def power_loss(
    series: Series[Decimal],
    *,
    lowest: Decimal = Decimal(180),
    highest: Decimal = Decimal(250),
    at_least: timedelta = timedelta(minutes=1),
) -> tuple[Anomaly, ...]:
    """AN42: the station's voltage below 180 V (or off) or above 250 V for 1 min."""
    return lasting(
        "AN42", series, lambda s: not lowest <= s.value <= highest, at_least,
        f"voltage outside {plain(lowest)} to {plain(highest)} V", f"电压不在 {plain(lowest)} 至 {plain(highest)} V",
        seen=lambda values: between(values, "V"), lowest=lowest, highest=highest,
    )  # fmt: skip
