"""The park's working calendar: public holidays and adjusted work days (调休) of China, work hours, the park's own exceptions.

Pure: no clock, no I/O. Holidays and adjusted work days as the State Council announces them come from the package
`chinesecalendar` (2004 to the last announced year). A year it does not know yet goes by weekdays, and whatever rests on such
a day says so in `assumed`:
ASSUMPTION: in a year not yet announced Monday to Friday are worked. To disprove: the announcement of that year (国务院办公厅
关于部分节假日安排的通知, usually in November of the year before).
ASSUMPTION: work hours are 08:30 to 12:00 and 13:30 to 17:30. To disprove: the park's own office hours (they are data).
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from chinese_calendar import constants
from msgspec import Struct
from park_schemas.park_time import PARK_TIME_ZONE

_HOLIDAY_ZH: Mapping[str, str] = {one.value: one.chinese for one in constants.Holiday}
_ANNOUNCED_YEARS = frozenset(day.year for day in constants.holidays)
_LONGEST_REST = 400
"""Days in a row without work after which a calendar is taken to have none: its overrides would let a clock run for ever."""


class CalendarError(ValueError):
    """The calendar or the question makes no sense; `where` names the field, zh and en say why."""

    def __init__(self, where: str, zh: str, en: str) -> None:
        super().__init__(f"{where}: {en}")
        self.where = where
        self.zh = zh
        self.en = en


class WorkSpan(Struct, frozen=True, forbid_unknown_fields=True):
    """Work from `start` to before `end`, wall time of the park."""

    start: time
    end: time


class DayOverride(Struct, frozen=True, forbid_unknown_fields=True):
    """The park itself says that a day is worked or not (plant shutdown, duty on a holiday)."""

    day: date
    is_working: bool
    reason: str


class CalendarData(Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar as data (JSON): work hours of a working day in order, and the park's own exceptions."""

    hours: tuple[WorkSpan, ...] = (WorkSpan(time(8, 30), time(12, 0)), WorkSpan(time(13, 30), time(17, 30)))
    overrides: tuple[DayOverride, ...] = ()


class DayKind(Struct, frozen=True):
    """What a day is. `basis`: override, holiday, adjusted-work-day, weekend or weekday; `assumed`: year not announced."""

    day: date
    is_working: bool
    basis: str
    name_zh: str
    name_en: str
    assumed: bool


class Deadline(Struct, frozen=True):
    """An instant (park time) counted by the calendar; `assumed` when a day it rests on is not announced yet."""

    at: datetime
    assumed: bool


class WorkingTime(Struct, frozen=True):
    """An amount of working time; `assumed` when a day it rests on is not announced yet."""

    amount: timedelta
    assumed: bool


