"""Marks that enterprises and devices set beside the data (标记规则): the table, and the hours used against their caps.

Rules of 2019 No.50 (waste incineration) and 2022 No.21 (thermal power, cement, paper). Official code numbers and caps of
other industries were not obtained. Caps: 启炉+停炉+故障+事故 60 h a year and furnace, each fault 4 h; 烘炉+停炉降温 700 h a
year; CEMS maintenance 30 h a quarter. Confidence of the caps: from-memory; warning at 80 % is a project default.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from park_standards.errors import BadValue
from park_standards.limit import Confidence
from park_standards.tables import rows_of

_WARNING_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class MarkRule:
    """One row of the marking tables; `key` is our own name, `effect` and `cap` are the table's words."""

    scope: str
    target: str
    name_zh: str
    key: str
    official_code: str
    set_by: str
    granularity: str
    effect: str
    cap: str
    source: str
    confidence: Confidence
    note: str


@lru_cache(maxsize=1)
def mark_rules() -> tuple[MarkRule, ...]:
    """Return every mark and data flag with its effect, cap, source and confidence."""
    return tuple(
        MarkRule(
            row["scope"], row["target"], row["mark_cn"], row["internal_key"], row["official_code"], row["set_by"],
            row["granularity"], row["effect_on_judgement"], row["cap"], row["source"], Confidence(row["confidence"]),
            row["note"],
        )
        for _, row in rows_of("data_marks.csv")
    )  # fmt: skip


class Period(StrEnum):
    """Calendar period over which a cap counts, in the time zone of the marks."""

    YEAR = "year"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class Cap:
    """Hours that the marks `keys` together may use in a calendar `period`; `each` caps a single mark."""

    name: str
    keys: frozenset[str]
    hours: timedelta
    period: Period
    each: timedelta | None = None
    each_key: str = ""


# ASSUMPTION: 4 h caps each fault, as the table says; accidents have no cap of their own.
INCINERATION_CAPS = (
    Cap(
        "启炉+停炉+故障+事故", frozenset({"startup", "shutdown", "fault", "accident"}), timedelta(hours=60), Period.YEAR,
        timedelta(hours=4), "fault",
    ),
    Cap("烘炉+停炉降温", frozenset({"furnace_drying", "cooling"}), timedelta(hours=700), Period.YEAR),
    Cap("CEMS维护", frozenset({"cems_maintenance"}), timedelta(hours=30), Period.QUARTER),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on one furnace or outlet, half-open [start, end). Raises BadValue when it does not last."""

    key: str
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise BadValue(f"mark {self.key!r} ends at {self.end.isoformat()}, not after its start")


@dataclass(frozen=True, slots=True)
class CapUse:
    """Use of a cap in one period: overlapping marks count once. `too_long` are single marks above `Cap.each`."""

    cap: Cap
    used: timedelta
    too_long: tuple[Mark, ...]

    @property
    def exceeded(self) -> bool:
        return self.used > self.cap.hours or bool(self.too_long)

    @property
    def near(self) -> bool:
        """80 % or more of the hours are used."""
        return self.used >= _WARNING_SHARE * self.cap.hours


def period_bounds(moment: datetime, period: Period) -> tuple[datetime, datetime]:
    """Return start and end (exclusive) of the calendar year or quarter that holds `moment`, in its own time zone."""
    midnight = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if period is Period.YEAR:
        return midnight.replace(month=1), midnight.replace(year=moment.year + 1, month=1)
    first = midnight.replace(month=(moment.month - 1) // 3 * 3 + 1)
    if first.month == 10:
        return first, first.replace(year=first.year + 1, month=1)
    return first, first.replace(month=first.month + 3)


def cap_use(marks: Iterable[Mark], cap: Cap, moment: datetime) -> CapUse:
    """Return how much of a cap is used in the period that holds `moment`; marks are cut at the period's ends."""
    start, end = period_bounds(moment, cap.period)
    counted = sorted((mark for mark in marks if mark.key in cap.keys), key=lambda mark: mark.start)
    used, reached = timedelta(0), start
    for mark in counted:
        begin, finish = max(mark.start, reached), min(mark.end, end)
        if finish > begin:
            used += finish - begin
            reached = finish
    too_long = tuple(
        mark
        for mark in counted
        if cap.each is not None and mark.key == cap.each_key and mark.end - mark.start > cap.each and mark.end > start
        if mark.start < end
    )
    return CapUse(cap, used, too_long)
