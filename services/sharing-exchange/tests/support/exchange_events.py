"""Events as the exchange takes them, and a way to let it take them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from park_chassis.database import Database
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, AlarmState, Medium, Period
from park_schemas.envelope import Event
from park_schemas.registry import PointRecord
from park_schemas.telemetry import Measurement, ReadingsReported
from sharing_exchange.consumers import handlers

NOW = datetime.now(UTC).replace(microsecond=0)
PARK = UUID(int=1)


class Taking:
    """Hands events to the handlers in one transaction a call, as the consumer loop does."""

    def __init__(self, database: Database, retention: timedelta) -> None:
        self.database = database
        self.handlers = handlers(retention)

    async def __call__(self, *events: Event[Any]) -> None:
        async with self.database.transaction() as tx:
            for event in events:
                await self.handlers[event.type]([event], tx)

    async def batch(self, *events: Event[Any]) -> None:
        """Hand over events of one type in one call."""
        async with self.database.transaction() as tx:
            await self.handlers[events[0].type](list(events), tx)


def alarm(number: int = 1, version: int = 1, state: AlarmState = AlarmState.ACTIVE) -> Event[Alarm]:
    body = Alarm(
        alarm_id=UUID(int=1000 + number),
        version=version,
        number=f"AL-{number}",
        park_id=PARK,
        rule="exceedance",
        level=AlarmLevel.RED,
        state=state,
        title_zh="超标",
        title_en="exceeds",
        subject_id=UUID(int=7),
        subject_name_zh="排口",
        subject_name_en="outlet",
        medium=Medium.WASTE_WATER,
        started_at=NOW,
        last_seen_at=NOW,
        raised_at=NOW,
        changed_at=NOW,
        occurrences=1,
        finding_id=UUID(int=8),
    )
    return Event("alerting.alarm.raised", "alerting", str(body.alarm_id), NOW, body)


def point(number: int = 1, name_zh: str = "排口") -> Event[PointRecord]:
    body = PointRecord(
        point_id=UUID(int=2000 + number),
        park_id=PARK,
        code=f"DW{number:03}",
        name_zh=name_zh,
        name_en="outlet",
        medium=Medium.WASTE_WATER,
        longitude=120.0,
        latitude=31.0,
    )
    return Event("registry.point.stated", "archive", str(body.point_id), NOW, body)


def readings(
    mn: str = "MN1", at: datetime = NOW, value: str = "1.0", *, factor: str = "w01018"
) -> Event[ReadingsReported]:
    body = ReadingsReported(
        mn=mn,
        point_id=UUID(int=7),
        edition="2017",
        system_type="32",
        command="2011",
        period=Period.REALTIME,
        data_time=at,
        received_at=at,
        measurements=[Measurement(factor=factor, values={"Rtd": value})],
    )
    return Event("telemetry.readings.reported", "hj212-gateway", mn, at, body)


async def pull_all(client: httpx.AsyncClient, resource: str, limit: int = 3) -> list[Any]:
    """Pull from the beginning to the end, page by page."""
    items: list[Any] = []
    cursor: str | None = None
    while True:
        params: dict[str, Any] = {"limit": limit, **({"cursor": cursor} if cursor else {})}
        answer = await client.get(f"/exchange/v1/{resource}", params=params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            return items
