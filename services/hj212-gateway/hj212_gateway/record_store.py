"""SQL of arrivals: which records came, and the gaps they close."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from asyncpg import BitString
from park_chassis.database import Connection

from hj212_gateway.domain.record_days import MINUTES_OF_DAY, missing_slots, place_of
from hj212_gateway.records import Arrived, ClosedSet, Series, SeriesKey

ArrivedDays = dict[SeriesKey, dict[date, int]]
Span = tuple[datetime, datetime]


async def write(tx: Connection, arrived: Arrived, at: datetime, *, look_back: timedelta, first_look: timedelta) -> int:
    """Write what came; return how many gaps it has healed. A new series is first looked at `first_look` later."""
    await _write_days(tx, arrived.days)
    await _begin_series(tx, arrived.series, at, look_back, first_look)
    await _write_sets(tx, arrived)
    await _complete_sets(tx, arrived.series, at)
    return await _heal(tx, arrived.series, at)


async def _write_days(tx: Connection, days: Mapping[tuple[str, str, date], int]) -> None:
    ordered = sorted(days.items())  # always in one order: two gateways must not wait for one another
    await tx.execute(
        """insert into record_days as d (mn, command, day, arrived)
           select n.mn, n.command, n.day, n.arrived
           from unnest($1::text[], $2::text[], $3::date[], $4::bit(1440)[]) as n(mn, command, day, arrived)
           on conflict (mn, command, day) do update set arrived = d.arrived | excluded.arrived
           where d.arrived | excluded.arrived <> d.arrived""",
        [place[0] for place, _ in ordered],
        [place[1] for place, _ in ordered],
        [place[2] for place, _ in ordered],
        [_bits(number) for _, number in ordered],
    )


async def _begin_series(
    tx: Connection, series: Mapping[SeriesKey, Series], at: datetime, look_back: timedelta, first_look: timedelta
) -> None:
    """A kind of record is expected of a device from the first one on that it has sent."""
    ordered = sorted(series.items(), key=lambda item: item[0])
    await tx.execute(
        """insert into record_series (mn, command, system_type, since, checked_until, next_check_at)
           select n.mn, n.command, n.system_type, n.since, n.since, $5
           from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) as n(mn, command, system_type, since)
           on conflict do nothing""",
        [key[0] for key, _ in ordered],
        [key[1] for key, _ in ordered],
        [one.system_type for _, one in ordered],
        [min(max(one.least, at - look_back), at) for _, one in ordered],
        at + first_look,
    )


async def _write_sets(tx: Connection, arrived: Arrived) -> None:
    await tx.executemany(
        """insert into incomplete_sets (mn, command, data_time, packets, received, missing, reason, recorded_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (mn, command, data_time, packets) do update set received = excluded.received,
               missing = excluded.missing, reason = excluded.reason, recorded_at = excluded.recorded_at,
               completed_at = null""",
        [_set_row(closed) for closed in arrived.incomplete],
    )
    await tx.executemany(
        """update record_gaps set cause = 'incomplete'
           where mn = $1 and command = $2 and begins <= $3 and ends > $3 and state <> 'healed'""",
        [closed.found.key[:3] for closed in arrived.incomplete],
    )
    await tx.executemany(
        """update incomplete_sets set completed_at = $5
           where mn = $1 and command = $2 and data_time = $3 and packets = $4""",
        [(*key, at) for key, at in arrived.completed],
    )


async def _complete_sets(tx: Connection, series: Mapping[SeriesKey, Series], at: datetime) -> None:
    """A record that has come whole, split or not, ends the set that was not."""
    await tx.execute(
        """update incomplete_sets s set completed_at = $3
           from (select i.mn, i.command, i.data_time, i.data_time at time zone interval '+08:00' as wall
                 from incomplete_sets i join unnest($1::text[], $2::text[]) as n(mn, command) using (mn, command)
                 where i.completed_at is null) as o
             join record_days d on d.mn = o.mn and d.command = o.command and d.day = o.wall::date
               and get_bit(d.arrived, (extract(hour from o.wall) * 60 + extract(minute from o.wall))::int) = 1
           where s.mn = o.mn and s.command = o.command and s.data_time = o.data_time and s.completed_at is null""",
        [key[0] for key in series],
        [key[1] for key in series],
        at,
    )


def _set_row(closed: ClosedSet) -> tuple[Any, ...]:
    found = closed.found
    return (*found.key, found.received, found.missing, found.reason, closed.at)


async def _heal(tx: Connection, series: Mapping[SeriesKey, Series], at: datetime) -> int:
    """Count again what is missing in gaps that something came for; close those that are whole."""
    if not series:
        return 0
    gaps = await tx.fetch(
        """select g.gap_id, g.mn, g.command, g.begins, g.ends, g.interval_min, g.missing from record_gaps g
           join unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[]) as n(mn, command, least, most)
             on g.mn = n.mn and g.command = n.command and g.begins <= n.most and g.ends > n.least
           where g.state <> 'healed' order by g.gap_id for update of g""",
        [key[0] for key in series],
        [key[1] for key in series],
        [one.least for one in series.values()],
        [one.most for one in series.values()],
    )
    if not gaps:
        return 0
    days = await arrived_days(tx, (((gap["mn"], gap["command"]), (gap["begins"], gap["ends"])) for gap in gaps))
    left = [(gap, still_missing(days.get((gap["mn"], gap["command"]), {}), gap)) for gap in gaps]
    await tx.executemany(
        "update record_gaps set missing = $2 where gap_id = $1",
        [(gap["gap_id"], count) for gap, count in left if 0 < count < gap["missing"]],
    )
    whole: list[tuple[UUID, str, datetime]] = [
        (gap["gap_id"], "history" if series[gap["mn"], gap["command"]].by_history else "device", at)
        for gap, count in left
        if count == 0
    ]
    await tx.executemany(
        """update record_gaps set state = 'healed', missing = 0, healed_by = $2, closed_at = $3, gateway = null,
               lease_until = null where gap_id = $1""",
        whole,
    )
    return len(whole)


def still_missing(arrived: Mapping[date, int], gap: Any) -> int:
    """Return how many records of a gap (a row) have not come."""
    return sum(1 for _ in missing_slots(arrived, gap["begins"], gap["ends"], gap["interval_min"]))


async def arrived_days(tx: Connection, spans: Iterable[tuple[SeriesKey, Span]]) -> ArrivedDays:
    """Return the arrivals of the park days that each span [begin, end] touches."""
    wanted = [(key[0], key[1], place_of(span[0])[0], place_of(span[1])[0]) for key, span in spans]
    rows = await tx.fetch(
        """select distinct d.mn, d.command, d.day, d.arrived from record_days d
           join unnest($1::text[], $2::text[], $3::date[], $4::date[]) as n(mn, command, first, last)
             on d.mn = n.mn and d.command = n.command and d.day between n.first and n.last""",
        [one[0] for one in wanted],
        [one[1] for one in wanted],
        [one[2] for one in wanted],
        [one[3] for one in wanted],
    )
    found: ArrivedDays = {}
    for row in rows:
        found.setdefault((row["mn"], row["command"]), {})[row["day"]] = _number(row["arrived"])
    return found


def _bits(number: int) -> BitString:
    """Bit m of the number becomes the m-th bit of the column, from the left."""
    return BitString.from_int(number, length=MINUTES_OF_DAY, bitorder="little")


def _number(bits: BitString) -> int:
    return bits.to_int(bitorder="little")
