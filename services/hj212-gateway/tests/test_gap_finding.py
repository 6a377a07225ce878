"""What is missing, by which rhythm, and what becomes of it: plain values, the clock is an argument."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hj212_gateway.domain.command_states import CommandState
from hj212_gateway.domain.gap_finding import MissingRange, extended, joined, look
from hj212_gateway.domain.gap_states import (
    TRANSITIONS,
    GapState,
    GapStep,
    Patience,
    Reason,
    after_try,
    back_off,
    next_gap_state,
    reason_of,
)
from hj212_gateway.domain.gap_texts import KINDS, REASONS, STATES, text_of
from hj212_gateway.domain.record_days import DayBits, has_record, instant_of, place_of, slot_of, times_in
from hj212_gateway.domain.record_origin import origin_of
from hj212_gateway.domain.record_rhythm import DAY, HOUR, MINUTE, Rhythm, RhythmSource, rhythm_of
from hypothesis import given
from hypothesis import strategies as st
from park_chassis.errors import Refused
from park_schemas.codes import DataOrigin, Period
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord

DAY_1, DAY_2 = date(2026, 11, 21), date(2026, 11, 22)
MIDNIGHT = instant_of(DAY_2, 0)
TEN = timedelta(minutes=10)
NO_GRACE = timedelta(0)


def days(times: list[datetime]) -> DayBits:
    found: dict[date, int] = {}
    for time in times:
        day, minute = place_of(time)
        found[day] = found.get(day, 0) | 1 << minute
    return found


def every(minutes: int, count: int, *, begin: datetime = MIDNIGHT) -> list[datetime]:
    return [begin + timedelta(minutes=minutes * number) for number in range(count)]


def device(*, minutes: int = 10) -> DeviceRecord:
    return DeviceRecord(
        mn="A" * 24,
        password="123456",
        point_id=uuid7(),
        park_id=uuid7(),
        edition="2017",
        minute_interval_min=minutes,
    )


# --- which minute of which day ---------------------------------------------------------------------------------------


def test_a_time_falls_into_the_parks_day_and_minute_and_comes_back() -> None:
    at = datetime(2026, 11, 21, 16, 5, 59, tzinfo=UTC)  # 00:05 in the park
    assert place_of(at) == (DAY_2, 5)
    assert instant_of(*place_of(at)) == datetime(2026, 11, 21, 16, 5, tzinfo=UTC)


@given(st.sets(st.integers(0, 2 * 1440 - 1), max_size=40))
def test_what_is_noted_in_days_is_what_comes_out_of_them(minutes: set[int]) -> None:
    times = [instant_of(DAY_1, 0) + timedelta(minutes=minute) for minute in sorted(minutes)]
    assert times_in(days(times)) == times


def test_a_record_counts_for_the_interval_its_time_lies_in_wherever_it_stands() -> None:
    arrived = days([MIDNIGHT + timedelta(minutes=13)])
    assert [has_record(arrived, slot, 10) for slot in every(10, 3)] == [False, True, False]
    assert slot_of(MIDNIGHT + timedelta(hours=7, minutes=59), 240) == MIDNIGHT + timedelta(hours=4)


# --- what is missing -------------------------------------------------------------------------------------------------


def test_neighbouring_missing_records_are_one_gap_and_a_record_between_makes_two() -> None:
    times = every(10, 12)
    arrived = days([time for number, time in enumerate(times) if number not in (3, 4, 5, 8)])
    seen = look(arrived, MIDNIGHT, MIDNIGHT + 12 * TEN, interval_min=10, grace=NO_GRACE, most_records=60)
    assert seen.ranges == [
        MissingRange(times[3], times[6], 3),
        MissingRange(times[8], times[9], 1),
    ]
    assert seen.checked_until == MIDNIGHT + 12 * TEN


def test_a_record_is_not_missing_before_its_interval_and_the_grace_are_over() -> None:
    def ranges(now: datetime) -> int:
        return len(look({}, MIDNIGHT, now, interval_min=10, grace=timedelta(minutes=15), most_records=60).ranges)

    assert ranges(MIDNIGHT + timedelta(minutes=24, seconds=59)) == 0
    assert ranges(MIDNIGHT + timedelta(minutes=25)) == 1


def test_the_next_look_goes_on_where_the_last_ended_so_nothing_is_missed_twice_or_never() -> None:
    found: list[datetime] = []
    checked, now = MIDNIGHT, MIDNIGHT
    for _ in range(40):
        seen = look({}, checked, now, interval_min=10, grace=timedelta(minutes=7), most_records=3)
        for one in seen.ranges:
            found += every(10, one.records, begin=one.begins)
        checked = seen.checked_until
        assert seen.next_check_at > now
        now = seen.next_check_at + timedelta(minutes=11)
    assert found == every(10, len(found))
    assert len(found) > 40


def test_a_day_that_ends_does_not_end_a_gap_and_the_daily_record_is_one_interval() -> None:
    late = MIDNIGHT - timedelta(minutes=20)
    seen = look({}, late, MIDNIGHT + 2 * TEN, interval_min=10, grace=NO_GRACE, most_records=60)
    assert seen.ranges == [MissingRange(late, MIDNIGHT + 2 * TEN, 4)]
    daily = look({}, MIDNIGHT, MIDNIGHT + timedelta(days=2), interval_min=1440, grace=NO_GRACE, most_records=60)
    assert [one.records for one in daily.ranges] == [2]


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 7))
def test_ranges_hold_each_missing_record_once_and_no_more_than_one_command_asks_for(
    missing: list[bool], most: int
) -> None:
    slots = [slot for slot, gone in zip(every(10, len(missing)), missing, strict=True) if gone]
    ranges = joined(slots, 10, most)
    held = [time for one in ranges for time in every(10, one.records, begin=one.begins)]
    assert held == slots
    assert all(1 <= one.records <= most and one.ends == one.begins + one.records * TEN for one in ranges)


def test_a_gap_grows_only_without_a_step_and_up_to_one_commands_worth() -> None:
    before = MissingRange(MIDNIGHT, MIDNIGHT + 2 * TEN, 2)
    following = MissingRange(MIDNIGHT + 2 * TEN, MIDNIGHT + 3 * TEN, 1)
    assert extended(before, following, 3) == MissingRange(MIDNIGHT, MIDNIGHT + 3 * TEN, 3)
    assert extended(before, following, 2) is None
    assert extended(before, MissingRange(MIDNIGHT + 3 * TEN, MIDNIGHT + 4 * TEN, 1), 60) is None


# --- rhythm ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "minutes", "system_type", "arrived", "expected"),
    [
        (MINUTE, 10, "32", [], Rhythm(10, RhythmSource.REGISTER)),
        (MINUTE, 5, "32", every(1, 30), Rhythm(5, RhythmSource.REGISTER)),
        (MINUTE, 10, "32", every(1, 30), Rhythm(1, RhythmSource.LEARNED)),
        (MINUTE, 10, "32", every(7, 30), Rhythm(10, RhythmSource.REGISTER)),
        (HOUR, 10, "32", [], Rhythm(60, RhythmSource.DEFAULT)),
        (HOUR, 10, "21", [], Rhythm(240, RhythmSource.DEFAULT)),
        (HOUR, 10, "21", every(60, 20), Rhythm(60, RhythmSource.LEARNED)),
        (HOUR, 10, "32", every(240, 12), Rhythm(240, RhythmSource.LEARNED)),
        (HOUR, 10, "32", every(240, 8), Rhythm(60, RhythmSource.DEFAULT)),
        (DAY, 10, "32", [], Rhythm(1440, RhythmSource.DEFAULT)),
    ],
)
def test_the_rhythm_is_stated_learned_or_the_default(
    command: str, minutes: int, system_type: str, arrived: list[datetime], expected: Rhythm
) -> None:
    assert rhythm_of(command, device(minutes=minutes), system_type, arrived) == expected


def test_an_outage_does_not_hide_the_rhythm() -> None:
    arrived = every(60, 6) + every(60, 6, begin=MIDNIGHT + timedelta(hours=15))
    assert rhythm_of(HOUR, device(), "21", arrived) == Rhythm(60, RhythmSource.LEARNED)


# --- states and tries ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(GapState))
@pytest.mark.parametrize("step", list(GapStep))
def test_a_step_of_a_gap_that_the_table_does_not_have_is_refused_naming_both(state: GapState, step: GapStep) -> None:
    expected = TRANSITIONS[state].get(step)
    if expected is not None:
        assert next_gap_state(state, step) is expected
        return
    with pytest.raises(Refused) as refused:
        next_gap_state(state, step)
    assert state.value in refused.value.en
    assert step.value in refused.value.en


def test_a_record_that_comes_heals_a_gap_whatever_was_decided_about_it() -> None:
    unhealed = set(GapState) - {GapState.HEALED}
    assert {state for state in unhealed if TRANSITIONS[state].get(GapStep.HEAL) is GapState.HEALED} == unhealed


PATIENCE = Patience(tries=4, first_wait=timedelta(minutes=2), longest_wait=timedelta(hours=1))


def test_waits_double_up_to_the_cap() -> None:
    waits = [back_off(attempts, PATIENCE) // timedelta(minutes=1) for attempts in range(1, 9)]
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]


@pytest.mark.parametrize(
    ("ended", "code", "reason"),
    [
        (CommandState.SUCCEEDED, 1, Reason.NOT_SENT),
        (CommandState.FAILED, 100, Reason.NO_DATA),
        (CommandState.FAILED, 2, Reason.FAILED),
        (CommandState.NO_ANSWER, None, Reason.NO_ANSWER),
        (CommandState.EXPIRED, None, Reason.NOT_REACHED),
        (None, None, Reason.NOT_REACHED),
    ],
)
def test_how_a_command_ended_is_why_records_are_still_missing(
    ended: CommandState | None, code: int | None, reason: Reason
) -> None:
    assert reason_of(ended, code) is reason


@pytest.mark.parametrize(
    ("reason", "attempts", "progressed", "step", "counted"),
    [
        (Reason.TIMED_OUT, 3, False, GapStep.FAIL, 3),
        (Reason.TIMED_OUT, 4, False, GapStep.GIVE_UP, 4),
        (Reason.NO_DATA, 1, False, GapStep.FAIL, 1),
        (Reason.NO_DATA, 2, False, GapStep.GIVE_UP, 2),
        (Reason.NO_DATA, 2, True, GapStep.FAIL, 0),
        (Reason.NOT_REACHED, 9, False, GapStep.FAIL, 8),
    ],
)
def test_a_gap_is_given_up_after_enough_tries_without_progress(
    reason: Reason, attempts: int, progressed: bool, step: GapStep, counted: int
) -> None:
    verdict = after_try(reason, attempts=attempts, progressed=progressed, now=MIDNIGHT, patience=PATIENCE)
    assert (verdict.step, verdict.reason, verdict.attempts) == (step, reason, counted)
    assert verdict.next_try_at > MIDNIGHT


def test_every_state_reason_and_kind_can_be_read_in_both_languages() -> None:
    assert set(STATES) == {state.value for state in GapState}
    assert set(REASONS) == {reason.value for reason in Reason}
    assert all(zh and en for table in (STATES, REASONS, KINDS) for zh, en in table.values())
    assert text_of(REASONS, "停产检修") == ("停产检修", "停产检修")


# --- origin ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked_for", "marked", "period", "late", "skew_s", "expected"),
    [
        (True, False, Period.HOUR, timedelta(days=3), None, DataOrigin.HISTORY),
        (False, True, Period.MINUTE, timedelta(0), None, DataOrigin.SUPPLEMENTARY),
        (False, False, Period.REALTIME, timedelta(days=3), None, DataOrigin.LIVE),
        (False, False, Period.MINUTE, timedelta(minutes=5), None, DataOrigin.LIVE),
        (False, False, Period.MINUTE, timedelta(hours=2), None, DataOrigin.SUPPLEMENTARY),
        (False, False, Period.MINUTE, timedelta(hours=2), -7200.0, DataOrigin.LIVE),
        (False, False, Period.DAY, timedelta(hours=2), None, DataOrigin.SUPPLEMENTARY),
    ],
)
def test_the_origin_of_a_record(
    asked_for: bool, marked: bool, period: Period, late: timedelta, skew_s: float | None, expected: DataOrigin
) -> None:
    """`late` is counted from the end of the interval; a clock that is behind makes nothing late."""
    lengths = {Period.HOUR: timedelta(hours=1), Period.DAY: timedelta(days=1), Period.MINUTE: TEN}
    received = MIDNIGHT + lengths.get(period, timedelta(0)) + late
    origin = origin_of(
        asked_for=asked_for,
        marked_resend=marked,
        period=period,
        data_time=MIDNIGHT,
        received_at=received,
        minute_interval_min=10,
        clock_skew_s=skew_s,
    )
    assert origin is expected
