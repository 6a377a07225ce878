"""`python -m devstack COMMAND`: the local stack from the command line (`make demo`, `make up`, `make down` call it)."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict

from devstack import background, tables
from devstack.kafka import DESCRIPTIONS
from devstack.kafka_jars import KAFKA_VERSION, KafkaUnavailable, java, kafka_jars
from devstack.ports import PortInvalid, PortOccupied
from devstack.process import CannotStart, StartFailed
from devstack.say import say
from devstack.secrets_file import write_private
from devstack.settings import DemoSettings, settings_from
from devstack.stack import DemoAccess, Stack, assemble
from devstack.supervisor import Supervisor, run_until_told
from devstack.unprivileged import PlaceNotOurs

Command = Callable[[DemoSettings, argparse.Namespace], int]

EXPECTED = (
    background.AlreadyRunning,
    background.NotRunning,
    CannotStart,
    KafkaUnavailable,
    PlaceNotOurs,
    PortInvalid,
    PortOccupied,
    StartFailed,
    TimeoutError,
)
"""Troubles whose message says all a person needs; anything else is a bug and shows its traceback."""


def demo(settings: DemoSettings, _: argparse.Namespace) -> int:
    """Run everything in the foreground until Ctrl-C."""
    with background.hold(settings.folder):
        begun = time.monotonic()
        settings.require_free_ports()
        say("正在启动园区监管平台演示…（Ctrl-C 停止）", "starting the park platform demo ... (Ctrl-C stops it)")
        _serve(settings, assemble(settings), begun)
    say("已全部停止", "all stopped")
    return 0


def _serve(settings: DemoSettings, stack: Stack, begun: float) -> None:
    supervisor = Supervisor(settings.folder, stack.specs, broker=DESCRIPTIONS[stack.broker], begun=begun)

    def on_ready() -> None:
        write_private(settings.demo_file, json.dumps(asdict(stack.access), indent=2))
        print("\n".join(summary(stack.access, DESCRIPTIONS[stack.broker], supervisor.status.start_s)), flush=True)

    settings.demo_file.unlink(missing_ok=True)
    try:
        asyncio.run(run_until_told(supervisor, on_ready))
    finally:
        settings.demo_file.unlink(missing_ok=True)
        stack.after_stop()


def up(settings: DemoSettings, _: argparse.Namespace) -> int:
    """Start everything in the background; return when it is ready."""
    status = background.running(settings.folder)
    if status is not None and status.state == "ready":
        say("演示已在运行；要重新启动请先 make down", "the demo already runs; to start anew run make down first")
        access = DemoAccess(**json.loads(settings.demo_file.read_text(encoding="utf-8")))
        print("\n".join(summary(access, status.broker, status.start_s)))
        return 0
    if status is not None:
        raise background.AlreadyRunning(settings.folder)
    settings.require_free_ports()
    command = [sys.executable, "-m", "devstack", "demo"]
    if background.launch(settings.folder, command):
        say("已在后台运行；停止：make down", "runs in the background; stop it with make down")
        return 0
    return 1


def down(settings: DemoSettings, _: argparse.Namespace) -> int:
    """Stop what `up` (or a `demo` in another terminal) started."""
    if background.stop(settings.folder):
        say("已全部停止", "all stopped")
    else:
        settings.demo_file.unlink(missing_ok=True)  # left by a supervisor that was killed
        say("演示没有在运行，无需停止", "the demo does not run, nothing to stop")
    return 0


def status(settings: DemoSettings, _: argparse.Namespace) -> int:
    """Show what runs."""
    found = background.running(settings.folder)
    if found is None:
        say("演示没有在运行", "the demo does not run")
        return 3
    print("\n".join((*tables.status_lines(found), f"消息代理/broker: {found.broker}")))
    return 0


def figures(settings: DemoSettings, arguments: argparse.Namespace) -> int:
    """Show memory, CPU and start time of each process and the sum."""
    found = background.running(settings.folder)
    if found is None:
        raise background.NotRunning("演示没有在运行，先执行 make up / the demo does not run; run make up first")
    measured = tables.figures(found)
    print(json.dumps(measured, indent=2) if arguments.json else "\n".join(tables.figures_lines(measured)))
    return 0


def logs(settings: DemoSettings, arguments: argparse.Namespace) -> int:
    """Show the end of the logs, and with -f what is added to them."""
    folder = settings.folder / "logs"
    found = [folder / f"{arguments.service}.log"] if arguments.service else sorted(folder.glob("*.log"))
    if not found or not all(log.exists() for log in found):
        there = ", ".join(sorted(log.stem for log in folder.glob("*.log"))) or "-"
        raise background.NotRunning(f"没有这份日志；有：{there} / no such log; there are: {there}")
    lines = ["-n", "100" if arguments.service else "10"]
    os.execvp("tail", ["tail", *lines, *(["-F"] if arguments.follow else []), *map(str, found)])  # noqa: S606


def restart(settings: DemoSettings, arguments: argparse.Namespace) -> int:
    """Restart one process and wait until it is ready."""
    now = background.restart(settings.folder, arguments.service)
    say(f"{arguments.service} 已重启（进程 {now.pid}）", f"{arguments.service} restarted (pid {now.pid})")
    return 0


def fetch(_: DemoSettings, __: argparse.Namespace) -> int:
    """Fetch the broker's jars, so that the first start need not."""
    try:
        jars, program = kafka_jars(), java()
    except KafkaUnavailable as reason:
        say(
            f"取不到 Apache Kafka，将使用替代代理：{reason}",
            f"no Apache Kafka to be had, the fallback broker will be used: {reason}",
        )
        return 0
    say(f"Apache Kafka {KAFKA_VERSION}：{jars}，Java：{program}", f"Apache Kafka {KAFKA_VERSION} is here")
    return 0


