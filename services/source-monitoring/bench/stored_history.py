"""A tenth of a year of a 300-outlet park, and how fast it is asked over HTTP. Part of `make bench-judging`.

A year of such a park is about 5e8 readings. Written here: the days of a tenth of it with everything that a day has (a realtime
and a ten-minute record every ten minutes, 24 hours, one day; 15 factors each), and the daily means of the whole year. It is
written by SQL straight into the tables that the service reads: the way in is measured elsewhere in the bench.
"""

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.testing import RunningService, token
from park_chassis.timeseries_ddl import COLUMN_NAMES
from park_schemas.assessments import FactorAssessment

DAYS_OF_A_TENTH = 37
READINGS_OF_A_YEAR = 5e8
_QUERIES = 60
_COLUMNS = ", ".join(f'"{name}"' for name in COLUMN_NAMES)
_RECORDS = (
    ("2011", "realtime", "Rtd", "10 minutes"),
    ("2051", "minute", "Avg", "10 minutes"),
    ("2061", "hour", "Avg", "1 hour"),
    ("2031", "day", "Avg", "1 day"),
)
_DAY_OF_RECORDS = f"""
insert into frames ({_COLUMNS})
select 'BENCH' || lpad(p.number::text, 19, '0'), $4, d, 1, p.id, $5, d + interval '2 s', gen_random_uuid(), false, false,
       $2::text[], array_fill($6::text, array[cardinality($2::text[])]),
       array(select round((20 + 15 * sin(extract(epoch from d) / 9000.0 + n + p.number) + 8 * random())::numeric, 2)::float8
             from generate_series(1, cardinality($2::text[])) as n),
       array_fill(2::smallint, array[cardinality($2::text[])]), array_fill('N'::text, array[cardinality($2::text[])]), null
from unnest($1::uuid[]) with ordinality as p (id, number)
cross join generate_series($3::timestamptz, $3 + interval '1 day' - interval '1 s', $7::text::interval) as d
"""
_LATEST = f"""
insert into latest ({_COLUMNS}, rank_time)
select distinct on (point_id, mn, command) {_COLUMNS}, data_time from frames
where data_time >= $2 and point_id = any($1::uuid[]) and mn like 'BENCH%' order by point_id, mn, command, data_time desc
"""
_MEANS = """
insert into assessments
select p, $4, d, 1, now(), $2::text::jsonb from unnest($1::uuid[]) as p
cross join generate_series($3::timestamptz, $5::timestamptz, $6::text::interval) as d on conflict do nothing
"""


@dataclass
class History:
    """The outlets, their factors, and the first and the end of the days that were written."""

    points: list[UUID]
    factors: list[str]
    first: datetime
    end: datetime
    service: RunningService


async def write(service: RunningService, points: list[UUID], factors: list[str], days: int) -> History:
    """Write `days` days of records that end four days ago, and a year of daily means; print how much it is."""
    park_midnight = datetime.now(UTC).replace(hour=16, minute=0, second=0, microsecond=0) - timedelta(days=5)
    first = park_midnight - timedelta(days=days)
    connection = await asyncpg.connect(service.env["PARK_DATABASE_URL"])
    began = time.perf_counter()
    frames_before, bytes_before = await _stored(connection)
    for month in {(first + timedelta(days=number)).date().replace(day=1) for number in range(days + 1)}:
        await connection.execute("select frames_ensure_month($1)", month)
    for number in range(days):
        for command, period, attribute, step in _RECORDS:
            day = first + timedelta(days=number)
            await connection.execute(_DAY_OF_RECORDS, points, factors, day, command, period, attribute, step)
    await connection.execute(_LATEST, points, park_midnight - timedelta(days=1))
    body = _assessed(factors)
    await connection.execute(_MEANS, points, body, first, "hour", park_midnight - timedelta(hours=1), "1 hour")
    year = park_midnight - timedelta(days=365)
    await connection.execute(_MEANS, points, body, year, "day", park_midnight - timedelta(days=1), "1 day")
    await connection.execute("vacuum analyze")
    frames, size = await _stored(connection)
    await connection.close()
    readings, took = (frames - frames_before) * len(factors), time.perf_counter() - began
    each = (size - bytes_before) / readings
    print(
        f"history               {readings:10,.0f} readings of {days} days of {len(points)} outlets ({took:.0f} s to write),"
        f" {each:.1f} bytes a reading\n"
        f"  extrapolated        {each * READINGS_OF_A_YEAR / 1e9:10.1f} GB for a year of 5e8 readings"
    )
    return History(points, factors, first, park_midnight, service)


async def _stored(connection: asyncpg.Connection) -> tuple[int, int]:
    """Return how many frames there are and the bytes of their partitions, indexes included."""
    frames = await connection.fetchval("select count(*) from frames")
    size = await connection.fetchval(
        "select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'frames'::regclass"
    )
    return int(frames), int(size)


def _assessed(factors: Sequence[str]) -> str:
    one = FactorAssessment(
        factor=factors[0], unit="mg/L", valid=True, valid_count=24, expected_count=24, mean="23.15", verdict="valid",
        minimum="1.1", maximum="44.9", baseline="valid", mark="N", emission="12.3",
    )  # fmt: skip
    return msgspec.json.encode([msgspec.structs.replace(one, factor=code) for code in factors]).decode()


async def ask(of: History) -> None:
    """Ask for random outlets and days; print the times."""
    draw = random.Random(5)
    days = (of.end - of.first).days
    async with of.service.client(token("reading:read")) as client:
        for name, period, span, factors in (
            ("a day, realtime, 1 factor", "realtime", 1, 1),
            ("a day, realtime, 15 factors", "realtime", 1, len(of.factors)),
            ("a day, ten-minute, 1 factor", "minute", 1, 1),
            ("a year of daily means", "day", 365, 1),
        ):
            times, values = [], 0
            for _ in range(_QUERIES):
                since = of.end - timedelta(days=span if span > days else draw.randrange(span, days + 1))
                asked: dict[str, Any] = {
                    "period": period,
                    "factor": ",".join(draw.sample(of.factors, factors)),
                    "from": since.isoformat(),
                    "to": (since + timedelta(days=span)).isoformat(),
                }
                began = time.perf_counter()
                answer = await client.get(f"/points/{draw.choice(of.points)}/series", params=asked)
                times.append(time.perf_counter() - began)
                answer.raise_for_status()
                values = sum(len(curve["values"]) for curve in answer.json()["series"])
                if values == 0:
                    raise RuntimeError(f"no values in the answer to {asked}: nothing was measured")
            ordered = sorted(took * 1000 for took in times)
            print(
                f"{name:28s}{statistics.median(ordered):6.0f} ms median, {ordered[int(_QUERIES * 0.95)]:.0f} ms p95,"
                f" {ordered[-1]:.0f} ms at most ({values} values; {_QUERIES} random outlets and days)"
            )
