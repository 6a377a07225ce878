"""Alarms, their timeline, timers and numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel

from alerting.domain.episode import CLOSE, RESOLVE, Change
from alerting.domain.evidence import Evidence
from alerting.domain.grading import EarlierEpisode
from alerting.domain.plume import Source

_FIRST_COUNTS = (RESOLVE, CLOSE)


@dataclass(frozen=True)
class StoredAlarm:
    """A row: the alarm, what its findings add up to, and whether its task is still open."""

    alarm: Alarm
    evidence: Evidence
    dedup_key: str
    task_is_open: bool


async def lock_key(tx: Connection, dedup_key: str) -> None:
    """Make others who work on the same key wait until this transaction ends."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 212))", dedup_key)


async def open_episode(tx: Connection, dedup_key: str) -> StoredAlarm | None:
    """Return the episode of a key that is not closed, locked."""
    row = await tx.fetchrow("select * from alarms where dedup_key = $1 and state <> 'closed' for update", dedup_key)
    return _stored(row) if row else None


async def alarm_locked(tx: Connection, alarm_id: UUID) -> StoredAlarm | None:
    """Return an alarm, locked."""
    row = await tx.fetchrow("select * from alarms where alarm_id = $1 for update", alarm_id)
    return _stored(row) if row else None


async def alarm_of(tx: Connection, alarm_id: UUID) -> Alarm | None:
    """Return an alarm as it is."""
    body = await tx.fetchval("select body from alarms where alarm_id = $1", alarm_id)
    return msgspec.convert(body, Alarm) if body else None


async def open_number(tx: Connection, dedup_key: str) -> str | None:
    """Return the number of the open episode of a key."""
    found: str | None = await tx.fetchval(
        "select number from alarms where dedup_key = $1 and state <> 'closed'", dedup_key
    )
    return found


async def closed_episode_around(tx: Connection, dedup_key: str, instant: datetime) -> UUID | None:
    """Return the closed episode of a key in which an instant of measured time lies."""
    found: UUID | None = await tx.fetchval(
        """select alarm_id from alarms where dedup_key = $1 and state = 'closed'
           and started_at <= $2 and last_seen_at >= $2 order by last_seen_at desc limit 1""",
        dedup_key,
        instant,
    )
    return found


async def earlier_episodes(
    tx: Connection, dedup_key: str, since: datetime, *, but: UUID | None
) -> list[EarlierEpisode]:
    """Return the other episodes of a key seen after `since`, newest first."""
    rows = await tx.fetch(
        """select level, last_seen_at from alarms where dedup_key = $1 and last_seen_at >= $2
           and ($3::uuid is null or alarm_id <> $3) order by last_seen_at desc limit 50""",
        dedup_key,
        since,
        but,
    )
    return [EarlierEpisode(AlarmLevel(row["level"]), row["last_seen_at"]) for row in rows]


async def going_on(
    tx: Connection, subject_id: UUID, enterprise_id: UUID | None, rule: str, *, but: UUID | None
) -> tuple[set[str], set[UUID]]:
    """Return (factors over at the subject, points over of the enterprise) by open alarms of a rule, one alarm left out."""
    rows = await tx.fetch(
        """select subject_id, body->>'factor' as factor from alarms
           where state in ('active', 'acknowledged') and rule = $3 and ($4::uuid is null or alarm_id <> $4)
             and (subject_id = $1 or enterprise_id = $2) limit 1000""",
        subject_id,
        enterprise_id,
        rule,
        but,
    )
    factors = {row["factor"] for row in rows if row["subject_id"] == subject_id and row["factor"]}
    return factors, {row["subject_id"] for row in rows}


async def open_air_sources(tx: Connection) -> list[Source]:
    """Return the open alarms of emissions to air with their places."""
    rows = await tx.fetch(
        """select group_key, (body->>'longitude')::float8 as longitude, (body->>'latitude')::float8 as latitude from alarms
           where state in ('active', 'acknowledged') and body->>'medium' = 'waste-gas' and body ? 'longitude'
             and group_key <> '' order by raised_at desc limit 500"""
    )
    return [Source(**dict(row)) for row in rows]


async def next_number(tx: Connection, day: date) -> str:
    """Return AL-YYYYMMDD-NNNN, the next of the park's day. Numbers of a rolled-back transaction are given again."""
    last = await tx.fetchval(
        """insert into daily_numbers (day, last) values ($1, 1)
           on conflict (day) do update set last = daily_numbers.last + 1 returning last""",
        day,
    )
    return f"AL-{day:%Y%m%d}-{last:04d}"


async def insert_alarm(tx: Connection, alarm: Alarm, evidence: Evidence, dedup_key: str, policy_version: int) -> None:
    """Store a new alarm. Raises UniqueViolationError when the key has an open episode already."""
    await tx.execute(
        """insert into alarms (alarm_id, number, dedup_key, version, state, level, level_rank, rule, subject_id,
                               enterprise_id, raised_at, changed_at, started_at, last_seen_at, search, policy_version,
                               evidence, body, group_key)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)""",
        alarm.alarm_id,
        alarm.number,
        dedup_key,
        alarm.version,
        alarm.state.value,
        alarm.level.value,
        alarm.level.rank,
        alarm.rule,
        alarm.subject_id,
        alarm.enterprise_id,
        alarm.raised_at,
        alarm.changed_at,
        alarm.started_at,
        alarm.last_seen_at,
        _search_text(alarm),
        policy_version,
        msgspec.to_builtins(evidence),
        msgspec.to_builtins(alarm),
        alarm.group_key,
    )


