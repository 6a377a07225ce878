"""Builders for tests of quality: stations with hours, closing on demand, what was published, requests as persons."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.testing import asgi_client, token
from park_judging import store
from park_judging.assembly import Judging, add_set_aside
from park_judging.closing import Closing
from park_judging.readings import Readings, ReadingsJudge
from park_judging.registry import Points
from park_judging.testing import PointsInMemory, point, readings
from park_schemas.codes import ENVIRONMENT_MEDIA, Medium, Period, PointKind
from park_schemas.registry import LimitInForce, MonitoredFactor, PointRecord

from quality import ranking_api, statistics_api
from quality.app import GRADERS
from quality.domain.noise_zones import completed
from quality.long_results import LongResults
from quality.rejudging.wiring import add_rejudging
from quality.rejudging.worker import Rejudging
from quality.rules import TOLD, StationRules
from quality.settings import Settings
from quality.station_watch import StationWatch

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICER = ("reading:read", "data:replay", "archive:write")


def station(
    *factors: MonitoredFactor,
    medium: Medium,
    kind: PointKind | None = None,
    target_class: str = "",
    limits: Iterable[LimitInForce] = (),
) -> PointRecord:
    """Return a station of a kind."""
    made = point(*limits, factors=factors, medium=medium, enterprise_id=None)
    fields = {name: getattr(made, name) for name in made.__struct_fields__}
    return PointRecord(**fields | {"point_kind": kind, "target_class": target_class})


class Park:
    """Frames in, hours, days and months closed when told to."""

    def __init__(self, database: Database, registry: PointsInMemory, settings: Settings) -> None:
        self.database = database
        self.registry = registry
        self.points = Points(registry, ENVIRONMENT_MEDIA, wait_s=0.1, complete=completed)
        self.judge = ReadingsJudge(self.points, settings)
        self.closing = Closing(
            database,
            self.points,
            settings,
            event_type="quality.assessment.made",
            graders=GRADERS,
            rules=StationRules(StationWatch(self.points, settings)),
        )
        self.judge.on_findings(TOLD.note_reported)
        self.rejudging = Rejudging(database, self.points, self.closing, settings)
        self.long_results = LongResults(database, self.points, settings)
        self.chassis = Chassis(settings, title_zh="测试", title_en="Test")
        self.chassis.database = database
        judging = Judging(self.points, self.closing, self.judge)
        add_set_aside(self.chassis, judging, settings)
        add_rejudging(self.chassis, judging, settings)
        for api in (statistics_api, ranking_api):
            self.chassis.router(api.router(database, self.points))

    async def take(self, *events: Readings) -> None:
        """Handle events as one batch."""
        async with self.database.transaction() as tx:
            await self.judge.on_readings(list(events), tx)

    async def hours(self, of: PointRecord, start: datetime, values: Iterable[Mapping[str, str]]) -> None:
        """Send six ten-minute records of the same values for each hour in turn."""
        await self.take(
            *[
                readings(of, start + number * HOUR + timedelta(minutes=10 * step), dict(sent), period=Period.MINUTE)
                for number, sent in enumerate(values)
                for step in range(6)
            ]
        )

    async def close(self) -> None:
        """Compute all hours and days that are due."""
        while await self.closing.close_due():
            pass

    async def newest(self, of: PointRecord, start: datetime, period: Period) -> store.Assessment:
        """Return the newest revision of an hour or a day."""
        async with self.database.reading() as connection:
            return (await store.revisions(connection, of.point_id, period, start))[-1]

    async def published(self, topic: str) -> list[dict[str, Any]]:
        """Return the bodies in the outbox."""
        async with self.database.reading() as connection:
            rows = await connection.fetch("select body from outbox where topic = $1 order by id", topic)
        return [json.loads(row["body"]) for row in rows]

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        may: Iterable[str] = OFFICER,
        of_enterprise: UUID | None = None,
        **params: Any,
    ) -> httpx.Response:
        """Send one request as a person with permissions, of an enterprise where one is given."""
        bearer = token(*may, username="officer", enterprise_id=of_enterprise)
        async with asgi_client(self.chassis, bearer) as client:
            return await client.request(method, path, json=body, params=params)
