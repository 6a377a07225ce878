"""Making a series fit a screen without hiding anything that matters. Pure.

Per bucket of time the smallest and the largest value stay (peaks are never dropped), and so do the first and the last
value of every run of equal marks, so that each change of mark is seen where it happened.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple, TypeAlias

Sample: TypeAlias = tuple[int, float | None, str | None]
"""(epoch ms, value, mark); None as value: the device sent none."""


class Curve(NamedTuple):
    """A series as parallel columns, in order of time: long ones are never made into a tuple a sample."""

    times: Sequence[int]
    values: Sequence[float | None]
    marks: Sequence[str | None]

    def samples(self, indices: Iterable[int] | None = None) -> list[Sample]:
        """Return the samples at the given places, all by default."""
        if indices is None:
            return list(zip(self.times, self.values, self.marks, strict=True))
        return [(self.times[index], self.values[index], self.marks[index]) for index in indices]


def reduce_series(curve: Curve, points: int) -> list[Sample]:
    """Return about `points` samples of a series; all of them when there are no more than that.

    The result is a subsequence of the input. It may be longer than `points` when marks change often.
    """
    length = len(curve.times)
    if length <= points:
        return curve.samples()
    kept = _edges_of_runs(curve.marks)
    buckets = max(1, points // 2)
    first = curve.times[0]
    width = max(1, -(-(curve.times[-1] - first + 1) // buckets))
    begin = 0
    while begin < length:
        bucket = (curve.times[begin] - first) // width
        end = bisect_left(curve.times, first + (bucket + 1) * width, begin)
        kept.update(_extremes(curve.values, begin, end))
        begin = end
    return curve.samples(sorted(kept))


def _edges_of_runs(marks: Sequence[str | None]) -> set[int]:
    """Return the first and last places of every run of equal marks."""
    last = len(marks) - 1
    if len(set(marks)) == 1:
        return {0, last}
    changes = [index for index, (before, after) in enumerate(pairwise(marks)) if before != after]
    return {0, last, *changes, *(index + 1 for index in changes)}


def _extremes(values: Sequence[float | None], begin: int, end: int) -> tuple[int, ...]:
    """Return the places of the smallest and the largest value in [begin, end)."""
    part = values[begin:end]
    known = [value for value in part if value is not None] if None in part else part
    if not known:
        return ()
    return begin + part.index(min(known)), begin + part.index(max(known))  # type: ignore[type-var]


def gaps(
    times_ms: Sequence[int], *, since_ms: int, until_ms: int, usual_ms: int | None = None
) -> list[tuple[int, int]]:
    """Return the stretches of [since_ms, until_ms] in which values that should be there are not.

    A gap is more than 2.5 usual intervals without a value; the usual interval is the median one when not given. With
    fewer than two values and no usual interval nothing can be said, and no gap is.
    """
    steps = [after - before for before, after in pairwise(times_ms) if after > before]
    usual = usual_ms or (median(steps) if steps else None)
    if usual is None:
        return []
    edges = [since_ms, *times_ms, until_ms]
    return [(before, after) for before, after in pairwise(edges) if after - before > 2.5 * usual]
