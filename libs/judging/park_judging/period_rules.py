"""How a service computes its hours and days: the one place where quality and source-monitoring differ in closing and replay."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from park_chassis.database import Connection
from park_chassis.frame_revisions import Frame
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Period
from park_schemas.registry import PointRecord
from park_schemas.supervision import FindingRecorded

from park_judging import store
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.grading import Hours
from park_judging.domain.holding import Held
from park_judging.domain.period_means import Intervals, assess_day, assess_hour
from park_judging.domain.samples import HourFrames

MIDNIGHT = timedelta(0)

Made: TypeAlias = tuple[PointLimits, store.Assessment]
"""A new revision, with the point it is of."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A period that a round computed, whether it became a new revision or came out the same, and what it was held against."""

    limits: PointLimits
    period: Period
    start: datetime
    factors: Sequence[FactorAssessment]
    comparisons: Sequence[Held]


class PeriodRules(Protocol):
    """What closing asks of a service. `tx` is the transaction of the round; results must follow from what it reads alone."""

    async def hour(
        self, tx: Connection, limits: PointLimits, start: datetime, frames: HourFrames, intervals: Intervals
    ) -> list[FactorAssessment]:
        """Return the factors of an hour, not yet held against limits."""
        ...

    async def day(
        self, tx: Connection, limits: PointLimits, start: datetime, hours: Hours, reported: Sequence[Frame]
    ) -> list[FactorAssessment]:
        """Return the factors of a day from its hours (those that are there, oldest first) and the device's day records."""
        ...

    async def made(self, tx: Connection, made: Sequence[Made], confirmed: Sequence[Made]) -> None:
        """Take note of new revisions, in the transaction that stores them; their rows are already written.

        `confirmed` are newest revisions that were computed again and came out the same.
        """
        ...

    async def findings(
        self, tx: Connection, looked: Sequence[Looked], bodies: list[FindingRecorded]
    ) -> list[FindingRecorded]:
        """Return what is told of a round: `bodies`, the findings of its values, and what of earlier ones stands no more."""
        ...

    def day_begins(self, point: PointRecord) -> timedelta:
        """Return how long after midnight the day of a point begins; it ends as much later."""
        ...

    def review_state(self, period: Period) -> str:
        """Return the review state that a new revision is announced with; empty where no review is kept."""
        ...


class PlainRules:
    """Device marks only, no layers, no review: environment stations."""

    async def hour(
        self, tx: Connection, limits: PointLimits, start: datetime, frames: HourFrames, intervals: Intervals
    ) -> list[FactorAssessment]:
        return assess_hour(limits.point.factors, frames, intervals)

    async def day(
        self, tx: Connection, limits: PointLimits, start: datetime, hours: Hours, reported: Sequence[Frame]
    ) -> list[FactorAssessment]:
        return assess_day(limits.point.factors, limits.point.medium, factors_of(hours), reported)

    async def made(self, tx: Connection, made: Sequence[Made], confirmed: Sequence[Made]) -> None:
        return None

    async def findings(
        self, tx: Connection, looked: Sequence[Looked], bodies: list[FindingRecorded]
    ) -> list[FindingRecorded]:
        return bodies

    def day_begins(self, point: PointRecord) -> timedelta:
        return MIDNIGHT

    def review_state(self, period: Period) -> str:
        return ""


def factors_of(hours: Iterable[tuple[datetime, list[FactorAssessment]]]) -> list[list[FactorAssessment]]:
    """Return the factors of hours without their times."""
    return [factors for _, factors in hours]
