"""The supervisor with small processes of the test's own: restart, order, failure, and nothing left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from devstack.proc_table import descendants, figures_of, is_alive, start_ticks
from devstack.process import ProcessSpec, StartFailed
from devstack.status_file import StackStatus, read_status
from devstack.supervisor import Supervisor, sweep

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
# A parent that starts a child of its own, in a session of its own, and ignores SIGTERM.
STUBBORN_FAMILY = (
    sys.executable,
    "-c",
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True);"
    "print('up', flush=True); time.sleep(600)",
)


def printed(folder: Path, name: str) -> Callable[[int], bool]:
    """Ready once the process has written something to its log."""
    log = folder / "logs" / f"{name}.log"
    return lambda _pid: log.exists() and log.stat().st_size > 0


async def eventually(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Callable[..., Supervisor]]:
    made: list[Supervisor] = []

    def make(*specs: ProcessSpec) -> Supervisor:
        made.append(Supervisor(tmp_path, specs))
        return made[-1]

    yield make
    for supervisor in made:
        await supervisor.stop()


async def test_killed_process_is_started_again_with_another_pid(run: Callable[..., Supervisor]) -> None:
    supervisor = run(ProcessSpec("sleeper", SLEEPER))
    await supervisor.start()
    first = supervisor.status.processes["sleeper"].pid
    assert first is not None

    os.kill(first, signal.SIGKILL)

    status = supervisor.status.processes["sleeper"]
    await eventually(lambda: status.restarts == 1 and status.state == "ready" and status.pid not in {None, first})


async def test_status_never_tells_a_process_ready_that_has_none(
    run: Callable[..., Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[str, bool]] = []

    def note(status: StackStatus, _file: Path) -> None:
        entry = status.processes["sleeper"]
        written.append((entry.state, entry.pid is not None))

    supervisor = run(ProcessSpec("sleeper", SLEEPER))
    monkeypatch.setattr(StackStatus, "write", note)
    await supervisor.start()
    status = supervisor.status.processes["sleeper"]
    assert status.pid is not None

    os.kill(status.pid, signal.SIGKILL)
    await eventually(lambda: status.restarts == 1 and status.state == "ready")
    await supervisor.stop()

    assert ("restarting", False) in written
    assert ("ready", False) not in written
    assert written[-1] == ("stopped", False)


async def test_processes_start_after_what_they_depend_on_and_one_shots_run_once(
    run: Callable[..., Supervisor], tmp_path: Path
) -> None:
    trace = tmp_path / "trace"

    def note(name: str, then: str) -> tuple[str, ...]:
        return (sys.executable, "-c", f"open({str(trace)!r}, 'a').write('{name} '); {then}")

    supervisor = run(
        ProcessSpec("last", note("last", "import time; time.sleep(600)"), depends_on=("prepare",)),
        ProcessSpec("prepare", note("prepare", "pass"), depends_on=("first",), one_shot=True),
        ProcessSpec(
            "first",
            note("first", "print(1, flush=True); import time; time.sleep(600)"),
            ready=printed(tmp_path, "first"),
        ),
    )
    await supervisor.start()

    await eventually(lambda: trace.read_text() == "first prepare last ")
    assert supervisor.status.processes["prepare"].state == "done"
    written = read_status(tmp_path / "status.json")
    assert written is not None
    assert (written.state, written.supervisor_runs) == ("ready", True)
    assert written.processes["last"].pid == supervisor.status.processes["last"].pid


async def test_failing_one_shot_ends_the_start_with_the_end_of_its_log(run: Callable[..., Supervisor]) -> None:
    supervisor = run(
        ProcessSpec("prepare", (sys.executable, "-c", "raise SystemExit('no such table')"), one_shot=True),
        ProcessSpec("never", SLEEPER, depends_on=("prepare",)),
    )
    with pytest.raises(StartFailed, match="no such table"):
        await supervisor.start()
    assert supervisor.status.processes["never"].state == "waiting"


async def test_program_that_does_not_exist_ends_the_start_by_name(run: Callable[..., Supervisor]) -> None:
    supervisor = run(ProcessSpec("ghost", ("/nowhere/ghost",)))
    with pytest.raises(StartFailed, match="/nowhere/ghost"):
        await supervisor.start()


async def test_stop_kills_a_process_that_ignores_it_and_its_children(
    run: Callable[..., Supervisor], tmp_path: Path
) -> None:
    ready = printed(tmp_path, "family")
    supervisor = run(ProcessSpec("family", STUBBORN_FAMILY, ready=ready, stop_timeout_s=0.3))
    await supervisor.start()
    parent = supervisor.status.processes["family"].pid
    assert parent is not None
    family = [(pid, start_ticks(pid)) for pid in (parent, *descendants(parent))]
    assert len(family) == 2

    await supervisor.stop()

    await eventually(lambda: not any(is_alive(*member) for member in family))


async def test_killed_supervisor_leaves_no_child_and_the_sweep_finds_grandchildren(tmp_path: Path) -> None:
    program = textwrap.dedent(f"""
        import asyncio
        from pathlib import Path
        from devstack.process import ProcessSpec
        from devstack.supervisor import Supervisor
        import sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_supervisor import STUBBORN_FAMILY, printed
        async def main():
            folder = Path({str(tmp_path)!r})
            spec = ProcessSpec("family", STUBBORN_FAMILY, ready=printed(folder, "family"))
            await Supervisor(folder, [spec]).start()
            await asyncio.sleep(600)
        asyncio.run(main())
    """)
    supervisor = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stderr=subprocess.DEVNULL)

    def is_up() -> bool:
        status = read_status(tmp_path / "status.json")
        return status is not None and status.state == "ready"

    await eventually(is_up)
    status = read_status(tmp_path / "status.json")
    assert status is not None
    child = status.processes["family"]
    assert child.pid is not None
    grandchildren = [(pid, start_ticks(pid)) for pid in descendants(child.pid)]

    supervisor.kill()
    await supervisor.wait()

    await eventually(lambda: child.pid is not None and not is_alive(child.pid, child.ticks))
    assert [pid for pid, _ in grandchildren] == sweep(tmp_path)
    await eventually(lambda: not any(is_alive(*member) for member in grandchildren))


async def test_stop_during_a_start_that_never_ends_returns_soon(run: Callable[..., Supervisor]) -> None:
    supervisor = run(ProcessSpec("mute", SLEEPER, ready=lambda _pid: False))
    starting = asyncio.create_task(supervisor.start())
    await eventually(lambda: supervisor.status.processes["mute"].pid is not None)

    starting.cancel()
    async with asyncio.timeout(60):
        await supervisor.stop()

    assert supervisor.status.processes["mute"].pid is None


def test_table_with_an_unknown_dependency_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nobody"):
        Supervisor(tmp_path, [ProcessSpec("lonely", SLEEPER, depends_on=("nobody",))])


def test_figures_of_ourselves_are_plausible() -> None:
    figures = figures_of(os.getpid())
    assert figures.processes >= 1
    assert 10 < figures.pss_mb <= figures.rss_mb < 4_000
    assert figures.cpu_s > 0
