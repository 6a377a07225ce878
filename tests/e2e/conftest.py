"""The whole platform as a newcomer starts it (`devstack up`), without the simulator: the tests bring their own loggers.

One stack serves all end-to-end tests of a run. It has its own data folder and ports, so it never meets a demo that runs.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hj212 import NEED_DATA, Decoder, Edition, Fields, Packet, encode
from park_chassis.testing import free_port

REPOSITORY = Path(__file__).parents[2]
PARK_TIME = timedelta(hours=8)
_TOKEN_KEPT_S = 120.0


@dataclass
class Stack:
    """A running platform; `access` is what demo.json says."""

    folder: Path
    env: dict[str, str]
    access: dict[str, Any]
    _tokens: dict[str, tuple[float, str]] = field(default_factory=dict)

    def pid_of(self, service: str) -> int:
        """Return the process id of a service now. Raises KeyError when it does not run."""
        status = json.loads((self.folder / "status.json").read_text())
        process = status["processes"][service]
        if process["state"] != "ready" or process["pid"] is None:
            raise KeyError(service)
        return int(process["pid"])

    @asynccontextmanager
    async def signed_in(self, username: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """Give an HTTP client signed in through the API gateway."""
        async with httpx.AsyncClient(base_url=self.access["api_url"], trust_env=False, timeout=60) as client:
            token = await self._token_of(username or self.access["username"], client)
            client.headers["Authorization"] = f"Bearer {token}"
            yield client

    async def _token_of(self, username: str, client: httpx.AsyncClient) -> str:
        """Sign in, unless it was done a moment ago: hasty sign-ins are refused, and tests ask again and again."""
        at, token = self._tokens.get(username, (0.0, ""))
        if not token or time.monotonic() - at > _TOKEN_KEPT_S:
            answer = await client.post(
                "/auth/sign-in", json={"username": username, "password": self.access["password"]}
            )
            assert answer.status_code == 200, answer.text
            token = str(answer.json()["access_token"])
            self._tokens[username] = (time.monotonic(), token)
        return token

    def exchange(self) -> httpx.AsyncClient:
        """Return a client of the exchange service with the demo's API key."""
        root = self.access["api_url"].removesuffix("/api/v1")
        return httpx.AsyncClient(
            base_url=f"{root}/exchange/v1",
            headers={"X-API-Key": self.access["api_key"]},
            trust_env=False,
            timeout=60,
        )


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    if running := os.environ.get("PARK_E2E_DEMO_DIR"):  # a stack that is up already, for quick rounds while writing
        yield Stack(Path(running), dict(os.environ), json.loads((Path(running) / "demo.json").read_text()))
        return
    folder = Path(tempfile.mkdtemp(prefix="park-e2e-"))
    folder.chmod(0o755)
    env = {
        **os.environ,
        "PARK_DEMO_DIR": str(folder),
        "PARK_HTTP_PORT": str(free_port()),
        "PARK_HJ212_PORT": str(free_port()),
        "PARK_DEMO_WITHOUT": "simulator,seed-park",
        "PARK_WEBHOOK_ALLOW_PRIVATE": "true",
    }
    devstack = [sys.executable, "-m", "devstack"]
    started = subprocess.run(
        [*devstack, "up"], env=env, cwd=REPOSITORY, capture_output=True, text=True, timeout=600, check=False
    )
    try:
        assert started.returncode == 0, f"{started.stdout[-3000:]}\n{started.stderr[-3000:]}\n{_logs(folder)}"
        yield Stack(folder, env, json.loads((folder / "demo.json").read_text()))
    finally:
        subprocess.run([*devstack, "down"], env=env, cwd=REPOSITORY, capture_output=True, timeout=240, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _logs(folder: Path) -> str:
    logs = sorted(folder.glob("logs/*.log"))
    return "\n".join(f"== {log.name}\n{log.read_text(errors='replace')[-800:]}" for log in logs)


@dataclass
class Outlet:
    """A waste-water outlet registered through the public API, with its logger's identity."""

    point_id: str
    enterprise_id: str
    code: str
    mn: str
    password: str


async def register_outlet(stack: Stack, *, cod_limit: str = "50") -> Outlet:
    """Register an enterprise, an outlet with a COD limit of a real standard, and its data logger, over HTTP."""
    tag = uuid4().hex[:8].upper()
    async with stack.signed_in("admin") as admin:
        await _ensure_park(admin)
        enterprise = await _posted(
            admin,
            "/enterprises",
            {
                "credit_code": credit_code(tag),
                "name_zh": f"端到端化工{tag}",
                "name_en": f"End-to-end Chemicals {tag}",
                "industry": "化学原料和化学制品制造业",
                "longitude": 119.5,
                "latitude": 34.5,
            },
        )
        enterprise_id = enterprise["enterprise_id"]
        code = f"DW{tag}"
        point = await _posted(
            admin,
            "/points",
            {
                "code": code,
                "name_zh": f"{tag}总排口",
                "name_en": f"Outlet {tag}",
                "medium": "waste-water",
                "enterprise_id": enterprise_id,
                "longitude": 119.501,
                "latitude": 34.501,
                "factors": [{"factor": "w01018"}, {"factor": "w00000"}],
            },
        )
        rows = (await admin.get("/standards/limits", params={"factor": "w01018", "standard": "GB 18918-2002"})).json()
        row = next(item for item in rows["items"] if item["upper"] == cod_limit)
        limits = [
            {
                "factor": "w01018",
                "standard_limit_id": row["standard_limit_id"],
                "valid_from": "2020-01-01",
                "averaging": "day",
            }
        ]
        answer = await admin.put(f"/points/{point['point_id']}/limits", json=limits)
        assert answer.status_code == 200, answer.text
        mn = uuid4().hex[:24].upper()
        await _posted(
            admin, "/devices", {"mn": mn, "password": "123456", "point_id": point["point_id"], "edition": "2017"}
        )
    return Outlet(point["point_id"], enterprise_id, code, mn, "123456")


async def _ensure_park(admin: httpx.AsyncClient) -> None:
    if (await admin.get("/park")).status_code == 404:
        empty_map = {"type": "FeatureCollection", "features": []}
        park = {"code": "E2E", "name_zh": "端到端园区", "name_en": "End-to-end park", "centre": [119.5, 34.5]}
        answer = await admin.put("/park", json={**park, "map": empty_map})
        assert answer.status_code == 200, answer.text


async def _posted(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def credit_code(tag: str) -> str:
    """Return a valid unified social credit code (GB 32100-2015: 17 characters and a check character) that no one has."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    body = "91320700MA" + "".join(alphabet[int(letter, 16) % 31] for letter in tag)[:7]
    check = (31 - sum(alphabet.index(letter) * weight for letter, weight in zip(body, weights, strict=True)) % 31) % 31
    return body + alphabet[check]


@dataclass
class DataLogger:
    """A data logger on a real socket that remembers which of its frames were answered."""

    stack: Stack
    outlet: Outlet
    sent: dict[str, str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None
    _decoder: Decoder = field(default_factory=Decoder)
    _sequence: int = 0

    async def connect(self) -> None:
        self._decoder = Decoder()
        self._reader, self._writer = await asyncio.open_connection(
            self.stack.access["hj212_host"], self.stack.access["hj212_port"]
        )

    def frame(
        self, cod: str, at: datetime, *, password: str | None = None, mn: str | None = None, command: str = "2011"
    ) -> tuple[str, bytes]:
        """Return (QN, frame) of a realtime report; `at` is an instant, written as park time. QN is the time of sending."""
        self._sequence += 1
        wall = at.astimezone(UTC) + PARK_TIME
        qn = f"{datetime.now(UTC) + PARK_TIME:%Y%m%d%H%M%S}{self._sequence % 1000:03d}"
        attribute = "Rtd" if command == "2011" else "Avg"
        cp: list[dict[str, str]] = [
            {"DataTime": f"{wall:%Y%m%d%H%M%S}"},
            {f"w01018-{attribute}": cod, "w01018-Flag": "N"},
            {f"w00000-{attribute}": "12.5", "w00000-Flag": "N"},
        ]
        fields = Fields(
            qn=qn,
            st="32",
            cn=command,
            pw=password or self.outlet.password,
            mn=mn or self.outlet.mn,
            flag=5,
            cp=list(cp),
        )
        return qn, encode(fields, edition=Edition.HJ_2017)

    def write(self, content: bytes) -> None:
        assert self._writer is not None
        self._writer.write(content)

    async def report(self, cod: str, at: datetime, *, within_s: float = 60) -> None:
        """Send one realtime report and wait for its 9014."""
        qn, frame = self.frame(cod, at)
        self.sent[qn] = cod
        self.write(frame)
        while qn not in self.answered:
            self.answered.add(str((await self.answer(within_s=within_s)).qn))

    async def answer(self, *, within_s: float = 30) -> Packet:
        """Return the next answer. Raises TimeoutError, ConnectionError."""
        assert self._reader is not None
        async with asyncio.timeout(within_s):
            while True:
                found = self._decoder.next_packet()
                if isinstance(found, Packet):
                    return found
                if found is NEED_DATA:
                    content = await self._reader.read(65536)
                    if not content:
                        raise ConnectionResetError
                    self._decoder.receive_data(content)

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            with suppress(ConnectionError):
                await self._writer.wait_closed()


async def until(ask: Callable[[], Awaitable[Any]], good: Callable[[Any], bool], *, within_s: float = 120) -> Any:
    """Ask again and again until the answer is good, and return it; fail with the last answer when the time is up."""
    last: Any = None
    try:
        async with asyncio.timeout(within_s):
            while True:
                last = await ask()
                if good(last):
                    return last
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"not within {within_s} s; last answer: {str(last)[:2000]}") from None


async def is_known(stack: Stack, outlet: Outlet) -> bool:
    """Whether the gateway knows the device and the judging service the outlet with its limit, a moment after they were made."""
    async with stack.signed_in("admin") as admin:
        device = await admin.get(f"/sessions/{outlet.mn}")
        curve = await admin.get(f"/points/{outlet.point_id}/series", params={"factor": "w01018"})
    return (
        device.status_code == 200 and curve.status_code == 200 and any(one["limits"] for one in curve.json()["series"])
    )


@pytest.fixture(name="until")
def until_fixture() -> Callable[..., Awaitable[Any]]:
    return until


@pytest.fixture
async def outlet(stack: Stack) -> Outlet:
    return await register_outlet(stack)


@pytest.fixture
async def other_outlet(stack: Stack) -> Outlet:
    """An outlet of another enterprise."""
    return await register_outlet(stack)


@pytest.fixture
async def data_logger(stack: Stack, outlet: Outlet) -> AsyncIterator[DataLogger]:
    logger = DataLogger(stack, outlet)
    await logger.connect()
    await until(lambda: is_known(stack, outlet), bool)
    yield logger
    await logger.close()
