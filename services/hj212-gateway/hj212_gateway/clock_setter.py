"""Sets the clocks of devices that are here by the schedule (domain/clock_schedule.py); wishes become commands like any other."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from park_chassis.clock import now
from park_chassis.database import Database
from prometheus_client import Gauge

from hj212_gateway import store
from hj212_gateway.domain.clock_schedule import ClockRule, due_rule
from hj212_gateway.domain.device_state import DeviceState

CLOCKS_OFF = Gauge("park_gateway_clocks_off", "Devices here whose clock is off by more than a minute")

_OFF_S = 60.0
_MOST_A_ROUND = 50
"""So that a park whose time of day has come is set over some minutes, not in one burst."""
_REMEMBERED = timedelta(days=2)


class Online(Protocol):
    """Which devices are here."""

    def online(self) -> list[DeviceState]: ...


class ClockSetter:
    """Background work of every gateway, for the devices it holds."""

    def __init__(
        self,
        database: Database,
        devices: Online,
        wish: Callable[[str, str], None],
        rules: Sequence[ClockRule],
        *,
        every: timedelta,
    ) -> None:
        """`wish(mn, why)` asks for a device's clock to be set."""
        self._database = database
        self._devices = devices
        self._wish = wish
        self._rules = tuple(rules)
        self._every_s = every.total_seconds()
        self._asked: dict[str, datetime] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            await self.look(now())

    async def look(self, at: datetime) -> list[str]:
        """Ask for the clocks that are due at `at` to be set, at most 50; return their MNs."""
        here = self._devices.online()
        CLOCKS_OFF.set(sum(1 for state in here if abs(state.clock_skew_s or 0.0) > _OFF_S))
        if not self._rules or not here:
            return []
        async with self._database.reading() as connection:
            asked = await store.clocks_asked(connection, at - _REMEMBERED)
        self._asked = {
            mn: max(when, asked.get(mn, when)) for mn, when in self._asked.items() if at - when < _REMEMBERED
        }
        self._asked = asked | self._asked
        due: list[str] = []
        for state in here:
            rule = due_rule(self._rules, at, skew_s=state.clock_skew_s, last_set_at=self._asked.get(state.mn))
            if rule is None:
                continue
            self._asked[state.mn] = at
            self._wish(state.mn, rule.text)
            due.append(state.mn)
            if len(due) == _MOST_A_ROUND:
                break
        return due
