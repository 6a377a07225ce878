"""Alarms, their timeline, timers and numbers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from park_chassis.database import Connection
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel

from alerting.domain.episode import Change
from alerting.domain.evidence import Evidence
from alerting.domain.grading import EarlierEpisode
from alerting.domain.plume import Source
from alerting.domain.timer_orders import FIRST_COUNTS, TimerOrders


@dataclass(frozen=True)
class StoredAlarm:
    """A row: the alarm, what its findings add up to, and whether its task is still open."""

    alarm: Alarm
    evidence: Evidence
    dedup_key: str
    task_is_open: bool


async def lock_keys(tx: Connection, dedup_keys: Collection[str]) -> None:
    """Make others who work on the same keys wait until this transaction ends; always in the same order."""
    await tx.execute(
        """select pg_advisory_xact_lock(lock) from (
               select distinct hashtextextended(key, 212) as lock from unnest($1::text[]) as keys(key) order by 1) as locks""",
        list(dedup_keys),
    )


async def open_episodes(tx: Connection, dedup_keys: Collection[str]) -> dict[str, StoredAlarm]:
    """Return the episodes that are not closed by their keys, locked."""
    rows = await tx.fetch(
        "select * from alarms where dedup_key = any($1) and state <> 'closed' order by alarm_id for update",
        list(dedup_keys),
    )
    return {row["dedup_key"]: _stored(row) for row in rows}


async def alarm_locked(tx: Connection, alarm_id: UUID) -> StoredAlarm | None:
    """Return an alarm, locked."""
    row = await tx.fetchrow("select * from alarms where alarm_id = $1 for update", alarm_id)
    return _stored(row) if row else None


async def alarm_of(tx: Connection, alarm_id: UUID) -> Alarm | None:
    """Return an alarm as it is."""
    body = await tx.fetchval("select body from alarms where alarm_id = $1", alarm_id)
    return msgspec.convert(body, Alarm) if body else None


async def alarms_of(tx: Connection, alarm_ids: Collection[UUID]) -> dict[UUID, Alarm]:
    """Return alarms as they are, by id."""
    rows = await tx.fetch("select alarm_id, body from alarms where alarm_id = any($1)", list(alarm_ids))
    return {row["alarm_id"]: msgspec.convert(row["body"], Alarm) for row in rows}


async def open_number(tx: Connection, dedup_key: str) -> str | None:
    """Return the number of the open episode of a key."""
    found: str | None = await tx.fetchval(
        "select number from alarms where dedup_key = $1 and state <> 'closed'", dedup_key
    )
    return found


async def episodes(tx: Connection, since: Mapping[str, datetime]) -> dict[str, list[EarlierEpisode]]:
    """Return by key its episodes seen at or after an instant, at most 50, newest first."""
    rows = await tx.fetch(
        """select a.* from unnest($1::text[], $2::timestamptz[]) as wanted(dedup_key, since), lateral (
               select dedup_key, alarm_id, level, started_at, last_seen_at, state = 'closed' as is_closed from alarms
               where dedup_key = wanted.dedup_key and last_seen_at >= wanted.since
               order by last_seen_at desc limit 50) a""",
        list(since),
        list(since.values()),
    )
    found: dict[str, list[EarlierEpisode]] = {}
    for row in rows:
        episode = EarlierEpisode(
            AlarmLevel(row["level"]), row["last_seen_at"], row["alarm_id"], row["started_at"], row["is_closed"]
        )
        found.setdefault(row["dedup_key"], []).append(episode)
    return found


async def open_air_sources(tx: Connection) -> list[Source]:
    """Return the open alarms of emissions to air with their places."""
    rows = await tx.fetch(
        """select group_key, (body->>'longitude')::float8 as longitude, (body->>'latitude')::float8 as latitude from alarms
           where state in ('active', 'acknowledged') and body->>'medium' = 'waste-gas' and body ? 'longitude'
             and group_key <> '' order by raised_at desc limit 500"""
    )
    return [Source(**dict(row)) for row in rows]


async def next_numbers(tx: Connection, day: date, count: int) -> list[str]:
    """Return AL-YYYYMMDD-NNNN, the next ones of the park's day. Numbers of a rolled-back transaction are given again."""
    last = await tx.fetchval(
        """insert into daily_numbers (day, last) values ($1, $2)
           on conflict (day) do update set last = daily_numbers.last + $2 returning last""",
        day,
        count,
    )
    return [f"AL-{day:%Y%m%d}-{number:04d}" for number in range(last - count + 1, last + 1)]


