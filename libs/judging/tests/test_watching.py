"""Watches: open on a violation, end after five calm values in a row, moved by the newest values only."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from park_judging.domain.watching import CALM_STREAK, Watch, see

AT = datetime(2026, 11, 22, tzinfo=UTC)


def at(step: int) -> datetime:
    return AT + timedelta(seconds=30 * step)


def run(ratios: list[float]) -> tuple[Watch | None, list[bool]]:
    """Feed values in order of time; return the watch at the end and which of them were reported."""
    watch: Watch | None = None
    reported = []
    for step, ratio in enumerate(ratios):
        seen = see(watch, violated=ratio > 1, ratio=ratio, at=at(step))
        watch = seen.watch
        reported.append(seen.report)
    return watch, reported


def test_a_value_that_keeps_the_limit_opens_no_watch() -> None:
    assert run([0.5, 1.0]) == (None, [False, False])


def test_five_calm_values_in_a_row_end_the_watch_and_the_fifth_is_still_reported() -> None:
    assert run([1.8, 0.5, 0.5, 0.5, 0.5]) == (Watch(at(0), at(4), 4), [True] * 5)
    assert run([1.8, *[0.5] * 5, 0.5]) == (None, [True] * 6 + [False])


def test_a_value_close_to_the_limit_starts_the_count_anew() -> None:
    watch, reported = run([1.8, 0.5, 0.5, 0.5, 0.5, 0.95])
    assert watch == Watch(at(0), at(5), 0)
    assert all(reported)


def test_a_late_value_is_reported_when_over_but_moves_no_watch() -> None:
    watch = Watch(at(0), at(10), 2)
    late_over = see(watch, violated=True, ratio=2.0, at=at(5))
    late_calm = see(watch, violated=False, ratio=0.1, at=at(5))
    assert (late_over.watch, late_over.report) == (watch, True)
    assert (late_calm.watch, late_calm.report) == (watch, False)


@given(st.lists(st.sampled_from([0.1, 0.89, 0.9, 1.0, 1.01, 5.0]), max_size=40))
def test_every_violation_is_reported_and_a_watch_is_open_unless_five_calm_values_followed_the_last_one(
    ratios: list[float],
) -> None:
    watch, reported = run(ratios)
    assert all(reported[step] for step, ratio in enumerate(ratios) if ratio > 1)
    last_over = max((step for step, ratio in enumerate(ratios) if ratio > 1), default=None)
    if last_over is None:
        assert watch is None
        assert not any(reported)
    else:
        after = ratios[last_over + 1 :]
        longest = 0
        streak = 0
        for ratio in after:
            streak = streak + 1 if ratio < 0.9 else 0
            longest = max(longest, streak)
        assert (watch is None) == (longest >= CALM_STREAK)
