"""Making a series fit a screen without hiding anything that matters. Pure.

Per bucket of time the smallest and the largest value stay (peaks are never dropped), and so do the first and the last
value of every run of equal marks, so that each change of mark is seen where it happened.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from statistics import median
from typing import TypeAlias

Sample: TypeAlias = tuple[int, float | None, str | None]
"""(epoch ms, value, mark); None as value: the device sent none."""


def reduce_series(samples: Sequence[Sample], points: int) -> list[Sample]:
    """Return about `points` samples of a series that is in order of time; all of them when there are no more than that.

    The result is a subsequence of the input. It may be longer than `points` when marks change often.
    """
    if len(samples) <= points:
        return list(samples)
    buckets = max(1, points // 2)
    first, last = samples[0][0], samples[-1][0]
    width = max(1, -(-(last - first + 1) // buckets))
    kept: list[Sample] = []
    for _, bucket in groupby(_runs(samples), key=lambda indexed: (indexed[1][0] - first) // width):
        kept.extend(_extremes(list(bucket)))
    return kept


def _runs(samples: Sequence[Sample]) -> Iterable[tuple[bool, Sample]]:
    """Pair each sample with whether it begins or ends a run of equal marks."""
    ends = len(samples) - 1
    for index, sample in enumerate(samples):
        begins = index == 0 or samples[index - 1][2] != sample[2]
        is_last = index == ends or samples[index + 1][2] != sample[2]
        yield begins or is_last, sample


def _extremes(bucket: list[tuple[bool, Sample]]) -> Iterable[Sample]:
    valued = [(sample[1], index) for index, (_, sample) in enumerate(bucket) if sample[1] is not None]
    keep = {index for index, (is_edge, _) in enumerate(bucket) if is_edge}
    if valued:
        keep |= {min(valued)[1], max(valued)[1]}
    return [bucket[index][1] for index in sorted(keep)]


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
