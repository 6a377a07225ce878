"""What people do to marks: the rules of each step, inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import asyncpg
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import NotFound, Refused
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_judging.scope import one_point
from park_schemas.codes import Medium
from park_schemas.identifiers import uuid7
from park_schemas.park_time import at_park
from park_standards.marks import CapUse
from pydantic import Field

from source_monitoring.domain.mark_states import DECIDES, NEXT, MarkAction, MarkState
from source_monitoring.domain.marks import CONDITION, evidence_due, is_late, mark_types
from source_monitoring.evidence.attaching import Record, attached
from source_monitoring.http_edge import Body, Evidence
from source_monitoring.marking import caps, examination, store
from source_monitoring.settings import Settings

_FARTHEST_AHEAD = timedelta(days=31)
LONGEST = timedelta(days=366)


class NewMark(Body):
    """A mark on [start, end) of a point; times without offset are park time. No factors: all of them."""

    type: str = Field(description="Key of GET /mark-types")
    start: datetime
    end: datetime
    reason: str = Field(min_length=2, max_length=1000)
    factors: list[str] = Field(default_factory=list, max_length=100)
    evidence: list[Evidence] = Field(default_factory=list, max_length=20)


def refusal(
    row: asyncpg.Record, action: MarkAction, person: Principal, *, of: str = "mark", of_zh: str = "标记"
) -> Refused | None:
    """Why a person may not do this to a mark (or another thing that one enters and another decides on); None when he may.

    `row` has state, author_id and enterprise_id.
    """
    if (MarkState(row["state"]), action) not in NEXT:
        return Refused(f"{of}-decided", f"该{of_zh}已处理,不能再更改", f"the {of} is {row['state']} already")
    if not person.allows("mark:review" if action in DECIDES else "mark:write"):
        return Refused("not-permitted", "没有权限", "permission missing", status=403)
    if action in DECIDES and person.user_id == row["author_id"]:
        return Refused("same-person", f"不能审核自己提交的{of_zh}", f"nobody decides on a {of} of his own")
    of_author = row["enterprise_id"] is not None and person.enterprise_id == row["enterprise_id"]
    if action is MarkAction.WITHDRAW and not (of_author or person.user_id == row["author_id"]):
        return Refused("not-author", "只有提交方可以撤回", f"only the side that set the {of} withdraws it", status=403)
    return None


_DECIDED: Mapping[MarkState, tuple[str, str]] = MappingProxyType(
    {
        MarkState.ACCEPTED: ("已经审核采纳", "was looked at and accepted"),
        MarkState.REJECTED: ("已被退回", "was returned"),
        MarkState.WITHDRAWN: ("已被撤回", "was withdrawn"),
    }
)
"""What became of a contradicted mark: whoever was alarmed about it need not look any more."""


class MarkDesk:
    """What is done to marks and checks, inside the caller's transaction."""

    def __init__(self, points: Points, settings: Settings) -> None:
        self._points = points
        self._settings = settings

    async def find(
        self, connection: Connection, person: Principal, mark_id: UUID, *, for_update: bool = False
    ) -> tuple[asyncpg.Record, PointLimits]:
        """Return a mark and its point. Raises NotFound when it is not there or not this person's to see."""
        row = await store.one(connection, mark_id, for_update=for_update)
        if row is None:
            raise NotFound("标记", "mark", mark_id)
        return row, one_point(self._points, person, row["point_id"])

    async def set(
        self, tx: Connection, marker: Principal, limits: PointLimits, new: NewMark
    ) -> tuple[asyncpg.Record, list[Any]]:
        """Store a mark, hold it against the data, have its hours computed; return its row and the caps it uses."""
        point, start, end, at = limits.point, at_park(new.start), at_park(new.end), now()
        self._refuse_bad(limits, new, start, end, at)
        await tx.execute("select pg_advisory_xact_lock(hashtext($1))", f"marks {point.point_id}")
        others = await store.touching(tx, point.point_id, start - LONGEST, end + LONGEST)
        _refuse_overlap(new, others, start, end)
        mark_id = uuid7()
        evidence = await attached(tx, marker, Record("mark", mark_id, point), new.evidence)
        late = is_late(end, at, timedelta(days=self._settings.mark_within_days))
        await store.add(
            tx,
            {
                "mark_id": mark_id, "point_id": point.point_id, "enterprise_id": point.enterprise_id, "factors": new.factors,
                "key": new.type, "start_at": start, "end_at": end, "reason": new.reason,
                "evidence": evidence,
                "evidence_due": evidence_due(end, self._settings.evidence_due_day), "author_id": marker.user_id,
                "author": marker.display_name, "created_at": at, "late": late, "state": "submitted", "contradictions": [],
            },
        )  # fmt: skip
        row = await self._row(tx, mark_id)
        found = await examination.examine(
            tx, limits, store.mark_of(row), others, most_in_month=self._settings.most_marks_in_month
        )
        await examination.report(tx, self._settings.service, limits, store.mark_of(row), found)
        await examination.recompute(tx, point.point_id, start, end)
        concerned = await caps.report(tx, self._settings.service, limits, new.type, start)
        return await self._row(tx, mark_id), concerned

    async def decide(
        self, tx: Connection, person: Principal, row: asyncpg.Record, action: MarkAction, why: str
    ) -> asyncpg.Record:
        """Take a step on a mark and have its hours computed anew. Raises Refused when the table or the person forbids it."""
        denied = refusal(row, action, person)
        if denied is not None:
            raise denied
        if action is MarkAction.REJECT and not why:
            raise Refused("reason-missing", "请填写理由", "say why", status=422)
        state = NEXT[MarkState(row["state"]), action]
        filled = await caps.uses(tx, row["point_id"], row["start_at"])
        await store.decide(tx, row["mark_id"], state, (person.user_id, person.display_name), now(), why)
        await self._tell_settled(tx, row, state, filled)
        await examination.recompute(tx, row["point_id"], row["start_at"], row["end_at"])
        return await self._row(tx, row["mark_id"])

    async def _tell_settled(
        self, tx: Connection, row: asyncpg.Record, state: MarkState, filled: Sequence[CapUse]
    ) -> None:
        """End what was told of a mark: its contradiction was looked at, and one that counts no more frees its caps."""
        limits, service = self._points.get(row["point_id"]), self._settings.service
        if limits is None:
            return
        if row["contradictions"]:
            await examination.settled(tx, service, limits, store.mark_of(row), _DECIDED[state])
        if state is not MarkState.ACCEPTED:
            await caps.report_freed(tx, service, limits, filled, row["start_at"])

    async def _row(self, tx: Connection, mark_id: UUID) -> asyncpg.Record:
        row = await store.one(tx, mark_id)
        if row is None:
            raise NotFound("标记", "mark", mark_id)
        return row

    def _refuse_bad(self, limits: PointLimits, new: NewMark, start: datetime, end: datetime, at: datetime) -> None:
        if new.type not in mark_types():
            raise bad_mark("type", f"没有标记类型 {new.type}", f"there is no mark type {new.type!r}")
        if not start < end or end - start > LONGEST:
            raise bad_mark(
                "end", "结束必须晚于开始,且不超过一年", "the end must lie after the start, by a year at most"
            )
        if end > at + _FARTHEST_AHEAD:
            raise bad_mark("end", "标记最多提前 31 天", "a mark reaches 31 days ahead at most")
        whole = timedelta(minutes=1) if limits.point.medium is Medium.WASTE_GAS else timedelta(hours=1)
        if any((moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) % whole for moment in (start, end)):
            raise bad_mark(
                "start", "废气标记精确到分钟,废水标记精确到小时", "gas is marked by the minute, water by the hour"
            )
        if mark_types()[new.type].kind == CONDITION and new.factors:
            raise bad_mark(
                "factors", "工况标记针对整个排口", "a condition mark is of the whole outlet, without factors"
            )
        refuse_unknown_factors(limits, new.factors)


def bad_mark(where: str, zh: str, en: str) -> Refused:
    return Refused("bad-mark", zh, en, status=422, errors=[{"where": f"body.{where}", "what": zh, "what_en": en}])


def refuse_unknown_factors(limits: PointLimits, factors: list[str]) -> None:
    unknown = [factor for factor in factors if factor not in limits.factors]
    if unknown:
        names = ", ".join(unknown)
        raise bad_mark("factors", f"该监测点没有因子 {names}", f"the point does not report {names}")


def _refuse_overlap(new: NewMark, others: list[Any], start: datetime, end: datetime) -> None:
    """The same mark twice over the same time is a mistake; different marks may lie over each other."""
    for other in others:
        same = other.key == new.type and (
            not other.factors or not new.factors or bool(set(other.factors) & set(new.factors))
        )
        if same and other.start < end and other.end > start:
            raise Refused(
                "mark-overlaps",
                "该时段已有同类标记",
                "there is such a mark over this time already",
                mark_id=str(other.mark_id),
            )
