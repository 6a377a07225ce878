"""Sessions, frames of a device decoded, unknown devices: over a real gateway, as the console asks."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI, Request, Response
from hj212 import Deviation, Edition, Fields, Reason, encode, encode_unchecked
from hj212_gateway.domain.admission import Refusal
from hj212_gateway.domain.deviation_texts import DEVIATIONS_ZH, REASONS_EN, REASONS_ZH, REFUSALS_ZH
from hj212_gateway.domain.frame_text import masked_text, without_secrets
from hj212_gateway.domain.frame_view import frame_view
from park_chassis.testing import eventually, free_port, token
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord
from uvicorn import Config, Server

if TYPE_CHECKING:
    from conftest import Field, GatewayOn, Logger


def fields(mn: str, second: int, *, pw: str = "123456", cp: Any = None) -> Fields:
    items = cp or [{"DataTime": f"202611221200{second:02d}"}, {"w01018-Rtd": "35.2", "w01018-Flag": "N"}]
    return Fields(qn=f"20261122120000{second:03d}", st="32", cn="2011", pw=pw, mn=mn, flag=5, cp=items)


# --- pure ----------------------------------------------------------------------------------------------------------


def test_every_deviation_and_reason_is_explained_in_both_languages() -> None:
    assert set(DEVIATIONS_ZH) == set(Deviation)
    assert set(REFUSALS_ZH) == set(Refusal)
    known = {reason.value for reason in Reason} | {refusal.value for refusal in Refusal}
    assert set(REASONS_ZH) == set(REASONS_EN) == known


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"ST=32;PW=123456;MN=1", "ST=32;PW=******;MN=1"),
        (b"CP=&&NewPW=abcdef&&", "CP=&&NewPW=******&&"),
        (b"CP=&&SKCreateTime=1,NewSK=A1b2C3d4E5f6G7h8&&", "CP=&&SKCreateTime=1,NewSK=****************&&"),
        (b"CP=&&PW=654321&&", "CP=&&PW=******&&"),
        (b"pw = 99;PW=", "pw =***;PW="),
        ("i11001-Info=//清洗//".encode("gb18030"), "i11001-Info=//清洗//"),
        (b"\xff\xfe\xff", "\\xff\\xfe\\xff"),
    ],
)
def test_secrets_are_masked_and_places_stay(raw: bytes, shown: str) -> None:
    assert masked_text(raw) == shown
    assert len(without_secrets(raw)) == len(raw)


def test_a_frame_is_named_decoded_and_its_deviations_explained_with_their_place() -> None:
    raw = encode(fields("010000A8900016F000169DC0", 1), edition=Edition.HJ_2017)
    odd = raw[:-6] + raw[-6:-2].lower() + b"\r\n" if raw[-6:-2].lower() != raw[-6:-2] else raw[:-2] + b"\n"
    shown = frame_view(odd)
    assert (shown["verdict"], shown["cn"], shown["cn_name_zh"]) == ("accepted", "2011", "上传污染物实时数据")
    assert frame_view(odd, is_sent=True)["cn_name_zh"] == "取污染物实时数据"
    assert shown["readings"][0]["name_zh"] == "化学需氧量"
    assert shown["readings"][0]["mark_zh"]
    (deviation,) = shown["deviations"]
    assert deviation["clause"].startswith("HJ 212-2017")
    assert deviation["what_zh"]
    assert deviation["start"] >= 0
    assert "123456" not in json.dumps(shown, default=str)


def test_what_is_no_frame_gets_its_reason_and_what_was_refused_the_gateways() -> None:
    raw = encode(fields("010000A8900016F000169DC0", 1), edition=Edition.HJ_2017)
    broken = frame_view(raw[:-6] + b"0000\r\n")
    assert (broken["verdict"], broken["reason"], broken["reason_zh"]) == ("rejected", "crc_mismatch", "CRC 校验不符")
    refused = frame_view(raw, refused=("wrong-password", "PW differs"))
    assert (refused["verdict"], refused["reason_en"], refused["cn"]) == (
        "rejected",
        REASONS_EN["wrong-password"],
        "2011",
    )
    assert frame_view(b"")["verdict"] == "rejected"
    assert frame_view(bytes(range(256)))["verdict"] == "rejected"


# --- over a real gateway -------------------------------------------------------------------------------------------

integration = pytest.mark.integration


async def online(gateway: "Field", device: DeviceRecord) -> "Logger":
    logger = await gateway.logger()
    logger.send(encode(fields(device.mn, 1), edition=Edition.HJ_2017))
    assert (await logger.answer()).cn == "9014"
    return logger


async def get(gateway: "Field", path: str, **params: Any) -> Any:
    async with gateway.service.client(token("device:read")) as client:
        answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


@integration
async def test_a_registered_device_is_never_seen_then_online_then_offline_with_its_connections(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)

    async def state() -> str:
        items = (await get(gateway, "/sessions", q=device.mn))["items"]
        return str(items[0]["state"]) if items else "absent"

    async def is_(wanted: str) -> None:
        async def reached() -> bool:
            return await state() == wanted

        await eventually(reached)

    await is_("never-seen")
    logger = await online(gateway, device)
    await is_("online")
    found = await get(gateway, f"/sessions/{device.mn}")
    assert (found["registered_edition"], found["realtime_interval_s"], found["open_commands"]) == ("2017", 30, 0)
    assert (found["connections"][0]["closed_at"], found["frames"]) == (None, 1)
    await logger.close()
    await is_("offline")
    found = await get(gateway, f"/sessions/{device.mn}")
    assert found["connections"][0]["closed_at"] is not None
    assert found["connections"][0]["reason"] == "closed-by-device"
    listed = await get(gateway, "/sessions", state="offline", edition="2017")
    assert device.mn in [item["mn"] for item in listed["items"]]
    assert listed["counts"]["offline"] == listed["total"] >= 1
    assert (await get(gateway, "/sessions", q=device.mn, state="online"))["items"] == []
    async with gateway.service.client(token("device:read")) as client:
        sheet = await client.get("/sessions", params={"format": "csv", "q": device.mn})
        assert device.mn in sheet.text
        assert (await client.get("/sessions/nobody")).status_code == 404
    async with gateway.service.client(token()) as client:
        assert (await client.get("/sessions")).status_code == 403


@integration
async def test_frames_of_a_device_are_paged_and_streamed_with_what_was_refused(
    gateway: "Field", device: DeviceRecord
) -> None:
    await gateway.register(device)
    logger = await online(gateway, device)
    good = encode(fields(device.mn, 2), edition=Edition.HJ_2017)
    logger.send(good[:-6] + b"0000\r\n")
    logger.send(encode(fields(device.mn, 3, pw="999999"), edition=Edition.HJ_2017))
    logger.send(good)
    assert (await logger.answer()).qn == "20261122120000002"
    items: list[dict[str, Any]] = []
    cursor: list[str] = []

    async def are_there() -> bool:
        found = await get(gateway, f"/sessions/{device.mn}/frames", limit=50)
        items[:], cursor[:] = found["items"], [found["next_cursor"]]
        return len(items) >= 6

    await eventually(are_there)
    assert [(one["direction"], one["verdict"], one["reason"]) for one in items] == [
        ("received", "accepted", None),
        ("sent", "accepted", None),
        ("received", "rejected", "crc_mismatch"),
        ("received", "rejected", "wrong-password"),
        ("received", "accepted", None),
        ("sent", "accepted", None),
    ]
    assert "123456" not in json.dumps(items)
    assert "999999" not in json.dumps(items)
    assert (await get(gateway, f"/sessions/{device.mn}/frames", after=cursor[0]))["items"] == []
    logger.send(encode(fields(device.mn, 4), edition=Edition.HJ_2017))
    streamed = await _first_frames(gateway, device.mn, cursor[0], 2)
    assert [(one["direction"], one["qn"]) for one in streamed] == [
        ("received", "20261122120000004"),
        ("sent", "20261122120000004"),
    ]
    async with gateway.service.client(token("device:read")) as client:
        assert (await client.get(f"/sessions/{device.mn}/frames", params={"after": "nonsense"})).status_code == 422
    await logger.close()


async def _first_frames(gateway: "Field", mn: str, after: str, count: int) -> list[dict[str, Any]]:
    """Read server-sent events until so many frames have come."""
    frames: list[dict[str, Any]] = []
    async with asyncio.timeout(60), gateway.service.client(token("device:read")) as client:
        path = f"/sessions/{mn}/frames/live"
        async with client.stream("GET", path, params={"after": after}, timeout=60) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            event = ""
            async for line in answer.aiter_lines():
                name, _, content = line.partition(": ")
                event = content if name == "event" else event
                if name == "data" and event == "frame":
                    frames.append(json.loads(content))
                if len(frames) >= count:
                    break
    return frames


@asynccontextmanager
async def an_archive(port: int, status: int) -> AsyncIterator[list[dict[str, Any]]]:
    """Run a stand-in for the archive's public API: POST /devices, and what it was asked."""
    app, asked = FastAPI(), []

    @app.post("/devices")
    async def devices(request: Request) -> Response:
        asked.append(await request.json() | {"by": request.headers["authorization"]})
        body = json.dumps({"mn": asked[-1]["mn"]} if status == 201 else {"code": "key-taken", "status": status})
        return Response(body, status, media_type="application/json" if status == 201 else "application/problem+json")

    server = Server(Config(app, port=port, log_level="warning"))
    task = asyncio.create_task(server.serve())
    try:
        yield asked
    finally:
        server.should_exit = True
        await task


