"""The service as a process on a real broker: a station's frame is stored, shown, and found over its limit."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from park_chassis.kafka import Producer, create_topics
from park_chassis.testing import eventually, running_service, token
from park_judging.testing import factor, limit, point, readings
from park_schemas.codes import Medium
from park_schemas.envelope import Event, encode_body, encode_headers
from quality.settings import Settings

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC).replace(microsecond=0)


async def test_a_station_s_frame_shows_over_http_with_its_limit(
    quality_settings: Settings, kafka_bootstrap: str, broker_kind: str, postgres_url: str, tmp_path: Path
) -> None:
    station = point(
        limit("a05024", upper="200", unit="ug/m3"),
        factors=[factor("a05024", "ug/m3")],
        medium=Medium.AMBIENT_AIR,
        enterprise_id=None,
    )
    stated: Event[Any] = Event(
        type="registry.point.stated", source="archive", subject=str(station.point_id), time=NOW, body=station
    )
    await create_topics(kafka_bootstrap)
    idempotence = broker_kind != "tansu-fallback"
    known = {"kafka_bootstrap_servers": kafka_bootstrap, "kafka_idempotence": idempotence}
    producer = Producer(quality_settings.model_copy(update=known))
    await producer.open()
    try:
        reported: Event[Any] = readings(station, NOW, {"a05024": "250"})
        for event in (stated, reported):
            sent = await producer.send(
                event.topic, key=event.subject.encode(), value=encode_body(event.body), headers=encode_headers(event)
            )
            await sent
        async with (
            running_service(
                "quality",
                admin_url=postgres_url,
                kafka=kafka_bootstrap,
                log_to=tmp_path / "quality.log",
                PARK_REGISTRY_WAIT_S="0.5",
                PARK_KAFKA_IDEMPOTENCE=str(idempotence).lower(),
            ) as service,
            service.client(token("reading:read")) as client,
        ):

            async def shows() -> bool:
                items = (await client.get("/latest", params={"point_id": str(station.point_id)})).json()["items"]
                return bool(items) and items[0]["factors"][0]["ratio"] == 1.25

            await eventually(shows, within_s=40)
    finally:
        await producer.close()
