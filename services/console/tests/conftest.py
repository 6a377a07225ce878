"""Fixtures of the console's tests: the built pages, the mock gateway in front of them, a browser when there is one."""

import asyncio
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Error, expect, sync_playwright

HERE = Path(__file__).resolve().parent
WEB = HERE.parent / "web"
sys.path.insert(0, str(HERE))

from console_mock_gateway import Gateway  # noqa: E402 - the folder must be on the path first

expect.set_options(timeout=30_000)  # what any step may take where tests share two cores

# Flags that work without GPU; measured in the project's UI study. Never --use-gl=swiftshader: it makes WebGL null.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def built_pages() -> Path:
    """web/dist of the present sources; built when it is not."""
    done = subprocess.run([sys.executable, str(HERE.parent / "build.py")], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        if "no Node.js" in done.stderr:
            pytest.skip(f"the pages cannot be built here: {done.stderr.strip()}")
        pytest.fail(done.stderr)
    return WEB / "dist"


class RunningGateway:
    """The mock gateway on a free port, in its own thread. `park` may be changed between requests."""

    def __init__(self, pages: Path) -> None:
        self.gateway = Gateway()
        self._server = uvicorn.Server(
            uvicorn.Config(self.gateway.app(pages), port=0, log_level="error", lifespan="off")
        )
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 20
        while not self._server.started:
            if time.monotonic() > deadline:
                raise RuntimeError("the mock gateway did not start")
            time.sleep(0.02)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def _run(self) -> None:
        async def both() -> None:
            ticking = asyncio.create_task(self.gateway.ticker())
            await self._server.serve()
            ticking.cancel()

        asyncio.run(both())

    def stop(self) -> None:
        """Ends the thread."""
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(timeout=10)


@pytest.fixture
def front_door(built_pages: Path) -> Iterator[RunningGateway]:
    """A fresh park behind the built pages."""
    running = RunningGateway(built_pages)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of the machine; a test that needs it is skipped with the reason when there is none.

    Not for the session: Playwright keeps an event loop running in this thread until it stops, and async tests of other
    modules could not run in the same worker.
    """
    program = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    if program is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        except Error as why:
            pytest.skip(f"Chromium does not start here: {why.message.splitlines()[0]}")
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A desk: a window of its own, nobody signed in. Modules that need another one have their own."""
    made = browser.new_context(viewport={"width": 1440, "height": 900})
    made.set_default_timeout(30_000)
    yield made
    made.close()