async def _unknown(gateway: "Field", mn: str, **params: Any) -> list[dict[str, Any]]:
    return [item for item in (await get(gateway, "/unknown-devices", q=mn, **params))["items"] if item["mn"] == mn]


async def _appears(gateway: "Field", mn: str) -> None:
    async def is_listed() -> bool:
        return bool(await _unknown(gateway, mn))

    await eventually(is_listed)


@integration
@pytest.mark.parametrize("status", [201, 409])
async def test_an_unknown_device_is_registered_with_one_click_in_the_callers_name(
    gateway_on: "GatewayOn", kafka_bootstrap: str, device: DeviceRecord, status: int
) -> None:
    port = free_port()
    async with gateway_on(kafka_bootstrap, PARK_SERVICES_ARCHIVE_URL=f"http://127.0.0.1:{port}") as gateway:
        logger = await gateway.logger()
        logger.send(encode(fields(device.mn, 1, pw="777777"), edition=Edition.HJ_2017))
        await _appears(gateway, device.mn)
        (listed,) = await _unknown(gateway, device.mn)
        assert (listed["edition"], listed["has_password"], "777777" in str(listed)) == ("2017", True, False)
        body = {"point_id": str(uuid7()), "realtime_interval_s": 60}
        async with an_archive(port, status) as asked, gateway.service.client(token("device:write")) as client:
            answer = await client.post(f"/unknown-devices/{device.mn}/register", json=body)
            assert answer.status_code == status, answer.text
            assert (asked[0]["password"], asked[0]["edition"], asked[0]["realtime_interval_s"]) == (
                "777777",
                "2017",
                60,
            )
            assert asked[0]["by"] == client.headers["authorization"]
        assert bool(await _unknown(gateway, device.mn)) is (status != 201), "a refused one stays on the list"
        async with gateway.service.client(token("device:write")) as client:
            assert (await client.post("/unknown-devices/nobody/register", json=body)).status_code == 404
        async with gateway.service.client(token("device:read")) as client:
            assert (await client.post(f"/unknown-devices/{device.mn}/register", json=body)).status_code == 403
        await logger.close()


