"""Figures and logs of a running gateway: every figure is there and moves, no password is in a log line."""

import asyncio
from typing import TYPE_CHECKING

import pytest
from hj212 import Edition, Fields, encode
from park_chassis.testing import eventually, token
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord
from prometheus_client.parser import text_string_to_metric_families

if TYPE_CHECKING:
    from conftest import Field, GatewayOn

pytestmark = pytest.mark.integration

PASSWORD, NEW_PASSWORD = "Q7zX4k", "W9vB2m"

FIGURES = {
    "park_gateway_connections": "connections",
    "park_gateway_frames_total": "frames by edition and command",
    "park_gateway_frames_rejected_total": "frames by reason",
    "park_gateway_answer_seconds_count": "latency of answers",
    "park_gateway_spool_bytes": "depth of the spool",
    "park_gateway_spooling": "whether it spools",
    "park_gateway_waiting_bytes": "what is not durable yet",
    "park_gateway_loop_lag_seconds": "lag of the event loop",
    "park_gateway_commands_open": "commands by state",
    "park_gateway_commands_ended_total": "commands by outcome",
    "park_gateway_commands_running": "dialogues",
    "park_gateway_handovers_read_total": "looks for new passwords and keys",
    "park_gateway_evidence_frames_total": "evidence written",
    "park_gateway_evidence_waiting_bytes": "evidence waiting",
    "park_gateway_unknown_devices_pruned_total": "unknown devices dropped",
    "park_gateway_devices_moved_total": "devices at another gateway",
}


async def figures(gateway: "Field") -> dict[str, float]:
    """Return the sum over labels of each sample."""
    async with gateway.service.client(token()) as client:
        text = (await client.get("/metrics")).text
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0.0) + sample.value
    return found


async def test_every_figure_is_there_and_no_password_is_in_a_log_line(
    gateway_on: "GatewayOn", kafka_bootstrap: str
) -> None:
    device = DeviceRecord(
        mn=uuid7().hex[:24].upper(), password=PASSWORD, point_id=uuid7(), park_id=uuid7(), edition="2017"
    )
    quick = {"PARK_LOG_LEVEL": "DEBUG", "PARK_LOG_FORMAT": "json", "PARK_OVER_TIME": "PT0.3S", "PARK_RESENDS": "0"}
    async with gateway_on(kafka_bootstrap, PARK_APPROVAL_COMMANDS="[]", **quick) as gateway:
        await gateway.register(device)
        logger = await gateway.logger()
        cp = [{"DataTime": "20261122120001"}, {"w01018-Rtd": "1"}]
        for second, password in ((1, PASSWORD), (2, NEW_PASSWORD)):
            qn = f"20261122120000{second:03d}"
            fields = Fields(qn=qn, st="32", cn="2011", pw=password, mn=device.mn, flag=5, cp=cp)
            logger.send(encode(fields, edition=Edition.HJ_2017))
        assert (await logger.answer()).cn == "9014"
        logger.send(b"##noise PW=" + PASSWORD.encode() + b"\r\n##0020QN=1;PW=" + PASSWORD.encode() + b"xx0000\r\n")
        async with gateway.service.client(token("device:write")) as client:
            body = {"mn": device.mn, "command": "1072", "parameters": {"NewPW": NEW_PASSWORD}, "reason": "test"}
            (await client.post("/commands", json=body)).raise_for_status()

        async def have_moved() -> bool:
            found = await figures(gateway)
            wanted = ("frames_total", "frames_rejected_total", "answer_seconds_count", "commands_ended_total")
            return all(found.get(f"park_gateway_{name}", 0) > 0 for name in wanted)

        await eventually(have_moved)
        found = await figures(gateway)
        assert {name for name in FIGURES if name not in found} == set()
        await logger.close()
        await asyncio.sleep(0)
        await gateway.service.stop()
        written = gateway.service.log.read_text()
        assert "listening for data loggers" in written
        for secret in (PASSWORD, NEW_PASSWORD, PASSWORD.encode().hex(), NEW_PASSWORD.encode().hex()):
            assert secret not in written
