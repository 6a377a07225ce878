"""SQL of quota cards. Cards and charges are never overwritten: each change is a version with author and reason."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import msgspec
from park_chassis import timeseries
from park_chassis.database import Connection

from source_monitoring.domain.card_account import Card
from source_monitoring.domain.period_warnings import Following

Row: TypeAlias = dict[str, Any]


def card_of(row: asyncpg.Record) -> Card:
    """Return the account of a row."""
    return msgspec.convert(row["body"], Card)


async def one(connection: Connection, card_id: UUID, *, for_update: bool = False) -> asyncpg.Record | None:
    return await connection.fetchrow(
        f"select * from quota_cards where card_id = $1{' for update' if for_update else ''}", card_id
    )


async def listed(connection: Connection, point_ids: Iterable[UUID], on: date | None) -> list[asyncpg.Record]:
    """Return the cards of points, all or those whose time holds a day; the newest time first."""
    return await connection.fetch(
        "select * from quota_cards where point_id = any($1) and ($2::date is null or $2 between period_start and period_end)"
        " order by period_end desc, card_id",
        list(point_ids), on,
    )  # fmt: skip


async def overlapping(connection: Connection, point_id: UUID, card: Card, *, but: UUID | None) -> asyncpg.Record | None:
    """Return another card of the outlet and factor over any of the same days."""
    return await connection.fetchrow(
        "select * from quota_cards where point_id = $1 and factor = $2 and period_start <= $4 and period_end >= $3"
        " and card_id is distinct from $5 limit 1",
        point_id, card.factor, card.period_start, card.period_end, but,
    )  # fmt: skip


async def save(
    tx: Connection,
    card_id: UUID,
    version: int,
    point_id: UUID,
    card: Card,
    *,
    author: tuple[UUID, str],
    reason: str,
    at: datetime,
) -> None:
    """Write a card's next version."""
    body = msgspec.to_builtins(card)
    await tx.execute(
        "insert into quota_cards (card_id, version, point_id, factor, period_start, period_end, body, author, made_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (card_id) do update set version = excluded.version,"
        " factor = excluded.factor, period_start = excluded.period_start, period_end = excluded.period_end,"
        " body = excluded.body, author = excluded.author, made_at = excluded.made_at",
        card_id, version, point_id, card.factor, card.period_start, card.period_end, body, author[1], at,
    )  # fmt: skip
    await tx.execute(
        "insert into quota_card_versions values ($1, $2, $3, $4, $5, $6, $7)",
        card_id,
        version,
        body,
        reason,
        *author,
        at,
    )


async def versions(connection: Connection, card_id: UUID) -> list[asyncpg.Record]:
    """Return the versions of a card, newest first."""
    return await connection.fetch(
        "select version, body, reason, author, made_at from quota_card_versions where card_id = $1 order by version desc",
        card_id,
    )


async def add_charge(tx: Connection, row: Row) -> None:
    """Store a charge, or the next version of one; the keys of the row are the columns."""
    names, places = ", ".join(row), ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await tx.execute(f"insert into card_charges ({names}) values ({places})", *row.values())


async def charges(connection: Connection, card_id: UUID) -> list[asyncpg.Record]:
    """Return all versions of all charges of a card, in the order they were made, the newest version of each first."""
    return await connection.fetch(
        "select * from card_charges where card_id = $1 order by charge_id, version desc", card_id
    )


async def charged(connection: Connection, card_ids: Sequence[UUID]) -> dict[UUID, Decimal]:
    """Return the sum of the charges in force of cards; those without any are left out."""
    rows = await connection.fetch(
        "select card_id, sum(amount) as amount from (select distinct on (charge_id) * from card_charges"
        " where card_id = any($1) order by charge_id, version desc) as newest where not withdrawn group by card_id",
        list(card_ids),
    )  # fmt: skip
    return {row["card_id"]: Decimal(row["amount"]) for row in rows}


async def masses(connection: Connection, point_id: UUID, card: Card) -> dict[date, tuple[Decimal, Decimal]]:
    """Return the emitted mass of each day of a card's time, kg: (measured, substituted)."""
    rows = await connection.fetch(
        "select day, coalesce(emission_kg, 0) as measured, coalesce(substituted_kg, 0) as substituted from factor_days"
        " where point_id = $1 and factor = $2 and day >= $3 and day <= $4",
        point_id, card.factor, card.period_start, card.period_end,
    )  # fmt: skip
    return {row["day"]: (Decimal(row["measured"]), Decimal(row["substituted"])) for row in rows}


_OF_DAYS = """
select (period_start at time zone interval '+08:00')::date as day, f ->> 'total' as total, f ->> 'minimum' as lowest,
    f ->> 'maximum' as highest
from (select distinct on (period_start) period_start, factors from assessments
      where point_id = $1 and period = 'day' and period_start >= $3 and period_start < $4
      order by period_start, revision desc) as newest
cross join lateral jsonb_array_elements(newest.factors) as f where f ->> 'factor' = $2
"""


async def days_of_factor(
    connection: Connection, point_id: UUID, factor: str, since: datetime, until: datetime
) -> list[asyncpg.Record]:
    """Return (day, total, lowest, highest) of the newest days of a factor; texts, absent ones None."""
    return await connection.fetch(_OF_DAYS, point_id, factor, since, until)


async def newest_values(
    connection: Connection, point_id: UUID, factors: Sequence[str]
) -> dict[str, tuple[str, datetime]]:
    """Return the newest value sent of each factor, as text, with its time."""
    found: dict[str, tuple[str, datetime]] = {}
    for frame in sorted(await timeseries.latest(connection, [point_id]), key=lambda frame: frame.data_time):
        for (factor, _), entry in frame.entries.items():
            if factor in factors and entry.value is not None and entry.text is not None:
                found[factor] = (entry.text, frame.data_time)
    return found


async def told(tx: Connection, card_id: UUID, rule: str) -> dict[Decimal, bool]:
    """Return the shares of a card that were told by a rule, and whether each still stands."""
    rows = await tx.fetch("select share, ended_at from card_tellings where card_id = $1 and rule = $2", card_id, rule)
    return {Decimal(row["share"]): row["ended_at"] is None for row in rows}


async def set_told(tx: Connection, card_id: UUID, rule: str, found: Following, at: datetime) -> None:
    """Write which shares of a card were told, and which stand."""
    await tx.execute(
        "delete from card_tellings where card_id = $1 and rule = $2 and share = any($3)",
        card_id, rule, list(found.forget),
    )  # fmt: skip
    await tx.executemany(
        "insert into card_tellings (card_id, rule, share, told_at) values ($1, $2, $3, $4)"
        " on conflict (card_id, rule, share) do update set ended_at = null",
        [(card_id, rule, share, at) for share in found.tell],
    )
    await tx.execute(
        "update card_tellings set ended_at = $4 where card_id = $1 and rule = $2 and share <> all($3) and ended_at is null",
        card_id, rule, list(found.standing), at,
    )  # fmt: skip
