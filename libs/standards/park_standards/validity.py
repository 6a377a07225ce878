"""Validity of values (数据有效性): from the device's mark and the facts of a period to a verdict with its reason.

Order of the tests, first match wins: no packet; stopped; device or equipment mark; out of control; check overdue; too few
valid values; over range; else valid. An exempting condition mark (start-up, shut-down, accident ...) keeps a value valid and
only suspends the judgement against limits. The raw value is never changed here or anywhere.

Sources: HJ 212-2017 6.6.4 (marks), HJ 75-2017 (gas), HJ 356-2019 (water), marking rules 2019 No.50 and 2022 No.21.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from park_standards.errors import BadValue


class Validity(StrEnum):
    """OVER_RANGE is kept and judged like a valid value, and alarmed. STOPPED counts in no statistic."""

    VALID = "valid"
    OVER_RANGE = "over-range"
    INVALID = "invalid"
    STOPPED = "stopped"
    MISSING = "missing"


class Reason(StrEnum):
    """Why a value has its verdict; a closed list, safe as a metric label."""

    NORMAL = "normal"
    MARK_ABSENT = "mark-absent"
    NO_DATA = "no-data"
    LINK_LOST = "link-lost"
    STOPPED = "stopped"
    CALIBRATION = "calibration"
    MAINTENANCE = "maintenance"
    FAULT = "fault"
    COMMUNICATION = "communication"
    MANUAL_VALUE = "manual-value"
    POWER_FAILURE = "power-failure"
    STANDARD_CHECK = "standard-check"
    OUT_OF_CONTROL = "out-of-control"
    CHECK_OVERDUE = "check-overdue"
    TOO_FEW_VALUES = "too-few-values"
    OVER_RANGE = "over-range"
    NO_FLOW = "no-flow"
    UNKNOWN_MARK = "unknown-mark"


REASON_ZH = MappingProxyType(
    {
        Reason.NORMAL: "正常",
        Reason.MARK_ABSENT: "无数据标记",
        Reason.NO_DATA: "数据缺失",
        Reason.LINK_LOST: "通讯中断",
        Reason.STOPPED: "停运",
        Reason.CALIBRATION: "校准",
        Reason.MAINTENANCE: "维护",
        Reason.FAULT: "故障",
        Reason.COMMUNICATION: "仪器与数采仪通讯异常",
        Reason.MANUAL_VALUE: "手工设定值",
        Reason.POWER_FAILURE: "掉电",
        Reason.STANDARD_CHECK: "自动标样核查",
        Reason.OUT_OF_CONTROL: "失控时段",
        Reason.CHECK_OVERDUE: "质控检查逾期",
        Reason.TOO_FEW_VALUES: "有效数据不足",
        Reason.OVER_RANGE: "超测量上限",
        Reason.NO_FLOW: "流量为零",
        Reason.UNKNOWN_MARK: "未知标记",
    }
)


@dataclass(frozen=True, slots=True)
class ValidityVerdict:
    """Verdict and reason. `exempt` means: valid, but not held against the limit (hours count against the cap)."""

    validity: Validity
    reason: Reason
    exempt: bool = False

    @property
    def usable(self) -> bool:
        """True for values that enter means and transmission statistics as valid: valid and over-range ones."""
        return self.validity in _USABLE

    @property
    def judged(self) -> bool:
        """True when the value is to be held against the limit."""
        return self.usable and not self.exempt


_USABLE = frozenset({Validity.VALID, Validity.OVER_RANGE})

_VALID = ValidityVerdict(Validity.VALID, Reason.NORMAL)
_STOPPED = ValidityVerdict(Validity.STOPPED, Reason.STOPPED)
_OVER_RANGE = ValidityVerdict(Validity.OVER_RANGE, Reason.OVER_RANGE)
_UNMARKED = ValidityVerdict(Validity.VALID, Reason.MARK_ABSENT)
_UNKNOWN = ValidityVerdict(Validity.INVALID, Reason.UNKNOWN_MARK)


def _invalid(reason: Reason) -> ValidityVerdict:
    return ValidityVerdict(Validity.INVALID, reason)


_MARKS_2017 = {
    "N": _VALID,
    "F": _STOPPED,
    "M": _invalid(Reason.MAINTENANCE),
    "S": _invalid(Reason.MANUAL_VALUE),
    "D": _invalid(Reason.FAULT),
    "C": _invalid(Reason.CALIBRATION),
    "T": _OVER_RANGE,
    "B": _invalid(Reason.COMMUNICATION),
}
# Digits are the marks of ambient-air stations: calibration, meteorological parameter, abnormal, normal.
_DIGITS = {"0": _invalid(Reason.CALIBRATION), "1": _VALID, "2": _invalid(Reason.FAULT), "3": _VALID}

MARKS = MappingProxyType(
    {
        "2005": {**{key: verdict for key, verdict in _MARKS_2017.items() if key != "B"}, **_DIGITS,
                 "P": _invalid(Reason.POWER_FAILURE)},
        "2017": {**_MARKS_2017, **_DIGITS},
        # ASSUMPTION: F, S and B keep their 2017 meaning in 2025 (that part of the text was not obtained), and a fault
        # of a key condition parameter (Td) makes the value invalid. Disprove with HJ 212-2025, table of data marks.
        "2025": {**_MARKS_2017, "Td": _invalid(Reason.FAULT)},
    }
)  # fmt: skip


def verdict_of_mark(mark: str | None, edition: str = "2017") -> ValidityVerdict:
    """Return the verdict that the device's data mark alone gives (HJ 212-2017 6.6.4; editions 2005, 2017, 2025).

    N is valid; F stopped; C, M, D, B, S invalid; T over range. ASSUMPTION: an absent or empty mark counts as normal
    (2005 devices and some items of 2025 frames send none), with its own reason so that it can be counted. A mark the
    edition does not know is invalid. Raises BadValue for an unknown edition.
    """
    marks = MARKS.get(edition)
    if marks is None:
        raise BadValue(f"edition {edition!r} is none of {', '.join(MARKS)}")
    return marks.get(mark, _UNKNOWN) if mark else _UNMARKED


# Marks made by enterprises or devices beside the data (data_marks.csv, column internal_key).
CONDITION_EXEMPT = frozenset(
    {"startup", "shutdown", "fault", "accident", "fault_accident", "grid_on", "grid_off", "furnace_drying", "cooling"}
)
CONDITION_STOPPED = "stopped"
EQUIPMENT_INVALID = MappingProxyType(
    {
        "dev_calibration": _invalid(Reason.CALIBRATION),
        "dev_fault": _invalid(Reason.FAULT),
        "dev_routine": _invalid(Reason.MAINTENANCE),
        "cems_maintenance": _invalid(Reason.MAINTENANCE),
        "auto_standard_check": _invalid(Reason.STANDARD_CHECK),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFacts:
    """What is known about one factor in one period.

    `condition_mark` and `equipment_mark` are internal keys of data_marks.csv or None. `valid_values` and
    `needed_values` are counts of the parts of the period (minutes of an hour, hours of a day), both None for an
    instant. `has_flow` is False for a water sample of a time without flow.
    """

    received: bool = True
    link_up: bool = True
    mark: str | None = None
    edition: str = "2017"
    condition_mark: str | None = None
    equipment_mark: str | None = None
    out_of_control: bool = False
    check_overdue: bool = False
    has_flow: bool = True
    valid_values: int | None = None
    needed_values: int | None = None


def judge_validity(facts: PeriodFacts) -> ValidityVerdict:
    """Return the verdict of a period, tests in the order of the module docstring.

    Raises BadValue for an unknown edition or an equipment or condition mark that is not listed.
    """
    if not facts.received:
        return ValidityVerdict(Validity.MISSING, Reason.NO_DATA if facts.link_up else Reason.LINK_LOST)
    by_mark = verdict_of_mark(facts.mark, facts.edition)
    if by_mark.validity is Validity.STOPPED or facts.condition_mark == CONDITION_STOPPED:
        return _STOPPED
    refused = by_mark if by_mark.validity is Validity.INVALID else _invalidated(facts)
    if refused is not None:
        return refused
    exempt = facts.condition_mark is not None
    if exempt and facts.condition_mark not in CONDITION_EXEMPT:
        raise BadValue(f"condition mark {facts.condition_mark!r} is not listed in data_marks.csv")
    return ValidityVerdict(by_mark.validity, by_mark.reason, exempt)


def _invalidated(facts: PeriodFacts) -> ValidityVerdict | None:
    if facts.equipment_mark is not None:
        if facts.equipment_mark not in EQUIPMENT_INVALID:
            raise BadValue(f"equipment mark {facts.equipment_mark!r} is not listed in data_marks.csv")
        return EQUIPMENT_INVALID[facts.equipment_mark]
    if facts.out_of_control:
        return _invalid(Reason.OUT_OF_CONTROL)
    if facts.check_overdue:
        return _invalid(Reason.CHECK_OVERDUE)
    if not facts.has_flow:
        return _invalid(Reason.NO_FLOW)
    if facts.needed_values is not None and (facts.valid_values or 0) < facts.needed_values:
        return _invalid(Reason.TOO_FEW_VALUES)
    return None
