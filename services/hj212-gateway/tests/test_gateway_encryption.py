"""Encrypted frames of HJ 212-2025 over a real gateway: a key entered, changed by 1014, used, refused, lost with a crash."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
import pytest
from hj212 import DeviceSession, Edition, Execute, Identity, Packet, Send
from hj212.conformance.runner import Settings, run_all
from hj212.sm4 import encrypt_frame
from park_chassis.clock import now
from park_chassis.testing import eventually, token
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import CredentialChanged, ReadingsReported

if TYPE_CHECKING:
    from conftest import Field, GatewayOn, Logger

pytestmark = pytest.mark.integration

FIRST, SECOND = b"FirstKey01234567", b"SecondKey0123456"
NEW_TEXT = SECOND.decode()


@pytest.fixture
def device() -> DeviceRecord:
    mn = uuid4().hex[:24].upper()
    return DeviceRecord(mn=mn, password="123456", point_id=uuid7(), park_id=uuid7(), edition="2025")


class Speaker:
    """The device's side: frames under a key, numbered."""

    def __init__(self, device: DeviceRecord, key: bytes | None) -> None:
        self.session = DeviceSession(Identity(device.mn, "32", device.password, Edition.HJ_2025, key))
        self.second = 0

    def switch(self, key: bytes) -> None:
        self.session.identity = replace(self.session.identity, key=key)

    def report(self, value: str) -> bytes:
        self.second += 1
        at = datetime(2026, 11, 22, 12, 0, self.second)  # noqa: DTZ001 - wall time of a device
        cp = [{"DataTime": f"{at:%Y%m%d%H%M%S}"}, {"w01018-Rtd": value, "w01018-Flag": "N"}]
        session = DeviceSession(self.session.identity)
        return _frames(session.upload("2011", cp, at=at, now=0.0))[0]

    def wish(self) -> bytes:
        at = datetime.now()  # noqa: DTZ005 - wall time of a device
        cp = [{"SKCreateTime": f"{at:%Y%m%d%H%M%S}000"}]
        return _frames(DeviceSession(self.session.identity).notify("1014", cp, at=at, now=0.0))[0]

    def carry_out(self, request: Packet, result: int = 1) -> bytes:
        """Return 9011 and 9012."""
        actions = self.session.receive(request, 0.0)
        for action in list(actions):
            if isinstance(action, Execute):
                actions += self.session.finish(action.request, result, [], at=datetime.now(), now=0.0)  # noqa: DTZ005
        return b"".join(_frames(actions))


def _frames(actions: list[Any]) -> list[bytes]:
    return [action.frame for action in actions if isinstance(action, Send)]


async def enter(gateway: "Field", device: DeviceRecord, key: bytes) -> dict[str, Any]:
    """Enter a key as a person does, and wait until the gateway must know it."""
    async with gateway.service.client(token("device:write", "device:read", username="zhang")) as client:
        body = {"key": key.decode(), "reason": "commissioned"}
        entered: dict[str, Any] = (
            (await client.post(f"/sessions/{device.mn}/keys", json=body)).raise_for_status().json()
        )
    await gateway.reads_handovers_again()
    return entered


async def ask_for_key(gateway: "Field", device: DeviceRecord, parameters: dict[str, str]) -> str:
    """Ask for 1014, and approve as another person; return the id of the command."""
    async with gateway.service.client(token("device:write", user_id=uuid4(), username="one")) as first:
        body = {"mn": device.mn, "command": "1014", "parameters": parameters, "reason": "90 days"}
        asked = (await first.post("/commands", json=body)).raise_for_status().json()
        assert NEW_TEXT not in str(asked)
    async with gateway.service.client(token("command:approve", user_id=uuid4(), username="two")) as second:
        (await second.post(f"/commands/{asked['command_id']}/approve", json={})).raise_for_status()
    return str(asked["command_id"])


