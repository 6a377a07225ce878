"""Loggers on a real TCP line against a host that answers, falls silent, cuts the line and asks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hj212
import pytest
from park_schemas.park_time import at_park
from simulator.effects import Effects
from simulator.figures import Figures
from simulator.fleet import Fleet
from simulator.host_requests import LoggerSettings
from simulator.logger import LoggerLine
from simulator.operations import Background
from simulator.park_plan import PointSite, point_by_code, points
from simulator.records import DAY, HOUR, MINUTE
from simulator.scenario import parse_scenario
from simulator.signal_model import SignalModel
from simulator.sim_clock import SimClock
from simulator.state_file import StateFile

from .fake_host import FakeHost, fake_host
from .plain_park import plain_park

QUIET = Background(calibrations=False, faults=False, outages=False, startups=False)
Play = Callable[..., "asyncio.Task[None]"]


def site_of(code: str) -> PointSite:
    site = point_by_code(code)
    assert site is not None
    return site


def first(edition: str, medium: str = "waste-water") -> PointSite:
    return next(site for site in points() if site.edition == edition and site.plan.medium == medium)


@asynccontextmanager
async def playing(
    host: FakeHost,
    folder: Path,
    sites: list[PointSite],
    *,
    script: str = "",
    over_time_s: float = 10,
    interval_s: int = 1,
) -> AsyncIterator[Figures]:
    clock, state, figures = SimClock(), StateFile(folder / "state.json"), Figures()
    scenario = parse_scenario(f"name: test\nevents:\n{script}" if script else "name: test")
    model = SignalModel(plain_park().limits, QUIET, Effects(scenario.effects(clock.now())))
    lines = [
        LoggerLine(
            site,
            LoggerSettings("123456", realtime_interval_s=interval_s, over_time_s=over_time_s, re_count=1),
            model,
            clock,
            state,
            figures,
        )
        for site in sites
    ]
    task = asyncio.create_task(Fleet(lines, state, figures, "127.0.0.1", host.port).run())
    try:
        yield figures
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def filled_in(host: FakeHost) -> bool:
    """Say whether the records of the past are all there; the day's record is the last of them."""
    return len({packet.data_time for packet in host.said(HOUR)}) == 24 and bool(host.said(DAY))


@pytest.mark.parametrize("edition", ["2005", "2017", "2025"])
async def test_each_edition_sends_strictly_correct_frames_of_all_periods(edition: str, tmp_path: Path) -> None:
    site = first(edition)
    async with fake_host() as host, playing(host, tmp_path, [site]):
        await host.until(lambda: all(host.said(command) for command in ("2011", MINUTE, HOUR, DAY)))
    assert host.rejected == []
    for packet in host.packets:
        assert hj212.decode(packet.raw, profile=hj212.STRICT).mn == site.mn
        assert packet.edition.value == edition
        assert packet.data_time is not None
        assert packet.readings()


async def test_a_long_record_leaves_in_packets_that_come_together_again(tmp_path: Path) -> None:
    site = next(one for one in points() if one.edition == "2017" and one.kind.value == "incinerator")
    reassembler = hj212.Reassembler()
    async with fake_host() as host, playing(host, tmp_path, [site]):
        await host.until(lambda: len(host.said(HOUR)) > 4)
    split = [packet for packet in host.said(HOUR) if packet.is_split]
    assert split
    messages = [message for packet in split if (message := reassembler.receive(packet, 0.0)) is not None]
    factors = {reading.factor_code for reading in messages[0].readings()}
    assert factors == {plan.code for plan in site.plan.factors}


async def test_the_first_start_fills_in_a_day_of_hours_and_two_hours_of_minutes(tmp_path: Path) -> None:
    site = first("2025")
    async with fake_host() as host, playing(host, tmp_path, [site]) as figures:
        await host.until(lambda: len(host.said(HOUR)) >= 24 and len(host.said(MINUTE)) >= 12)
        await host.until(lambda: figures.acknowledged >= 36)
    hours = [packet.data_time for packet in host.said(HOUR)]
    assert len(set(hours)) == len(hours) == 24
    assert [hour for hour in hours if hour] == sorted(hour for hour in hours if hour)
    assert all(packet.is_resend for packet in host.said(HOUR))
    assert not any(packet.is_resend for packet in host.said("2011"))


async def test_a_second_start_does_not_send_again_what_was_acknowledged(tmp_path: Path) -> None:
    site = first("2017")
    async with fake_host() as host, playing(host, tmp_path, [site]) as figures:
        await host.until(lambda: filled_in(host))
        seen = figures.acknowledged
        await host.until(lambda: figures.acknowledged > seen + 1)
    async with fake_host() as again, playing(again, tmp_path, [site]):
        await again.until(lambda: len(again.said("2011")) > 1)
    assert again.said(HOUR) == []


async def test_what_was_not_acknowledged_comes_again_with_the_same_qn_then_on_a_new_line(tmp_path: Path) -> None:
    site = first("2017")
    async with fake_host() as host:
        host.silent = True
        async with playing(host, tmp_path, [site], over_time_s=0.3) as figures:
            await host.until(lambda: host.connections >= 2)
            repeated = [packet.qn for packet in host.packets]
            assert len(repeated) > len(set(repeated))
            assert figures.unanswered >= 1
            host.silent = False
            await host.until(lambda: filled_in(host), within_s=20)
    assert len({packet.data_time for packet in host.said(HOUR)}) == 24


