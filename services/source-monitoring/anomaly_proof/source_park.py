"""A park of waste-water outlets over two days, hour by hour through source-monitoring's own handlers and API."""

import math
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from park_chassis.clock import now
from park_judging.domain.periods import day_of
from park_judging.sessions import DeviceSessions
from park_judging.silence import SilenceWatch
from park_judging.testing import factor, limit, point, readings
from park_schemas.codes import Period, SessionState
from park_schemas.envelope import Event
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from park_schemas.telemetry import SessionChanged
from source_monitoring.domain.transmission_counts import WARNING_RATE
from source_monitoring.testing import DAY, ENTERPRISE, HOUR, OFFICER, Laboratory, Person

from anomaly_proof.scenario import dice_of
from anomaly_proof.truth import Done, Truth

COD, AMMONIA, FLOW = "w01018", "w21003", "w00000"
RULES = ("exceedance", "offline", "missing-data", "transmission", "total-control", "mark-contradiction", "mark-cap")
DAYS = 2
OUTLETS = 24
_TEN = timedelta(minutes=10)
_LIMIT = 50.0
_STANDARD = "GB 18485-2014"
_LONGEST_MARK = 4 * HOUR
"""What a single start-up, shut-down, fault or accident may last: a longer one is told too (MEE Order 10)."""
_SHARES = ("0.8", "0.9", "1")


