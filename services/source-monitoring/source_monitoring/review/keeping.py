"""Reviews that follow the data: back to raw when contents change, checked when the day is computed, told by event."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection
from park_judging.domain.applied_limits import PointLimits
from park_judging.store import Assessment
from park_schemas.assessments import AssessmentMade, ReviewStated
from park_schemas.envelope import Event
from park_schemas.registry import PointRecord

from source_monitoring.domain.day_check import Issue
from source_monitoring.domain.review_states import Review, ReviewAction, ReviewState, after
from source_monitoring.review import store

STATED = "source.review.stated"
MADE = "source.assessment.made"


async def contents_changed(tx: Connection, service: str, limits: PointLimits, day: date) -> None:
    """Note that hours of a day were computed (anew): its review is raw again, in a new version when it had been checked."""
    point = limits.point
    row = await store.one(tx, point.point_id, day, for_update=True)
    before = store.review_of(row)
    if row is not None and before.state is ReviewState.RAW:
        return
    review = before if row is None else after(before, ReviewAction.CHANGE, None)
    await store.save(
        tx, (point.point_id, day), review, enterprise_id=point.enterprise_id, digest="", issues=[], names=(None, None), at=now()
    )  # fmt: skip
    if row is not None:
        await step(tx, service, point, day, before, review, ReviewAction.CHANGE, digest="")


async def day_computed(tx: Connection, service: str, limits: PointLimits, day: date, issues: Sequence[Issue]) -> None:
    """Note that a day was computed and checked by rule: checked, with what the rules found."""
    await contents_changed(tx, service, limits, day)
    point = limits.point
    before = store.review_of(await store.one(tx, point.point_id, day, for_update=True))
    review = after(before, ReviewAction.CHECK, None)
    digest = store.digest_of(await store.contents(tx, point.point_id, day))
    found = [msgspec.to_builtins(issue) for issue in issues]
    await store.save(
        tx, (point.point_id, day), review, enterprise_id=point.enterprise_id, digest=digest, issues=found,
        names=(None, None), at=now(),
    )  # fmt: skip
    await step(tx, service, point, day, before, review, ReviewAction.CHECK, digest=digest)


async def step(
    tx: Connection,
    service: str,
    point: PointRecord,
    day: date,
    before: Review,
    review: Review,
    action: ReviewAction,
    *,
    digest: str,
    actor: tuple[UUID | None, str] = (None, ""),
    reason: str = "",
    evidence: Sequence[store.Row] = (),
) -> None:
    """Write a step into the record and tell it."""
    at = now()
    await store.add_step(
        tx, (point.point_id, day), before, review, action,
        actor=actor, reason=reason, evidence=evidence, digest=digest, at=at,
    )  # fmt: skip
    body = ReviewStated(
        point_id=point.point_id,
        park_id=point.park_id,
        enterprise_id=point.enterprise_id,
        day=day.isoformat(),
        version=review.version,
        state=review.state,
        action=action,
        changed_at=at,
        digest=digest,
        actor=actor[1],
        reason=reason,
    )
    await outbox.add(tx, Event(type=STATED, source=service, subject=str(point.point_id), time=at, body=body))


async def announce_final(
    tx: Connection, service: str, point: PointRecord, made: Sequence[Assessment], at: datetime
) -> None:
    """Tell the hours and the day that were approved, as final."""
    events = [
        Event(
            type=MADE,
            source=service,
            subject=str(point.point_id),
            time=at,
            body=AssessmentMade(
                point_id=one.point_id,
                period=one.period,
                period_start=one.period_start,
                revision=one.revision,
                made_at=one.made_at,
                factors=one.factors,
                park_id=point.park_id,
                enterprise_id=point.enterprise_id,
                grade=one.grade,
                review_state=ReviewState.APPROVED,
            ),
        )
        for one in made
    ]
    await outbox.add(tx, *events)