class WorkingCalendar:
    """Answers by the park's calendar. All instants must be aware; wall times are the park's (Asia/Shanghai)."""

    def __init__(self, data: CalendarData | None = None) -> None:
        """Raises CalendarError when the work hours are empty, reversed or overlap, or a day is overridden twice."""
        self.data = data or CalendarData()
        _check(self.data)
        self._overrides = MappingProxyType({one.day: one for one in self.data.overrides})
        self._a_day = sum((_length(span) for span in self.data.hours), timedelta())

    def day(self, day: date) -> DayKind:
        """Return what a day is: the park's own word first, then the announced holidays, then the weekday."""
        if (own := self._overrides.get(day)) is not None:
            return DayKind(day, own.is_working, "override", own.reason, own.reason, assumed=False)
        assumed = day.year not in _ANNOUNCED_YEARS
        if (name := constants.workdays.get(day)) is not None:
            return DayKind(day, True, "adjusted-work-day", f"{_HOLIDAY_ZH[name]}调休上班", f"{name} make-up", assumed)
        if (name := constants.holidays.get(day)) is not None:
            return DayKind(day, False, "holiday", _HOLIDAY_ZH[name], name, assumed)
        if day.weekday() >= 5:
            return DayKind(day, False, "weekend", "周末", "weekend", assumed)
        return DayKind(day, True, "weekday", "工作日", "weekday", assumed)

    def is_working_day(self, day: date) -> bool:
        """Return whether the park works on a day."""
        return self.day(day).is_working

    def is_working_instant(self, instant: datetime) -> bool:
        """Return whether an instant lies in work hours of a working day."""
        wall = _at_park(instant)
        return self.is_working_day(wall.date()) and any(
            span.start <= wall.timetz().replace(tzinfo=None) < span.end for span in self.data.hours
        )

    def add_working_time(self, start: datetime, amount: timedelta) -> Deadline:
        """Return the instant at which `amount` of working time has passed since `start`.

        Time outside work hours does not count; a clock that ends with a span ends at the end of that span. No amount gives the
        first working instant at or after `start`. Raises CalendarError when the amount is negative.
        """
        if amount < timedelta():
            raise CalendarError("amount", "时长不得为负", "must not be negative")
        left, assumed = amount, False
        for kind, begins, ends in self._spans_from(_at_park(start)):
            assumed = assumed or kind.assumed
            if left <= ends - begins:
                return Deadline(begins + left, assumed)
            left -= ends - begins
        raise AssertionError("unreachable: spans go on or raise")

    def add_working_hours(self, start: datetime, hours: float) -> Deadline:
        """Return the instant at which so many working hours have passed since `start`; see add_working_time."""
        return self.add_working_time(start, timedelta(hours=hours))

    def add_working_days(self, start: datetime, days: int) -> Deadline:
        """Return the end of work hours of the `days`-th working day after the day of `start`.

        The day of the beginning does not count and the last day ends when business does (民法典 第二百零一条, 第二百零三条).
        Raises CalendarError when days is less than 1.
        """
        if days < 1:
            raise CalendarError("days", "天数至少为 1", "must be at least 1")
        left, assumed = days, False
        for kind in self._days_from(_at_park(start).date() + timedelta(days=1)):
            assumed = assumed or kind.assumed
            left -= kind.is_working
            if left == 0:
                return Deadline(_wall(kind.day, self.data.hours[-1].end), assumed)
        raise AssertionError("unreachable: days go on or raise")

    def working_time_between(self, start: datetime, end: datetime) -> WorkingTime:
        """Return how much working time lies in [start, end). Raises CalendarError when the end is before the start."""
        begin, until = _at_park(start), _at_park(end)
        if until < begin:
            raise CalendarError("end", "结束时间早于开始时间", "is before the start")
        amount, assumed, day = timedelta(), False, begin.date()
        while day <= until.date():
            kind = self.day(day)
            assumed = assumed or kind.assumed
            if kind.is_working:
                amount += sum((_overlap(day, span, begin, until) for span in self.data.hours), timedelta())
            day += timedelta(days=1)
        return WorkingTime(amount, assumed)

    @property
    def hours_a_day(self) -> timedelta:
        """Working time of one working day."""
        return self._a_day

    def _days_from(self, day: date) -> Iterator[DayKind]:
        rested = 0
        while True:
            kind = self.day(day)
            rested = 0 if kind.is_working else rested + 1
            if rested > _LONGEST_REST:
                raise CalendarError(
                    "overrides", f"{day} 之前连续一年以上没有工作日", f"no working day in the year before {day}"
                )
            yield kind
            day += timedelta(days=1)

    def _spans_from(self, start: datetime) -> Iterator[tuple[DayKind, datetime, datetime]]:
        """Give each span of work not over at `start`, cut to begin there at the earliest."""
        for kind in self._days_from(start.date()):
            for span in self.data.hours if kind.is_working else ():
                begins, ends = _wall(kind.day, span.start), _wall(kind.day, span.end)
                if ends > start:
                    yield kind, max(begins, start), ends


def _check(data: CalendarData) -> None:
    if not data.hours:
        raise CalendarError("hours", "工作时段不能为空", "there must be work hours")
    before: time | None = None
    for number, span in enumerate(data.hours):
        if span.start >= span.end:
            raise CalendarError(f"hours.{number}", "结束时间必须晚于开始时间", "must end after it starts")
        if before is not None and span.start < before:
            raise CalendarError(
                f"hours.{number}", "与前一时段重叠或顺序有误", "overlaps the span before or stands out of order"
            )
        before = span.end
    seen: set[date] = set()
    for number, one in enumerate(data.overrides):
        if one.day in seen:
            raise CalendarError(f"overrides.{number}", f"{one.day} 重复", f"{one.day} stands twice")
        seen.add(one.day)


def _at_park(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise CalendarError("instant", "时间缺少时区", "must carry its time zone")
    return instant.astimezone(PARK_TIME_ZONE)


def _wall(day: date, wall: time) -> datetime:
    return datetime.combine(day, wall, PARK_TIME_ZONE)


def _length(span: WorkSpan) -> timedelta:
    return _wall(date.min, span.end) - _wall(date.min, span.start)


def _overlap(day: date, span: WorkSpan, begin: datetime, until: datetime) -> timedelta:
    return max(timedelta(), min(until, _wall(day, span.end)) - max(begin, _wall(day, span.start)))
