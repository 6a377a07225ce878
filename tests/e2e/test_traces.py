"""One trace leads from the frame to the alarm, across three services and three topics."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from aiokafka import AIOKafkaConsumer

if TYPE_CHECKING:
    from conftest import DataLogger, Outlet, Stack

pytestmark = pytest.mark.integration


async def first_trace(bootstrap: str, topic: str, said_of: str) -> str:
    """Return the trace id (32 hex digits) of the first record of a topic whose key or body names `said_of`."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    async with asyncio.timeout(120), consumer:
        async for record in consumer:
            if said_of.encode() in (record.key or b"") + (record.value or b""):
                version, trace_id, _, _ = dict(record.headers)["traceparent"].decode().split("-")
                assert version == "00"
                return str(trace_id)
    raise AssertionError("unreachable: the consumer ends with the time")


async def test_the_trace_of_a_frame_is_the_trace_of_its_finding_and_its_alarm(
    stack: "Stack", outlet: "Outlet", data_logger: "DataLogger"
) -> None:
    await data_logger.report("95", datetime.now(UTC).replace(microsecond=0))
    bootstrap = stack.access["kafka_bootstrap"]
    traces = {
        topic: await first_trace(bootstrap, topic, said_of)
        for topic, said_of in {
            "telemetry.readings.v1": outlet.mn,
            "supervision.findings.v1": outlet.point_id,
            "alerting.alarms.v1": outlet.point_id,
        }.items()
    }
    assert len(set(traces.values())) == 1, traces
