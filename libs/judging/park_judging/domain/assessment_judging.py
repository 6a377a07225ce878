"""A computed hour or day held against the limits that the standard judges by this very period."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Period

from park_judging.domain.applied_limits import CONVERTED, PointLimits
from park_judging.domain.findings import Occasion
from park_judging.domain.frame_judging import COMPUTED, Judged, WatchBook, watch_key_of
from park_judging.domain.holding import Held, hold
from park_judging.domain.periods import LENGTH, park_date


def judge_period(
    limits: PointLimits, period: Period, start: datetime, factors: Iterable[FactorAssessment]
) -> tuple[list[FactorAssessment], list[Held]]:
    """Return the factors with the verdict on their tightest limit written in, and every comparison that was made.

    Only valid periods that no mark exempts are judged, and only against limits in force on the park date of the start
    whose averaging is the period.
    """
    judged: list[FactorAssessment] = []
    comparisons: list[Held] = []
    for factor in factors:
        of_factor = _compare(limits, period, start, factor) if factor.valid and not factor.exempt else []
        comparisons += of_factor
        worst = max(of_factor, key=lambda held: (held.violated, held.ratio), default=None)
        judged.append(factor if worst is None else _with_verdict(factor, worst))
    return judged, comparisons


def _compare(limits: PointLimits, period: Period, start: datetime, factor: FactorAssessment) -> list[Held]:
    found = []
    for limit in limits.of_period(factor.factor, period, park_date(start)):
        value = factor.converted_mean if limit.row.basis == CONVERTED else factor.mean
        if value is not None:
            found.append(hold(value, limit))
    return found


def _with_verdict(factor: FactorAssessment, held: Held) -> FactorAssessment:
    return msgspec.structs.replace(
        factor,
        limit=held.bound,
        ratio=held.ratio,
        compliant=not held.violated,
        standard=held.limit.row.standard,
        clause=held.limit.row.clause,
    )


def changed_factors(before: Iterable[FactorAssessment], after: Iterable[FactorAssessment]) -> set[str]:
    """Return the factors whose assessment is new or differs from the revision before."""
    known = {one.factor: one for one in before}
    return {one.factor for one in after if known.get(one.factor) != one}


def report(
    limits: PointLimits,
    comparisons: Iterable[Held],
    changed: set[str],
    book: WatchBook,
    *,
    period: Period,
    start: datetime,
    revision: int,
) -> list[Judged]:
    """Return what is to be reported of an assessment: factors that changed, violated or under watch."""
    occasion = Occasion(
        period=period, start=start, end=start + LENGTH.get(period, timedelta(0)), origin=COMPUTED, revision=revision
    )
    return [
        Judged(held, occasion)
        for held in comparisons
        if held.limit.row.factor in changed
        and book.see(watch_key_of(limits, held.limit, period, COMPUTED), held, start)
    ]
