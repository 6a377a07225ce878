"""Commands when things go wrong: connections that end in the middle, gateways that are killed, requests by event, cancelling."""

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer
from hj212 import DeviceSession, Edition, Execute, Fields, Identity, Packet, Send, encode
from park_chassis.clock import now
from park_chassis.testing import eventually, token
from park_schemas.envelope import Event, encode_body, encode_headers
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import CommandRequested

if TYPE_CHECKING:
    from conftest import Field, GatewayOn, Logger

pytestmark = pytest.mark.integration


async def online(gateway: "Field", device: DeviceRecord) -> "Logger":
    logger = await gateway.logger()
    cp = [{"DataTime": "20261122120001"}, {"w01018-Rtd": "1", "w01018-Flag": "N"}]
    fields = Fields(qn="20261122120000001", st="32", cn="2011", pw=device.password, mn=device.mn, flag=5, cp=cp)
    logger.send(encode(fields, edition=Edition.HJ_2017))
    await logger.answer_of("9014")
    return logger


def carry_out(logger: "Logger", device: DeviceRecord, request: Packet) -> None:
    side = DeviceSession(Identity(device.mn, "32", device.password, Edition.HJ_2017))
    actions = side.receive(request, 0.0)
    for action in list(actions):
        if isinstance(action, Execute):
            at = now().replace(tzinfo=None)
            actions += side.finish(action.request, result=1, data=[[{"RtdInterval": "30"}]], at=at, now=0.0)
    for action in actions:
        if isinstance(action, Send):
            logger.send(action.frame)


async def ask(gateway: "Field", device: DeviceRecord, command: str, parameters: Any = (), **more: Any) -> str:
    async with gateway.service.client(token("device:write", "device:read")) as client:
        body = {"mn": device.mn, "command": command, "parameters": parameters or {}, "reason": "test", **more}
        return str((await client.post("/commands", json=body)).raise_for_status().json()["command_id"])


async def command(gateway: "Field", command_id: str) -> dict[str, Any]:
    async with gateway.service.client(token("device:read")) as client:
        found = await client.get(f"/commands/{command_id}")
        return dict(found.json()) if found.status_code == 200 else {"state": "absent"}


