"""A logger of 2025 with a key: what it encrypts, and how it changes the key on the host's 1014; keys entered once."""

import asyncio
import json
from pathlib import Path
from typing import Any, cast

import hj212
from simulator.device_keys import FILE, DeviceKeys, enter_keys
from simulator.effects import Effects
from simulator.figures import Figures
from simulator.fleet import Fleet
from simulator.host_requests import LoggerSettings
from simulator.logger import LoggerLine
from simulator.operations import Background
from simulator.park_api import ParkApi
from simulator.park_plan import points
from simulator.signal_model import SignalModel
from simulator.sim_clock import SimClock
from simulator.state_file import StateFile

from .fake_host import FakeHost, fake_host
from .plain_park import plain_park

FIRST, SECOND = b"FirstKey01234567", b"SecondKey0123456"
SITE = next(site for site in points() if site.edition == "2025")
QUIET = Background(calibrations=False, faults=False, outages=False, startups=False)


def line(folder: Path, figures: Figures) -> LoggerLine:
    keys = DeviceKeys(folder)
    settings = LoggerSettings("123456", realtime_interval_s=1, key=keys.of(SITE.mn))
    model = SignalModel(plain_park().limits, QUIET, Effects(()))
    return LoggerLine(SITE, settings, model, SimClock(), StateFile(folder / "state.json"), figures, keys)


def new_key(key: bytes) -> bytes:
    peer = hj212.Peer(SITE.mn, SITE.plan.system_type, "123456", hj212.Edition.HJ_2025, key)
    cp = [{"SKCreateTime": "20261122120000000", "NewSK": SECOND.decode()}]
    at = SimClock().now().replace(tzinfo=None)
    actions = hj212.HostSession().request(peer, "1014", cp, at=at, now=0.0)
    return next(action.frame for action in actions if isinstance(action, hj212.Send))


async def test_data_are_encrypted_under_the_key_and_under_the_new_one_after_1014(tmp_path: Path) -> None:
    DeviceKeys(tmp_path).put(SITE.mn, FIRST)
    figures = Figures()
    async with fake_host() as host:
        host.key = FIRST
        fleet = Fleet([line(tmp_path, figures)], StateFile(tmp_path / "state.json"), figures, "127.0.0.1", host.port)
        task = asyncio.create_task(fleet.run())
        try:
            await host.until(lambda: bool(host.said("2011")), 60)
            assert all(packet.encrypted for packet in host.packets if packet.cn.startswith("2"))
            await change_key(host)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    assert DeviceKeys(tmp_path).of(SITE.mn) == SECOND, "remembered for the next run"
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


async def change_key(host: FakeHost) -> None:
    host.send(SITE.mn, new_key(FIRST))
    await host.until(lambda: [packet.value("ExeRtn") for packet in host.said("9012")] == ["1"], 60)
    assert not host.said("9012")[0].encrypted
    await host.until(lambda: any(event.reason is hj212.Reason.ENCRYPTED for event in host.rejected), 60)
    host.drop_all()
    host.key, before = SECOND, len(host.packets)
    await host.until(lambda: any(packet.encrypted for packet in host.packets[before:]), 60)


class Api:
    """The API as far as keys are entered."""

    def __init__(self) -> None:
        self.entered: list[tuple[str, Any]] = []

    async def request(self, method: str, path: str, **arguments: Any) -> None:
        self.entered.append((f"{method} {path}", arguments["json"]))


async def test_keys_are_entered_once_and_only_for_loggers_of_2025(tmp_path: Path) -> None:
    api = Api()
    assert await enter_keys(cast(ParkApi, api), DeviceKeys(tmp_path), 2) == {"entered": 2, "known": 0}
    assert await enter_keys(cast(ParkApi, api), DeviceKeys(tmp_path), 3) == {"entered": 1, "known": 2}
    mns = [site.mn for site in points() if site.edition == "2025"][:3]
    assert [path for path, _ in api.entered] == [f"POST /sessions/{mn}/keys" for mn in mns]
    stored = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    assert [stored[mn] for mn in mns] == [body["key"].encode().hex() for _, body in api.entered]
