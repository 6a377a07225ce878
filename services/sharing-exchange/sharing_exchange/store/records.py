"""Records in the order in which they can be pulled.

The order must be the order of commits, or a reader at cursor 7 would miss record 6 of a transaction that commits later. So every
writer takes one lock before its first sequence number and holds it until its commit; numbers may have gaps (a
rollback), never a late comer. One lock for all resources: a batch touches several, and two locks could deadlock.
The price is that writers of all replicas take turns; each turn is one batch.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeAlias

from park_chassis.database import Connection

from sharing_exchange.domain.resources import READINGS


class Change(NamedTuple):
    """A record to be pulled: its key, version (0: none) and JSON."""

    key: str
    version: int
    body: str


class Reading(NamedTuple):
    """A frame's readings to be pulled. Natural key: mn, command, data_time."""

    mn: str
    command: str
    data_time: datetime
    body: str


ReadingKey: TypeAlias = tuple[str, str, datetime]
Unite: TypeAlias = Callable[[str, str], str | None]
"""(body that is there, body that comes) -> the body of both, None when the new one adds nothing."""


class Pulled(NamedTuple):
    """One record handed out."""

    sequence: int
    body: str


async def take_turn(tx: Connection) -> None:
    """Wait until no other writer has numbers that are not committed; held until the transaction ends."""
    await tx.execute("select pg_advisory_xact_lock(hashtext('exchange-sequence'))")


async def put(tx: Connection, resource: str, changes: Sequence[Change], at: datetime) -> int:
    """Store what is new or newer, behind everything stored before; return how many. The caller has taken its turn."""
    newest = {change.key: change for change in sorted(changes, key=lambda change: change.version)}
    rows = await tx.fetch(
        """insert into records (resource, record_key, version, sequence, body, recorded_at)
           select $1, n.key, n.version, nextval('exchange_sequence'), n.body, $5
           from unnest($2::text[], $3::bigint[], $4::text[]) as n(key, version, body)
             left join records r on r.resource = $1 and r.record_key = n.key
           where r.record_key is null or n.version > r.version or (n.version = 0 and n.body <> r.body)
           on conflict (resource, record_key) do update
             set version = excluded.version, sequence = excluded.sequence, body = excluded.body,
                 recorded_at = excluded.recorded_at
           returning 1""",
        resource,
        [change.key for change in newest.values()],
        [change.version for change in newest.values()],
        [change.body for change in newest.values()],
        at,
    )
    return len(rows)


async def put_readings(tx: Connection, readings: Sequence[Reading], unite: Unite, at: datetime) -> int:
    """Store readings; one whose natural key is there already is united with it. Return how many are new or changed.

    The caller has taken its turn and made the days.
    """
    wanted: dict[ReadingKey, str] = {}
    for reading in readings:
        key = (reading.mn, reading.command, reading.data_time)
        before = wanted.get(key)
        wanted[key] = reading.body if before is None else unite(before, reading.body) or before
    known = await _insert_readings(tx, wanted, at)
    changed = {key: united for key, body in known.items() if (united := unite(body, wanted[key])) is not None}
    await tx.executemany(
        """update readings set sequence = nextval('exchange_sequence'), body = $4, recorded_at = $5
           where mn = $1 and command = $2 and data_time = $3""",
        [(*key, body, at) for key, body in changed.items()],
    )
    return len(wanted) - len(known) + len(changed)


async def _insert_readings(tx: Connection, wanted: Mapping[ReadingKey, str], at: datetime) -> dict[ReadingKey, str]:
    """Insert what is new; return the bodies of those that were there already."""
    columns = [
        [key[0] for key in wanted],
        [key[1] for key in wanted],
        [key[2] for key in wanted],
        list(wanted.values()),
    ]
    rows = await tx.fetch(
        """with given as (
               select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) as n(mn, command, data_time, body)
           ), inserted as (
               insert into readings (mn, command, data_time, sequence, body, recorded_at)
               select n.mn, n.command, n.data_time, nextval('exchange_sequence'), n.body, $5 from given n
               on conflict (mn, command, data_time) do nothing returning 1
           )
           select r.mn, r.command, r.data_time, r.body from given n join readings r using (mn, command, data_time)""",
        *columns,
        at,
    )
    return {(row["mn"], row["command"], row["data_time"]): row["body"] for row in rows}


async def after(connection: Connection, resource: str, sequence: int, limit: int) -> list[Pulled]:
    """Return up to `limit` records behind a sequence, in order."""
    if resource == READINGS:
        rows = await connection.fetch(
            "select sequence, body from readings where sequence > $1 order by sequence limit $2", sequence, limit
        )
    else:
        rows = await connection.fetch(
            "select sequence, body from records where resource = $1 and sequence > $2 order by sequence limit $3",
            resource,
            sequence,
            limit,
        )
    return [Pulled(row["sequence"], row["body"]) for row in rows]


async def dropped_behind(connection: Connection, sequence: int) -> datetime | None:
    """Return the time before which readings were let go, if that may have been data behind this sequence."""
    before: datetime | None = await connection.fetchval(
        "select before from readings_dropped where through_sequence > $1", sequence
    )
    return before


async def partition_days(connection: Connection) -> list[date]:
    """Return the days that have a partition."""
    rows = await connection.fetch(
        """select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
           where i.inhparent = 'readings'::regclass"""
    )
    return [date.fromisoformat(row["relname"].removeprefix("readings_").replace("_", "-")) for row in rows]


async def make_days(tx: Connection, days: Sequence[date]) -> None:
    """Make the partitions that are missing. The caller has taken its turn, so no other replica makes them too."""
    there = frozenset(await partition_days(tx))
    for day in sorted(set(days) - there):
        await tx.execute(
            f"create table {_partition(day)} partition of readings "
            f"for values from ('{day}T00:00:00Z') to ('{day + timedelta(days=1)}T00:00:00Z')"
        )


async def drop_day(tx: Connection, day: date) -> None:
    """Let a day of readings go, and note how far in the order that reaches."""
    last = await tx.fetchval(f"select max(sequence) from {_partition(day)}")
    await tx.execute(f"drop table {_partition(day)}")
    if last is not None:
        await tx.execute(
            """insert into readings_dropped (through_sequence, before) values ($1, $2::date + interval '1 day')
               on conflict (only_row) do update
                 set through_sequence = greatest(readings_dropped.through_sequence, excluded.through_sequence),
                     before = greatest(readings_dropped.before, excluded.before)""",
            last,
            day,
        )


def _partition(day: date) -> str:
    return f"readings_{day:%Y_%m_%d}"
