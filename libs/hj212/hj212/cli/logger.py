"""A simulated data logger: reports, and answers to whatever the host asks."""

from __future__ import annotations

import math
import random
import sys
from datetime import datetime
from typing import Final

from ..codes import command_forms
from ..decoder import Rejected
from ..editions import Edition
from ..encoding import Cp
from ..packet import Packet
from ..samples import sample_cp
from ..session import Action, Execute, Finished, Send
from ..session_device import DeviceSession, Identity
from .link import Link, monotonic, wall_time

_WATER: Final = (("w01001", 7.2, 2), ("w01018", 35.0, 1), ("w21003", 0.6, 2), ("w21011", 0.08, 3), ("w00000", 12.0, 2))
_LEGACY: Final = {"w01001": "001", "w01018": "011", "w21003": "060", "w21011": "101", "w00000": "B01"}


def report(edition: Edition, at: datetime, number: int, seed: random.Random) -> Cp:
    """Return the real-time report of a small wastewater outlet: daily rhythm plus noise."""
    swing = math.sin(2 * math.pi * (at.hour * 60 + at.minute) / 1440 + number / 50)
    items: list[dict[str, str]] = [{"DataTime": at.strftime("%Y%m%d%H%M%S")}]
    for code, middle, digits in _WATER:
        name = _LEGACY[code] if edition is Edition.HJT_2005 else code
        value = middle * (1 + 0.15 * swing + seed.uniform(-0.03, 0.03))
        items.append({f"{name}-Rtd": f"{value:.{digits}f}", f"{name}-Flag": "N"})
    return items


class Logger:
    """A simulated data logger on one connection."""

    def __init__(self, link: Link, identity: Identity) -> None:
        self._link = link
        self._identity = identity
        self._session = DeviceSession(identity)
        self._seed = random.Random(identity.mn)  # noqa: S311 - made-up measurements
        self.acknowledged = 0
        self.unanswered = 0

    async def run(self, interval_s: float, count: int) -> None:
        """Report every `interval_s` seconds, `count` times (0: without end), and answer requests meanwhile."""
        sent = 0
        due = monotonic()
        while not self._link.closed_by_peer and (sent < count or not count or self._session.waiting):
            now = monotonic()
            if now >= due and (sent < count or not count):
                at = wall_time()
                cp = report(self._identity.edition, at, sent, self._seed)
                await self._act(self._session.upload("2011", cp, at=at, now=now))
                sent += 1
                due += interval_s
            deadline = self._session.next_deadline
            more = due if (sent < count or not count) else now + 3600
            event = await self._link.event(min(more, deadline if deadline is not None else more) - monotonic())
            if isinstance(event, Packet):
                say("<", event)
                await self._act(self._session.receive(event, monotonic()))
            elif isinstance(event, Rejected):
                sys.stdout.write(f"! host sent {event.reason.value}: {event.message}\n")
            await self._act(self._session.tick(monotonic()))

    async def _act(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Send):
                sys.stdout.write(f"> CN={action.cn} QN={action.qn}\n")
                await self._link.send(action.frame)
            elif isinstance(action, Finished):
                self.acknowledged += action.outcome.value == "success"
                self.unanswered += action.outcome.value != "success"
            elif isinstance(action, Execute):
                await self._act(self._finish(action.request))

    def _finish(self, request: Packet) -> list[Action]:
        return finish_with_sample(self._session, request)


def finish_with_sample(session: DeviceSession, request: Packet) -> list[Action]:
    """Answer an accepted request: a get with sample data of its upload form, everything else with success."""
    at = wall_time()
    forms = command_forms(request.cn, session.identity.edition)
    asked = any(form.kind == "get" for form in forms)
    uploads = [form for form in forms if form.kind == "upload"][:1] if asked else []
    data = [sample_cp(form, session.identity.edition, at) for form in uploads]
    own = any("BeginTime" in form.cp_fields for form in forms if form.kind == "get")
    return session.finish(request, 1, data, at=at, now=monotonic(), own_numbers=own)


def say(arrow: str, packet: Packet) -> None:
    """Print one line about a packet from the host."""
    sys.stdout.write(f"{arrow} CN={packet.cn} QN={packet.qn} {packet.cp_text}\n")
