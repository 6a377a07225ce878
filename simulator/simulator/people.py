"""The people of the park over the public API: an officer and inspectors who take notice, work, verify and close.

Nobody does both ends: inspectors work, the officer verifies and closes. What is possible is asked of the server (`allowed`), not
assumed; a refusal (another was faster) is logged and the next round looks again.
"""

import asyncio
import logging
import random
import struct
import zlib
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import httpx

from simulator.park_api import ApiRefused, ParkApi
from simulator.scenario import DUTIES

log = logging.getLogger(__name__)

_ROUND_S = 3.0
_GONE = frozenset({"resolved", "closed"})
_PHOTOS = 2
"""A red exceedance needs two; nobody minds a second one at lower levels."""

Task = Mapping[str, Any]


class People:
    """One officer and some inspectors.

    `patience` scales how long they think between two steps; `duties` says what they do at the moment (scenario.DUTIES).
    """

    def __init__(
        self,
        officer: ParkApi,
        inspectors: list[ParkApi],
        *,
        patience: float = 1.0,
        duties: Callable[[], frozenset[str]] = lambda: frozenset(DUTIES),
    ) -> None:
        self._officer = officer
        self._inspectors = inspectors
        self._patience = patience
        self._duties = duties
        self._random = random.Random()

    async def run(self) -> None:
        """Play until cancelled; a server that is away is waited for."""
        for person in (self._officer, *self._inspectors):
            await self._come_to_work(person)
        while True:
            for work in self._rounds_now():
                try:
                    await work()
                except ApiRefused as refused:
                    log.info("refused", extra={"what": str(refused)})
                except httpx.TransportError as error:
                    log.info("the server is away", extra={"error": repr(error)})
            await asyncio.sleep(_ROUND_S * self._patience * (0.5 + self._random.random()))

    def _rounds_now(self) -> list[Callable[[], Awaitable[None]]]:
        duties = self._duties()
        rounds: dict[str, list[Callable[[], Awaitable[None]]]] = {
            "acknowledge": [self.acknowledge],
            "dispatch": [self.dispatch],
            "verify": [self.verify],
            "work": [
                self._rounds(inspector) for inspector in self._random.sample(self._inspectors, len(self._inspectors))
            ],
        }
        return [work for duty, works in rounds.items() if duty in duties for work in works]

    async def _come_to_work(self, person: ParkApi) -> None:
        while True:
            try:
                await person.sign_in()
            except httpx.TransportError:
                await asyncio.sleep(2)
            else:
                return

    async def acknowledge(self) -> None:
        """The officer takes notice of one active alarm."""
        for alarm in (await self._officer.get("/alarms", {"state": "active", "limit": 1}))["items"]:
            await self._officer.request(
                "POST", f"/alarms/{alarm['alarm_id']}/acknowledge", json={"note": "已通知现场核查"}
            )
            log.info("alarm acknowledged", extra={"alarm": alarm["number"]})

    async def dispatch(self) -> None:
        """The officer gives one task without owner, or a refused one, to an inspector."""
        for state in ("created", "refused"):
            for task in (await self._officer.get("/tasks", {"state": state, "limit": 1}))["items"]:
                inspector = self._random.choice(self._inspectors).username
                await self._act(self._officer, task, "dispatch", {"assignee": inspector, "note": "请尽快到现场核查"})

    async def verify(self) -> None:
        """The officer verifies what was reported once its cause is gone, and closes what was verified."""
        for state, action, body in (
            ("reported", "verify", {"note": "数据已恢复，现场照片齐全"}),
            ("verified", "close", {"note": "问题已解决"}),
        ):
            for task in (await self._officer.get("/tasks", {"state": state, "limit": 20}))["items"]:
                if await self._cause_is_gone(task) and await self._act(self._officer, task, action, body):
                    break

    async def _cause_is_gone(self, task: Task) -> bool:
        """Closing the task closes its alarm: while the value is still over the limit that would only raise the next one."""
        if task.get("alarm_id") is None:
            return True
        alarm = await self._officer.get(f"/alarms/{task['alarm_id']}")
        return alarm["state"] in _GONE

    def _rounds(self, inspector: ParkApi) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            await self.work(inspector)

        return work

    async def work(self, inspector: ParkApi) -> None:
        """An inspector takes the next step of one own task; without one, signs for a task given to all inspectors."""
        mine = (await inspector.get("/tasks", {"assignee": "me", "open": "true", "limit": 50}))["items"]
        waiting = (await inspector.get("/tasks", {"state": "dispatched", "limit": 10}))["items"]
        for task in [*mine, *waiting]:
            step = STEPS.get(task["state"])
            if step is not None and await step(self, inspector, task):
                return

    async def _act(self, person: ParkApi, task: Task, action: str, body: Mapping[str, Any]) -> bool:
        """Take an action if the server allows it now; say whether it was taken."""
        detail = await person.get(f"/tasks/{task['task_id']}")
        if action not in detail["allowed"]:
            return False
        headers = {"Idempotency-Key": str(uuid4())}
        await person.request("POST", f"/tasks/{task['task_id']}/{action}", json=dict(body), headers=headers)
        log.info("task", extra={"task": task["number"], "who": person.username, "did": action})
        return True

    async def _sign(self, inspector: ParkApi, task: Task) -> bool:
        return await self._act(inspector, task, "sign", {})

    async def _arrive(self, inspector: ParkApi, task: Task) -> bool:
        place = {name: task[name] for name in ("longitude", "latitude") if task.get(name) is not None}
        return await self._act(inspector, task, "arrive", place)

    async def _report(self, inspector: ParkApi, task: Task) -> bool:
        detail = await inspector.get(f"/tasks/{task['task_id']}")
        if "report" not in detail["allowed"]:
            return False
        for _ in range(_PHOTOS - len(detail.get("evidence", []))):
            await self._photograph(inspector, task)
        return await self._act(
            inspector,
            task,
            "report",
            {
                "findings_text": "调节池来水浓度升高，加药不足",
                "measures": "已加大投药量并切换至事故池，出水恢复",
                "outcome": "confirmed",
                "fields": required_fields(detail.get("form") or {}),
            },
        )

    async def _photograph(self, inspector: ParkApi, task: Task) -> None:
        place = {name: str(task[name]) for name in ("longitude", "latitude") if task.get(name) is not None}
        await inspector.request(
            "POST",
            f"/tasks/{task['task_id']}/evidence",
            files={"photo": ("site.png", photograph(self._random), "image/png")},
            data={"kind": "site", **place},
            headers={"Idempotency-Key": str(uuid4())},
        )