async def taken(logger: "Logger", content: bytes) -> bool:
    """Send a frame and say whether it was answered (9014)."""
    logger.send(content)
    try:
        return bool(await logger.answer_of("9014", within_s=90))
    except TimeoutError:
        return False


async def states(gateway: "Field", device: DeviceRecord) -> list[str]:
    async with gateway.service.client(token("device:read")) as client:
        return [one["state"] for one in (await client.get(f"/sessions/{device.mn}/keys")).json()["items"]]


async def rejected(gateway: "Field", device: DeviceRecord) -> list[dict[str, Any]]:
    async with gateway.service.client(token("device:read")) as client:
        asked = {"mn": device.mn, "reason": "encrypted"}
        items: list[dict[str, Any]] = (await client.get("/rejected", params=asked)).json()["items"]
    return items


async def test_what_comes_under_an_entered_key_is_stored_decoded_and_the_evidence_has_it_as_it_came(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    speaker, logger = Speaker(device, FIRST), await gateway.logger(FIRST)
    logger.send(speaker.report("1.5"))  # nobody knows the key yet: no answer, kept with its reason

    async def is_listed() -> bool:
        return [row["detail"] for row in await rejected(gateway, device)] == ["no key of the device is known"]

    await eventually(is_listed, within_s=90)
    entered = await enter(gateway, device, FIRST)
    assert (entered["state"], entered["set_by"]) == ("confirmed", "zhang")
    assert FIRST.decode() not in str(entered)
    frame = speaker.report("35.2")
    assert b"35.2" not in frame
    assert await taken(logger, frame)
    event = (await gateway.events("telemetry.readings.v1", device.mn, 1))[0].body
    assert isinstance(event, ReadingsReported)
    assert event.measurements[0].values == {"Rtd": "35.2"}

    async def is_in_force() -> bool:
        return await states(gateway, device) == ["in-force"]

    await eventually(is_in_force, within_s=90)
    shown = await shown_frame(gateway, device, "35.2")
    assert (shown["encrypted"], shown["direction"]) == (True, "received")
    assert "35.2" not in shown["raw_text"]
    async with gateway.service.client(token("device:read")) as client:
        begin, end = now() - timedelta(hours=1), now() + timedelta(hours=1)
        asked = {"mn": device.mn, "from": begin.isoformat(), "to": end.isoformat()}
        held = (await client.get("/evidence/frames", params=asked)).raise_for_status().json()["items"]
    assert frame in [bytes.fromhex(one["raw_hex"]) for one in held], "the evidence has the bytes as they came"
    await logger.close()


async def shown_frame(gateway: "Field", device: DeviceRecord, value: str) -> dict[str, Any]:
    """Return the frame of the live view that carries a value, once it is there."""
    found: list[dict[str, Any]] = []

    async def is_shown() -> bool:
        async with gateway.service.client(token("device:read")) as client:
            items = (await client.get(f"/sessions/{device.mn}/frames")).json()["items"]
        found[:] = [one for one in items if any(reading["text"] == value for reading in one["readings"])]
        return bool(found)

    await eventually(is_shown, within_s=90)
    return found[0]


async def test_a_new_key_is_hidden_handed_over_and_ends_the_old_one_with_its_first_frame(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    async with gateway_on(kafka_bootstrap, PARK_OLD_KEY_FOR="PT0S") as gateway:
        await gateway.register(device)
        await enter(gateway, device, FIRST)
        speaker, logger = Speaker(device, FIRST), await gateway.logger(FIRST)
        assert await taken(logger, speaker.report("1.1"))
        command_id = await ask_for_key(gateway, device, {"NewSK": NEW_TEXT})
        request = await logger.answer(within_s=90)
        assert (request.cn, request.encrypted, request.value("NewSK")) == ("1014", True, NEW_TEXT)
        logger.send(speaker.carry_out(request))

        async def is_confirmed() -> bool:
            return await states(gateway, device) == ["confirmed", "in-force"]

        await eventually(is_confirmed, within_s=90)
        assert await taken(logger, speaker.report("1.2")), "the old one opens until the new one is used"
        last_under_old = speaker.report("1.3")
        speaker.switch(SECOND)
        assert await taken(logger, speaker.report("1.4"))
        logger.send(last_under_old)
        assert await taken(logger, speaker.report("1.5")), "what came under the old one was not answered, this is"

        async def is_over() -> bool:
            details = [row["detail"] for row in await rejected(gateway, device)]
            return await states(gateway, device) == ["in-force", "retired"] and details == [
                "none of the 1 keys of the device opens it"
            ]

        await eventually(is_over, within_s=90)
        await nothing_tells_the_key(gateway, device, command_id)
        assert (await shown_frame(gateway, device, "1.2"))["encrypted"], "a retired key still opens the evidence"
        await logger.close()


async def nothing_tells_the_key(gateway: "Field", device: DeviceRecord, command_id: str) -> None:
    """Neither the command with its transcript, nor the events, the tables, the live frames or the log say a key."""
    async with gateway.service.client(token("device:read")) as client:
        command = (await client.get(f"/commands/{command_id}")).raise_for_status().json()
        frames = (await client.get(f"/sessions/{device.mn}/frames")).text
    assert command["state"] == "succeeded"
    spoken = [frame["raw_text"] for frame in command["transcript"] if frame["direction"] == "sent"]
    assert "SKCreateTime" in spoken[0], "people read the command in clear"
    assert f"NewSK={'*' * 16}" in spoken[0]
    events = await gateway.until("telemetry.command-results.v1", device.mn, {"key"}, _told)
    connection = await asyncpg.connect(gateway.service.env["PARK_DATABASE_URL"])
    try:
        tables = ("device_commands", "command_frames", "device_keys", "credential_handovers", "outbox")
        stored = [str(await connection.fetch(f"select * from hj212_gateway.{table}")) for table in tables]
    finally:
        await connection.close()
    log = gateway.service.log.read_text()
    for text in (str(command), frames, str(events), log, *stored):
        assert NEW_TEXT not in text
        assert SECOND.hex() not in text


def _told(event: Any) -> set[str]:
    if isinstance(event.body, CredentialChanged):
        return {event.body.kind, f"value={event.body.value}"}
    return {str(event.body)}


async def test_a_device_that_asks_under_its_key_gets_a_new_one_and_one_in_clear_gets_none(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    await enter(gateway, device, FIRST)
    speaker, logger = Speaker(device, FIRST), await gateway.logger(FIRST)
    plain = Speaker(device, None)
    logger.send(plain.wish())
    await logger.answer_of("9013", within_s=90)
    logger.send(speaker.wish())
    await logger.answer_of("9013", within_s=90)
    request = await logger.answer(within_s=90)
    made = request.value("NewSK") or ""
    assert (request.cn, request.encrypted, len(made)) == ("1014", True, 16)
    logger.send(speaker.carry_out(request))
    speaker.switch(made.encode())
    assert await taken(logger, speaker.report("2.5"))
    logger.send(speaker.wish())
    await logger.answer_of("9013", within_s=90)
    with pytest.raises(TimeoutError):  # its key is a moment old
        await logger.answer(within_s=4)
    async with gateway.service.client(token("device:read")) as client:
        commands = (await client.get("/commands", params={"mn": device.mn})).json()["items"]
    assert [(one["command"], one["requested_by"]) for one in commands] == [("1014", "gateway")]
    await logger.close()


async def test_a_refused_key_opens_nothing(gateway: "Field", device: DeviceRecord) -> None:
    await gateway.register(device)
    await enter(gateway, device, FIRST)
    speaker, logger = Speaker(device, FIRST), await gateway.logger(FIRST)
    assert await taken(logger, speaker.report("1.1"))
    await ask_for_key(gateway, device, {"NewSK": NEW_TEXT})
    logger.send(speaker.carry_out(await logger.answer(within_s=90), result=2))

    async def is_dropped() -> bool:
        return await states(gateway, device) == ["dropped", "in-force"]

    await eventually(is_dropped, within_s=90)
    await gateway.reads_handovers_again()
    logger.send(encrypt_frame(Speaker(device, None).report("9.9"), SECOND))
    assert await taken(logger, speaker.report("1.2"))
    assert len(await rejected_at_last(gateway, device)) == 1
    await logger.close()


async def rejected_at_last(gateway: "Field", device: DeviceRecord) -> list[dict[str, Any]]:
    async def is_there() -> bool:
        return bool(await rejected(gateway, device))

    await eventually(is_there, within_s=90)
    return await rejected(gateway, device)


async def test_a_gateway_killed_before_the_device_confirmed_learns_the_key_from_the_first_frame_under_it(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    async with gateway_on(kafka_bootstrap, PARK_COMMAND_LEASE="PT2S") as gateway:
        await gateway.register(device)
        await enter(gateway, device, FIRST)
        speaker, logger = Speaker(device, FIRST), await gateway.logger(FIRST)
        assert await taken(logger, speaker.report("1.1"))
        await ask_for_key(gateway, device, {"NewSK": NEW_TEXT})
        await logger.answer(within_s=90)
        gateway.service.kill()  # the device took the key, its 9012 reaches nobody
        await gateway.service.start()
        speaker.switch(SECOND)
        logger = await gateway.logger(FIRST)
        assert await taken(logger, speaker.report("1.2"))
        told = await gateway.until("telemetry.command-results.v1", device.mn, {"key"}, _told, within_s=90)
        assert {"key", "value="} <= told

        async def is_in_force() -> bool:
            return await states(gateway, device) == ["in-force", "retired"]

        await eventually(is_in_force, within_s=90)
        await logger.close()


async def test_an_encrypted_frame_of_a_stranger_is_listed_with_its_mn_and_the_stranger_can_be_registered(
    gateway: "Field", device: DeviceRecord
) -> None:
    logger = await gateway.logger()
    logger.send(Speaker(device, FIRST).report("1.1"))

    async def is_listed() -> bool:
        details = [row["detail"] for row in await rejected(gateway, device)]
        async with gateway.service.client(token("device:read")) as client:
            unknown = (await client.get("/unknown-devices")).json()["items"]
        return details == ["the device is not registered"] and [(one["mn"], one["edition"]) for one in unknown] == [
            (device.mn, "2025")
        ]

    await eventually(is_listed, within_s=90)
    await logger.close()


async def test_a_key_that_is_none_or_of_a_device_that_is_not_there_is_refused(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    async with gateway.service.client(token("device:write", "device:read")) as client:
        path = f"/sessions/{device.mn}/keys"
        wrong = await client.post(path, json={"key": "not a key, surely!", "reason": "test"})
        assert (wrong.status_code, wrong.json()["code"], wrong.json()["errors"][0]["where"]) == (422, "bad-key", "key")
        assert "surely" not in wrong.text
        absent = await client.post("/sessions/NOBODY/keys", json={"key": "0" * 32, "reason": "test"})
        assert (absent.status_code, absent.json()["code"]) == (404, "not-found")
        hexadecimal = await client.post(path, json={"key": "0f" * 16, "reason": "test"})
        assert hexadecimal.status_code == 201
    assert await states(gateway, device) == ["confirmed"]


async def test_the_conformance_kit_passes_with_a_key(gateway: "Field", device: DeviceRecord) -> None:
    await gateway.register(device)
    await enter(gateway, device, FIRST)
    identities = {edition: Identity(device.mn, "32", device.password, edition, FIRST) for edition in Edition}
    where = ("127.0.0.1", gateway.hj212_port)
    results = []
    for name in ("encrypted", "under another key"):
        results += await run_all(Settings(where, identities, wait_s=20, silence_s=0.3), name)
    assert [(result.name, result.verdict, result.detail) for result in results if result.verdict != "PASS"] == []
    assert len(results) == 4
