"""A period held against the year before (同比), the period before (环比) and the target."""

from decimal import Decimal

from msgspec import Struct
from park_standards.rounding import exact, round_gb8170

from quality.domain.station_statistics import StationStatistics


class Change(Struct, frozen=True, kw_only=True):
    """`percent` is (now - then) / then; absent when then is zero. `comparable` is false when one side is not complete."""

    name: str
    now: str
    then: str
    difference: str
    percent: str | None
    comparable: bool


def changes(now: StationStatistics, then: StationStatistics) -> list[Change]:
    """Return the changes of all factors' means, of the index and of the share of good days, where both sides have them."""
    earlier = {one.factor: one for one in then.factors}
    found = [
        _change(one.factor, one.mean, other.mean, comparable=one.complete and other.complete)
        for one in now.factors
        if (other := earlier.get(one.factor)) is not None and one.mean is not None and other.mean is not None
    ]
    for name, mine, theirs in (("index", now.index, then.index), ("good_share", now.good_share, then.good_share)):
        if mine is not None and theirs is not None:
            found.append(_change(name, mine, theirs, comparable=_all_complete(now) and _all_complete(then)))
    return found


def _change(name: str, now: str, then: str, *, comparable: bool) -> Change:
    difference = exact(now) - exact(then)
    share = None if exact(then) == 0 else difference / abs(exact(then)) * 100
    return Change(
        name=name,
        now=now,
        then=then,
        difference=f"{difference:f}",
        percent=None if share is None else f"{round_gb8170(share, 1):f}",
        comparable=comparable,
    )


def _all_complete(statistics: StationStatistics) -> bool:
    return all(one.complete for one in statistics.factors)


class TargetVerdict(Struct, frozen=True):
    """A target and whether the period keeps it; `kept` is absent when the period has no such value."""

    measure: str
    bound: str
    value: str | None
    kept: bool | None


def measured(statistics: StationStatistics, measure: str) -> str | None:
    """Return the value of a measure: `class` (1 to 6), `index`, `good_share`, or the mean of a factor code."""
    if measure == "class":
        return None if statistics.grade is None else str(statistics.grade.level)
    if measure in ("index", "good_share"):
        return statistics.index if measure == "index" else statistics.good_share
    return next((one.mean for one in statistics.factors if one.factor == measure), None)


def target_verdict(statistics: StationStatistics, measure: str, bound: str) -> TargetVerdict:
    """Hold the period against a target. Only the share of good days is better when higher."""
    value = measured(statistics, measure)
    if value is None:
        return TargetVerdict(measure, bound, None, None)
    distance = exact(value) - Decimal(bound)
    return TargetVerdict(measure, bound, value, distance >= 0 if measure == "good_share" else distance <= 0)