@dataclass
class NewAlarm:
    """An episode that begins."""

    alarm: Alarm
    evidence: Evidence
    dedup_key: str
    policy_version: int


async def insert_alarms(tx: Connection, new: Sequence[NewAlarm]) -> None:
    """Store new alarms. Raises UniqueViolationError when a key has an open episode already."""
    if not new:
        return
    await tx.executemany(
        """insert into alarms (alarm_id, number, dedup_key, version, state, level, level_rank, rule, subject_id,
                               enterprise_id, raised_at, changed_at, started_at, last_seen_at, search, policy_version,
                               evidence, body, group_key)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)""",
        [
            (a.alarm_id, a.number, one.dedup_key, a.version, a.state.value, a.level.value, a.level.rank, a.rule, a.subject_id,
             a.enterprise_id, a.raised_at, a.changed_at, a.started_at, a.last_seen_at, _search_text(a), one.policy_version,
             msgspec.to_builtins(one.evidence), msgspec.to_builtins(a), a.group_key)
            for one in new
            for a in (one.alarm,)
        ],
    )  # fmt: skip


async def update_alarms(tx: Connection, changed: Sequence[tuple[Alarm, Evidence | None]]) -> None:
    """Store newer versions of alarms the caller has locked, with what their findings add up to if that changed."""
    if not changed:
        return
    await tx.executemany(
        """update alarms set version = $2, state = $3, level = $4, level_rank = $5, changed_at = $6, started_at = $7,
                             last_seen_at = $8, task_id = $9, search = $10, body = $11, assigned_to = $12,
                             evidence = coalesce($13, evidence), withdrawn = coalesce($14, withdrawn)
           where alarm_id = $1""",
        [
            (a.alarm_id, a.version, a.state.value, a.level.value, a.level.rank, a.changed_at, a.started_at, a.last_seen_at,
             a.task_id, _search_text(a), msgspec.to_builtins(a), a.assigned_to,
             None if evidence is None else msgspec.to_builtins(evidence), None if evidence is None else not evidence.stands)
            for a, evidence in changed
        ],
    )  # fmt: skip


async def set_evidence(tx: Connection, evidence: Mapping[UUID, Evidence]) -> None:
    """Store what the findings of alarms add up to now."""
    if evidence:
        await tx.executemany(
            "update alarms set evidence = $2, withdrawn = $3 where alarm_id = $1",
            [(alarm_id, msgspec.to_builtins(one), not one.stands) for alarm_id, one in evidence.items()],
        )


async def set_withdrawn(tx: Connection, alarm_ids: Collection[UUID]) -> None:
    """Remember closed alarms that had no ground: every finding of theirs was withdrawn."""
    if alarm_ids:
        await tx.execute("update alarms set withdrawn = true where alarm_id = any($1)", list(alarm_ids))


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
    if rows:
        await tx.executemany(
            """insert into timeline (alarm_id, version, at, who, what, level, state, detail_zh, detail_en)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
            rows,
        )


async def order_timers(tx: Connection, orders: TimerOrders) -> None:
    """Drop and set timers of alarms the caller has locked."""
    if dropped := orders.dropped():
        await tx.execute(
            """delete from timers t using unnest($1::uuid[], $2::text[]) as o(alarm_id, kind)
               where t.alarm_id = o.alarm_id and t.kind = o.kind""",
            [alarm_id for alarm_id, _ in dropped],
            [kind for _, kind in dropped],
        )
    if due := list(orders.due()):
        await tx.executemany(_SET_TIMER, due)


_SET_TIMER = f"""
    insert into timers (alarm_id, kind, due_at) values ($1, $2, $3) on conflict (alarm_id, kind) do update set
        due_at = case when timers.kind in {FIRST_COUNTS} then timers.due_at else excluded.due_at end,
        step = case when timers.kind in {FIRST_COUNTS} then timers.step else 0 end"""


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
