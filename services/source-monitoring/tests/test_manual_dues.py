"""Frequencies cut time without gap or overlap; what is due of a plan, and in which state."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_schemas.park_time import PARK_TIME_ZONE
from source_monitoring.domain.manual.completion import Completion, completion
from source_monitoring.domain.manual.dues import Due, DueState, Sample, dues
from source_monitoring.domain.manual.frequencies import Frequency, Span, period_at, periods
from source_monitoring.domain.manual.plans import Plan, plan_problems

COD, AMMONIA = "w01018", "w21003"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARK_TIME_ZONE)


def plan(**fields: object) -> Plan:
    usual: dict[str, object] = {
        "plan_id": UUID(int=1), "point_id": UUID(int=2), "name_zh": "废水季度监测", "name_en": "Waste water, quarterly",
        "factors": [COD], "frequency": Frequency.QUARTER, "basis": "排污许可证", "valid_from": date(2026, 1, 1),
    }  # fmt: skip
    return Plan(**{**usual, **fields})  # type: ignore[arg-type]


def sample(sampled: str, factor: str = COD, entered: str | None = None) -> Sample:
    return Sample(factor, at(sampled), at(entered or sampled))


def year_of(of: Plan, *samples: Sample, now: str = "2026-11-22 12:00", **more: object) -> list[Due]:
    return dues(of, at("2026-01-01"), at("2027-01-01"), samples, at=at(now), **more)  # type: ignore[arg-type]


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(  # noqa: DTZ001 - given a zone at once
    lambda moment: moment.replace(tzinfo=PARK_TIME_ZONE)
)


@given(st.sampled_from(Frequency), MOMENTS)
def test_each_moment_lies_in_exactly_one_period_and_periods_touch(frequency: Frequency, moment: datetime) -> None:
    found = period_at(frequency, moment)
    assert found.start <= moment < found.end
    assert period_at(frequency, found.start) == found
    assert period_at(frequency, found.end - timedelta(microseconds=1)) == found
    assert period_at(frequency, found.end).start == found.end


@given(st.sampled_from(list(Frequency)[4:]), MOMENTS, st.integers(1, 800))
def test_the_periods_of_a_plan_partition_its_validity(frequency: Frequency, moment: datetime, days: int) -> None:
    first = moment.date()
    last = first + timedelta(days=days)
    of = plan(frequency=frequency, valid_from=first, valid_to=last)
    found = dues(of, moment - timedelta(days=900), moment + timedelta(days=1800), (), at=moment)
    since, until = of.valid()
    assert found[0].window.start == since
    assert found[-1].window.end == until
    assert all(one.window.end == other.window.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("frequency", "moment", "start", "end"),
    [
        (Frequency.FOUR_HOURS, "2026-11-22 13:05", "2026-11-22 12:00", "2026-11-22 16:00"),
        (Frequency.DAY, "2026-11-22 00:00", "2026-11-22", "2026-11-23"),
        (Frequency.WEEK, "2026-11-22 23:59", "2026-11-16", "2026-11-23"),
        (Frequency.HALF_MONTH, "2026-02-15 23:59", "2026-02-01", "2026-02-16"),
        (Frequency.HALF_MONTH, "2026-02-16", "2026-02-16", "2026-03-01"),
        (Frequency.TWO_MONTHS, "2026-02-28", "2026-01-01", "2026-03-01"),
        (Frequency.QUARTER, "2026-11-22", "2026-10-01", "2027-01-01"),
        (Frequency.HALF_YEAR, "2026-06-30 23:59", "2026-01-01", "2026-07-01"),
        (Frequency.YEAR, "2026-11-22", "2026-01-01", "2027-01-01"),
    ],
)
def test_a_period_is_that_of_the_park_calendar(frequency: Frequency, moment: str, start: str, end: str) -> None:
    assert period_at(frequency, at(moment)) == Span(at(start), at(end))


def test_the_eighth_hour_of_utc_is_a_new_day_at_the_park() -> None:
    moment = datetime.fromisoformat("2026-09-30T16:00:00+00:00")
    assert period_at(Frequency.QUARTER, moment).start == at("2026-10-01")


def test_periods_of_a_range_are_those_that_touch_it() -> None:
    found = list(periods(Frequency.MONTH, at("2026-01-31 23:59"), at("2026-03-01")))
    assert [span.start for span in found] == [at("2026-01-01"), at("2026-02-01")]


def test_any_day_of_the_quarter_does_and_a_late_entry_is_late() -> None:
    found = year_of(
        plan(), sample("2026-03-31 23:59"), sample("2026-04-01", entered="2026-07-05"), now="2026-07-10 00:00"
    )
    assert [due.state for due in found] == [DueState.DONE, DueState.DONE, DueState.DUE, DueState.UPCOMING]
    assert [due.late for due in found] == [False, True, False, False]


def test_a_period_over_without_result_is_overdue_after_the_days_for_reporting() -> None:
    of = plan(report_within_days=10)
    assert year_of(of, now="2026-04-10 23:59")[0].state is DueState.DUE
    found = year_of(of, now="2026-04-11 00:01")[0]
    assert (found.state, found.lacking) == (DueState.OVERDUE, (COD,))


def test_every_factor_of_a_group_needs_its_samples_and_one_moment_is_one_sample() -> None:
    of = plan(factors=[COD, AMMONIA], times=2)
    twice = [sample("2026-02-01 09:00"), sample("2026-02-01 10:00", entered="2026-02-09")]
    doubled = [sample("2026-02-01 09:00", AMMONIA), sample("2026-02-01 09:00", AMMONIA)]
    assert year_of(of, *twice, *doubled)[0].lacking == (AMMONIA,)
    done = year_of(of, *twice, *doubled, sample("2026-02-02", AMMONIA))[0]
    assert (done.state, done.done_at) == (DueState.DONE, at("2026-02-09"))


def test_an_outlet_stopped_all_the_time_owes_nothing_and_one_stopped_in_part_owes_it() -> None:
    whole = [Span(at("2026-02-10"), at("2026-04-02")), Span(at("2025-12-30"), at("2026-02-10"))]
    assert year_of(plan(), stopped=whole)[0].exempt_because == "stopped"
    found = year_of(plan(), stopped=[Span(at("2026-01-02"), at("2026-04-01"))])[0]
    assert (found.state, found.exempt_because) == (DueState.OVERDUE, "")


def test_an_accepted_explanation_exempts_and_a_result_that_came_nevertheless_is_done() -> None:
    found = year_of(plan(), explained={at("2026-01-01")})[0]
    assert (found.state, found.exempt_because) == (DueState.EXEMPT, "explained")
    assert year_of(plan(), sample("2026-02-01"), explained={at("2026-01-01")})[0].state is DueState.DONE


@given(st.lists(st.tuples(st.sampled_from([COD, AMMONIA]), MOMENTS), max_size=30), st.sampled_from(Frequency), MOMENTS)
def test_more_samples_never_make_less_done(
    found: list[tuple[str, datetime]], frequency: Frequency, now: datetime
) -> None:
    of = plan(factors=[COD, AMMONIA], frequency=frequency, valid_from=date(2000, 1, 1))
    samples = [Sample(factor, moment, moment) for factor, moment in found]
    since, until = now - timedelta(days=3), now + timedelta(days=3)
    few = dues(of, since, until, samples[:-1], at=now)
    more = dues(of, since, until, samples, at=now)
    assert [one.window for one in few] == [one.window for one in more]
    for before, after in zip(few, more, strict=True):
        assert set(after.lacking) <= set(before.lacking)
        assert before.state is not DueState.DONE or after.state is DueState.DONE


def test_completion_counts_each_period_once_and_pending_and_exempt_ones_in_no_rate() -> None:
    found = year_of(
        plan(frequency=Frequency.TWO_MONTHS), sample("2026-01-05"), sample("2026-03-05", entered="2026-06-01"),
        explained={at("2026-05-01")},
    )  # fmt: skip
    made = completion(found, lambda due: due.point_id)[UUID(int=2)]
    assert made == Completion(on_time=1, late=1, overdue=2, exempt=1, pending=1)
    assert (made.owed, made.rate) == (4, 0.25)
    assert Completion(exempt=3).rate is None


def test_a_plan_names_every_mistake() -> None:
    wrong = plan(factors=["w01018", "nonsense"], valid_to=date(2025, 1, 1), executor="third-party", plan_id=uuid4())
    assert [one.column for one in plan_problems(wrong)] == ["factors", "valid_to", "laboratory", "cma_number"]
    assert plan_problems(plan()) == []
