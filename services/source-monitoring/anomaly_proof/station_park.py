"""Air stations and river sections over two days through quality's own handlers."""

import math
from datetime import datetime, timedelta

from park_chassis.clock import now
from park_judging.domain.periods import day_of
from park_judging.testing import factor, limit, readings
from park_schemas.codes import Medium, Period
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from quality import target_store
from quality.testing import DAY, HOUR, Park, station

from anomaly_proof.scenario import dice_of
from anomaly_proof.truth import Done, Truth

DUST, HUMIDITY, DIRECTION, AMMONIA = "a34004", "a01002", "a01008", "w21003"
RULES = ("water-class", "sudden-change", "regional-event", "implausible-value")
DAYS, AIR, WATER = 2, 8, 6
_LIMIT, _TARGET = 75.0, 3
_LEAPS = ((0, 4), (1, 15), (2, 28), (3, 40))
"""(air station, hour) at which a plume strikes at once."""
_REGIONS = (9, 33)
_RISE = (1.42, 2.0, 2.7, 2.0, 1.42)
"""Shares of the usual level that a day of haze, or a spill, goes through hour by hour: no step of a half."""
_SPILLS = ((0, 6), (1, 12), (2, 30), (3, 38))
_ACID = (4, 20)
"""(river, hour) at which its pH electrode says what no water is."""
_BROKEN = ((4, 5, HUMIDITY, 120.0), (6, 31, DUST, -9.0), (7, 40, HUMIDITY, 120.0))


class StationPark:
    """Air stations 0 to 3 are struck by plumes, 1 to 4 lie in haze twice, 4, 6 and 7 break; 5 lies in haze alone. Rivers 0
    to 3 are spilt into, 4 and 5 are not."""

    def __init__(self, park: Park, seed: int) -> None:
        self._park = park
        self._dice = dice_of(seed, "station-park")
        self._start = day_of(at_park(now())) - (DAYS + 1) * DAY
        self._air = [_air() for _ in range(AIR)]
        self._water = [_river() for _ in range(WATER)]
        self._truth = Truth(RULES, point_days=float((AIR + WATER) * DAYS))
        for one in (*self._air, *self._water):
            park.registry.put(one)

    async def run(self) -> Truth:
        """Plan, send hour by hour, close; return what was done and what was told."""
        self._plan()
        async with self._park.database.transaction() as tx:
            for one in self._water:
                await target_store.add(
                    tx, one.point_id, self._start.year, {"class": str(_TARGET)}, based_on=0, author="proof", reason="proof",
                    at=now(),
                )  # fmt: skip
        for hour in range(24 * DAYS + 1):
            await self._send(hour)
            await self._park.close()
        told = await self._park.published("supervision.findings.v1")
        self._truth.told = [one for one in told if one["verdict"] == "violated"]
        return self._truth

    def _plan(self) -> None:
        for number, hour in _LEAPS:
            self._did("sudden-change", self._air[number], hour, 3, DUST)
        for hour in _REGIONS:
            self._did("regional-event", None, hour + 1, 3, DUST)
        for number, hour in _SPILLS:
            self._did("water-class", self._water[number], hour + 1, 3)
        self._did("implausible-value", self._water[_ACID[0]], _ACID[1], 2, "w01001")
        self._did("water-class", self._water[_ACID[0]], _ACID[1], 2)  # the class of an hour counts its pH
        for number, hour, code, _ in _BROKEN:
            self._did("implausible-value", self._air[number], hour, 2, code)
            if code == DUST:  # from a usual value to a broken one, and back, is a leap as well
                self._did("sudden-change", self._air[number], hour, 3, code)

    async def _send(self, hour: int) -> None:
        begin = self._start + hour * HOUR
        times = [begin + step * timedelta(minutes=10) for step in range(6)]
        events = []
        for number, one in enumerate(self._air):
            events += [readings(one, at, self._air_values(number, hour), period=Period.MINUTE) for at in times]
        for number, one in enumerate(self._water):
            events += [readings(one, at, self._water_values(number, hour), period=Period.MINUTE) for at in times]
        await self._park.take(*events)

    def _air_values(self, number: int, hour: int) -> dict[str, str]:
        dust = 34 * (1 + 0.1 * math.cos((hour - 8) * math.pi / 12)) * self._dice.gauss(1, 0.01)
        if any(struck == number and leap <= hour < leap + 3 for struck, leap in _LEAPS):
            dust *= 1.95  # below the limit, so that it makes no region
        for first in _REGIONS:
            if first <= hour < first + len(_RISE) and 1 <= number <= 4:
                dust *= _RISE[hour - first]
        if number == 5 and 22 <= hour < 22 + len(_RISE):
            dust *= _RISE[hour - 22]
        values = {DUST: dust, HUMIDITY: 99.9 if number == 0 else 61.0, DIRECTION: (hour * 37) % 360}
        values |= {
            code: value for broken, first, code, value in _BROKEN if broken == number and first <= hour < first + 2
        }
        return {code: f"{value:.1f}" for code, value in values.items()}

    def _water_values(self, number: int, hour: int) -> dict[str, str]:
        ammonia = 0.62 * (1 + 0.08 * math.cos((hour - 15) * math.pi / 12))
        for river, first in _SPILLS:
            if river == number and first <= hour < first + len(_RISE):
                ammonia *= _RISE[hour - first]
        if number == 5:
            ammonia = 0.98  # just inside its class
        acid = "15.1" if number == _ACID[0] and _ACID[1] <= hour < _ACID[1] + 2 else "7.6"
        usual = {"w01001": acid, "w01009": "7.4", "w01019": "3.6", "w01018": "15.0", "w21011": "0.12"}
        return {**usual, AMMONIA: f"{ammonia * self._dice.gauss(1, 0.005):.3f}"}

    def _did(self, rule: str, of: PointRecord | None, hour: int, hours: int, code: str = "") -> None:
        start = self._start + hour * HOUR
        end: datetime = start + hours * HOUR
        self._truth.done.append(Done(rule, of.point_id if of else None, start, end, code))


def _air() -> PointRecord:
    factors = [factor(DUST, "ug/m3", 1), factor(HUMIDITY, "%", 1), factor(DIRECTION, "degree", 0)]
    return station(*factors, medium=Medium.AMBIENT_AIR, limits=[limit(DUST, upper=f"{_LIMIT:g}", unit="ug/m3")])


def _river() -> PointRecord:
    units = {"w01001": "1", "w01009": "mg/L", "w01019": "mg/L", "w01018": "mg/L", AMMONIA: "mg/L", "w21011": "mg/L"}
    factors = [factor(code, unit, 3) for code, unit in units.items()]
    return station(*factors, medium=Medium.SURFACE_WATER, target_class="Ⅲ")
