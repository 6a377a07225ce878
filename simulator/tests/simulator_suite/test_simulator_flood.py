"""The load client: every frame acknowledged is one that was sent, also when lines break."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from park_schemas.park_time import PARK_TIME_ZONE
from simulator.flood import DataTimes, flood

from .fake_host import fake_host

BEGIN = datetime(2026, 11, 20, tzinfo=PARK_TIME_ZONE)
DEVICES = [(f"9900A1B2C3D4AA{number:010X}", "123456") for number in range(5)]


def facts(record: Path, word: str) -> list[tuple[str, str]]:
    lines = [line.split("\t") for line in record.read_text().splitlines()]
    return [(line[1], line[2]) for line in lines if line[0] == word]


async def test_every_frame_is_sent_acknowledged_and_recorded_once(tmp_path: Path) -> None:
    record = tmp_path / "flood.tsv"
    async with fake_host() as host:
        figures = await flood(DEVICES, 203, "127.0.0.1", host.port, record, begin=BEGIN, window=4, patience_s=30)
    assert (figures.sent, figures.acked, figures.repeated) == (203, 203, 0)
    sent, acked = facts(record, "sent"), facts(record, "acked")
    assert len(set(sent)) == len(sent) == 203
    assert set(acked) == set(sent)
    assert {(packet.mn, packet.qn) for packet in host.packets} == set(sent)
    assert len({(packet.mn, packet.data_time) for packet in host.packets}) == 203
    assert figures.shown()["acked"] == 203


async def test_frames_of_a_broken_line_go_out_again_with_the_same_qn(tmp_path: Path) -> None:
    record = tmp_path / "flood.tsv"
    async with fake_host() as host:
        running = asyncio.create_task(
            flood(DEVICES, 3000, "127.0.0.1", host.port, record, begin=BEGIN, window=8, patience_s=60)
        )
        await host.until(lambda: len(host.packets) > 500)
        host.drop_all()
        figures = await running
    assert figures.acked == 3000
    assert figures.reconnects >= 1
    sent, acked = facts(record, "sent"), facts(record, "acked")
    assert len(set(sent)) == 3000
    assert len(sent) == 3000 + figures.repeated
    assert set(acked) == set(sent)


def test_two_floods_never_share_a_data_time(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=PARK_TIME_ZONE)
    first = DataTimes(tmp_path / "flood").take(500, now)
    second = DataTimes(tmp_path / "flood").take(10, now + timedelta(seconds=3))
    third = DataTimes(tmp_path / "flood").take(10, now + timedelta(days=5))
    assert second == first + timedelta(seconds=500)
    assert third >= second + timedelta(seconds=10)
    assert third == now + timedelta(days=3)