async def test_records_of_a_cut_line_are_sent_when_it_is_back(tmp_path: Path) -> None:
    site = first("2017")
    async with fake_host() as host, playing(host, tmp_path, [site]) as figures:
        await host.until(lambda: len(host.acknowledged) > 5)
        host.drop_all()
        await host.until(lambda: host.connections == 2)
        await host.until(lambda: len({packet.data_time for packet in host.said(HOUR)}) == 24)
        await host.until(lambda: figures.connections == 2)


async def test_a_scenario_spoils_frames_passwords_and_names(tmp_path: Path) -> None:
    codes = ["YL05-DW001", "YL08-DW001", "YL09-DW001"]
    script = f"""
- {{point: {codes[0]}, bad_crc: 1}}
- {{point: {codes[1]}, wrong_password: true}}
- {{point: {codes[2]}, unknown_mn: ABCDEF0123456789ABCDEF01}}
"""
    sites = [site_of(code) for code in codes]
    async with fake_host() as host, playing(host, tmp_path, sites, script=script):
        await host.until(lambda: bool(host.rejected))
        await host.until(lambda: bool(host.said("2011", sites[1].mn)))
        await host.until(lambda: bool(host.said("2011", "ABCDEF0123456789ABCDEF01")))
    assert host.rejected[0].reason.value == "crc-mismatch" or "crc" in host.rejected[0].message.lower()
    assert host.said("2011", sites[0].mn) == []
    assert {packet.pw for packet in host.said("2011", sites[1].mn)} == {"000000"}
    assert host.said("2011", sites[2].mn) == []


async def test_a_disconnected_logger_stays_away_and_then_comes_back(tmp_path: Path) -> None:
    site = first("2017")
    script = f"- {{at: 0s, for: 8s, point: {site.code}, disconnect: true}}\n"
    async with fake_host() as host, playing(host, tmp_path, [site], script=script):
        await asyncio.sleep(1.5)
        assert host.connections == 0
        await host.until(lambda: bool(host.said("2011")))


async def test_an_exceedance_of_a_script_is_on_the_wire_within_seconds(tmp_path: Path) -> None:
    script = "- {at: 1s, point: YL05-DW001, factor: w01018, limit_times: 1.8}\n"
    async with fake_host() as host, playing(host, tmp_path, [site_of("YL05-DW001")], script=script):
        await host.until(lambda: any(_value(packet, "w01018") > 170 for packet in host.said("2011")))


def _value(packet: hj212.Packet, code: str) -> float:
    return next(
        float(reading.text)
        for reading in packet.readings()
        if (reading.factor_code, reading.attribute) == (code, "Rtd")
    )


def request(site: PointSite, command: str, **cp: str) -> hj212.Fields:
    items = [{name: text} for name, text in cp.items()]
    return hj212.Fields(command, site.plan.system_type, site.mn, cp=items, qn="20260101000000001", pw="123456", flag=5)


async def test_the_host_can_ask_for_time_intervals_and_history(tmp_path: Path) -> None:
    site = first("2017")
    async with fake_host() as host, playing(host, tmp_path, [site]) as figures:
        await host.until(lambda: figures.acknowledged >= 1)
        host.ask(site.mn, request(site, "1011"))
        await host.until(lambda: bool(host.said("9012")))
        told = at_park(datetime.strptime(host.said("1011")[0].value("SystemTime") or "", "%Y%m%d%H%M%S"))  # noqa: DTZ007
        assert abs(told - datetime.now(UTC)) < timedelta(minutes=2)
        assert host.said("9011")[0].value("QnRtn") == "1"


async def test_history_asked_again_tells_the_same_numbers(tmp_path: Path) -> None:
    site = first("2017")
    async with fake_host() as host, playing(host, tmp_path, [site]):
        await host.until(lambda: filled_in(host))
        before = {packet.data_time: packet.cp_text for packet in host.said(HOUR)}
        times = sorted(time for time in before if time is not None)
        count = len(host.packets)
        begin, end = (moment.strftime("%Y%m%d%H%M%S") for moment in (times[3], times[5]))
        host.ask(site.mn, request(site, HOUR, BeginTime=begin, EndTime=end))
        await host.until(lambda: bool(host.said("9012")))
    again = {packet.data_time: packet.cp_text for packet in host.packets[count:] if packet.cn == HOUR}
    assert again == {time: before[time] for time in times[3:6]}
    assert host.said("9012")[0].value("ExeRtn") == "1"


async def test_an_unknown_request_and_a_wrong_password_are_answered_by_their_codes(tmp_path: Path) -> None:
    site = first("2017")
    async with fake_host() as host, playing(host, tmp_path, [site]) as figures:
        await host.until(lambda: figures.acknowledged >= 1)
        host.ask(site.mn, request(site, "1999"))
        await host.until(lambda: len(host.said("9011")) == 1)
        stranger = hj212.Fields("1011", site.plan.system_type, site.mn, qn="20260101000000002", pw="999999", flag=5)
        host.ask(site.mn, stranger)
        await host.until(lambda: len(host.said("9011")) == 2)
    assert [packet.value("QnRtn") for packet in host.said("9011")] == ["8", "3"]


async def test_the_whole_park_is_cheap_enough_for_one_process(tmp_path: Path) -> None:
    sites = list(points())
    async with fake_host() as host, playing(host, tmp_path, sites, interval_s=30):
        await host.until(lambda: host.connections >= len(sites), within_s=30)
        await host.until(lambda: len({packet.mn for packet in host.packets}) == len(sites), within_s=60)
    assert host.rejected == []
