"""Bad frames, wrong passwords, strangers, poison, bad sheets: each ends where the design says, and its neighbours live."""

import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import openpyxl
import pytest
from aiokafka import AIOKafkaProducer

if TYPE_CHECKING:
    from conftest import DataLogger, Outlet, Stack

pytestmark = pytest.mark.integration


async def stored_values(stack: "Stack", outlet: "Outlet", since: datetime) -> list[float]:
    """Return the realtime COD values of an outlet that are in the store, oldest first."""
    async with stack.signed_in() as officer:
        answer = await officer.get(
            f"/points/{outlet.point_id}/series",
            params={
                "factor": "w01018",
                "period": "realtime",
                "from": (since - timedelta(minutes=5)).isoformat(),
                "to": (since + timedelta(hours=2)).isoformat(),
                "points": 5000,
            },
        )
    assert answer.status_code == 200, answer.text
    return [value for series in answer.json()["series"] for _, value, _ in series["values"]]


async def rejected(stack: "Stack", **filters: str) -> list[dict[str, Any]]:
    async with stack.signed_in("admin") as admin:
        answer = await admin.get("/rejected", params=filters)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_bad_frames_wrong_passwords_and_strangers_are_kept_aside_and_good_frames_go_on(
    stack: "Stack", outlet: "Outlet", data_logger: "DataLogger", until: Any
) -> None:
    began = datetime.now(UTC).replace(microsecond=0)
    await data_logger.report("11", began)
    _, torn = data_logger.frame("12", began + timedelta(seconds=1))
    data_logger.write(torn.replace(b"w01018-Rtd=12", b"w01018-Rtd=21"))
    data_logger.write(data_logger.frame("13", began + timedelta(seconds=2), password="000000")[1])
    stranger = uuid4().hex[:24].upper()
    data_logger.write(data_logger.frame("14", began + timedelta(seconds=3), mn=stranger)[1])
    data_logger.write(b"\x00\xff##12noise\r\n")
    await data_logger.report("15", began + timedelta(seconds=4))

    async def values() -> Any:
        return await stored_values(stack, outlet, began)

    assert await until(values, lambda found: len(found) >= 2) == [11, 15]

    async def crc() -> Any:
        return [item for item in await rejected(stack, reason="crc_mismatch") if outlet.mn in item["raw_text"]]

    async def wrong_password() -> Any:
        return await rejected(stack, reason="wrong-password", mn=outlet.mn)

    async def unknown_mn() -> Any:
        return await rejected(stack, reason="unknown-mn", mn=stranger)

    async def strangers() -> Any:
        async with stack.signed_in("admin") as admin:
            unknown = (await admin.get("/unknown-devices", params={"limit": 500})).json()["items"]
        return [item["mn"] for item in unknown if item["mn"] == stranger]

    for kept_aside in (crc, wrong_password, unknown_mn, strangers):  # each may be stored in another transaction
        assert len(await until(kept_aside, bool)) == 1


async def test_a_poison_event_is_parked_with_its_reason_and_its_partition_goes_on(
    stack: "Stack", outlet: "Outlet", data_logger: "DataLogger", until: Any
) -> None:
    began = datetime.now(UTC).replace(microsecond=0)
    async with AIOKafkaProducer(bootstrap_servers=stack.access["kafka_bootstrap"]) as producer:
        await producer.send_and_wait(
            "telemetry.readings.v1",
            key=outlet.mn.encode(),
            value=b'{"mn": 7}',
            headers=[
                ("ce_id", str(uuid4()).encode()),
                ("ce_type", b"telemetry.readings.reported"),
                ("ce_source", b"e2e"),
                ("ce_subject", outlet.mn.encode()),
                ("ce_time", began.isoformat().encode()),
            ],
        )
    await data_logger.report("16", began)

    async def values() -> Any:
        return await stored_values(stack, outlet, began)

    assert await until(values, bool) == [16]
    async with stack.signed_in("admin") as admin:

        async def parked() -> Any:
            answer = await admin.get("/services/source-monitoring/parked")
            assert answer.status_code == 200, answer.text
            return [item for item in answer.json()["items"] if item["body"] == '{"mn": 7}']

        (event,) = await until(parked, bool)
    assert event["kind"] == "contract"
    assert "mn" in event["reason"]


async def test_a_sheet_full_of_errors_names_every_error_and_stores_the_good_rows(stack: "Stack") -> None:
    async with stack.signed_in("admin") as admin:
        template = await admin.get("/imports/template.xlsx", params={"kind": "enterprises"})
        assert template.status_code == 200, template.text
        book = openpyxl.load_workbook(io.BytesIO(template.content))
        sheet = book.active
        assert sheet is not None
        wide = sheet.max_column
        first = sheet.max_row + 1
        for row in range(first, first + 20):
            for column in range(1, wide + 1):
                sheet.cell(row, column, "错" if column % 2 else "-1e999")
        content = io.BytesIO()
        book.save(content)
        answer = await admin.post(
            "/imports",
            files={"file": ("bad.xlsx", content.getvalue())},
            data={"kind": "enterprises", "dry_run": "false"},
        )
        assert answer.status_code in {200, 201}, answer.text
        report = answer.json()
    assert report["rejected"] >= 20
    bad = [row for row in report["rows"] if row["status"] == "rejected"]
    assert all(row["errors"] for row in bad)
    assert all({"column", "what_zh", "what_en"} <= error.keys() for row in bad for error in row["errors"])
