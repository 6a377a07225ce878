"""What is due of a plan: each period with its state. Computed from plan, results, stop marks and explanations; nothing is stored.

ASSUMPTIONS, each to be disproved by a permit that says otherwise: a period in which a plan is valid only in part is owed in that
part; a result counts for the period its sample was taken in, however late it comes.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from source_monitoring.domain.coverage import covered
from source_monitoring.domain.manual.frequencies import Span, periods
from source_monitoring.domain.manual.plans import Plan


class DueState(StrEnum):
    """DUE: its period runs, or the days for reporting do. EXEMPT: stopped all the time, or an explanation was accepted."""

    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Sample:
    """A result that counts: its factor, when the sample was taken, when the result was entered first."""

    factor: str
    sampled_at: datetime
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A period of a plan. `lacking`: factors with too few samples; `done_at`: when the last needed result came in."""

    plan_id: UUID
    point_id: UUID
    window: Span
    due_at: datetime
    state: DueState
    lacking: tuple[str, ...]
    samples: int
    done_at: datetime | None = None
    exempt_because: str = ""

    @property
    def late(self) -> bool:
        return self.done_at is not None and self.done_at > self.due_at


def dues(
    plan: Plan,
    since: datetime,
    until: datetime,
    samples: Iterable[Sample],
    *,
    stopped: Sequence[Span] = (),
    explained: Collection[datetime] = (),
    at: datetime,
) -> list[Due]:
    """Return what is due of a plan in the periods that touch [since, until), in order, as it stands at `at`.

    `stopped`: times the outlet is marked as stopped; `explained`: starts of windows whose explanation was accepted.
    """
    valid_from, valid_until = plan.valid()
    first, last = max(since, valid_from), until if valid_until is None else min(until, valid_until)
    ordered = sorted((one for one in samples if one.factor in plan.factors), key=_sampled_at)
    found = []
    for period in periods(plan.frequency, first, last):
        window = plan.window(period)
        if window is not None:
            begin, end = (bisect_left(ordered, edge, key=_sampled_at) for edge in (window.start, window.end))
            found.append(_due(plan, window, ordered[begin:end], stopped, explained, at))
    return found


def _sampled_at(one: Sample) -> datetime:
    return one.sampled_at


def _due(
    plan: Plan,
    window: Span,
    samples: Sequence[Sample],
    stopped: Sequence[Span],
    explained: Collection[datetime],
    at: datetime,
) -> Due:
    done_at, lacking = _completed(plan, samples)
    due_at = plan.due_at(window)
    because = (
        "stopped" if covered(stopped, window.start, window.end) else "explained" if window.start in explained else ""
    )
    if done_at is not None:
        state, because = DueState.DONE, ""
    elif because:
        state = DueState.EXEMPT
    elif at < window.start:
        state = DueState.UPCOMING
    else:
        state = DueState.DUE if at <= due_at else DueState.OVERDUE
    return Due(plan.plan_id, plan.point_id, window, due_at, state, lacking, len(samples), done_at, because)


def _completed(plan: Plan, samples: Sequence[Sample]) -> tuple[datetime | None, tuple[str, ...]]:
    """Return when the last needed result came in (None: not yet), and the factors that lack samples.

    Samples of a factor are told apart by their time: two results of one moment are one sample.
    """
    lacking, completed = [], []
    for factor in plan.factors:
        first_entered: dict[datetime, datetime] = {}
        for one in samples:
            if one.factor == factor:
                known = first_entered.get(one.sampled_at, one.entered_at)
                first_entered[one.sampled_at] = min(known, one.entered_at)
        entered = sorted(first_entered.values())
        if len(entered) < plan.times:
            lacking.append(factor)
        else:
            completed.append(entered[plan.times - 1])
    return (max(completed) if not lacking else None), tuple(lacking)