def summary(access: DemoAccess, broker: str, start_s: float | None) -> list[str]:
    """Return what a newcomer needs to know of the running demo."""
    exchange = f"curl -H 'X-API-Key: {access.api_key}' '{access.console_url}exchange/v1/alarms?limit=5'"
    return [
        "",
        f"园区监管平台演示已就绪 / the park platform demo is ready ({start_s or 0:.0f} s)",
        f"  控制台   console    {access.console_url}",
        f"  账号     accounts   {access.username}（值班员 / officer）、inspector（网格员 / inspector）、",
        "                      enterprise（企业 / enterprise）、admin（管理员 / administrator）",
        f"  密码     password   {access.password}（各账号相同 / the same for all）",
        f"  HJ 212   TCP        {access.hj212_host}:{access.hj212_port}",
        f"  接口密钥 API key    {access.api_key}",
        f"  消息代理 broker     {broker}",
        "看什么 / what to look at",
        "  1. 登录后看一张图：实时数据与闪烁的报警 / sign in: the map with live values and pulsing alarms",
        "  2. 打开报警，看曲线与限值，再把它的任务办结 / open an alarm, see curve and limit, close its task",
        "  3. 从交换接口读取同一报警 / read the same alarm from the exchange API:",
        f"     {exchange}",
        "",
    ]


_COMMANDS: dict[str, Command] = {
    "demo": demo,
    "up": up,
    "down": down,
    "status": status,
    "figures": figures,
    "logs": logs,
    "restart": restart,
    "fetch": fetch,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="devstack", description="园区监管平台本地环境 / the local stack")
    commands = parser.add_subparsers(dest="command", required=True)
    parsers = {name: commands.add_parser(name, help=function.__doc__) for name, function in _COMMANDS.items()}
    parsers["figures"].add_argument("--json", action="store_true", help="print JSON")
    parsers["logs"].add_argument("service", nargs="?", help="one process only")
    parsers["logs"].add_argument("-f", "--follow", action="store_true", help="keep showing what is added")
    parsers["restart"].add_argument("service", help="name of the process, see status")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return its exit status (1 for a trouble, told on stderr)."""
    parsed = _parser().parse_args(arguments)
    try:
        return _COMMANDS[parsed.command](settings_from(os.environ), parsed)
    except EXPECTED as trouble:
        print(f"错误/error: {trouble}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
