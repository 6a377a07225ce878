"""Peaks and changes of mark survive every reduction."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from park_chassis.series_reduction import Curve, Sample, gaps
from park_chassis.series_reduction import reduce_series as reduce_curve

series = st.lists(
    st.tuples(st.one_of(st.none(), st.floats(-1e6, 1e6)), st.sampled_from([None, "N", "D"])), min_size=1, max_size=300
).map(lambda rows: [(index * 1000, value, mark) for index, (value, mark) in enumerate(rows)])


def reduce_series(samples: list[Sample], points: int) -> list[Sample]:
    return reduce_curve(
        Curve([one[0] for one in samples], [one[1] for one in samples], [one[2] for one in samples]), points
    )


@given(series, st.integers(1, 50))
def test_the_result_is_a_subsequence_with_the_global_peaks(samples: list[Sample], points: int) -> None:
    reduced = reduce_series(samples, points)
    remaining = iter(samples)
    assert all(sample in remaining for sample in reduced)
    values = [sample[1] for sample in samples if sample[1] is not None]
    if values:
        kept = [sample[1] for sample in reduced if sample[1] is not None]
        assert max(kept) == max(values)
        assert min(kept) == min(values)


@given(series, st.integers(1, 50))
def test_every_change_of_mark_is_seen_where_it_happened(samples: list[Sample], points: int) -> None:
    reduced = reduce_series(samples, points)
    for before, after in pairwise(samples):
        if before[2] != after[2]:
            assert before in reduced
            assert after in reduced


def test_a_long_quiet_series_shrinks_to_about_the_wanted_points() -> None:
    samples: list[Sample] = [(index * 30_000, float(index % 7), None) for index in range(10_000)]
    assert 500 <= len(reduce_series(samples, 1000)) <= 1002


def test_one_single_peak_among_many_values_is_kept() -> None:
    samples: list[Sample] = [(index * 30_000, 1.0, None) for index in range(5_000)]
    samples[3_333] = (3_333 * 30_000, 90.0, None)
    assert samples[3_333] in reduce_series(samples, 100)


def test_a_series_that_fits_is_left_alone() -> None:
    samples: list[Sample] = [(0, 1.0, None), (10, None, "D")]
    assert reduce_series(samples, 2) == samples


def test_a_silence_of_more_than_two_and_a_half_intervals_is_a_gap() -> None:
    times = [0, 30, 60, 90, 300, 330]
    assert gaps(times, since_ms=0, until_ms=340) == [(90, 300)]


def test_silence_at_the_edges_is_a_gap_too() -> None:
    assert gaps([300, 330, 360], since_ms=0, until_ms=600) == [(0, 300), (360, 600)]


def test_without_a_usual_interval_nothing_is_called_a_gap() -> None:
    assert gaps([100], since_ms=0, until_ms=1000) == []
    assert gaps([], since_ms=0, until_ms=1000, usual_ms=60) == [(0, 1000)]
