"""What lies and blows around the points: receptors from the park's map, wind from the newest readings of weather stations.

Both are asked for now and then over the public APIs of archive and quality and kept in memory; while one of them is away the last
answer holds (wind only as long as it is fresh), before the first answer it is not known. Grading never waits for them.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from park_chassis.errors import Transient
from park_schemas.registry import PointRecord

from alerting.domain.circumstances import WIND_IS_FRESH, Receptor, Wind, distance_and_bearing, seen_from

log = logging.getLogger(__name__)

SPEED, DIRECTION = "a01007", "a01008"
RECEPTOR_KIND = "receptor"
_STATIONS_ASKED = 50


class Asks(Protocol):
    """Gets JSON from another service's API; raises Transient."""

    async def get(self, service: str, path: str, *, params: Any = None) -> Any: ...


class Points(Protocol):
    """The registered points."""

    def values(self) -> Any: ...


class Surroundings:
    """Receptors and winds as known now."""

    def __init__(self, peers: Asks | None = None, points: Points | None = None, *, poll_s: float = 60.0) -> None:
        self._peers = peers
        self._points = points
        self._poll_s = poll_s
        self._receptors: list[tuple[str, str, float, float]] | None = None
        self._winds: list[tuple[PointRecord, Wind]] = []

    async def run(self) -> None:
        """Ask again and again until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(self._poll_s)

    async def look(self) -> None:
        """Ask both services once; one that is away leaves what was known."""
        if self._peers is None:
            return
        for name, ask in (("map", self._look_at_map), ("wind", self._look_at_wind)):
            try:
                await ask(self._peers)
            except (Transient, KeyError, TypeError, ValueError) as error:
                log.info("surroundings not known anew", extra={"part": name, "error": str(error)[:200]})

    def receptors(self, longitude: float | None, latitude: float | None) -> list[Receptor] | None:
        """Return the receptors around a place, the nearest first; None: the map or the place is not known."""
        if self._receptors is None or longitude is None or latitude is None:
            return None
        return seen_from(longitude, latitude, self._receptors)

    def wind(self, longitude: float | None, latitude: float | None, at: datetime) -> Wind | None:
        """Return the wind of the nearest station with a fresh value, None when there is none."""
        fresh = [(point, wind) for point, wind in self._winds if abs(at - wind.measured_at) <= WIND_IS_FRESH]
        if not fresh:
            return None
        if longitude is None or latitude is None:
            return max(fresh, key=lambda pair: pair[1].measured_at)[1]
        nearest = min(
            fresh, key=lambda pair: distance_and_bearing(longitude, latitude, pair[0].longitude, pair[0].latitude)[0]
        )
        return nearest[1]

    async def _look_at_map(self, peers: Asks) -> None:
        self._receptors = receptors_of_map(await peers.get("archive", "/park/map"))

    async def _look_at_wind(self, peers: Asks) -> None:
        stations = [
            point for point in (self._points.values() if self._points is not None else ())
            if point.active and {SPEED, DIRECTION} <= {factor.factor for factor in point.factors}
        ][:_STATIONS_ASKED]  # fmt: skip
        if not stations:
            return
        answer = await peers.get("quality", "/latest", params=[("point_id", str(point.point_id)) for point in stations])
        by_id = {str(item["point_id"]): item for item in answer["items"]}
        self._winds = [
            (point, wind) for point in stations
            if (wind := wind_of(by_id.get(str(point.point_id)), point)) is not None
        ]  # fmt: skip


def receptors_of_map(content: Mapping[str, Any]) -> list[tuple[str, str, float, float]]:
    """Return (zh, en, longitude, latitude) of the map's features of kind `receptor` (points, or the middle of an area)."""
    found = []
    for feature in content["features"]:
        properties = feature.get("properties") or {}
        if properties.get("kind") == RECEPTOR_KIND and (places := list(_places(feature["geometry"]["coordinates"]))):
            longitude = sum(place[0] for place in places) / len(places)
            latitude = sum(place[1] for place in places) / len(places)
            found.append((str(properties.get("name_zh", "")), str(properties.get("name_en", "")), longitude, latitude))
    return found


def wind_of(item: Mapping[str, Any] | None, station: PointRecord) -> Wind | None:
    """Return the wind among the newest values of a station; None when it has none or one is marked as not valid."""
    if item is None:
        return None
    values = {
        one["factor"]: float(one["value"]) for one in item["factors"]
        if one["factor"] in {SPEED, DIRECTION} and one.get("value") is not None and one.get("mark") in {None, "", "N"}
    }  # fmt: skip
    if len(values) < 2 or values[SPEED] < 0:
        return None
    return Wind(
        from_degrees=values[DIRECTION] % 360.0,
        speed=values[SPEED],
        measured_at=datetime.fromisoformat(item["data_time"]),
        station_zh=station.name_zh,
        station_en=station.name_en,
    )


def _places(coordinates: Any) -> Any:
    if coordinates and isinstance(coordinates[0], int | float):
        yield coordinates[0], coordinates[1]
        return
    for part in coordinates:
        yield from _places(part)
