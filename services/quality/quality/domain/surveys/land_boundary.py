"""The boundary of a land plot: GeoJSON Polygon or MultiPolygon (RFC 7946) in CGCS2000 degrees, its area, what lies inside."""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Any

from park_chassis.sheets.cells import LATITUDES, LONGITUDES
from park_chassis.sheets.problems import Problem

Place = tuple[float, float]
Ring = list[Place]
Boundary = list[list[Ring]]
"""Polygons, each its outer ring and then its holes; a ring ends with the place it began with."""

_MOST_PLACES = 500
_LEAST_RING = 4
_SEMI_MAJOR_M, _FLATTENING = 6_378_137.0, 1 / 298.257222101
"""Ellipsoid of CGCS2000."""
_WHERE = "boundary"


class _Flaw(Exception):
    def __init__(self, where: str, value: object, zh: str, en: str) -> None:
        super().__init__(en)
        self.problem = Problem(where, str(value)[:80], zh, en)


def boundary_of(given: Any) -> tuple[Boundary | None, list[Problem]]:
    """Return the boundary a GeoJSON object holds (geometry, Feature, or collection of one), or the first thing wrong with it."""
    try:
        where, geometry = _geometry(given)
        polygons = _polygons(where, geometry)
        if sum(len(ring) for polygon in polygons for ring in polygon) > _MOST_PLACES:
            raise _Flaw(_WHERE, "", f"坐标多于 {_MOST_PLACES} 个", f"has more than {_MOST_PLACES} positions")
        for number, polygon in enumerate(polygons):
            _check_crossings(f"{where}.coordinates.{number}", polygon)
        if area_m2(polygons) < 1:
            raise _Flaw(f"{where}.coordinates", "", "面积小于 1 平方米", "has an area below one square metre")
    except _Flaw as flaw:
        return None, [flaw.problem]
    return polygons, []


def geojson_of(boundary: Boundary) -> dict[str, Any]:
    """Return the geometry of a boundary: a Polygon where one is enough."""
    if len(boundary) == 1:
        return {"type": "Polygon", "coordinates": boundary[0]}
    return {"type": "MultiPolygon", "coordinates": boundary}


def area_m2(boundary: Boundary) -> float:
    """Return the area in square metres, on the plane that touches the ellipsoid at the first place.

    ASSUMPTION: a plot is small (some kilometres), so the plane is off by less than a thousandth.
    """
    _, latitude = boundary[0][0][0]
    east, north = _metres_a_degree(latitude)
    doubled = 0.0
    for polygon in boundary:
        sizes = [abs(_doubled_area(ring)) for ring in polygon]
        doubled += sizes[0] - sum(sizes[1:])
    return doubled / 2 * east * north


def contains(boundary: Boundary, place: Place) -> bool:
    """Say whether a place lies inside: in an outer ring and in none of its holes."""
    return any(
        _inside(polygon[0], place) and not any(_inside(hole, place) for hole in polygon[1:]) for polygon in boundary
    )


def _geometry(given: Any) -> tuple[str, dict[str, Any]]:
    """Return where the geometry stands in what was given, and the geometry."""
    where = _WHERE
    if isinstance(given, dict) and given.get("type") == "FeatureCollection":
        features = given.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise _Flaw(f"{where}.features", "", "应只有一个要素", "must hold exactly one feature")
        where, given = f"{where}.features.0", features[0]
    if isinstance(given, dict) and given.get("type") == "Feature":
        where, given = f"{where}.geometry", given.get("geometry")
    if not isinstance(given, dict) or given.get("type") not in ("Polygon", "MultiPolygon"):
        kind = given.get("type") if isinstance(given, dict) else type(given).__name__
        raise _Flaw(where, kind, "应为 GeoJSON Polygon 或 MultiPolygon", "must be a GeoJSON Polygon or MultiPolygon")
    return where, given


