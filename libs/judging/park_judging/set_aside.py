"""What came in and could not be used, by point, device, reason and factor. The frames themselves are stored whole;
here is why they were not taken into results, and where it can be mended and run again. Both judging services keep it.

| reason | found | mended by |
|---|---|---|
| unknown-factor | the registry knows no such factor at the point | adding the factor to the point |
| unit-mismatch | a limit of the factor does not fit the unit of its values | the unit in the registry |
| time-in-future | DataTime runs ahead of the clock beyond belief | time passing, or the device's clock and a re-send |
| time-before-device | DataTime lies before the point was monitored | the date in the registry |

Values without a point are parked whole by the consumer (GET /parked). Limits that do not fit are also listed from the
registry, before any value came.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.frame_revisions import Frame, Stored
from park_schemas.identifiers import natural_id

from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.unusable import SetAsideFrames, reasons_of
from park_judging.readings import Readings
from park_judging.registry import Points

_WRITTEN_EVERY_S = 60.0

_Key = tuple[UUID, str, str, str]
"""(point, MN, reason, factor)"""


@dataclass
class _Noted:
    frames: int
    first: datetime
    last: datetime
    example: dict[str, Any]


class SetAside:
    """Observer of the readings. Each kind is written when it is first seen and then once a minute, so that a device
    that sends an unknown factor each second costs the stream nothing; counts of the minute before a crash may be
    lost, frames never are."""

    def __init__(self, points: Points, clock_tolerance: timedelta) -> None:
        self._points = points
        self._tolerance = clock_tolerance
        self._noted: dict[_Key, _Noted] = {}
        self._written: dict[_Key, float] = {}

    async def observe(self, tx: Connection, _events: Sequence[Readings], stored: Sequence[Stored]) -> None:
        """Look at what a batch stored."""
        for one in stored:
            limits = self._points.get(one.frame.point_id)
            if limits is not None:
                self._note(one.frame, limits)
        due = [key for key in self._noted if time.monotonic() - self._written.get(key, -1e9) >= _WRITTEN_EVERY_S]
        if due:
            await _write(tx, [(key, self._noted.pop(key)) for key in sorted(due)])
            self._written |= dict.fromkeys(due, time.monotonic())

    def _note(self, frame: Frame, limits: PointLimits) -> None:
        for reason, factor in reasons_of(frame, limits, self._tolerance):
            key = (frame.point_id, frame.mn, reason, factor)
            noted = self._noted.get(key)
            if noted is None:
                self._noted[key] = _Noted(1, frame.data_time, frame.data_time, _example(frame, factor))
            else:
                noted.frames += 1
                noted.first, noted.last = min(noted.first, frame.data_time), max(noted.last, frame.data_time)


def _example(frame: Frame, factor: str) -> dict[str, Any]:
    values = {
        attribute: entry.text for (code, attribute), entry in frame.entries.items() if code == factor or not factor
    }
    return {
        "command": frame.command, "data_time": frame.data_time.isoformat(), "received_at": frame.received_at.isoformat(),
        "event_id": str(frame.event_id), "values": dict(list(values.items())[:10]),
    }  # fmt: skip


async def _write(tx: Connection, noted: Sequence[tuple[_Key, _Noted]]) -> None:
    """Add to what is known; what comes again after it was settled is open again."""
    at = now()
    await tx.executemany(
        "insert into set_aside (set_aside_id, point_id, mn, reason, factor, frames, first_time, last_time, first_seen,"
        " last_seen, example) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)"
        " on conflict (point_id, mn, reason, factor) do update set frames = set_aside.frames + excluded.frames,"
        " first_time = least(set_aside.first_time, excluded.first_time),"
        " last_time = greatest(set_aside.last_time, excluded.last_time), last_seen = excluded.last_seen,"
        " example = excluded.example, settled_at = null, settled_by = null, outcome = null",
        [
            (natural_id("set-aside", *key), *key, one.frames, one.first, one.last, at, one.example)
            for key, one in noted
        ],
    )  # fmt: skip


async def listed(
    connection: Connection,
    point_ids: Sequence[UUID],
    *,
    reason: str | None,
    is_open: bool | None,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> list[asyncpg.Record]:
    """Return what was set aside, seen last first; the place `after` is (last seen, id) of the last one shown."""
    return await connection.fetch(
        "select * from set_aside where point_id = any($1) and ($2::text is null or reason = $2)"
        " and ($3::boolean is null or (settled_at is null) = $3)"
        " and ($5::timestamptz is null or (last_seen, set_aside_id) < ($5, $6))"
        " order by last_seen desc, set_aside_id desc limit $4",
        list(point_ids), reason, is_open, limit, *(after or (None, None)),
    )  # fmt: skip


async def one(tx: Connection, set_aside_id: UUID) -> asyncpg.Record | None:
    """Return one, locked."""
    return await tx.fetchrow("select * from set_aside where set_aside_id = $1 for update", set_aside_id)


def frames_of(row: asyncpg.Record) -> SetAsideFrames:
    """Return a row as the domain reads it."""
    return SetAsideFrames(row["reason"], row["factor"], row["first_time"], row["last_time"])


async def settle(tx: Connection, set_aside_id: UUID, who: str, outcome: str) -> None:
    """Note that it was run again, or why it is let be."""
    await tx.execute(
        "update set_aside set settled_at = $2, settled_by = $3, outcome = $4 where set_aside_id = $1",
        set_aside_id, now(), who, outcome,
    )  # fmt: skip


async def hours_with_frames(
    connection: Connection, row: asyncpg.Record, at: datetime, *, batch: int = 5000
) -> list[datetime]:
    """Return the hours up to `at` in which the device sent frames between the first and the last that were set aside."""
    rows = await connection.fetch(
        "select distinct date_trunc('hour', data_time) as hour from frames"
        " where mn = $1 and point_id = $2 and data_time >= $3"
        " and data_time <= least($4::timestamptz, $5::timestamptz) order by 1 limit $6",
        row["mn"], row["point_id"], row["first_time"], row["last_time"], at, batch,
    )  # fmt: skip
    return [found["hour"] for found in rows]


def refused_limits(limits: PointLimits) -> Iterator[dict[str, Any]]:
    """Give the limit rows of a point that cannot be held against its values, and why."""
    for refused in limits.not_applied:
        yield {
            "point_id": limits.point.point_id, "point_name_zh": limits.point.name_zh, "limit_id": refused.limit_id,
            "factor": refused.factor, "reason": refused.reason, "reason_zh": refused.reason_zh,
        }  # fmt: skip
