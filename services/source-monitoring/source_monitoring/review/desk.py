"""What people do to reviews and hours: steps of the state table, corrections; inside the caller's transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import InvalidOperation
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

import asyncpg
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import NotFound, Refused
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import HOUR, month_of
from park_judging.domain.periods import hour_of
from park_schemas.identifiers import uuid7
from park_schemas.park_time import at_park
from park_standards.errors import BadValue
from park_standards.rounding import exact
from pydantic import Field

from source_monitoring.domain.review_states import Denial, ReviewAction, ReviewState, after, denial
from source_monitoring.evidence.attaching import Record, attached
from source_monitoring.http_edge import Body, Evidence
from source_monitoring.marking.examination import recompute
from source_monitoring.results import days
from source_monitoring.review import keeping, store

WORDS: Mapping[Denial, tuple[str, str]] = MappingProxyType(
    {
        Denial.NOT_ALLOWED: ("当前状态不允许该操作", "the present state does not allow this step"),
        Denial.BY_RULE_ONLY: ("该操作只能由系统执行", "only a rule takes this step"),
        Denial.SAME_PERSON: (
            "复核人、修正人不能审批,须由另一人审批",
            "who reviewed or corrected does not approve: another person has to",
        ),
        Denial.NO_REASON: ("请填写理由", "say why"),
        Denial.OLD_VERSION: ("数据已更新,请刷新后再操作", "the contents have changed: look at them again"),
    }
)


class ReviewStep(Body):
    """A step on a day. `version` is the one the person has seen; a newer one refuses the step."""

    version: int
    reason: str = Field("", max_length=1000)
    evidence: list[Evidence] = Field(default_factory=list, max_length=20)


class NewCorrection(Body):
    """A correction of one factor's hour. The computed value stays beside it; it is a new version with author,
    reason, evidence."""

    hour_start: datetime
    factor: str
    kind: Literal["invalidate", "validate", "replace"]
    value: str | None = Field(None, description="Decimal text in the unit of the point, for replace")
    reason: str = Field(min_length=2, max_length=1000)
    evidence: list[Evidence] = Field(min_length=1, max_length=20)


async def take_step(
    tx: Connection,
    service: str,
    limits: PointLimits,
    day: date,
    action: ReviewAction,
    person: Principal,
    asked: ReviewStep,
) -> asyncpg.Record:
    """Take a person's step; return the row of the day. Raises NotFound, or Refused with the words of the denial."""
    point = limits.point
    row = await store.one(tx, point.point_id, day, for_update=True)
    if row is None:
        raise NotFound("审核日", "reviewed day", f"{point.code} {day}")
    before = store.review_of(row)
    authors = await store.authors_of_corrections(tx, point.point_id, day)
    why_not = denial(before, action, person.user_id, version=asked.version, reason=asked.reason, authors=authors)
    if why_not is not None:
        zh, en = WORDS[why_not]
        raise Refused(why_not, zh, en, state=row["state"], version=row["version"])
    made = await store.contents(tx, point.point_id, day)
    digest = store.digest_of(made)
    if digest != row["digest"]:  # hours are being computed anew at this moment: their day will follow
        raise Refused(Denial.OLD_VERSION, *WORDS[Denial.OLD_VERSION], state=row["state"], version=row["version"])
    review = after(before, action, person.user_id)
    names = (
        person.display_name if action is ReviewAction.REVIEW else row["reviewed_by"] if review.reviewed_by else None,
        person.display_name if action is ReviewAction.APPROVE else None,
    )
    at = now()
    await store.save(
        tx, (point.point_id, day), review, enterprise_id=point.enterprise_id, digest=digest, issues=row["issues"],
        names=names, at=at,
    )  # fmt: skip
    evidence = await attached(tx, person, Record("review-step", f"{point.point_id}/{day}", point), asked.evidence)
    await keeping.step(
        tx, service, point, day, before, review, action, digest=digest, actor=(person.user_id, person.display_name),
        reason=asked.reason, evidence=evidence,
    )  # fmt: skip
    if ReviewState.APPROVED in {before.state, review.state}:  # its month may have become final, or be so no more
        await days.mark_month(tx, point.point_id, month_of(day), at)
    if action is ReviewAction.APPROVE:
        await keeping.announce_final(tx, service, point, made, at)
    return await _there(tx, point.point_id, day)


async def _there(tx: Connection, point_id: UUID, day: date) -> asyncpg.Record:
    row = await store.one(tx, point_id, day)
    if row is None:
        raise NotFound("审核日", "reviewed day", f"{point_id} {day}")
    return row


async def correct(tx: Connection, limits: PointLimits, person: Principal, new: NewCorrection) -> dict[str, Any]:
    """Store a correction and have its hour computed anew. Raises Refused for what cannot be corrected."""
    start = at_park(new.hour_start)
    if start != hour_of(start):
        raise _bad("hour_start", "请给出整点时间", "the start of an hour is wanted")
    if new.factor not in limits.factors:
        raise _bad("factor", f"该监测点没有因子 {new.factor}", f"the point does not report {new.factor}")
    if (new.value is not None) is not (new.kind == "replace"):
        raise _bad("value", "只有替换需要填写数值", "a value belongs to replace, and to replace only")
    if new.value is not None:
        _refuse_no_number(new.value)
    computed = await tx.fetchval(
        "select exists (select from assessments where point_id = $1 and period = 'hour' and period_start = $2)",
        limits.point.point_id, start,
    )  # fmt: skip
    if not computed:
        raise _bad("hour_start", "该小时尚未计算", "this hour has not been computed")
    correction_id = uuid7()
    evidence = await attached(tx, person, Record("correction", correction_id, limits.point), new.evidence)
    row = {
        "correction_id": correction_id, "point_id": limits.point.point_id, "factor": new.factor, "hour_start": start,
        "kind": new.kind, "value": new.value, "reason": new.reason, "evidence": evidence,
        "author_id": person.user_id, "author": person.display_name, "created_at": now(),
    }  # fmt: skip
    try:
        async with tx.transaction():
            await store.add_correction(tx, row)
    except asyncpg.UniqueViolationError as error:
        raise Refused(
            "correction-in-force", "该小时该因子已有修正,请先撤销", "a correction is in force there: withdraw it first"
        ) from error
    await recompute(tx, limits.point.point_id, start, start + HOUR)
    return row


def _refuse_no_number(text: str) -> None:
    try:
        exact(text)
    except (BadValue, InvalidOperation, ValueError) as error:
        raise _bad("value", f"“{text}”不是数字", f"{text!r} is no number") from error


async def withdraw(
    tx: Connection, limits_of: Mapping[UUID, PointLimits], person: Principal, correction_id: UUID, why: str
) -> asyncpg.Record:
    """End a correction and have its hour computed anew."""
    if not why:
        raise _bad("reason", "请填写理由", "say why")
    row = await store.withdraw_correction(tx, correction_id, person.display_name, why, now())
    if row is None or row["point_id"] not in limits_of:
        raise NotFound("修正", "correction in force", correction_id)
    await recompute(tx, row["point_id"], row["hour_start"], row["hour_start"] + HOUR)
    return row


def _bad(where: str, zh: str, en: str) -> Refused:
    return Refused("bad-correction", zh, en, status=422, errors=[{"where": f"body.{where}", "what": zh, "what_en": en}])
