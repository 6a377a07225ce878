"""The people of the park against a server that keeps a task's state, allows what a real one allows, and refuses the rest."""

import asyncio
import contextlib
import random
import zlib
from typing import Any

import httpx
from simulator.park_api import ParkApi
from simulator.people import People, photograph, required_fields

NEXT = {"sign": "signed", "arrive": "on-site", "report": "reported", "verify": "verified", "close": "closed"}
ALLOWED = {
    "dispatched": {"inspector": ["sign"]},
    "signed": {"inspector": ["arrive", "report", "evidence"]},
    "on-site": {"inspector": ["report", "evidence"]},
    "reported": {"officer": ["verify", "return"]},
    "verified": {"officer": ["close"]},
}


class Server:
    """One alarm and one red task for all inspectors, as task-dispatch and alerting answer."""

    def __init__(self) -> None:
        self.alarm_state = "active"
        self.task: dict[str, Any] = {
            "task_id": "t1", "alarm_id": "a1", "number": "TK-1", "state": "dispatched", "assignee": None,
            "longitude": 119.4, "latitude": 32.2,
        }  # fmt: skip
        self.asked_after_alarm = 0
        self.photos: list[bytes] = []
        self.done: list[tuple[str, str]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        path, who = (
            request.url.path.removeprefix("/api"),
            request.headers.get("authorization", "").removeprefix("Bearer "),
        )
        if path == "/auth/sign-in":
            import json

            return httpx.Response(200, json={"access_token": json.loads(request.content)["username"]})
        if path == "/alarms":
            found = [{"alarm_id": "a1", "number": "AL-1"}] if request.url.params["state"] == self.alarm_state else []
            return httpx.Response(200, json={"items": found})
        if path == "/alarms/a1/acknowledge":
            self.alarm_state = "acknowledged"
            return httpx.Response(200, json={})
        if path == "/alarms/a1":
            self.asked_after_alarm += 1
            if self.asked_after_alarm == 3:
                self.alarm_state = "resolved"
            return httpx.Response(200, json={"state": self.alarm_state})
        return self._task(request, path, who)

    def _task(self, request: httpx.Request, path: str, who: str) -> httpx.Response:
        role = "officer" if who == "officer" else "inspector"
        if path == "/tasks":
            return httpx.Response(200, json={"items": [self.task] if self._matches(request.url.params, who) else []})
        allowed = ALLOWED.get(self.task["state"], {}).get(role, [])
        if self.task["assignee"] not in (None, who) and role == "inspector":
            allowed = []
        if path == "/tasks/t1":
            form = {"fields": [{"name": "cause", "required": True, "choices": ["production"]}, {"name": "sampled"}]}
            return httpx.Response(
                200, json={**self.task, "allowed": allowed, "evidence": self.photos and ["x"], "form": form}
            )
        action = path.rpartition("/")[2]
        if action not in allowed:
            return httpx.Response(409, json={"title_en": f"{action} is not allowed"})
        if action == "evidence":
            self.photos.append(request.content)
            return httpx.Response(201, json={})
        self.done.append((who, action))
        self.task["state"] = NEXT[action]
        if action == "sign":
            self.task["assignee"] = who
        return httpx.Response(200, json={})

    def _matches(self, params: httpx.QueryParams, who: str) -> bool:
        if params.get("assignee") == "me" and self.task["assignee"] != who:
            return False
        return params.get("state") in (None, self.task["state"])


async def test_an_alarm_is_acknowledged_and_its_task_worked_and_closed_by_different_people() -> None:
    server = Server()
    transport = httpx.MockTransport(server.answer)
    officer, *inspectors = (
        ParkApi("http://park/api", name, "x", transport=transport) for name in ("officer", "inspector", "inspector2")
    )
    task = asyncio.create_task(People(officer, inspectors, patience=0.01).run())
    async with asyncio.timeout(60):
        while server.task["state"] != "closed":
            await asyncio.sleep(0.01)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert server.asked_after_alarm >= 3
    assert [action for _, action in server.done] == ["sign", "arrive", "report", "verify", "close"]
    workers = {who for who, action in server.done if action in ("sign", "arrive", "report")}
    assert len(workers) == 1
    assert "officer" not in workers
    assert len(server.photos) == 2
    assert all(b"\x89PNG" in photo for photo in server.photos)


async def test_a_refusal_does_not_stop_the_people() -> None:
    server = Server()
    refused: list[str] = []

    def moody(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/sign") and not refused:
            refused.append("sign")
            return httpx.Response(409, json={"title_en": "another was faster"})
        return server.answer(request)

    people = [
        ParkApi("http://park/api", name, "x", transport=httpx.MockTransport(moody)) for name in ("officer", "inspector")
    ]
    task = asyncio.create_task(People(people[0], people[1:], patience=0.01).run())
    async with asyncio.timeout(60):
        while server.task["state"] != "closed":
            await asyncio.sleep(0.01)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert refused == ["sign"]


def test_a_photograph_is_a_whole_png_and_each_is_another() -> None:
    first, second = photograph(random.Random(1)), photograph(random.Random(2))
    assert first != second
    body = first[first.index(b"IDAT") + 4 : first.index(b"IEND") - 8]
    assert len(zlib.decompress(body)) == 240 * (1 + 320 * 3)


def test_only_required_fields_of_a_form_are_filled_in() -> None:
    form = {
        "fields": [
            {"name": "problems", "type": "number", "required": True},
            {"name": "answered", "type": "choice", "choices": ["yes", "no"], "required": True},
            {"name": "part", "type": "text"},
        ]
    }
    assert required_fields(form) == {"problems": 0, "answered": "yes"}


async def test_people_off_duty_do_nothing() -> None:
    server = Server()
    people = [
        ParkApi("http://park/api", name, "x", transport=httpx.MockTransport(server.answer))
        for name in ("officer", "inspector")
    ]
    off_duty = People(people[0], people[1:], patience=0.01, duties=lambda: frozenset({"acknowledge"}))
    task = asyncio.create_task(off_duty.run())
    async with asyncio.timeout(60):
        while server.alarm_state == "active":
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert server.done == []
