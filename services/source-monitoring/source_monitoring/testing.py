"""A small laboratory for tests: the service's handlers and its API on a real database, driven step by step."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.testing import asgi_client, token
from park_judging import store as judged
from park_judging.assembly import Judging
from park_judging.closing import Closing
from park_judging.readings import Readings, ReadingsJudge
from park_judging.registry import Points
from park_judging.testing import PointsInMemory, readings
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import SOURCE_MEDIA, Period, Role
from park_schemas.registry import PointRecord

from source_monitoring.data_review_wiring import add_data_review
from source_monitoring.evidence.wiring import add_evidence
from source_monitoring.manual.wiring import add_manual_monitoring
from source_monitoring.replay.calendar import HourCalendar
from source_monitoring.replay.history import RegistryHistory
from source_monitoring.replay.worker import ReplayWorker
from source_monitoring.results.long_results import LongResults
from source_monitoring.rules import SourceRules
from source_monitoring.settings import Settings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICER = (
    "reading:read",
    "mark:write",
    "mark:review",
    "data:review",
    "data:approve",
    "data:correct",
    "data:replay",
    "quota:write",
    "campaign:write",
)
ENTERPRISE = ("reading:read", "mark:write")


class Person:
    """Somebody with a token."""

    def __init__(self, *permissions: str, name: str = "person", enterprise_id: UUID | None = None) -> None:
        self.user_id = uuid4()
        role = Role.ENTERPRISE if enterprise_id else Role.OFFICER
        self.bearer = token(*permissions, role=role, username=name, enterprise_id=enterprise_id, user_id=self.user_id)


class Laboratory:
    """Frames in, hours and days closed when told to, requests as different persons."""

    def __init__(self, database: Database, registry: PointsInMemory, settings: Settings) -> None:
        self.database = database
        self.registry = registry
        self.settings = settings
        self.points = Points(registry, SOURCE_MEDIA, wait_s=0.1)
        self.judge = ReadingsJudge(self.points, settings)
        self.closing = Closing(
            database, self.points, settings, event_type="source.assessment.made", rules=SourceRules(settings)
        )
        self.chassis = Chassis(settings, title_zh="测试", title_en="Test")
        self.chassis.database = database
        add_evidence(self.chassis, settings)
        add_data_review(self.chassis, Judging(self.points, self.closing, self.judge), settings)
        add_manual_monitoring(self.chassis, self.points, settings)
        self.calendar = HourCalendar(database, self.points, every_s=60)
        self.history = RegistryHistory(database, self.points, every_s=60)
        self.long_results = LongResults(database, self.points, settings)
        self.replays = ReplayWorker(database, self.points, self.closing, poll_s=60)

    async def take(self, *events: Readings) -> None:
        """Handle events as one batch."""
        async with self.database.transaction() as tx:
            await self.judge.on_readings(list(events), tx)

    async def minutes(
        self, of: PointRecord, start: datetime, hours: int, values: Mapping[str, str], **kinds: Any
    ) -> None:
        """Send ten-minute records of the same values over some hours."""
        times = [start + timedelta(minutes=10 * step) for step in range(6 * hours)]
        await self.take(*[readings(of, at, dict(values), period=Period.MINUTE, **kinds) for at in times])

    async def close(self) -> None:
        """Compute all that is due, days and months too."""
        while await self.closing.close_due() or await self.long_results.compute_due():
            pass

    async def versions(self, of: PointRecord, start: datetime, period: Period = Period.HOUR) -> list[judged.Assessment]:
        async with self.database.reading() as connection:
            return await judged.revisions(connection, of.point_id, period, start)

    async def newest(
        self, of: PointRecord, start: datetime, factor: str = "w01018", period: Period = Period.HOUR
    ) -> FactorAssessment:
        """Return one factor of the newest version of an hour or day."""
        made = await self.versions(of, start, period)
        return next(one for one in made[-1].factors if one.factor == factor)

    async def published(self, topic: str) -> list[dict[str, Any]]:
        """Return the bodies in the outbox."""
        async with self.database.reading() as connection:
            rows: Iterable[Any] = await connection.fetch("select body from outbox where topic = $1 order by id", topic)
            return [json.loads(row["body"]) for row in rows]

    async def ask(
        self, person: Person, method: str, path: str, body: Mapping[str, Any] | None = None, **params: Any
    ) -> httpx.Response:
        """Send one request as a person."""
        async with asgi_client(self.chassis, person.bearer) as client:
            return await client.request(method, path, json=body, params=params)
