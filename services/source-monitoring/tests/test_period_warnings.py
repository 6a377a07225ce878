"""Warnings of an amount of a period: told once, ended when it falls back or its period is over, nothing lost that comes late."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from source_monitoring.domain.period_warnings import Ended, following
from source_monitoring.domain.permitted_quantity import Use, pace_of

LOW, HIGH = Decimal("0.8"), Decimal("0.9")
SHARES = (LOW, HIGH, Decimal(1))


def test_a_share_is_told_once_and_stands() -> None:
    first = following({}, [LOW], over=False)
    assert (first.tell, first.standing, first.ended) == ((LOW,), frozenset({LOW}), None)
    again = following({LOW: True}, [LOW], over=False)
    assert (again.tell, again.standing, again.ended) == ((), frozenset({LOW}), None)


def test_a_share_that_falls_back_is_forgotten_and_the_last_one_ends_the_warning() -> None:
    one_less = following({LOW: True, HIGH: True}, [LOW], over=False)
    assert (one_less.forget, one_less.standing, one_less.ended) == ((HIGH,), frozenset({LOW}), None)
    none_left = following({LOW: True}, [], over=False)
    assert (none_left.forget, none_left.ended, none_left.ended_share) == ((LOW,), Ended.BELOW, LOW)


def test_when_the_period_is_over_what_stands_ends_once() -> None:
    ends = following({LOW: True, HIGH: True}, [LOW, HIGH], over=True)
    assert (ends.tell, ends.forget, ends.standing) == ((), (), frozenset())
    assert (ends.ended, ends.ended_share) == (Ended.PERIOD_OVER, LOW)
    after = following({LOW: False, HIGH: False}, [LOW, HIGH], over=True)
    assert (after.tell, after.forget, after.ended) == ((), (), None)


def test_what_is_reached_only_after_the_end_is_told_and_ended_at_once() -> None:
    late = following({LOW: False}, [LOW, HIGH], over=True)
    assert (late.tell, late.standing, late.ended) == ((HIGH,), frozenset(), Ended.PERIOD_OVER)


def test_a_period_that_is_made_longer_tells_what_is_still_reached_again() -> None:
    assert following({LOW: False}, [LOW], over=False).tell == (LOW,)


@given(st.lists(st.tuples(st.sets(st.sampled_from(SHARES)), st.booleans()), max_size=12))
def test_whatever_comes_an_end_follows_each_telling_and_nothing_stands_unless_told(
    looks: list[tuple[set[Decimal], bool]],
) -> None:
    told: dict[Decimal, bool] = {}
    open_alarm = False
    for reached, over in looks:
        found = following(told, reached, over=over)
        open_alarm = (open_alarm or bool(found.tell)) and found.ended is None
        told = {share: stands for share, stands in told.items() if share not in found.forget}
        told |= dict.fromkeys(found.tell, True)
        told = {share: stands and share in found.standing for share, stands in told.items()}
        assert open_alarm == any(told.values())
        assert set(told) == reached
        assert not (over and any(told.values()))


def used(amount: str, last: date | None) -> Use:
    return Use(Decimal(amount), Decimal(0), Decimal(0), None, None, None, 0, last)


def test_the_pace_compares_with_the_days_that_have_passed() -> None:
    first, end = date(2026, 1, 1), date(2026, 12, 31)
    found = pace_of(Decimal(365), used("120", date(2026, 4, 10)), first, end, least_days=30)
    assert found is not None
    assert (found.expected, found.ratio) == (Decimal(100), Decimal("1.2"))
    assert pace_of(Decimal(365), used("29", date(2026, 1, 29)), first, end, least_days=30) is None
    assert pace_of(Decimal(365), used("60", date(2026, 1, 30)), first, end, least_days=30) is not None
    assert pace_of(Decimal(0), used("60", date(2026, 4, 10)), first, end, least_days=30) is None
    assert pace_of(Decimal(365), used("0", None), first, end, least_days=30) is None
    whole = pace_of(Decimal(365), used("365", date(2026, 12, 31)), first, end, least_days=30)
    assert whole is not None
    assert whole.ratio == 1
