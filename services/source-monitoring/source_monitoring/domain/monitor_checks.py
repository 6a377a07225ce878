"""When the monitors of an outlet have to be checked (质控周期), and since when a check is overdue. Pure.

Intervals are rows of park_standards.quality_control (HJ 75-2017 mostly secondary, HJ 355-2019 from-memory). Which rows apply
follows from the kind of monitor, which the operator files; nothing is ever overdue for a monitor that was not filed, or of
which no check has passed yet.

ASSUMPTIONs: a zero or a span check, passed or adjusted, is the calibration that was due (the table words them together; to
disprove, the clause of HJ 75 on calibrations of one point only). Kinds of monitor are not coded in any standard: the names
below are ours. A check counts as due a day before, for short intervals a quarter of the interval before, because a check
that is made every 24 h would else be due all the time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from uuid import UUID

from park_schemas.codes import Medium
from park_standards.quality_control import Check, CheckInterval, Span, check_intervals, due_at, overdue_spans

_DUE_BEFORE = timedelta(hours=24)


class Requirement(StrEnum):
    CALIBRATION = "calibration"
    FULL_SYSTEM = "full-system"
    VERIFICATION = "verification"
    STANDARD_CHECK = "standard-check"
    AUTO_CALIBRATION = "auto-calibration"
    COMPARISON = "comparison"


REQUIREMENT_NAMES: Mapping[Requirement, tuple[str, str]] = MappingProxyType(
    {
        Requirement.CALIBRATION: ("校准", "calibration"),
        Requirement.FULL_SYSTEM: ("全系统校准", "full-system calibration"),
        Requirement.VERIFICATION: ("校验", "verification against the reference method"),
        Requirement.STANDARD_CHECK: ("自动标样核查", "automatic standard-sample check"),
        Requirement.AUTO_CALIBRATION: ("自动校准", "automatic calibration"),
        Requirement.COMPARISON: ("实际水样比对", "comparison with a real sample"),
    }
)


@dataclass(frozen=True, slots=True)
class MonitorKind:
    """A kind of monitor and the rows of the interval table that apply to it: (requirement, object, check)."""

    name_zh: str
    name_en: str
    media: frozenset[Medium]
    needs: tuple[tuple[Requirement, str, str], ...]
    factors: frozenset[str] = frozenset()
    """Empty: any factor of the point."""


_GAS = frozenset({Medium.WASTE_GAS})
_WATER = frozenset({Medium.WASTE_WATER, Medium.RAIN_WATER})
_AUTO = "zero/span calibration, automatic"
_BY_HAND = "zero/span calibration, no automatic function"
_CHECKED_AUTO = (Requirement.VERIFICATION, "whole CEMS, automatic calibration", "verification against reference method")
_CHECKED_BY_HAND = (
    Requirement.VERIFICATION,
    "whole CEMS, no automatic calibration",
    "verification against reference method",
)
_FROM_PROBE = (Requirement.FULL_SYSTEM, "extractive gas", "full-system calibration (from probe)")
_SAMPLE = "real-sample comparison"
_ANALYSER = "COD, NH3-N, TP, TN analysers"
_OWN_CHECKS = (
    (Requirement.STANDARD_CHECK, _ANALYSER, "automatic standard-sample check"),
    (Requirement.AUTO_CALIBRATION, _ANALYSER, "automatic calibration"),
)


def _gas(zh: str, en: str, *needs: tuple[Requirement, str, str]) -> MonitorKind:
    return MonitorKind(zh, en, _GAS, needs)


def _water(zh: str, en: str, factor: str, *needs: tuple[Requirement, str, str]) -> MonitorKind:
    return MonitorKind(zh, en, _WATER, needs, frozenset({factor}))


_CALIBRATED = Requirement.CALIBRATION
MONITOR_KINDS: Mapping[str, MonitorKind] = MappingProxyType(
    {
        "gas-extractive-auto": _gas(
            "抽取式气态污染物分析仪(自动校准)", "extractive gas analyser, calibrates itself",
            (_CALIBRATED, "gas analyser", _AUTO), _FROM_PROBE, _CHECKED_AUTO,
        ),
        "gas-extractive": _gas(
            "抽取式气态污染物分析仪(无自动校准)", "extractive gas analyser, calibrated by hand",
            (_CALIBRATED, "gas analyser, extractive", _BY_HAND), _FROM_PROBE, _CHECKED_BY_HAND,
        ),
        "gas-in-situ-auto": _gas(
            "直接测量式气态污染物分析仪(自动校准)", "in-situ gas analyser, calibrates itself",
            (_CALIBRATED, "gas analyser", _AUTO), _CHECKED_AUTO,
        ),
        "gas-in-situ": _gas(
            "直接测量式气态污染物分析仪(无自动校准)", "in-situ gas analyser, calibrated by hand",
            (_CALIBRATED, "gas analyser, direct (in-situ)", _BY_HAND), _CHECKED_BY_HAND,
        ),
        "particulate-auto": _gas(
            "颗粒物监测仪(自动校准)", "particulate monitor, calibrates itself",
            (_CALIBRATED, "particulate", _AUTO), _CHECKED_AUTO,
        ),
        "particulate": _gas(
            "颗粒物监测仪(无自动校准)", "particulate monitor, calibrated by hand",
            (_CALIBRATED, "particulate", _BY_HAND), _CHECKED_BY_HAND,
        ),
        "gas-flow-auto": _gas(
            "烟气流速仪(自动校准)", "flow monitor, zero set by itself", (_CALIBRATED, "flow", "zero drift, automatic"),
            _CHECKED_AUTO,
        ),
        "gas-flow": _gas(
            "烟气流速仪(无自动校准)", "flow monitor, zero set by hand", (_CALIBRATED, "flow", "zero drift, manual"),
            _CHECKED_BY_HAND,
        ),
        "water-cod": _water("化学需氧量分析仪", "COD analyser", "w01018", *_OWN_CHECKS, (Requirement.COMPARISON, "COD", _SAMPLE)),
        "water-nh3n": _water("氨氮分析仪", "NH3-N analyser", "w21003", *_OWN_CHECKS, (Requirement.COMPARISON, "NH3-N", _SAMPLE)),
        "water-tp": _water("总磷分析仪", "TP analyser", "w21011", *_OWN_CHECKS, (Requirement.COMPARISON, "TP", _SAMPLE)),
        "water-tn": _water("总氮分析仪", "TN analyser", "w21001", *_OWN_CHECKS, (Requirement.COMPARISON, "TN", _SAMPLE)),
        "water-ph": _water("pH 计", "pH meter", "w01001", (Requirement.COMPARISON, "pH", _SAMPLE)),
        "water-temperature": _water("温度计", "thermometer", "w01010", (Requirement.COMPARISON, "temperature", "comparison")),
        "water-flow": _water(
            "超声波明渠流量计", "ultrasonic open-channel flow meter", "w00000",
            (Requirement.COMPARISON, "ultrasonic open-channel flow meter", "comparison"),
        ),
    }
)  # fmt: skip


@cache
def intervals_of(kind: str) -> Mapping[Requirement, CheckInterval]:
    """Return the interval of each check that a kind of monitor needs. Raises KeyError for a kind or row that is not there."""
    rows = {(row.monitor, row.check): row for row in check_intervals()}
    return MappingProxyType({need: rows[of, check] for need, of, check in MONITOR_KINDS[kind].needs})


_BY_FIGURE = {"zero": _CALIBRATED, "span": _CALIBRATED, "standard sample": Requirement.STANDARD_CHECK}
_BY_KIND = {
    "zero drift": _CALIBRATED, "span drift": _CALIBRATED, "calibration": _CALIBRATED, "校准": _CALIBRATED,
    "standard sample": Requirement.STANDARD_CHECK, "标样核查": Requirement.STANDARD_CHECK,
    "full-system calibration": Requirement.FULL_SYSTEM, "全系统校准": Requirement.FULL_SYSTEM,
    "verification": Requirement.VERIFICATION, "校验": Requirement.VERIFICATION,
    "comparison": Requirement.COMPARISON, "比对": Requirement.COMPARISON, "自动校准": Requirement.AUTO_CALIBRATION,
}  # fmt: skip


def requirement_of(kind: str, check: str | None) -> Requirement | None:
    """Return which requirement a recorded check meets: by the drift check it states, else by the words of its kind."""
    return _BY_FIGURE.get(check or "") or _BY_KIND.get(kind.strip().lower())


@dataclass(frozen=True, slots=True)
class Monitor:
    """A monitor of one factor, in use during [since, until)."""

    monitor_id: UUID
    factor: str
    kind: str
    since: datetime
    until: datetime | None = None


class DueState(StrEnum):
    OVERDUE = "overdue"
    DUE = "due"
    OK = "ok"
    NO_RECORD = "no-record"
    """No check has passed yet: nothing is invalid, somebody has to file the first one."""


@dataclass(frozen=True, slots=True)
class DueCheck:
    """One required check of a monitor: when it last passed and when the next is due."""

    monitor: Monitor
    requirement: Requirement
    interval: CheckInterval
    last_pass: datetime | None
    due_at: datetime | None
    state: DueState


def due_checks(monitor: Monitor, last_passes: Mapping[Requirement, datetime], at: datetime) -> list[DueCheck]:
    """Return every check that a monitor in use needs, with its state at a moment."""
    found = []
    for requirement, interval in intervals_of(monitor.kind).items():
        last = last_passes.get(requirement)
        due = None if last is None else max(due_at(last, interval), monitor.since)
        found.append(DueCheck(monitor, requirement, interval, last, due, _state(last, due, interval, at)))
    return found


def _state(last: datetime | None, due: datetime | None, interval: CheckInterval, at: datetime) -> DueState:
    if last is None or due is None:
        return DueState.NO_RECORD
    if at >= due:
        return DueState.OVERDUE
    return DueState.DUE if at >= due - told_before(last, interval) else DueState.OK


def told_before(last: datetime, interval: CheckInterval) -> timedelta:
    """Return how long before its due time a check counts as due."""
    return min(_DUE_BEFORE, (due_at(last, interval) - last) / 4)


Passed = Mapping[tuple[str, Requirement], Sequence[datetime]]
"""Times of passed checks by factor and requirement."""


def overdue_of(monitors: Iterable[Monitor], passed: Passed, until: datetime) -> dict[str, tuple[Span, ...]]:
    """Return for each factor the times, begun before `until`, whose data are invalid because a check was overdue."""
    found: dict[str, tuple[Span, ...]] = {}
    for monitor in monitors:
        for requirement, interval in intervals_of(monitor.kind).items():
            checks = [Check(at, passed=True) for at in passed.get((monitor.factor, requirement), ())]
            spans = [_cut(span, monitor) for span in overdue_spans(checks, interval, until)]
            kept = tuple(span for span in spans if span is not None and (span.start is None or span.start < until))
            if kept:
                found[monitor.factor] = (*found.get(monitor.factor, ()), *kept)
    return found


def _cut(span: Span, monitor: Monitor) -> Span | None:
    """Return the part of a span during which the monitor was in use."""
    start = max(span.start or monitor.since, monitor.since)
    ends = [end for end in (span.end, monitor.until) if end is not None]
    end = min(ends) if ends else None
    return None if end is not None and end <= start else Span(start, end)
