"""Commands over a real gateway: dialogue, queue, second person, 1013, history; and the state table."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from hj212 import DeviceSession, Edition, Execute, Fields, Identity, Packet, Send, encode
from hj212_gateway.domain.command_request import checked_parameters, with_moment
from hj212_gateway.domain.command_states import TRANSITIONS, CommandState, CommandStep, next_state
from park_chassis.errors import Refused
from park_chassis.testing import eventually, token
from park_schemas.registry import DeviceRecord

if TYPE_CHECKING:
    from conftest import Field, GatewayOn, Logger

AT = datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001 - wall time, as on the wire


@pytest.mark.parametrize("state", list(CommandState))
@pytest.mark.parametrize("step", list(CommandStep))
def test_a_step_that_the_table_does_not_have_is_refused_naming_both(state: CommandState, step: CommandStep) -> None:
    expected = TRANSITIONS.get(state, {}).get(step)
    if expected is not None:
        assert next_state(state, step) is expected
        return
    with pytest.raises(Refused) as refused:
        next_state(state, step)
    assert state.value in refused.value.en
    assert step.value in refused.value.en


@pytest.mark.parametrize(
    ("edition", "command", "parameters", "code"),
    [
        ("2017", "1012", [], None),
        ("2017", "1062", [{"RtdInterval": "30"}], None),
        ("2017", "2051", [{"BeginTime": "20261122000000"}, {"EndTime": "20261122010000"}], None),
        ("2005", "1064", [{"MinInterval": "10"}], "no-such-command"),
        ("2017", "9014", [], "no-such-command"),
        ("2017", "1062", [{"RtdInterval": "3;0"}], "bad-parameters"),
        ("2017", "1062", [{"RtdInterval": "5"}], "bad-parameters"),
        ("2017", "1062", [], "bad-parameters"),
        ("2017", "1062", [{"RtdInterval": "60"}, {"RtdInterval": "90"}], "bad-parameters"),
        ("2017", "1072", [{"NewPW": "too long"}], "bad-parameters"),
        ("2017", "2051", [{"BeginTime": "20261122010000"}], "bad-parameters"),
        ("2017", "2051", [{"BeginTime": "20261122010000"}, {"EndTime": "20261122000000"}], "bad-parameters"),
        ("2017", "2051", [{"BeginTime": "20261322010000"}, {"EndTime": "20261422000000"}], "bad-parameters"),
        ("2017", "3011", [{"PolId": "w01018"}, {"CalibrationType": "0"}], "bad-parameters"),
    ],
)
def test_a_request_is_checked_before_it_is_stored(
    device: DeviceRecord, edition: str, command: str, parameters: list[dict[str, str]], code: str | None
) -> None:
    asked = DeviceRecord(
        mn=device.mn if edition != "2005" else device.mn[:14],
        password="123456",
        point_id=device.point_id,
        park_id=device.park_id,
        edition=edition,
    )
    if code is None:
        checked_parameters(asked, command, parameters, AT)
        return
    with pytest.raises(Refused) as refused:
        checked_parameters(asked, command, parameters, AT)
    assert refused.value.code == code


def test_the_clock_is_set_to_the_moment_of_sending_unless_a_time_is_given() -> None:
    assert with_moment("1012", [], AT) == [{"SystemTime": "20261122120000"}]
    assert with_moment("1012", [{"SystemTime": "1"}], AT) == [{"SystemTime": "1"}]
    assert with_moment("1062", [], AT) == []


# --- over a real gateway -------------------------------------------------------------------------------------------


def realtime(device: DeviceRecord, second: int) -> bytes:
    cp = [{"DataTime": f"202611221200{second:02d}"}, {"w01018-Rtd": "1", "w01018-Flag": "N"}]
    qn = f"20261122120000{second:03d}"
    fields = Fields(qn=qn, st="32", cn="2011", pw=device.password, mn=device.mn, flag=5, cp=cp)
    return encode(fields, edition=Edition.HJ_2017)


async def online(gateway: "Field", device: DeviceRecord) -> "Logger":
    logger = await gateway.logger()
    logger.send(realtime(device, 1))
    await logger.answer_of("9014")
    return logger


async def obey(
    logger: "Logger", device: DeviceRecord, *, result: int = 1, data: tuple[Any, ...] = (), within_s: float = 60
) -> Packet:
    """Be the device for one request; return the request."""
    side = DeviceSession(Identity(device.mn, "32", device.password, Edition.HJ_2017))
    request = await logger.answer(within_s=within_s)
    actions = side.receive(request, 0.0)
    for action in list(actions):
        if isinstance(action, Execute):
            actions += side.finish(action.request, result=result, data=list(data), at=datetime.now(), now=0.0)  # noqa: DTZ005
    for action in actions:
        if isinstance(action, Send):
            logger.send(action.frame)
    return request


async def ask(gateway: "Field", device: DeviceRecord, command: str, *parameters: dict[str, str], **more: Any) -> Any:
    async with gateway.service.client(token("device:write", "device:read")) as client:
        body = {"mn": device.mn, "command": command, "parameters": list(parameters), "reason": "test", **more}
        answer = await client.post("/commands", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()


async def ended(gateway: "Field", command_id: str, *, within_s: float = 60) -> Any:
    found: dict[str, Any] = {}

    async def is_over() -> bool:
        async with gateway.service.client(token("device:read")) as client:
            found.update((await client.get(f"/commands/{command_id}")).json())
        return found["finished_at"] is not None

    await eventually(is_over, within_s=within_s)
    return found


pytest_integration = pytest.mark.integration


@pytest_integration
async def test_a_set_command_runs_its_dialogue_and_its_transcript_end_and_event_are_kept(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    logger = await online(gateway, device)
    command_id = uuid4()
    asked = await ask(gateway, device, "1062", {"RtdInterval": "60"}, command_id=str(command_id))
    assert asked["state"] == "queued"
    await ask(gateway, device, "1062", {"RtdInterval": "60"}, command_id=str(command_id))  # the same id: one command
    request = await obey(logger, device)
    assert (request.cn, request.value("RtdInterval"), request.pw) == ("1062", "60", device.password)
    end = await ended(gateway, str(command_id))
    assert (end["state"], end["code"], end["request_id"]) == ("succeeded", 1, request.qn)
    assert [frame["direction"] for frame in end["transcript"]] == ["sent", "received", "received"]
    *moved, event = await gateway.events("telemetry.command-results.v1", device.mn, 3)
    assert [change.body.state for change in moved] == ["queued", "sent"]
    assert (event.body.command_id, event.body.outcome) == (command_id, "succeeded")
    assert (event.body.transcript, event.body.reason) == (f"/commands/{command_id}", "test")
    await logger.close()


@pytest_integration
async def test_what_a_device_reports_on_request_and_refuses_is_told_apart(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    logger = await online(gateway, device)
    asked = await ask(gateway, device, "1061")
    await obey(logger, device, data=([{"RtdInterval": "30"}],))
    end = await ended(gateway, asked["command_id"])
    assert (end["state"], end["items"]) == ("succeeded", [{"RtdInterval": "30"}])
    (info,) = await gateway.events("telemetry.device-info.v1", device.mn, 1)
    assert (info.body.command, info.body.items) == ("1061", [{"RtdInterval": "30"}])
    asked = await ask(gateway, device, "1064", {"MinInterval": "10"})
    await obey(logger, device, result=2)
    end = await ended(gateway, asked["command_id"])
    assert (end["state"], end["code"]) == ("failed", 2)
    await logger.close()


@pytest_integration
async def test_history_fetched_by_a_command_is_supplementary_and_answered(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    logger = await online(gateway, device)
    span = ({"BeginTime": "20261122000000"}, {"EndTime": "20261122010000"})
    asked = await ask(gateway, device, "2061", *span)
    cp = [{"DataTime": "20261122000000"}, {"w01018-Avg": "7", "w01018-Flag": "N"}]
    await obey(logger, device, data=(cp,))
    assert (await ended(gateway, asked["command_id"]))["state"] == "succeeded"
    _, event = await gateway.events("telemetry.readings.v1", device.mn, 2)
    assert (event.body.command, event.body.supplementary) == ("2061", True)
    await logger.close()


@pytest_integration
async def test_a_command_waits_for_its_device_and_expires_when_it_does_not_come(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    short = await ask(gateway, device, "1012", expires_in_s=10)
    kept = await ask(gateway, device, "1062", {"RtdInterval": "30"}, expires_in_s=600)
    assert (await ended(gateway, short["command_id"], within_s=120))["state"] == "expired"
    logger = await online(gateway, device)
    request = await obey(logger, device)
    assert request.cn == "1062"
    assert (await ended(gateway, kept["command_id"]))["state"] == "succeeded"
    await logger.close()


@pytest_integration
async def test_a_dangerous_command_needs_another_person(gateway: "Field", device: DeviceRecord) -> None:
    await gateway.register(device)
    one, other = uuid4(), uuid4()
    permissions = ("device:write", "device:read")
    async with gateway.service.client(token(*permissions, user_id=one)) as first:
        body = {"mn": device.mn, "command": "1072", "parameters": [{"NewPW": "654321"}], "reason": "test"}
        asked = (await first.post("/commands", json=body)).json()
        assert asked["state"] == "awaiting-approval"
        refused = await first.post(f"/commands/{asked['command_id']}/approve")
        assert (refused.status_code, refused.json()["code"]) == (403, "same-person")
    async with gateway.service.client(token(*permissions, user_id=other)) as second:
        approved = await second.post(f"/commands/{asked['command_id']}/approve")
        assert approved.json()["state"] == "queued"
        cancelled = await second.post(f"/commands/{asked['command_id']}/cancel")
        assert cancelled.json()["state"] == "cancelled"
        again = await second.post(f"/commands/{asked['command_id']}/cancel")
        assert (again.status_code, again.json()["code"]) == (409, "wrong-state")
        unknown = await second.post("/commands", json=body | {"mn": "nobody"})
        assert unknown.status_code == 404
    async with gateway.service.client(token("device:read")) as reader:
        assert (await reader.post("/commands", json=body)).status_code == 403


@pytest_integration
async def test_a_device_that_asks_for_the_time_gets_it(gateway: "Field", device: DeviceRecord) -> None:
    await gateway.register(device)
    logger = await online(gateway, device)
    notice = Fields(qn="20261122120000500", st="32", cn="1013", pw=device.password, mn=device.mn, flag=5, cp=[])
    logger.send(encode(notice, edition=Edition.HJ_2017))
    await logger.answer_of("9013")
    request = await obey(logger, device)
    assert request.cn == "1012"
    assert len(request.value("SystemTime") or "") == 14
    await logger.close()


@pytest_integration
async def test_a_silent_device_is_asked_again_and_then_given_up(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    async with gateway_on(kafka_bootstrap, PARK_OVER_TIME="PT0.5S", PARK_RESENDS="2") as gateway:
        await gateway.register(device)
        logger = await online(gateway, device)
        asked = await ask(gateway, device, "1011")
        seen = [await logger.answer() for _ in range(3)]
        assert len({packet.qn for packet in seen}) == 1
        end = await ended(gateway, asked["command_id"])
        assert (end["state"], len(end["transcript"])) == ("no-answer", 3)
        assert UUID(end["command_id"])
        await asyncio.sleep(0)
        await logger.close()
