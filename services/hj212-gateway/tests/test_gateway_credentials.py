"""A new password (1072): in force when the device has confirmed it; the old one passes meanwhile, whatever is killed."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hj212 import DeviceSession, Edition, Execute, Fields, Identity, Packet, Send, encode
from hj212_gateway.domain.credentials import CONFIRMED, OFFERED, Credentials, Handover
from park_chassis.testing import eventually, token
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import CredentialChanged

if TYPE_CHECKING:
    from conftest import Field, GatewayOn, Logger

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
OLD, NEW = "123456", "654321"


def handover(state: str, *, ends_in: timedelta = timedelta(hours=1), new: str = NEW) -> Handover:
    return Handover(uuid7(), "MN1", OLD, new, state, NOON + ends_in)


def credentials(*handovers: Handover) -> Credentials:
    made = Credentials()
    made.put(handovers)
    return made


@pytest.mark.parametrize(
    ("state", "registered", "given", "passes"),
    [
        (OFFERED, OLD, NEW, True),
        (OFFERED, OLD, OLD, True),
        (OFFERED, OLD, "other1", False),
        (OFFERED, OLD, None, False),
        (CONFIRMED, OLD, NEW, True),
        (CONFIRMED, NEW, OLD, True),
        (CONFIRMED, "byhand", OLD, False),
        (CONFIRMED, "byhand", NEW, False),
    ],
)
def test_both_passwords_pass_while_one_is_handed_over(
    state: str, registered: str, given: str | None, passes: bool
) -> None:
    assert credentials(handover(state)).accepts("MN1", given, registered, NOON) is passes


def test_nothing_passes_after_the_hand_over_has_ended_or_for_another_device() -> None:
    open_ = credentials(handover(CONFIRMED, ends_in=timedelta(0)))
    assert not open_.accepts("MN1", OLD, NEW, NOON)
    assert not credentials(handover(OFFERED)).accepts("MN2", NEW, OLD, NOON)


def test_the_use_of_an_offered_password_is_noticed_once_and_kept_until_it_is_stored() -> None:
    offered = handover(OFFERED)
    open_ = credentials(offered)
    open_.accepts("MN1", OLD, OLD, NOON)
    assert open_.take_used() == []
    open_.accepts("MN1", NEW, OLD, NOON)
    open_.accepts("MN1", NEW, OLD, NOON)
    used = open_.take_used()
    assert used == [offered]
    assert open_.take_used() == []
    open_.put_back(used)
    assert open_.take_used() == [offered]


def test_commands_carry_the_new_password_only_when_the_device_has_confirmed_it() -> None:
    assert credentials(handover(OFFERED)).in_force("MN1", OLD) == OLD
    assert credentials(handover(CONFIRMED)).in_force("MN1", OLD) == NEW
    assert credentials(handover(CONFIRMED)).in_force("MN1", NEW) == NEW
    assert credentials(handover(CONFIRMED)).in_force("MN1", "byhand") == "byhand"
    assert credentials().in_force("MN1", OLD) == OLD


# --- over a real gateway -------------------------------------------------------------------------------------------

integration = pytest.mark.integration


def frame(device: DeviceRecord, second: int, password: str) -> bytes:
    cp = [{"DataTime": f"202611221200{second:02d}"}, {"w01018-Rtd": "1", "w01018-Flag": "N"}]
    fields = Fields(qn=f"20261122120000{second:03d}", st="32", cn="2011", pw=password, mn=device.mn, flag=5, cp=cp)
    return encode(fields, edition=Edition.HJ_2017)


async def answered(logger: "Logger", content: bytes) -> bool:
    """Send a frame and say whether it was taken (9014). What is not taken gets no answer; a taken one follows it for sure."""
    logger.send(content)
    try:
        return bool(await logger.answer_of("9014", within_s=90))
    except TimeoutError:
        return False


async def ask_for_new_password(gateway: "Field", device: DeviceRecord) -> str:
    """Ask, and approve as another person; return the id of the command."""
    permissions = ("device:write", "device:read")
    async with gateway.service.client(token(*permissions, user_id=uuid4(), username="one")) as first:
        body = {"mn": device.mn, "command": "1072", "parameters": {"NewPW": NEW}, "reason": "yearly"}
        asked = (await first.post("/commands", json=body)).raise_for_status().json()
        assert NEW not in str(asked)
    async with gateway.service.client(token("command:approve", user_id=uuid4(), username="two")) as second:
        (await second.post(f"/commands/{asked['command_id']}/approve", json={"note": "ok"})).raise_for_status()
    return str(asked["command_id"])


def carry_out(device: DeviceRecord, request: Packet, result: int) -> list[bytes]:
    """Return 9011 and 9012 of a device."""
    side = DeviceSession(Identity(device.mn, "32", device.password, Edition.HJ_2017))
    actions = side.receive(request, 0.0)
    for action in list(actions):
        if isinstance(action, Execute):
            actions += side.finish(action.request, result=result, data=[], at=datetime.now(), now=0.0)  # noqa: DTZ005
    return [action.frame for action in actions if isinstance(action, Send)]


async def credential_events(gateway: "Field", device: DeviceRecord) -> set[str]:
    def facts(event: Any) -> set[str]:
        return {event.body.value} if isinstance(event.body, CredentialChanged) else set()

    return await gateway.until("telemetry.command-results.v1", device.mn, {NEW}, facts, within_s=60)


async def state_of(gateway: "Field", command_id: str) -> str:
    async with gateway.service.client(token("device:read")) as client:
        return str((await client.get(f"/commands/{command_id}")).json()["state"])


@integration
async def test_a_confirmed_password_is_announced_and_both_pass_meanwhile(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    logger = await gateway.logger()
    assert await answered(logger, frame(device, 1, OLD))
    command_id = await ask_for_new_password(gateway, device)
    request = await logger.answer(within_s=90)
    assert (request.cn, request.pw, request.value("NewPW")) == ("1072", OLD, NEW)
    for content in carry_out(device, request, 1):
        logger.send(content)
    assert await credential_events(gateway, device) == {NEW}
    assert await answered(logger, frame(device, 2, NEW)), "the new one passes before the register says so"
    assert await answered(logger, frame(device, 3, OLD)), "the old one passes for a while"
    async with gateway.service.client(token("device:read")) as client:
        found = (await client.get(f"/commands/{command_id}")).json()
    assert (found["state"], found["decided_by"], found["decision_note"]) == ("succeeded", "two", "ok")
    assert NEW not in str(found), "a password is shown to nobody"
    await logger.close()


@integration
async def test_a_refused_password_never_passes(gateway: "Field", device: DeviceRecord) -> None:
    await gateway.register(device)
    logger = await gateway.logger()
    assert await answered(logger, frame(device, 1, OLD))
    command_id = await ask_for_new_password(gateway, device)
    for content in carry_out(device, await logger.answer(within_s=90), 2):
        logger.send(content)

    async def has_failed() -> bool:
        return await state_of(gateway, command_id) == "failed"

    await eventually(has_failed)
    await gateway.reads_handovers_again()
    logger.send(frame(device, 2, NEW))
    logger.send(frame(device, 3, OLD))
    assert (await logger.answer(within_s=90)).qn == "20261122120000003", "only the old one is answered"
    await logger.close()


@integration
async def test_a_gateway_killed_between_confirmation_and_record_learns_from_the_next_frame(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    async with gateway_on(kafka_bootstrap, PARK_COMMAND_LEASE="PT2S") as gateway:
        await gateway.register(device)
        logger = await gateway.logger()
        assert await answered(logger, frame(device, 1, OLD))
        command_id = await ask_for_new_password(gateway, device)
        request = await logger.answer(within_s=90)
        assert request.cn == "1072"
        gateway.service.kill()  # the device took the password, its 9012 reaches nobody
        await gateway.service.start()

        async def is_given_up() -> bool:
            return await state_of(gateway, command_id) == "timed-out"

        await eventually(is_given_up)
        logger = await gateway.logger()
        assert await answered(logger, frame(device, 2, NEW)), "the device speaks with the new one"
        assert await credential_events(gateway, device) == {NEW}
        with pytest.raises(TimeoutError):
            await logger.answer(within_s=3)  # and the command is not sent a second time
        await logger.close()
