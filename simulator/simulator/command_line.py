"""The commands: seed, run, flood, check."""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import re
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvloop
from park_schemas.park_time import PARK_TIME_ZONE

from simulator.device_keys import DeviceKeys, enter_keys
from simulator.effects import Effects
from simulator.enterprise_account import ensure_enterprise_account, enterprise_of_the_demo
from simulator.figures import Figures
from simulator.fleet import Fleet
from simulator.flood import DataTimes, flood
from simulator.host_requests import LoggerSettings
from simulator.logger import LoggerLine
from simulator.obligations_seeding import seed_obligations
from simulator.park_api import ApiRefused, ParkApi
from simulator.park_plan import points
from simulator.people import People, people_of
from simulator.reduction_seeding import seed_reductions
from simulator.registered_park import NotSeeded, RegisteredPark
from simulator.scenario import DUTIES, BadScenario, Scenario, load_scenario
from simulator.seeding import SeedingFailed, seed
from simulator.signal_model import SignalModel
from simulator.sim_clock import SimClock
from simulator.state_file import StateFile
from simulator.survey_seeding import seed_surveys

log = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> None:
    """Run a command; exit 1 with one clear line when it cannot be done, 2 for wrong usage."""
    options = _parser().parse_args(arguments)
    _log_as_lines()
    try:
        code = uvloop.run(options.command(options))
    except (ApiRefused, SeedingFailed, NotSeeded, BadScenario, FileNotFoundError, KeyError) as error:
        sys.exit(f"simulator: {error.args[0] if isinstance(error, KeyError) else error}")
    except httpx.TransportError as error:
        sys.exit(f"simulator: {_api_url()} does not answer: {error!r}")
    except KeyboardInterrupt:
        code = 0
    sys.exit(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator", description="An invented chemical park on HJ 212 and HTTP."
    )
    commands = parser.add_subparsers(required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data-dir", type=Path, default=Path(os.environ.get("PARK_SIMULATOR_DIR", ".local/simulator")))

    seeding = commands.add_parser("seed", parents=[common], help="register the park through the API; safe to run again")
    seeding.add_argument(
        "--extra-devices", type=int, default=0, help="devices only for `flood`, beside the 132 of the park"
    )
    seeding.add_argument("--wait", type=float, default=0, help="seconds to wait for the API to come up")
    seeding.set_defaults(command=_seed)

    keying = commands.add_parser("keys", parents=[common], help="let loggers of 2025 encrypt; safe to run again")
    keying.add_argument("--count", type=int, default=1, help="how many of them")
    keying.set_defaults(command=_enter_keys)

    running = commands.add_parser("run", parents=[common], help="play the loggers (and with --people the people)")
    running.add_argument("--scenario", default="demo", help="name of a shipped scenario, or a file")
    running.add_argument("--speed", type=float, default=1.0, help="how many times faster than the clock")
    running.add_argument(
        "--start", default="now", help='begin of simulated time: "now", "-24h", or an ISO time with offset'
    )
    running.add_argument("--interval", type=int, default=None, help="realtime interval in seconds, instead of 30")
    running.add_argument("--people", action="store_true", help="play officer and inspectors too")
    running.add_argument("--seconds", type=float, default=None, help="stop after so many real seconds")
    running.set_defaults(command=_run)

    flooding = commands.add_parser("flood", parents=[common], help="load: frames as fast as acknowledgements come")
    flooding.add_argument("--frames", type=int, required=True)
    flooding.add_argument("--connections", type=int, default=50)
    flooding.add_argument("--window", type=int, default=1, help="frames on their way a connection")
    flooding.add_argument("--patience", type=float, default=600, help="give up after so many seconds")
    flooding.add_argument("--record", type=Path, default=None, help="file of every frame sent and every 9014 received")
    flooding.set_defaults(command=_flood)

    checking = commands.add_parser("check", help="check a scenario file and say what it does")
    checking.add_argument("scenario")
    checking.set_defaults(command=_check)
    return parser


async def _seed(options: argparse.Namespace) -> int:
    api = ParkApi(_api_url(), _required("PARK_ADMIN_USERNAME"), _required("PARK_ADMIN_PASSWORD"))
    await _until_up(api, options.wait)
    async with api:
        done = await seed(api, options.data_dir, extra_devices=options.extra_devices)
        done["surveys"] = await seed_surveys(api, enterprise_of_the_demo())
        done["reductions"] = await seed_reductions(api)
        if username := os.environ.get("PARK_ENTERPRISE_USERNAME"):
            done["obligations"] = await _seed_enterprise(api, username, _required("PARK_ENTERPRISE_PASSWORD"))
    _print({"seeded": done, "data_dir": str(options.data_dir)})
    return 0


async def _seed_enterprise(api: ParkApi, username: str, password: str) -> dict[str, int]:
    owner = enterprise_of_the_demo()
    await ensure_enterprise_account(api, _api_url(), owner.credit_code, username, password)
    async with ParkApi(_api_url(), username, password) as person:
        return await seed_obligations(api, person, owner)


async def _enter_keys(options: argparse.Namespace) -> int:
    api = ParkApi(_api_url(), _required("PARK_ADMIN_USERNAME"), _required("PARK_ADMIN_PASSWORD"))
    async with api:
        _print({"keys": await enter_keys(api, DeviceKeys(options.data_dir), options.count)})
    return 0


async def _until_up(api: ParkApi, patience_s: float) -> None:
    deadline = asyncio.get_running_loop().time() + patience_s
    while True:
        try:
            await api.sign_in()
        except httpx.TransportError:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.5)
        else:
            return


