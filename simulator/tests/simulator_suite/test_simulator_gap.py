"""A logger with a gap: away for a time, it does not send again by itself, and tells the records when it is asked."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hj212
from park_schemas.park_time import PARK_TIME_ZONE
from simulator.effects import Action, Effect, Effects
from simulator.figures import Figures
from simulator.fleet import Fleet
from simulator.host_requests import LoggerSettings
from simulator.logger import LoggerLine
from simulator.operations import Background
from simulator.park_plan import points
from simulator.records import MINUTE
from simulator.scenario import parse_scenario
from simulator.signal_model import SignalModel
from simulator.sim_clock import SimClock
from simulator.state_file import StateFile

from .fake_host import FakeHost, fake_host
from .plain_park import plain_park

ONE = timedelta(minutes=1)
QUIET = Background(calibrations=False, faults=False, outages=False, startups=False)


def told(host: FakeHost) -> set[datetime]:
    return {packet.data_time.replace(tzinfo=PARK_TIME_ZONE) for packet in host.said(MINUTE) if packet.data_time}


async def test_records_of_a_gap_are_sent_only_when_the_host_asks_for_them(tmp_path: Path) -> None:
    site = next(one for one in points() if one.edition == "2017" and one.plan.medium == "waste-water")
    present = datetime.now(UTC).replace(second=0, microsecond=0)
    away = (present - 9 * ONE, present - 5 * ONE)
    effects = Effects([Effect(Action.GAP, frozenset({site.code}), *away)])
    state, figures = StateFile(tmp_path / "state.json"), Figures()
    line = LoggerLine(
        site,
        LoggerSettings("123456", realtime_interval_s=30, minute_interval_min=1),
        SignalModel(plain_park().limits, QUIET, effects),
        SimClock(start=present - 12 * ONE, speed=90),
        state,
        figures,
    )
    kept_back = {away[0] - ONE + number * ONE for number in range(4)}
    async with fake_host() as host:
        task = asyncio.create_task(Fleet([line], state, figures, "127.0.0.1", host.port).run())
        try:
            await host.until(lambda: present - 2 * ONE in told(host), within_s=90)
            assert not kept_back & told(host)
            assert away[0] - 2 * ONE in told(host), "what ended before the gap was sent"
            begin, end = (f"{at.astimezone(PARK_TIME_ZONE):%Y%m%d%H%M%S}" for at in (min(kept_back), max(kept_back)))
            cp = [{"BeginTime": begin}, {"EndTime": end}]
            host.ask(
                site.mn,
                hj212.Fields(
                    MINUTE, site.plan.system_type, site.mn, cp=cp, qn="20260101000000001", pw="123456", flag=5
                ),
            )
            await host.until(lambda: kept_back <= told(host), within_s=60)
            await host.until(lambda: bool(host.said("9012")), within_s=60)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    assert host.said("9012")[0].value("ExeRtn") == "1"


def test_a_script_may_have_a_gap() -> None:
    site = next(iter(points()))
    (event,) = parse_scenario(f"name: t\nevents:\n- {{point: {site.code}, for: 5m, gap: true}}\n").events
    assert (event.action, event.length) == (Action.GAP, timedelta(minutes=5))