def required_fields(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for each field that the kind's form asks for."""
    values = {"text": "现场已确认", "number": 0, "date": "2026-01-01"}
    return {
        field["name"]: field["choices"][0] if field.get("choices") else values[field.get("type", "text")]
        for field in form.get("fields", [])
        if field.get("required")
    }


STEPS: Mapping[str, Callable[[People, ParkApi, Task], Awaitable[bool]]] = MappingProxyType(
    {
        "dispatched": People._sign,
        "signed": People._arrive,
        "on-site": People._report,
        "handled": People._report,
        "returned": People._report,
    }
)
"""What an inspector does next with a task in a state."""


def people_of(
    url: str, officer: str, inspectors: list[str], password: str, duties: Callable[[], frozenset[str]]
) -> People:
    """Return people with one password for all (a demo)."""
    working = [ParkApi(url, name, password) for name in inspectors]
    return People(ParkApi(url, officer, password), working, duties=duties)


def photograph(rng: random.Random, width: int = 320, height: int = 240) -> bytes:
    """Return a PNG that looks a little like a wall with a pipe: real image bytes, different each time."""
    wall, pipe = rng.randrange(120, 180), rng.randrange(60, 110)
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            grey = pipe + (y * 40 // height) if 120 < x < 200 else wall + (x * 7 + y * 13) % 23
            rows += bytes((grey, grey, min(255, grey + 12)))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