async def _run(options: argparse.Namespace) -> int:
    park = RegisteredPark.load(options.data_dir)
    scenario = load_scenario(options.scenario)
    clock = SimClock(start=_start(options.start), speed=options.speed)
    state = StateFile(options.data_dir / "state.json")
    figures = Figures()
    host, port = os.environ.get("PARK_HJ212_HOST", "127.0.0.1"), int(os.environ.get("PARK_HJ212_PORT", "9212"))
    keys = DeviceKeys(options.data_dir)
    fleet = Fleet(_lines(park, scenario, clock, state, figures, keys, options.interval), state, figures, host, port)
    log.info("run", extra={"scenario": scenario.name, "loggers": len(fleet.lines), "host": host, "port": port})
    works: list[Coroutine[Any, Any, None]] = [fleet.run()]
    if options.people or scenario.shifts:
        began = clock.now()
        always = frozenset(DUTIES)
        works.append(_people(lambda: always if options.people else scenario.duties(clock.now() - began)).run())
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(options.seconds):
            await _until_stopped(works)
    _print(figures.shown())
    return 0


def _lines(
    park: RegisteredPark,
    scenario: Scenario,
    clock: SimClock,
    state: StateFile,
    figures: Figures,
    keys: DeviceKeys,
    interval: int | None,
) -> list[LoggerLine]:
    model = SignalModel(park.limits, scenario.background, Effects(scenario.effects(clock.now())))
    return [
        LoggerLine(
            site,
            LoggerSettings(park.passwords[site.mn], realtime_interval_s=interval or 30, key=keys.of(site.mn)),
            model,
            clock,
            state,
            figures,
            keys,
        )
        for site in points()
        if site.mn in park.passwords
    ]


async def _until_stopped(works: list[Coroutine[Any, Any, None]]) -> None:
    """Run until one of the works fails, or SIGINT or SIGTERM asks for the end."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tasks = [asyncio.create_task(work) for work in works]
    waiter = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([*tasks, waiter], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (*tasks, waiter):
            task.cancel()
        results = await asyncio.gather(*tasks, waiter, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


def _people(duties: Callable[[], frozenset[str]]) -> People:
    officer = os.environ.get("PARK_OFFICER_USERNAME") or os.environ.get("PARK_DEMO_USERNAME") or "officer"
    inspectors = os.environ.get("PARK_INSPECTOR_USERNAMES", "inspector,inspector2").split(",")
    password = os.environ.get("PARK_PEOPLE_PASSWORD") or _required("PARK_DEMO_PASSWORD")
    return people_of(_api_url(), officer, [name.strip() for name in inspectors if name.strip()], password, duties)


async def _flood(options: argparse.Namespace) -> int:
    park = RegisteredPark.load(options.data_dir)
    usable = park.extra_devices or [site.mn for site in points() if site.edition == "2017"]
    if options.connections > len(usable):
        sys.exit(
            f"simulator: {options.connections} connections need as many devices, {len(usable)} are registered for it: "
            f"run `seed --extra-devices {options.connections}`"
        )
    devices = [(mn, park.passwords[mn]) for mn in usable[: options.connections]]
    host, port = os.environ.get("PARK_HJ212_HOST", "127.0.0.1"), int(os.environ.get("PARK_HJ212_PORT", "9212"))
    record = options.record or options.data_dir / f"flood-{datetime.now(UTC):%Y%m%dT%H%M%S}.tsv"
    seconds = options.frames // len(devices) + 1
    begin = DataTimes(options.data_dir / "flood-data-time").take(seconds, datetime.now(PARK_TIME_ZONE))
    try:
        figures = await flood(
            devices,
            options.frames,
            host,
            port,
            record,
            begin=begin,
            window=options.window,
            patience_s=options.patience,
        )
    except TimeoutError:
        sys.exit(f"simulator: not all frames were acknowledged within {options.patience:g} s; what was is in {record}")
    _print({**figures.shown(), "record": str(record)})
    return 0


async def _check(options: argparse.Namespace) -> int:
    scenario = load_scenario(options.scenario)
    for event in sorted(scenario.events, key=lambda one: one.at):
        where = ", ".join(sorted(event.points)[:4]) + (" ..." if len(event.points) > 4 else "")
        _print(
            {"at_s": event.at.total_seconds(), "action": event.action.value, "points": where, "factor": event.factor}
        )
    return 0


def _start(text: str) -> datetime | None:
    if text == "now":
        return None
    back = re.fullmatch(r"-(\d+(?:\.\d+)?)([smh])", text)
    if back:
        seconds = float(back[1]) * {"s": 1, "m": 60, "h": 3600}[back[2]]
        return datetime.now(UTC) - timedelta(seconds=seconds)
    start = datetime.fromisoformat(text)
    if start.tzinfo is None:
        sys.exit(f"simulator: --start {text} needs an offset, for example {text}+08:00")
    return start.astimezone(UTC)


def _api_url() -> str:
    return os.environ.get("PARK_API_URL", "http://127.0.0.1:8080/api/v1")


def _required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise KeyError(f"{name} is not set")
    return value


def _print(content: object) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False) + "\n")
    sys.stdout.flush()


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        known = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
        extra = " ".join(f"{name}={value}" for name, value in record.__dict__.items() if name not in known)
        at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        line = f"{at} {record.levelname.lower()} {record.getMessage()} {extra}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _log_as_lines() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_Lines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)


Command = Callable[[argparse.Namespace], Awaitable[int]]
