"""Reading alarms for people: lists with filters, counts, one alarm with its timeline and findings."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, AlarmState
from park_schemas.supervision import FindingRecorded

from alerting.domain.circumstances import Circumstances

FINDINGS_SHOWN = 200


@dataclass(frozen=True)
class AlarmFilter:
    """What is asked for. `visible_enterprise` is the caller's scope; the others are the caller's wishes."""

    visible_enterprise: UUID | None = None
    states: Sequence[AlarmState] = ()
    levels: Sequence[AlarmLevel] = ()
    enterprise_id: UUID | None = None
    subject_id: UUID | None = None
    rule: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    is_open: bool | None = None
    group_key: str | None = None
    assigned_to: str | None = None


@dataclass
class _Where:
    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        numbers = [f"${len(self.values) + position + 1}" for position in range(len(values))]
        self.conditions.append(condition.format(*numbers))
        self.values.extend(values)

    @property
    def sql(self) -> str:
        return " where " + " and ".join(self.conditions) if self.conditions else ""


def _where(wanted: AlarmFilter) -> _Where:
    where = _Where()
    for condition, value in (
        ("enterprise_id = {}", wanted.visible_enterprise),
        ("enterprise_id = {}", wanted.enterprise_id),
        ("subject_id = {}", wanted.subject_id),
        ("rule = {}", wanted.rule),
        ("group_key = {}", wanted.group_key),
        ("assigned_to = {}", wanted.assigned_to),
        ("raised_at >= {}", wanted.since),
        ("raised_at < {}", wanted.until),
    ):
        if value is not None:
            where.add(condition, value)
    if wanted.states:
        where.add("state = any({})", [state.value for state in wanted.states])
    if wanted.levels:
        where.add("level = any({})", [level.value for level in wanted.levels])
    if wanted.text:
        where.add("position({} in search) > 0", wanted.text.lower())
    if wanted.is_open is not None:
        where.add("state <> 'closed'" if wanted.is_open else "state = 'closed'")
    return where


async def alarms(
    tx: Connection, wanted: AlarmFilter, *, after: list[Any] | None, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Return (alarms newest first, how many there are altogether). What matches is looked for once, for both."""
    where = _where(wanted)
    matching, later = where.sql, ""
    if after:
        number = len(where.values)
        where.values += [datetime.fromisoformat(after[0]), UUID(after[1])]
        later = f" where (raised_at, alarm_id) < (${number + 1}::timestamptz, ${number + 2}::uuid)"
    rows = await tx.fetch(
        f"""with hits as materialized (select alarm_id, raised_at from alarms{matching}),
                 shown as (select * from hits{later} order by raised_at desc, alarm_id desc limit {int(limit)})
            select total.n, a.body from (select count(*) as n from hits) total
            left join shown on true left join alarms a using (alarm_id)
            order by shown.raised_at desc, shown.alarm_id desc""",
        *where.values,
    )
    return [row["body"] for row in rows if row["body"] is not None], rows[0]["n"]


async def alarm(tx: Connection, alarm_id: UUID, visible_enterprise: UUID | None) -> dict[str, Any] | None:
    """Return one alarm, None when there is none or it lies outside the caller's enterprise."""
    found: dict[str, Any] | None = await tx.fetchval(
        "select body from alarms where alarm_id = $1 and ($2::uuid is null or enterprise_id = $2)",
        alarm_id,
        visible_enterprise,
    )
    return found


async def timeline(tx: Connection, alarm_id: UUID) -> list[dict[str, Any]]:
    """Return the steps of an alarm in order."""
    rows = await tx.fetch(
        """select version, at, who, what, level, state, detail_zh, detail_en from timeline where alarm_id = $1
           order by id""",
        alarm_id,
    )
    return [dict(row) for row in rows]


async def last_findings(tx: Connection, alarm_id: UUID) -> list[dict[str, Any]]:
    """Return the newest findings of an alarm, newest first, at most 200."""
    rows = await tx.fetch(
        "select body from findings where alarm_id = $1 order by period_end desc, finding_id limit $2",
        alarm_id,
        FINDINGS_SHOWN,
    )
    return [row["body"] for row in rows]


async def counts(tx: Connection, visible_enterprise: UUID | None) -> dict[str, Any]:
    """Return how many alarms are open by level (the resolved among them apart as well) and how many nobody has acknowledged."""
    rows = await tx.fetch(
        """select level, count(*) as n, count(*) filter (where state = 'active') as active,
                  count(*) filter (where state = 'resolved') as resolved from alarms
           where state <> 'closed' and ($1::uuid is null or enterprise_id = $1) group by level""",
        visible_enterprise,
    )
    by_level = {row["level"]: row["n"] for row in rows}
    return {
        "open": {level.value: by_level.get(level.value, 0) for level in reversed(AlarmLevel)},
        "unacknowledged": sum(row["active"] for row in rows),
        "resolved": sum(row["resolved"] for row in rows),
        "resolved_by_level": {
            level.value: next((row["resolved"] for row in rows if row["level"] == level.value), 0)
            for level in reversed(AlarmLevel)
        },
    }


async def alarms_with_findings(
    tx: Connection, *, since: datetime
) -> AsyncIterator[tuple[Alarm, list[FindingRecorded], dict[UUID, Circumstances]]]:
    """Give each alarm raised since an instant with all its findings and what was around them; needs a transaction (cursor)."""
    cursor = tx.cursor(
        """select a.body as alarm, (select jsonb_agg(f.body) from findings f where f.alarm_id = a.alarm_id) as findings,
                  (select jsonb_object_agg(f.finding_id, f.circumstances) from findings f
                   where f.alarm_id = a.alarm_id and f.circumstances is not null) as around
           from alarms a where a.raised_at >= $1 order by a.raised_at""",
        since,
        prefetch=50,
    )
    async for row in cursor:
        yield (
            msgspec.convert(row["alarm"], Alarm),
            msgspec.convert(row["findings"] or [], list[FindingRecorded]),
            msgspec.convert(row["around"] or {}, dict[UUID, Circumstances]),
        )
