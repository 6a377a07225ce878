"""A period judged again from the stored readings: with today's registry, or with that of each day. Two runs give the same bits.

Marks, checks and corrections are facts, not rules: those of today count in both. A replay is stored whole; its
results become new versions of the hours and days only when they are adopted, day by day in order of time, so that a
day sees the ones before it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_judging import store as judged
from park_judging.closing import Closing, Round
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.assessment_judging import judge_period
from park_judging.domain.frame_judging import WatchBook
from park_judging.domain.grading import Hours
from park_judging.domain.park_calendar import day_span, days_between
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Period
from park_schemas.park_time import at_park

from source_monitoring.replay.history import limits_as_of

Rules = Literal["today", "that-day"]
_ENCODER = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: days first <= day < end of one point."""

    replay_id: UUID
    limits: PointLimits
    first: date
    end: date
    rules: Rules
    adopt: bool


@dataclass
class Outcome:
    """What a replay gave. `digest` is the SHA-256 over period, start and factors of every result, in order of time."""

    results: list[tuple[Period, datetime, list[FactorAssessment], bool]] = field(default_factory=list)
    adopted: int = 0

    @property
    def digest(self) -> str:
        text = hashlib.sha256()
        for period, start, factors, _ in self.results:
            text.update(_ENCODER.encode([period, start.timestamp(), factors]))
        return text.hexdigest()

    @property
    def changed(self) -> int:
        return sum(differs for *_, differs in self.results)


class Replay:
    """Runs replays with the closing of the service: the same code as the first time."""

    def __init__(self, database: Database, closing: Closing) -> None:
        self._database = database
        self._closing = closing

    async def run(self, order: Order) -> Outcome:
        """Judge every computed hour and day of the span again, in one transaction; store results, adopt them if asked for."""
        outcome = Outcome()
        async with self._database.transaction() as tx:
            await tx.execute("set transaction isolation level repeatable read")
            for day in days_between(order.first, order.end):
                limits = await self._limits(tx, order, day)
                await self._day(tx, order, limits, day, outcome)
            await _store(tx, order.replay_id, outcome)
        return outcome

    async def _limits(self, tx: Connection, order: Order, day: date) -> PointLimits:
        if order.rules == "today":
            return order.limits
        return await limits_as_of(tx, order.limits.point.point_id, day_span(day)[1]) or order.limits

    async def _day(self, tx: Connection, order: Order, limits: PointLimits, day: date, outcome: Outcome) -> None:
        start, end = day_span(day)
        point_id = limits.point.point_id
        known = await judged.assessments(tx, point_id, Period.HOUR, start, end)
        hours: list[tuple[datetime, list[FactorAssessment]]] = []
        for hour in known:
            computed = await self._closing.compute_hour(tx, limits, at_park(hour.period_start))
            factors, _ = judge_period(limits, Period.HOUR, at_park(hour.period_start), computed)
            hours.append((hour.period_start, factors))
            outcome.results.append((Period.HOUR, hour.period_start, factors, factors != hour.factors))
        if order.adopt:
            outcome.adopted += await self._adopt(tx, limits, Period.HOUR, hours)
        known_day = await judged.assessments(tx, point_id, Period.DAY, start, end)
        if not known_day:
            return
        computed = await self._closing.compute_day(tx, limits, start, hours)
        factors, _ = judge_period(limits, Period.DAY, start, computed)
        outcome.results.append((Period.DAY, start, factors, factors != known_day[0].factors))
        if order.adopt:
            outcome.adopted += await self._adopt(tx, limits, Period.DAY, [(start, factors)])

    async def _adopt(self, tx: Connection, limits: PointLimits, period: Period, results: Hours) -> int:
        """Write what differs as new versions, with findings and announcement as closing does."""
        this = Round(WatchBook(await judged.open_watches(tx, {limits.point.point_id})))
        for start, factors in results:
            await self._closing.take(tx, this, limits, period, at_park(start), _unjudged(factors), ())
        await self._closing.write(tx, this)
        return len(this.made)


def _unjudged(factors: Sequence[FactorAssessment]) -> list[FactorAssessment]:
    """Return the factors as they were before they were held against limits: `take` does that itself."""
    return [
        msgspec.structs.replace(one, limit=None, ratio=None, compliant=None, standard="", clause="") for one in factors
    ]


async def begin(tx: Connection, order: Order, author: tuple[UUID, str], reason: str) -> None:
    """Note that a replay begins."""
    await tx.execute(
        "insert into replays (replay_id, point_id, since, until, rules, adopt, reason, author_id, author, started_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        order.replay_id, order.limits.point.point_id, day_span(order.first)[0], day_span(order.end)[0], order.rules,
        order.adopt, reason, *author, now(),
    )  # fmt: skip


async def fail(tx: Connection, replay_id: UUID, why: str) -> None:
    """Note that a replay could not be finished; nothing of it was written."""
    await tx.execute("update replays set finished_at = $2, failure = $3 where replay_id = $1", replay_id, now(), why)


async def _store(tx: Connection, replay_id: UUID, outcome: Outcome) -> None:
    await tx.executemany(
        "insert into replay_results values ($1, $2, $3, $4, $5)",
        [
            (replay_id, period.value, start, msgspec.to_builtins(factors), differs)
            for period, start, factors, differs in outcome.results
        ],
    )
    await tx.execute(
        "update replays set finished_at = $2, digest = $3, periods = $4, changed = $5, adopted = $6 where replay_id = $1",
        replay_id, now(), outcome.digest, len(outcome.results), outcome.changed, outcome.adopted,
    )  # fmt: skip


async def one(connection: Connection, replay_id: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow("select * from replays where replay_id = $1", replay_id)


async def listed(
    connection: Connection, point_ids: Sequence[UUID], limit: int, after: tuple[datetime, UUID] | None
) -> list[asyncpg.Record]:
    """Return replays of points, newest first; the place `after` is (started at, id) of the last one shown."""
    return await connection.fetch(
        "select * from replays where point_id = any($1)"
        " and ($3::timestamptz is null or (started_at, replay_id) < ($3, $4))"
        " order by started_at desc, replay_id desc limit $2",
        list(point_ids), limit, *(after or (None, None)),
    )  # fmt: skip


async def results(connection: Connection, replay_id: UUID, *, only_different: bool) -> list[asyncpg.Record]:
    """Return the results of a replay in order of time, hours before their day."""
    return await connection.fetch(
        "select * from replay_results where replay_id = $1 and (differs or not $2) order by period_start, period desc",
        replay_id, only_different,
    )  # fmt: skip
