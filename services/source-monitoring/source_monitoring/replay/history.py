"""The registry as it was: each different record of an own point, from when this service first saw it. For "that
day's rules"."""

import asyncio
import hashlib
from datetime import datetime
from uuid import UUID

import msgspec
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_judging.domain.applied_limits import PointLimits, compile_limits
from park_judging.registry import Points
from park_schemas.registry import PointRecord


class RegistryHistory:
    """Background work: notes the records that changed."""

    def __init__(self, database: Database, points: Points, *, every_s: float) -> None:
        self._database = database
        self._points = points
        self._every_s = every_s
        self._noted: dict[UUID, PointRecord] = {}

    async def run(self) -> None:
        """Note changes, for ever."""
        while True:
            await self.note(now())
            await asyncio.sleep(self._every_s)

    async def note(self, at: datetime) -> None:
        """Write the records that differ from the newest ones noted."""
        changed = {
            limits.point.point_id: limits.point
            for limits in self._points.own()
            if self._noted.get(limits.point.point_id) is not limits.point
        }
        if not changed:
            return
        async with self._database.transaction() as tx:
            rows = await tx.fetch(
                "select distinct on (point_id) point_id, digest from registry_history where point_id = any($1)"
                " order by point_id, seen_at desc",
                list(changed),
            )
            known = {row["point_id"]: row["digest"] for row in rows}
            new = [
                (point_id, at, digest, msgspec.to_builtins(record))
                for point_id, record in changed.items()
                if (digest := digest_of(record)) != known.get(point_id)
            ]
            await tx.executemany("insert into registry_history values ($1, $2, $3, $4) on conflict do nothing", new)
        self._noted |= changed


def digest_of(record: PointRecord) -> str:
    """Return the SHA-256 (hex) of a record."""
    return hashlib.sha256(msgspec.json.encode(record, order="deterministic")).hexdigest()


async def limits_as_of(connection: Connection, point_id: UUID, end_of_day: datetime) -> PointLimits | None:
    """Return the point as the registry knew it at the end of a day; before the first record noted, that first one."""
    record = await connection.fetchval(
        "select record from registry_history where point_id = $1"
        " order by seen_at < $2 desc, case when seen_at < $2 then seen_at end desc, seen_at limit 1",
        point_id, end_of_day,
    )  # fmt: skip
    return None if record is None else compile_limits(msgspec.convert(record, PointRecord))