@integration
async def test_a_dismissed_device_is_hidden_and_comes_back_when_restored(
    gateway: "Field", device: DeviceRecord
) -> None:
    logger = await gateway.logger()
    frame = encode(fields(device.mn, 1), edition=Edition.HJ_2017)
    logger.send(frame)
    await _appears(gateway, device.mn)
    async with gateway.service.client(token("device:write", username="zhang")) as client:
        assert (await client.post(f"/unknown-devices/{device.mn}/dismiss", json={})).status_code == 422
        dismissed = await client.post(f"/unknown-devices/{device.mn}/dismiss", json={"reason": "neighbouring park"})
        assert dismissed.status_code == 204
        logger.send(frame)
        assert await _unknown(gateway, device.mn) == []
        (hidden,) = await _unknown(gateway, device.mn, dismissed=True)
        assert (hidden["dismissed_by"], hidden["dismissed_reason"]) == ("zhang", "neighbouring park")
        assert (await client.post(f"/unknown-devices/{device.mn}/restore")).status_code == 204
        assert (await client.post("/unknown-devices/nobody/dismiss", json={"reason": "x"})).status_code == 404
    assert await _unknown(gateway, device.mn)
    await logger.close()


@integration
async def test_the_list_of_unknown_devices_is_bounded_and_what_falls_off_is_counted(
    gateway_on: "GatewayOn", kafka_bootstrap: str
) -> None:
    async with gateway_on(kafka_bootstrap, PARK_UNKNOWN_KEPT="10", PARK_STRANGERS_PER_MINUTE="100000") as gateway:
        logger = await gateway.logger()
        for number in range(400):
            logger.send(encode_unchecked(fields(f"STRANGER{number:016d}", 1), Edition.HJ_2017))

        async def is_pruned() -> bool:
            async with gateway.service.client(token("device:read")) as client:
                figures = (await client.get("/metrics")).text
            return "park_gateway_unknown_devices_pruned_total 390.0" in figures

        await eventually(is_pruned)
        found = await get(gateway, "/unknown-devices", limit=500)
        assert (len(found["items"]), found["total"]) == (10, 10)
        await logger.close()
