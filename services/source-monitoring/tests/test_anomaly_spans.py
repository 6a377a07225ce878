"""Which stretch of data a run judges: whole hours and days, backlogs in portions, late data again."""

from datetime import datetime, timedelta
from uuid import UUID

from park_schemas.park_time import PARK_TIME_ZONE
from source_monitoring.domain.anomaly.rule_table import Cadence
from source_monitoring.domain.anomaly.spans import complete_until, next_due, span_of

T = datetime(2026, 11, 20, 9, 0, tzinfo=PARK_TIME_ZONE)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
POINT = UUID(int=0)


def test_an_hour_is_complete_once_its_last_ten_minute_record_can_be_there() -> None:
    assert complete_until(Cadence.HOURLY, T + timedelta(minutes=9)) == T - HOUR
    assert complete_until(Cadence.HOURLY, T + timedelta(minutes=10)) == T


def test_a_day_is_complete_once_its_last_hour_can_be_there() -> None:
    midnight = T.replace(hour=0)
    assert complete_until(Cadence.DAILY, midnight + timedelta(minutes=39)) == midnight - DAY
    assert complete_until(Cadence.DAILY, midnight + timedelta(minutes=40)) == midnight


def test_a_run_goes_on_where_the_last_ended() -> None:
    span = span_of(Cadence.HOURLY, T + HOUR / 2, T - 3 * HOUR, None)
    assert (span.since, span.until, span.rest, span.more) == (T - 3 * HOUR, T, None, False)


def test_a_point_that_was_never_judged_begins_up_to_a_day_back() -> None:
    span = span_of(Cadence.DAILY, T, None, None)
    assert (span.since, span.until) == (T.replace(hour=0) - DAY, T.replace(hour=0))


def test_a_long_backlog_is_judged_in_portions_at_once() -> None:
    span = span_of(Cadence.TEN_MINUTES, T, T - 20 * HOUR, None)
    assert (span.until, span.more) == (T - 14 * HOUR, True)
    assert next_due(Cadence.TEN_MINUTES, T, span, POINT) == T


def test_late_data_is_judged_again_and_the_rest_of_it_is_kept() -> None:
    span = span_of(Cadence.TEN_MINUTES, T, T - HOUR, T - 9 * HOUR)
    assert (span.since, span.until, span.rest) == (T - 9 * HOUR, T - 3 * HOUR, T - 3 * HOUR)
    last = span_of(Cadence.TEN_MINUTES, T, T - HOUR, T - 3 * HOUR)
    assert (last.until, last.rest, last.more) == (T, None, False)


def test_a_silent_point_has_nothing_new() -> None:
    assert not span_of(Cadence.TEN_MINUTES, T, T, None).has_new


def test_the_daily_run_waits_an_hour_for_data_that_is_not_there_yet() -> None:
    behind = span_of(Cadence.DAILY, T - 12 * HOUR, T - 3 * DAY, None)
    assert next_due(Cadence.DAILY, T, behind, POINT) == T + HOUR
    there = span_of(Cadence.DAILY, T, T - DAY, None)
    assert next_due(Cadence.DAILY, T, there, POINT) > T + 15 * HOUR