async def update_alarm(tx: Connection, alarm: Alarm) -> None:
    """Store the newer version of an alarm the caller has locked."""
    await tx.execute(
        """update alarms set version = $2, state = $3, level = $4, level_rank = $5, changed_at = $6, started_at = $7,
                             last_seen_at = $8, task_id = $9, search = $10, body = $11, assigned_to = $12
           where alarm_id = $1""",
        alarm.alarm_id,
        alarm.version,
        alarm.state.value,
        alarm.level.value,
        alarm.level.rank,
        alarm.changed_at,
        alarm.started_at,
        alarm.last_seen_at,
        alarm.task_id,
        _search_text(alarm),
        msgspec.to_builtins(alarm),
        alarm.assigned_to,
    )


async def set_evidence(tx: Connection, alarm_id: UUID, evidence: Evidence) -> None:
    """Store what the findings add up to now."""
    await tx.execute("update alarms set evidence = $2 where alarm_id = $1", alarm_id, msgspec.to_builtins(evidence))


async def set_task(tx: Connection, alarm_id: UUID, *, is_open: bool, outcome: str | None = None) -> None:
    """Remember whether the alarm's task is open, and what it answered."""
    await tx.execute(
        "update alarms set task_is_open = $2, task_outcome = coalesce($3, task_outcome) where alarm_id = $1",
        alarm_id,
        is_open,
        outcome,
    )


async def add_to_timeline(tx: Connection, changes: Sequence[Change]) -> None:
    """Append the steps that people should read."""
    rows = [
        (c.alarm.alarm_id, c.alarm.version, c.at, c.who, c.event, c.alarm.level.value, c.alarm.state.value, c.detail_zh,
         c.detail_en)
        for c in changes if not c.quiet
    ]  # fmt: skip
    await tx.executemany(
        """insert into timeline (alarm_id, version, at, who, what, level, state, detail_zh, detail_en)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        rows,
    )


async def set_timers(tx: Connection, alarm_id: UUID, timers: Mapping[str, datetime | None]) -> None:
    """Set and drop timers. A waiting clear or close keeps its first instant; of the others the newest word counts."""
    dropped = [kind for kind, due in timers.items() if due is None]
    if dropped:
        await tx.execute("delete from timers where alarm_id = $1 and kind = any($2)", alarm_id, dropped)
    wanted = [(alarm_id, kind, due) for kind, due in timers.items() if due is not None]
    if wanted:
        await tx.executemany(_SET_TIMER, wanted)


_SET_TIMER = f"""
    insert into timers (alarm_id, kind, due_at) values ($1, $2, $3) on conflict (alarm_id, kind) do update set
        due_at = case when timers.kind in {_FIRST_COUNTS} then timers.due_at else excluded.due_at end,
        step = case when timers.kind in {_FIRST_COUNTS} then timers.step else 0 end"""


async def set_chain_timer(tx: Connection, alarm_id: UUID, step: int, due: datetime) -> None:
    """Set the timer of a later step of the escalation chain."""
    await tx.execute(
        "insert into timers (alarm_id, kind, due_at, step) values ($1, 'chain', $2, $3) on conflict do nothing",
        alarm_id,
        due,
        step,
    )


async def due_timers(tx: Connection, now: datetime, *, most: int = 50) -> list[tuple[UUID, str]]:
    """Return (alarm, kind) of timers that are due, oldest first; not locked."""
    rows = await tx.fetch("select alarm_id, kind from timers where due_at <= $1 order by due_at limit $2", now, most)
    return [(row["alarm_id"], row["kind"]) for row in rows]


async def take_timer(tx: Connection, alarm_id: UUID, kind: str, now: datetime) -> int | None:
    """Remove a due timer of an alarm the caller has locked and return its step; None when another replica was first."""
    step: int | None = await tx.fetchval(
        "delete from timers where alarm_id = $1 and kind = $2 and due_at <= $3 returning step", alarm_id, kind, now
    )
    return step


def _stored(row: Any) -> StoredAlarm:
    return StoredAlarm(
        alarm=msgspec.convert(row["body"], Alarm),
        evidence=msgspec.convert(row["evidence"], Evidence),
        dedup_key=row["dedup_key"],
        task_is_open=row["task_is_open"],
    )


def _search_text(alarm: Alarm) -> str:
    parts = (
        alarm.number, alarm.title_zh, alarm.title_en, alarm.subject_name_zh, alarm.subject_name_en,
        alarm.enterprise_name_zh, alarm.enterprise_name_en, alarm.factor or "", alarm.factor_name_zh, alarm.factor_name_en,
    )  # fmt: skip
    return " ".join(part for part in parts if part).lower()
