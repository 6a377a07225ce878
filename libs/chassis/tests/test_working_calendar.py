"""The working calendar: announced days as announced, laws of the clock that runs by it."""

from datetime import UTC, date, datetime, time, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from park_chassis.working_calendar import (
    CalendarData,
    CalendarError,
    DayOverride,
    WorkingCalendar,
    WorkSpan,
)
from park_schemas.park_time import PARK_TIME_ZONE

PARK = WorkingCalendar()
SPAN = (datetime(2024, 1, 1), datetime(2028, 12, 31))  # noqa: DTZ001 - hypothesis gives them their zone
INSTANTS = st.datetimes(*SPAN, timezones=st.just(UTC))
AMOUNTS = st.timedeltas(timedelta(), timedelta(hours=200))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARK_TIME_ZONE)


@pytest.mark.parametrize(
    ("day", "works", "basis"),
    [
        (date(2026, 2, 17), False, "holiday"),  # Spring Festival
        (date(2026, 2, 14), True, "adjusted-work-day"),  # a Saturday worked for it
        (date(2026, 10, 1), False, "holiday"),
        (date(2026, 10, 10), True, "adjusted-work-day"),  # a Saturday worked for the National Day
        (date(2025, 10, 8), False, "holiday"),  # a Wednesday off
        (date(2026, 11, 21), False, "weekend"),
        (date(2026, 11, 23), True, "weekday"),
    ],
)
def test_announced_days_are_what_the_announcement_says(day: date, works: bool, basis: str) -> None:
    kind = PARK.day(day)
    assert (kind.is_working, kind.basis, kind.assumed) == (works, basis, False)


def test_a_year_not_announced_goes_by_weekdays_and_says_so() -> None:
    assert PARK.day(date(2040, 10, 1)).is_working  # a Monday; nobody has announced it
    assert PARK.day(date(2040, 10, 1)).assumed
    assert PARK.add_working_days(at("2040-09-28 10:00"), 1).assumed
    assert not PARK.add_working_days(at("2026-09-28 10:00"), 1).assumed


def test_the_park_s_own_word_goes_before_the_announcement() -> None:
    own = WorkingCalendar(CalendarData(overrides=(DayOverride(date(2026, 10, 1), True, "国庆值班"),)))
    assert own.is_working_day(date(2026, 10, 1))
    assert own.day(date(2026, 10, 1)).name_zh == "国庆值班"


def test_two_working_hours_on_the_evening_before_a_holiday_end_after_it() -> None:
    due = PARK.add_working_hours(at("2026-09-30 16:30"), 2)  # 1 h is left; 1 to 7 October are off
    assert due.at == at("2026-10-08 09:30")


def test_three_working_days_end_with_business_and_do_not_count_the_first() -> None:
    due = PARK.add_working_days(at("2026-09-18 09:00"), 3)  # Friday; Sunday the 20th is worked for the National Day
    assert due.at == at("2026-09-22 17:30")


def test_the_lunch_hour_is_not_worked() -> None:
    assert PARK.add_working_hours(at("2026-11-23 11:30"), 1).at == at("2026-11-23 14:00")
    assert not PARK.is_working_instant(at("2026-11-23 12:30"))
    assert PARK.is_working_instant(at("2026-11-23 08:30"))
    assert not PARK.is_working_instant(at("2026-11-23 17:30"))


@settings(deadline=None)
@given(INSTANTS, AMOUNTS)
def test_what_was_added_is_what_lies_between(start: datetime, amount: timedelta) -> None:
    due = PARK.add_working_time(start, amount)
    assert due.at >= start
    assert PARK.working_time_between(start, due.at).amount == amount


@settings(deadline=None)
@given(INSTANTS, AMOUNTS, AMOUNTS)
def test_adding_in_two_steps_is_adding_at_once(start: datetime, first: timedelta, second: timedelta) -> None:
    """Two ends are the same when no working time lies between them: the end of a span is the start of the next."""
    stepwise = PARK.add_working_time(PARK.add_working_time(start, first).at, second).at
    at_once = PARK.add_working_time(start, first + second).at
    assert PARK.working_time_between(min(stepwise, at_once), max(stepwise, at_once)).amount == timedelta()


@settings(deadline=None)
@given(INSTANTS, INSTANTS, AMOUNTS)
def test_who_starts_later_is_not_due_earlier(one: datetime, other: datetime, amount: timedelta) -> None:
    first, second = sorted((one, other))
    assert PARK.add_working_time(first, amount).at <= PARK.add_working_time(second, amount).at


@settings(max_examples=60, deadline=None)
@given(INSTANTS, st.integers(1, 40))
def test_so_many_working_days_lie_between_the_first_and_the_last(start: datetime, days: int) -> None:
    due = PARK.add_working_days(start, days).at
    day, count = start.astimezone(PARK_TIME_ZONE).date(), 0
    while day < due.date():
        day += timedelta(days=1)
        count += PARK.is_working_day(day)
    assert count == days
    assert PARK.is_working_day(due.date())


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (CalendarData(hours=()), "hours"),
        (CalendarData(hours=(WorkSpan(time(9), time(9)),)), "hours.0"),
        (CalendarData(hours=(WorkSpan(time(9), time(12)), WorkSpan(time(11), time(15)))), "hours.1"),
        (
            CalendarData(
                overrides=(DayOverride(date(2026, 1, 1), True, "a"), DayOverride(date(2026, 1, 1), False, "b"))
            ),
            "overrides.1",
        ),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused_saying_where(data: CalendarData, where: str) -> None:
    with pytest.raises(CalendarError) as refused:
        WorkingCalendar(data)
    assert refused.value.where == where


def test_a_park_that_never_works_does_not_let_a_clock_run_for_ever() -> None:
    closed = tuple(DayOverride(date(2026, 1, 1) + timedelta(days=n), False, "停产") for n in range(500))
    with pytest.raises(CalendarError, match="no working day"):
        WorkingCalendar(CalendarData(overrides=closed)).add_working_days(at("2026-01-01 00:00"), 1)


def test_naive_times_and_negative_amounts_are_refused() -> None:
    with pytest.raises(CalendarError, match="time zone"):
        PARK.add_working_hours(datetime(2026, 1, 1), 1)  # noqa: DTZ001 - the point of the test
    with pytest.raises(CalendarError, match="negative"):
        PARK.add_working_hours(at("2026-01-01 00:00"), -1)
    with pytest.raises(CalendarError, match="at least 1"):
        PARK.add_working_days(at("2026-01-01 00:00"), 0)


def test_a_calendar_goes_through_json_unchanged() -> None:
    data = CalendarData(overrides=(DayOverride(date(2026, 10, 1), True, "值班"),))
    assert msgspec.json.decode(msgspec.json.encode(data), type=CalendarData) == data