def _polygons(where: str, geometry: dict[str, Any]) -> Boundary:
    place = f"{where}.coordinates"
    parts = _listed(place, geometry.get("coordinates"))
    if geometry["type"] == "Polygon":
        return [_polygon(place, parts)]
    return [_polygon(f"{place}.{number}", _listed(f"{place}.{number}", part)) for number, part in enumerate(parts)]


def _polygon(where: str, rings: Sequence[Any]) -> list[Ring]:
    return [_ring(f"{where}.{number}", _listed(f"{where}.{number}", ring)) for number, ring in enumerate(rings)]


def _ring(where: str, positions: Sequence[Any]) -> Ring:
    ring = [_place(f"{where}.{number}", position) for number, position in enumerate(positions)]
    if len(ring) < _LEAST_RING:
        raise _Flaw(
            where, len(ring), "环至少要有四个坐标（首尾相同）", "a ring needs four positions, the last the first again"
        )
    if ring[0] != ring[-1]:
        raise _Flaw(
            where,
            ring[-1],
            "环未闭合：最后一个坐标应与第一个相同",
            "the ring is not closed: it must end where it began",
        )
    return ring


def _place(where: str, position: Any) -> Place:
    if not isinstance(position, list | tuple) or len(position) < len(("longitude", "latitude")):
        raise _Flaw(where, position, "应为 [经度, 纬度]", "must be [longitude, latitude]")
    longitude, latitude = position[:2]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (longitude, latitude)):
        raise _Flaw(where, position, "坐标不是数字", "the coordinates are not numbers")
    if LONGITUDES[0] <= latitude <= LONGITUDES[1] and LATITUDES[0] <= longitude <= LATITUDES[1]:
        raise _Flaw(where, position, "经度和纬度是否填反？", "are longitude and latitude swapped?")
    if not (LONGITUDES[0] <= longitude <= LONGITUDES[1] and LATITUDES[0] <= latitude <= LATITUDES[1]):
        raise _Flaw(where, position, "坐标不在中国范围内（度）", "lies outside China (degrees)")
    return float(longitude), float(latitude)


def _listed(where: str, part: Any) -> Sequence[Any]:
    if not isinstance(part, list | tuple) or not part:
        raise _Flaw(where, part, "应为非空数组", "must be a list that is not empty")
    return part


def _check_crossings(where: str, polygon: list[Ring]) -> None:
    """Refuse edges that cross, of one ring or of two: area and inside would have no meaning."""
    edges = [edge for ring in polygon for edge in pairwise(ring)]
    for (a, b), (c, d) in combinations(edges, 2):
        if _cross(a, b, c, d):
            raise _Flaw(where, f"{a} {b} / {c} {d}", "边界自相交", "the boundary crosses itself")


def _cross(a: Place, b: Place, c: Place, d: Place) -> bool:
    """Say whether two edges cross in a point inside both; edges that only touch do not."""
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _turn(a: Place, b: Place, c: Place) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _inside(ring: Ring, place: Place) -> bool:
    return sum(_crossings(ring, place)) % 2 == 1


def _crossings(ring: Ring, place: Place) -> Iterator[int]:
    """Yield 1 for each edge that a ray from the place to the east crosses."""
    x, y = place
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            yield 1


def _doubled_area(ring: Ring) -> float:
    """Return twice the signed area in square degrees, taken from the first place so that no digits are lost."""
    x0, y0 = ring[0]
    return sum((ax - x0) * (by - y0) - (bx - x0) * (ay - y0) for (ax, ay), (bx, by) in pairwise(ring))


def _metres_a_degree(latitude: float) -> Place:
    """Return metres of one degree to the east and to the north, by the radii of curvature at a latitude."""
    squared = _FLATTENING * (2 - _FLATTENING)
    sine = math.sin(math.radians(latitude))
    across = _SEMI_MAJOR_M / math.sqrt(1 - squared * sine * sine)
    along = across * (1 - squared) / (1 - squared * sine * sine)
    return math.radians(1) * across * math.cos(math.radians(latitude)), math.radians(1) * along
