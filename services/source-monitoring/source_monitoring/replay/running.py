"""A day judged again from the stored readings: with today's registry, or with that of the day. Two runs give the same bits.

Marks, checks and corrections are facts, not rules: those of today count in both. Nothing is written here.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec
from park_chassis.database import Connection
from park_judging import store as judged
from park_judging.closing import Closing
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.assessment_judging import judge_period
from park_judging.domain.park_calendar import day_span
from park_judging.domain.version_differences import differences
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Period
from park_schemas.park_time import at_park

from source_monitoring.replay.history import limits_as_of
from source_monitoring.replay.orders import Rules

_ENCODER = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class Replayed:
    """An hour or day as it comes out now, and the newest revision it was held against."""

    period: Period
    start: datetime
    factors: list[FactorAssessment]
    stored: judged.Assessment

    @property
    def against(self) -> int:
        return self.stored.revision

    @property
    def differs(self) -> bool:
        return self.factors != self.stored.factors

    @property
    def changed_factors(self) -> list[str]:
        return sorted({one.factor for one in differences(self.stored.factors, self.factors)})


@dataclass
class DayOutcome:
    """What a day gave, hours in order of time, then the day."""

    results: list[Replayed] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over period, start and factors of every result."""
        return _digest((one.period, one.start, one.factors) for one in self.results)

    @property
    def stored_digest(self) -> str:
        """The same over what stood when it was judged again: equal exactly when nothing differs."""
        return _digest((one.period, one.start, one.stored.factors) for one in self.results)

    @property
    def changed(self) -> int:
        return sum(one.differs for one in self.results)


def _digest(results: Iterable[tuple[Period, datetime, list[FactorAssessment]]]) -> str:
    text = hashlib.sha256()
    for period, start, factors in results:
        text.update(_ENCODER.encode([period, start.timestamp(), factors]))
    return text.hexdigest()


async def rules_of(connection: Connection, limits: PointLimits, rules: Rules, day: date) -> PointLimits:
    """Return the point as the registry knows it today, or knew it at the end of the day."""
    if rules == "today":
        return limits
    return await limits_as_of(connection, limits.point.point_id, day_span(day)[1]) or limits


async def judge_day(tx: Connection, closing: Closing, limits: PointLimits, day: date) -> DayOutcome:
    """Judge every computed hour of a day again, and the day from these hours: the same code as the first time.

    What stands in for gaps is made from the stored days before, as they are: when those change too and are adopted, a second
    replay shows what follows from that.
    """
    start, end = day_span(day)
    point_id = limits.point.point_id
    outcome = DayOutcome()
    for hour in await judged.assessments(tx, point_id, Period.HOUR, start, end):
        computed = await closing.compute_hour(tx, limits, at_park(hour.period_start))
        factors, _ = judge_period(limits, Period.HOUR, at_park(hour.period_start), computed)
        outcome.results.append(Replayed(Period.HOUR, hour.period_start, factors, hour))
    for known in await judged.assessments(tx, point_id, Period.DAY, start, end):
        hours = [(one.start, one.factors) for one in outcome.results]
        computed = await closing.compute_day(tx, limits, start, hours)
        factors, _ = judge_period(limits, Period.DAY, start, computed)
        outcome.results.append(Replayed(Period.DAY, start, factors, known))
    return outcome