class SourcePark:
    """Outlets 0 to 5 exceed, 6 to 9 fall silent, 10 to 13 lose their line, 14 to 17 use a quantity up, 18 to 23 are marked."""

    def __init__(self, laboratory: Laboratory, seed: int) -> None:
        self._laboratory = laboratory
        self._dice = dice_of(seed, "source-park")
        self._start = day_of(at_park(now())) - (DAYS + 1) * DAY
        self._outlets = [_outlet() for _ in range(OUTLETS)]
        self._level = [self._dice.uniform(24, 34) for _ in self._outlets]
        self._truth = Truth(RULES, point_days=float(OUTLETS * DAYS))
        self._over: list[tuple[int, datetime, datetime, float]] = []
        self._silent: list[tuple[int, datetime, datetime]] = []
        self._sessions: list[tuple[datetime, Event[SessionChanged]]] = []
        self._watch = SilenceWatch(laboratory.database, laboratory.points, laboratory.settings)
        self._devices = DeviceSessions(laboratory.database, laboratory.points, laboratory.settings)
        for one in self._outlets:
            laboratory.registry.put(one)

    async def run(self) -> Truth:
        """Plan, send, close, mark; return what was done and what was told."""
        self._plan_exceedances()
        self._plan_silences()
        self._plan_sessions()
        self._expect_low_days()
        await self._plan_quantities()
        await self._send()
        await self._laboratory.calendar.mark(self._start + DAYS * DAY)
        await self._laboratory.close()
        await self._mark()
        await self._laboratory.close()
        told = await self._laboratory.published("supervision.findings.v1")
        self._truth.told = [one for one in told if one["verdict"] == "violated"]
        return self._truth

    # --- what is done ----------------------------------------------------------------------------------------------

    def _hour(self, day: int, lowest: int = 4, highest: int = 16) -> datetime:
        return self._start + day * DAY + self._dice.randrange(lowest, highest) * HOUR

    def _plan_exceedances(self) -> None:
        """Outlets 0 to 4 exceed for hours; 5 lies exactly at its limit, which complies."""
        for number in range(5):
            start = self._hour(number % DAYS)
            end = start + self._dice.randrange(2, 6) * HOUR
            self._over.append((number, start, end, _LIMIT * self._dice.uniform(1.15, 2.0)))
            self._did("exceedance", number, start, end, COD)
        start = self._hour(0)
        self._over.append((5, start, start + 3 * HOUR, _LIMIT))

    def _plan_silences(self) -> None:
        """Outlets 6 to 8 say nothing for 4 to 6 hours, 9 for 50 minutes."""
        for number in range(6, 9):
            day = number % DAYS
            start = self._hour(day) + _TEN / 2
            end = start + self._dice.randrange(4, 7) * HOUR
            self._silent.append((number, start, end))
            self._did("missing-data", number, start - HOUR, end)
        start = self._hour(0)
        self._silent.append((9, start, start + timedelta(minutes=50)))

    def _expect_low_days(self) -> None:
        """A day is low when fewer of its hours than the warning rate have three quarters of their records (HJ 356)."""
        for number in range(OUTLETS):
            for day in range(DAYS):
                begin = self._start + day * DAY
                hours = [[begin + hour * HOUR + step * _TEN for step in range(6)] for hour in range(24)]
                valid = sum(sum(not self._is_silent(number, at) for at in times) * 4 >= 6 * 3 for times in hours)
                if valid < 24 * WARNING_RATE:
                    self._did("transmission", number, begin, begin + DAY - HOUR)

    def _plan_sessions(self) -> None:
        """Outlets 10 to 12 lose their line for more than an hour, 13 for minutes only, and once to a newer connection."""
        for number in range(10, 14):
            start = self._hour(number % DAYS) + _TEN / 2
            long = number < 13
            end = start + timedelta(minutes=self._dice.randrange(75, 105) if long else 9)
            self._session(number, SessionState.ONLINE, self._start)
            self._session(number, SessionState.OFFLINE, start)
            self._session(number, SessionState.ONLINE, end)
            self._silent.append((number, start, end))
            if long:
                self._did("offline", number, start, end)
            else:
                self._session(number, SessionState.OFFLINE, end + 3 * HOUR, "replaced")

    async def _plan_quantities(self) -> None:
        """Outlets 14 to 16 pass shares of what they may emit in a year, 17 uses half of it."""
        for number, share in ((14, 1.15), (15, 0.95), (16, 0.85), (17, 0.5)):
            emitted = self._level[number] * 864 * DAYS / 1000
            body = {
                "enterprise_id": str(self._outlets[number].enterprise_id), "factor": COD, "year": self._start.year,
                "amount": f"{emitted / share:.2f}", "unit": "kg", "permit": "排污许可证 表 12",
                "point_id": str(self._outlets[number].point_id),
            }  # fmt: skip
            await self._ask(Person(*OFFICER, name="officer"), "/permitted-quantities", body, method="PUT")
            passed = sum(share >= float(one) for one in _SHARES)
            if passed:
                year = self._start.replace(month=1, day=1)
                self._did("total-control", number, year, year + 366 * DAY, times=passed)

    async def _mark(self) -> None:
        """Outlet 0 marks exactly its exceedance as a fault, 18 and 19 say stopped while water runs, 20 marks a calm stretch;
        21 and 22 mark more than may be marked in a year, 23 little."""
        number, start, end, _ = self._over[0]
        await self._marked(number, "fault", start, end)
        self._contradicted(number, start)
        if end - start > _LONGEST_MARK:
            self._did("mark-cap", number, *_year_of(start))
        for number in (18, 19):
            start = self._hour(1)
            await self._marked(number, "stopped", start, start + 3 * HOUR)
            self._contradicted(number, start)
        start = self._hour(1)
        await self._marked(20, "fault", start, start + HOUR)
        for number, hours in ((21, 10), (22, 11), (23, 1)):
            for day in range(5):
                start = self._start - (5 - day) * DAY
                await self._marked(number, "fault", start, start + hours * HOUR)
            if hours > 1:
                self._did("mark-cap", number, *_year_of(start))

    # --- how it is sent --------------------------------------------------------------------------------------------

    async def _send(self) -> None:
        """Ten-minute records hour by hour, all outlets together; sessions, silences and closings as time goes."""
        for hour in range(24 * DAYS):
            begin = self._start + hour * HOUR
            times = [begin + step * _TEN for step in range(6)]
            events = [
                self._record(number, at) for at in times for number in range(OUTLETS) if not self._is_silent(number, at)
            ]
            await self._laboratory.take(*events)
            for at in (begin + (step + 1) * _TEN for step in range(6)):
                await self._change_sessions(at)
                await self._devices.find_offline(at)
                await self._watch.look(at)
            await self._laboratory.close()
        last = [self._record(number, self._start + DAYS * DAY + HOUR) for number in range(OUTLETS)]
        await self._laboratory.take(*last)
        await self._laboratory.close()

    def _record(self, number: int, at: datetime) -> Any:
        dice, level = self._dice, self._level[number]
        rhythm = 1 + 0.15 * math.cos((at.hour - 15) * math.pi / 12)
        values = {
            COD: level * rhythm * dice.gauss(1, 0.02),
            AMMONIA: 2.1 * rhythm * dice.gauss(1, 0.03),
            FLOW: 10 * dice.gauss(1, 0.01),
        }
        for over, start, end, value in self._over:
            if over == number and start <= at < end:
                values[COD] = value if value == _LIMIT else value * dice.gauss(1, 0.01)
        said = {code: f"{value:.2f}" for code, value in values.items()} | {f"{FLOW}-Cou": f"{values[FLOW] * 0.6:.2f}"}
        return readings(self._outlets[number], at, said, period=Period.MINUTE, received_at=at + timedelta(seconds=20))

    def _is_silent(self, number: int, at: datetime) -> bool:
        return any(one == number and start <= at < end for one, start, end in self._silent)

    def _session(self, number: int, state: SessionState, at: datetime, reason: str = "") -> None:
        body = SessionChanged(
            mn=f"MN{self._outlets[number].point_id.hex[-12:]}", state=state, changed_at=at, peer="10.0.0.1:5000",
            connection_id=uuid4(), reason=reason, point_id=self._outlets[number].point_id,
        )  # fmt: skip
        event = Event(type="telemetry.session.changed", source="hj212-gateway", subject=body.mn, time=at, body=body)
        self._sessions.append((at, event))

    async def _change_sessions(self, until: datetime) -> None:
        due = sorted((one for one in self._sessions if one[0] <= until), key=lambda one: one[0])
        self._sessions = [one for one in self._sessions if one[0] > until]
        for _, event in due:
            async with self._laboratory.database.transaction() as tx:
                await self._devices.on_session(event, tx)

    async def _marked(self, number: int, kind: str, start: datetime, end: datetime) -> None:
        outlet = self._outlets[number]
        works = Person(*ENTERPRISE, name="works", enterprise_id=outlet.enterprise_id)
        body = {"type": kind, "start": start.isoformat(), "end": end.isoformat(), "reason": "设备检修"}
        await self._ask(works, f"/points/{outlet.point_id}/marks", body)

    async def _ask(self, person: Person, path: str, body: dict[str, Any], method: str = "POST") -> None:
        answer = await self._laboratory.ask(person, method, path, body)
        if answer.status_code >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")

    def _contradicted(self, number: int, start: datetime) -> None:
        """A contradiction is told of the moment at which it is found, after the mark."""
        self._did("mark-contradiction", number, start, now() + HOUR)

    def _did(self, rule: str, number: int, start: datetime, end: datetime, code: str = "", times: int = 1) -> None:
        self._truth.done.append(Done(rule, self._outlets[number].point_id, start, end, code, times))


def _year_of(at: datetime) -> tuple[datetime, datetime]:
    year = at.replace(month=1, day=1, hour=0)
    return year, year + 366 * DAY


def _outlet(enterprise_id: UUID | None = None) -> PointRecord:
    """An outlet of an incinerator: a fault of it is a mark it may set."""
    limits = (limit(COD, upper=f"{_LIMIT:g}", standard=_STANDARD), limit(AMMONIA, upper="5", limit_id="TEST/ammonia"))
    factors = [factor(FLOW, "L/s", 2), factor(COD, decimals=2), factor(AMMONIA, decimals=2)]
    return point(*limits, factors=factors, enterprise_id=enterprise_id or uuid4())
