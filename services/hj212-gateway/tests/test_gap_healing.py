"""Gaps over a real gateway process: a logger of the simulator that does not send again by itself, and a wire of our own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiokafka import AIOKafkaProducer
from hj212 import DeviceSession, Edition, Execute, Fields, Identity, Packet, Send, encode
from park_chassis.clock import now
from park_chassis.testing import eventually, running_service, token
from park_judging.testing import limit, point
from park_schemas.envelope import Event, encode_body, encode_headers
from park_schemas.identifiers import uuid7
from park_schemas.park_time import PARK_TIME_ZONE, at_park
from park_schemas.registry import DeviceRecord, PointRecord
from simulator.effects import Action, Effect, Effects
from simulator.figures import Figures
from simulator.fleet import Fleet
from simulator.host_requests import LoggerSettings
from simulator.logger import LoggerLine
from simulator.operations import Background
from simulator.park_plan import PointSite, points
from simulator.signal_model import SignalModel
from simulator.sim_clock import SimClock
from simulator.state_file import StateFile

if TYPE_CHECKING:
    from conftest import Field, GatewayOn, Logger

pytestmark = pytest.mark.integration

MINUTE = timedelta(minutes=1)
QUICK = {
    "PARK_GAP_EVERY": "PT0.3S",
    "PARK_GAP_SETTLE": "PT0S",
    "PARK_GAP_GRACE_MINUTE": "PT20S",
    "PARK_GAP_BACK_OFF": "PT1S",
    "PARK_GAP_BACK_OFF_CAP": "PT2S",
    "PARK_GAP_COMMANDS_PER_HOUR": "1000",
    "PARK_OVER_TIME": "PT5S",
}
PATIENCE_S = 90


def device_of(mn: str, edition: str = "2017") -> DeviceRecord:
    return DeviceRecord(
        mn=mn, password="123456", point_id=uuid7(), park_id=uuid7(), edition=edition, minute_interval_min=1
    )


async def gaps(gateway: "Field", device: DeviceRecord, **more: str) -> list[Any]:
    async with gateway.service.client(token("device:read")) as client:
        answer = await client.get("/gaps", params={"mn": device.mn, "limit": "500", **more})
    assert answer.status_code == 200, answer.text
    items: list[Any] = answer.json()["items"]
    return items


def minutes_of(gap: Any) -> set[datetime]:
    begin, end = datetime.fromisoformat(gap["begins"]), datetime.fromisoformat(gap["ends"])
    return {begin + number * MINUTE for number in range((end - begin) // MINUTE)}


async def healed(gateway: "Field", device: DeviceRecord, wanted: set[datetime], by: str) -> None:
    """Wait until every wanted minute lies in a gap that is healed that way."""

    async def is_healed() -> bool:
        found = [gap for gap in await gaps(gateway, device, state="healed") if gap["healed_by"] == by]
        return wanted <= {minute for gap in found for minute in minutes_of(gap)}

    try:
        await eventually(is_healed, within_s=PATIENCE_S)
    except TimeoutError:
        pytest.fail(f"not healed: {await gaps(gateway, device)}")


# --- the simulator's logger ------------------------------------------------------------------------------------------


def simulated_site() -> PointSite:
    return next(site for site in points() if site.edition == "2017" and site.plan.medium == "waste-water")


@asynccontextmanager
async def simulated_logger(
    port: int, folder: Path, gap: tuple[datetime, datetime], start: datetime
) -> AsyncIterator[None]:
    """Play a logger with minute records from `start`, sixty times as fast until the present; away during the gap."""
    site, state, figures = simulated_site(), StateFile(folder / "state.json"), Figures()
    effect = Effect(Action.GAP, frozenset({site.code}), *gap)
    quiet = Background(calibrations=False, faults=False, outages=False, startups=False)
    model = SignalModel({}, quiet, Effects([effect]))
    settings = LoggerSettings("123456", realtime_interval_s=30, minute_interval_min=1)
    line = LoggerLine(site, settings, model, SimClock(start=start, speed=60.0), state, figures)
    task = asyncio.create_task(Fleet([line], state, figures, "127.0.0.1", port).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_a_logger_did_not_send_is_found_fetched_stored_and_listed_as_healed(
    gateway_on: "GatewayOn", kafka_bootstrap: str, tmp_path: Path
) -> None:
    device = device_of(simulated_site().mn)
    present = datetime.now(UTC).replace(second=0, microsecond=0)
    away = (present - 8 * MINUTE, present - 4 * MINUTE)
    async with gateway_on(kafka_bootstrap, **QUICK) as gateway:
        await gateway.register(device)
        async with simulated_logger(gateway.hj212_port, tmp_path, away, present - 12 * MINUTE):
            # Kept back are the records whose interval ended while the logger was away.
            wanted = {away[0] - MINUTE + number * MINUTE for number in range(4)}
            await healed(gateway, device, wanted, "history")
    expected = {f"{minute.isoformat()} history" for minute in wanted}
    facts = await gateway.until("telemetry.readings.v1", device.mn, expected, _origins)
    assert expected <= facts
    assert not {fact for fact in facts if fact.split(" ")[0] in {m.isoformat() for m in wanted}} - expected


def _origins(event: Any) -> set[str]:
    body = event.body
    return {f"{body.data_time.astimezone(UTC).isoformat()} {body.origin}"} if body.command == "2051" else set()


# --- a wire of our own -----------------------------------------------------------------------------------------------


class Wire:
    """A logger that tells the records of all past minutes when asked, or of none.

    It has all or none, because a slow machine may find more missing than a test means, and joins neighbours to one gap.
    `asked` are the requests it got; a deaf one does not answer them.
    """

    def __init__(self, logger: "Logger", device: DeviceRecord) -> None:
        self.logger = logger
        self.device = device
        self.has_records = False
        self.is_deaf = False
        self.asked: list[Packet] = []
        self._side = DeviceSession(Identity(device.mn, "32", device.password, Edition.HJ_2017))
        self._number = 0

    def record(self, at: datetime) -> list[dict[str, str]]:
        return [{"DataTime": _wall(at)}, {"w01018-Avg": "1.5", "w01018-Flag": "N"}]

    def send(self, *times: datetime, packet: tuple[int, int] | None = None, factor: str = "w01018") -> None:
        for at in times:
            self._number += 1
            cp: list[dict[str, str]] = [{"DataTime": _wall(at)}, {f"{factor}-Avg": "1.5", f"{factor}-Flag": "N"}]
            pnum, pno = packet or (None, None)
            fields = Fields(
                qn=f"20261122120000{self._number:03d}", st="32", cn="2051", pw=self.device.password,
                mn=self.device.mn, flag=7 if packet else 5, pnum=pnum, pno=pno, cp=cp,
            )  # fmt: skip
            self.logger.send(encode(fields, edition=Edition.HJ_2017))

    async def obey(self) -> None:
        """Answer requests until cancelled or the line ends."""
        while True:
            try:
                packet = await self.logger.answer(within_s=600)
            except ConnectionError:
                return
            if packet.cn not in ("9014", "9013"):
                self.asked.append(packet)
                if self.is_deaf:
                    continue
            self._do(self._side.receive(packet, 0.0))

    def _do(self, actions: list[Any]) -> None:
        for action in actions:
            if isinstance(action, Send):
                self.logger.send(action.frame)
            elif isinstance(action, Execute):
                self._do(self._execute(action.request))

    def _execute(self, request: Packet) -> list[Any]:
        at = datetime.now(PARK_TIME_ZONE).replace(tzinfo=None)
        if request.cn != "2051":
            return self._side.finish(request, at=at, now=0.0)
        begin, end = (_instant(request.value(name) or "") for name in ("BeginTime", "EndTime"))
        ended = min(end, datetime.now(UTC) - MINUTE)
        count = max(0, (ended - begin) // MINUTE + 1) if self.has_records else 0
        data = [self.record(begin + number * MINUTE) for number in range(count)]
        return self._side.finish(request, 1 if data else 100, data, at=at, now=0.0, own_numbers=True, ack=True)


def _wall(at: datetime) -> str:
    return f"{at_park(at):%Y%m%d%H%M%S}"


def _instant(text: str) -> datetime:
    return at_park(datetime.strptime(text, "%Y%m%d%H%M%S"))  # noqa: DTZ007 - read as park time


@asynccontextmanager
async def wire(gateway: "Field", device: DeviceRecord) -> AsyncIterator[Wire]:
    line = Wire(await gateway.logger(), device)
    obeying = asyncio.create_task(line.obey())
    try:
        yield line
    finally:
        obeying.cancel()
        await asyncio.gather(obeying, return_exceptions=True)
        await line.logger.close()


def minutes_back(*numbers: int) -> list[datetime]:
    present = datetime.now(UTC).replace(second=0, microsecond=0)
    return [present - number * MINUTE for number in numbers]


async def test_a_gap_found_before_a_crash_is_fetched_after_it(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    device = device_of(device.mn)
    times = minutes_back(9, 8, 7, 6, 5, 4)
    async with gateway_on(kafka_bootstrap, **QUICK) as gateway:
        await gateway.register(device)
        async with wire(gateway, device) as line:
            line.send(times[0], times[5])

            async def is_found() -> bool:
                return any(set(times[1:5]) <= minutes_of(gap) for gap in await gaps(gateway, device))

            await eventually(is_found, within_s=PATIENCE_S)
        gateway.service.kill()
        await gateway.service.start()
        async with wire(gateway, device) as line:
            line.has_records = True
            line.send(times[5])
            await healed(gateway, device, set(times[1:5]), "history")


async def test_a_gap_that_is_given_up_may_be_tried_again_and_another_abandoned_by_a_person(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    device = device_of(device.mn)
    times = minutes_back(9, 8, 7, 6)
    async with gateway_on(kafka_bootstrap, **QUICK) as gateway:
        await gateway.register(device)
        async with wire(gateway, device) as line:
            line.send(times[0], times[3])
            gap = await _given_up(gateway, device, set(times[1:3]))
            assert (gap["reason"], gap["state_zh"]) == ("no-data", "已放弃(多次未果)")
            line.has_records = True
            await _refuses(gateway, gap["gap_id"])
            async with gateway.service.client(token("device:write", "device:read", username="wang")) as officer:
                why = {"reason": "the logger has its memory back"}
                again = await officer.post(f"/gaps/{gap['gap_id']}/retry", json=why)
                assert (again.status_code, again.json()["state"], again.json()["decided_by"]) == (200, "open", "wang")
            await healed(gateway, device, set(times[1:3]), "history")
            async with gateway.service.client(token("device:write", "device:read")) as officer:
                over = await officer.post(f"/gaps/{gap['gap_id']}/abandon", json={"reason": "too late"})
                assert (over.status_code, over.json()["code"]) == (409, "wrong-state")
                table = await officer.get("/gaps", params={"mn": device.mn, "format": "csv"})
        assert table.headers["content-type"].startswith("text/csv")
        assert any("已补齐" in row and device.mn in row for row in table.text.splitlines()[1:])


async def _given_up(gateway: "Field", device: DeviceRecord, minutes: set[datetime]) -> Any:
    found: list[Any] = []

    async def is_given_up() -> bool:
        found[:] = [gap for gap in await gaps(gateway, device, state="given-up") if minutes <= minutes_of(gap)]
        return bool(found)

    await eventually(is_given_up, within_s=PATIENCE_S)
    return found[0]


async def _refuses(gateway: "Field", gap_id: str) -> None:
    async with gateway.service.client(token("device:read")) as reader:
        assert (await reader.post(f"/gaps/{gap_id}/retry", json={"reason": "x"})).status_code == 403
        assert (await reader.get(f"/gaps/{gap_id}")).json()["gap_id"] == gap_id
        assert (await reader.get(f"/gaps/{uuid7()}")).status_code == 404
        assert (await reader.get("/gaps", params={"from": "2026-11-22"})).status_code == 422
        assert (await reader.get("/gaps", params={"kind": "week"})).status_code == 422


async def test_an_incomplete_set_is_told_listed_fetched_and_whole_again(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    device = device_of(device.mn)
    times = minutes_back(9, 8, 7)
    quick = QUICK | {"PARK_SPLIT_WAIT": "PT1S", "PARK_OVER_TIME": "PT2S", "PARK_RESENDS": "1", "PARK_GAP_TRIES": "100"}
    async with gateway_on(kafka_bootstrap, **quick) as gateway:
        await gateway.register(device)
        async with wire(gateway, device) as line:
            line.is_deaf = True
            line.send(times[0], times[2])
            line.send(times[1], packet=(2, 1), factor="w01001")
            told = await _incomplete(gateway, device)
            assert (told.command, told.packets, told.received, told.missing) == ("2051", 2, [1], [2])
            assert told.data_time == times[1]
            line.has_records, line.is_deaf = True, False
            await healed(gateway, device, {times[1]}, "history")
            (gap,) = [gap for gap in await gaps(gateway, device) if times[1] in minutes_of(gap)]
            assert gap["cause"] == "incomplete"

            async def is_whole() -> bool:
                return all(one["completed_at"] for one in await _incomplete_sets(gateway, device))

            await eventually(is_whole, within_s=PATIENCE_S)


async def _incomplete(gateway: "Field", device: DeviceRecord) -> Any:
    found: list[Any] = []

    def take(event: Any) -> set[str]:
        if event.type == "telemetry.split-set.incomplete":
            found.append(event.body)
        return {event.type}

    await gateway.until(
        "telemetry.readings.v1", device.mn, {"telemetry.split-set.incomplete"}, take, within_s=PATIENCE_S
    )
    return found[0]


async def _incomplete_sets(gateway: "Field", device: DeviceRecord) -> list[Any]:
    async with gateway.service.client(token("device:read")) as client:
        items: list[Any] = (await client.get("/incomplete-sets", params={"mn": device.mn})).json()["items"]
    return items


async def test_a_persons_command_goes_before_a_fetch(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord
) -> None:
    device = device_of(device.mn)
    times = minutes_back(9, 8, 7)
    async with gateway_on(kafka_bootstrap, **QUICK) as gateway:
        await gateway.register(device)
        async with wire(gateway, device) as line:
            line.send(times[0], times[2])

            async def is_found() -> bool:
                return any(times[1] in minutes_of(gap) for gap in await gaps(gateway, device))

            await eventually(is_found, within_s=PATIENCE_S)
        async with gateway.service.client(token("device:write", "device:read")) as officer:
            asked = {"mn": device.mn, "command": "1062", "parameters": [{"RtdInterval": "60"}], "reason": "test"}
            assert (await officer.post("/commands", json=asked)).status_code == 202
        async with wire(gateway, device) as line:
            line.has_records = True
            line.send(times[2])
            await healed(gateway, device, {times[1]}, "history")
            assert line.asked[0].cn == "1062"


# --- and judged ------------------------------------------------------------------------------------------------------


async def _state(kafka: str, record: PointRecord) -> None:
    event = Event(type="registry.point.stated", source="archive", subject=str(record.point_id), time=now(), body=record)
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        await producer.send_and_wait(
            event.topic, key=str(record.point_id).encode(), value=encode_body(record), headers=encode_headers(event)
        )


async def test_what_was_fetched_is_stored_and_judged_like_what_came_by_itself(
    gateway_on: "GatewayOn", kafka_bootstrap: str, postgres_url: str, tmp_path: Path, device: DeviceRecord
) -> None:
    device = device_of(device.mn)
    times = minutes_back(9, 8, 7)
    async with gateway_on(kafka_bootstrap, **QUICK) as gateway:
        await _state(kafka_bootstrap, point(limit(upper="1", averaging="hour"), point_id=device.point_id))
        await gateway.register(device)
        judge = running_service(
            "source_monitoring", admin_url=postgres_url, kafka=kafka_bootstrap, log_to=tmp_path / "judge.log"
        )
        async with judge as service, wire(gateway, device) as line:
            line.has_records = True
            line.send(times[0], times[2])
            await healed(gateway, device, {times[1]}, "history")

            async def is_stored() -> bool:
                query = {"period": "minute", "from": (times[0] - MINUTE).isoformat()}
                async with service.client(token("reading:read")) as reader:
                    answer = await reader.get(f"/points/{device.point_id}/frames", params=query)
                stored = {datetime.fromisoformat(frame["data_time"]): frame for frame in answer.json()["items"]}
                return times[1] in stored and stored[times[1]]["supplementary"]

            await eventually(is_stored, within_s=PATIENCE_S)
            wanted = {f"exceedance {times[1].isoformat()}"}
            facts = await gateway.until(
                "supervision.findings.v1", str(device.point_id), wanted, _finding, within_s=PATIENCE_S
            )
            assert wanted <= facts


def _finding(event: Any) -> set[str]:
    return {f"{event.body.rule} {event.body.period_start.astimezone(UTC).isoformat()}"}