async def reaches(gateway: "Field", command_id: str, state: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def is_there() -> bool:
        found.update(await command(gateway, command_id))
        return bool(found["state"] == state)

    await eventually(is_there)
    return found


NO_APPROVAL = {"PARK_APPROVAL_COMMANDS": "[]", "PARK_COMMAND_LEASE": "PT2S"}


async def test_a_command_whose_connection_ends_goes_to_the_next_one_unless_twice_would_do_harm(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    async with gateway_on(kafka_bootstrap, **NO_APPROVAL) as gateway:
        await gateway.register(device)
        logger = await online(gateway, device)
        harmless = await ask(gateway, device, "1061")
        assert (await logger.answer(within_s=90)).cn == "1061"
        await logger.close()
        await reaches(gateway, harmless, "queued")
        logger = await online(gateway, device)
        request = await logger.answer(within_s=90)
        assert request.cn == "1061"
        carry_out(logger, device, request)
        found = await reaches(gateway, harmless, "succeeded")
        assert (found["attempts"], found["items"]) == (2, [{"RtdInterval": "30"}])

        sampling = await ask(gateway, device, "3012", {"PolId": "w01018"})
        assert (await logger.answer(within_s=90)).cn == "3012"
        await logger.close()
        found = await reaches(gateway, sampling, "timed-out")
        assert "unknown" in found["detail"]
        logger = await online(gateway, device)
        with pytest.raises(TimeoutError):
            await logger.answer(within_s=3)  # the sample is not taken twice
        await logger.close()


async def test_a_command_of_a_killed_gateway_is_taken_up_or_given_up_never_lost(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    async with gateway_on(kafka_bootstrap, **NO_APPROVAL) as gateway:
        await gateway.register(device)
        for cn, parameters, end in (("1061", {}, "succeeded"), ("3013", {"PolId": "w01018"}, "timed-out")):
            logger = await online(gateway, device)
            command_id = await ask(gateway, device, cn, parameters)
            assert (await logger.answer(within_s=90)).cn == cn
            gateway.service.kill()
            await gateway.service.start()
            logger = await online(gateway, device)
            if end == "succeeded":
                carry_out(logger, device, await logger.answer(within_s=90))
            found = await reaches(gateway, command_id, end)
            assert found["finished_at"] is not None
            await logger.close()


async def test_a_queued_and_a_sent_command_can_be_cancelled_and_a_late_answer_changes_nothing(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    async with gateway_on(kafka_bootstrap, **NO_APPROVAL) as gateway:
        await gateway.register(device)
        waiting = await ask(gateway, device, "1061")
        async with gateway.service.client(token("device:write", "device:read")) as client:
            cancelled = (await client.post(f"/commands/{waiting}/cancel", json={"note": "typo"})).json()
            assert (cancelled["state"], cancelled["decision_note"]) == ("cancelled", "typo")
            logger = await online(gateway, device)
            sent = await ask(gateway, device, "1063")
            request = await logger.answer(within_s=90)
            assert request.cn == "1063", "the cancelled one is not sent"
            cancelled = (await client.post(f"/commands/{sent}/cancel")).json()
            assert cancelled["state"] == "cancelled"
            assert "unknown" in cancelled["detail"]
        following = await ask(gateway, device, "1061")
        second = await logger.answer(within_s=90)
        assert second.cn == "1061", "the next one does not wait for the timeout of the cancelled one"
        carry_out(logger, device, request)
        carry_out(logger, device, second)
        await reaches(gateway, following, "succeeded")
        assert (await command(gateway, sent))["state"] == "cancelled"
        await logger.close()


async def request_by_event(gateway: "Field", body: CommandRequested, event_id: UUID) -> None:
    event = Event(
        type="telemetry.command.requested",
        source="source-monitoring",
        subject=body.mn,
        time=now(),
        body=body,
        id=event_id,
    )
    async with AIOKafkaProducer(bootstrap_servers=gateway.kafka) as producer:
        await producer.send_and_wait(
            event.topic, key=body.mn.encode(), value=encode_body(body), headers=encode_headers(event)
        )


async def test_a_request_by_event_is_carried_out_once_and_a_bad_one_is_set_aside_with_its_reason(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    async with gateway_on(kafka_bootstrap) as gateway:
        await gateway.register(device)
        logger = await online(gateway, device)
        good, bad, dangerous = uuid4(), uuid4(), uuid4()
        asked: dict[str, Any] = {"mn": device.mn, "reason": "over the limit", "requested_by": "judge"}
        wanted = CommandRequested(command="1062", parameters=[{"RtdInterval": "60"}], **asked)
        await request_by_event(gateway, wanted, good)
        await request_by_event(gateway, wanted, good)
        await request_by_event(gateway, CommandRequested(command="3022", parameters=[{"PolId": "x"}], **asked), bad)
        await request_by_event(
            gateway, CommandRequested(command="3012", parameters=[{"PolId": "w01018"}], **asked), dangerous
        )
        carry_out(logger, device, await logger.answer(within_s=60))
        assert (await reaches(gateway, str(good), "succeeded"))["origin"] == "event"
        found = await reaches(gateway, str(bad), "invalid")
        assert "3022" in found["detail"]
        await reaches(gateway, str(dangerous), "awaiting-approval")
        async with gateway.service.client(token("device:write", username="judge")) as same:
            refused = await same.post(f"/commands/{dangerous}/approve")
            assert (refused.status_code, refused.json()["code"]) == (403, "same-person")

        def outcomes(event: Any) -> set[str]:
            body = event.body
            return {f"{body.command_id} {body.outcome if hasattr(body, 'outcome') else body.state}"}

        wanted_outcomes = {f"{good} succeeded", f"{bad} invalid", f"{dangerous} awaiting-approval"}
        seen = await gateway.until("telemetry.command-results.v1", device.mn, wanted_outcomes, outcomes, within_s=60)
        assert wanted_outcomes <= seen
        with pytest.raises(TimeoutError):
            await logger.answer(within_s=2)  # once
        await logger.close()


async def test_a_dialogue_under_way_at_sigterm_is_finished_or_handed_over(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    async with gateway_on(kafka_bootstrap, **NO_APPROVAL) as gateway:
        await gateway.register(device)
        logger = await online(gateway, device)
        sampling = await ask(gateway, device, "3012", {"PolId": "w01018"})
        request = await logger.answer(within_s=90)
        stopping = asyncio.create_task(gateway.service.stop())
        carry_out(logger, device, request)
        await stopping
        await gateway.service.start()
        await reaches(gateway, sampling, "succeeded")


async def test_nobody_asks_or_decides_without_permission(gateway: "Field", device: DeviceRecord) -> None:
    await gateway.register(device)
    body = {"mn": device.mn, "command": "1061", "reason": "test"}
    async with gateway.service.client(token("device:read", "command:approve")) as officer:
        assert (await officer.post("/commands", json=body)).status_code == 403
        assert (await officer.post(f"/commands/{uuid4()}/cancel")).status_code == 403
        assert (await officer.post(f"/commands/{uuid4()}/approve")).status_code == 404
    async with gateway.service.client(token("device:read")) as reader:
        assert (await reader.post(f"/commands/{uuid4()}/approve")).status_code == 403
        assert (await reader.post(f"/commands/{uuid4()}/reject")).status_code == 403
    async with gateway.service.client(token("device:write", "device:read")) as writer:
        refused = await writer.post("/commands", json=body | {"command": "1062", "parameters": {"RtdInterval": 1}})
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "RtdInterval")
        assert (await writer.post("/commands", json=body | {"reason": ""})).status_code == 422
        assert (await writer.post("/commands", json=body | {"expires_in_s": 1})).status_code == 422
        first = (await writer.post("/commands", json=body)).json()
        taken = body | {"command": "1063", "command_id": first["command_id"]}
        assert (await writer.post("/commands", json=taken)).json()["code"] == "id-taken"
