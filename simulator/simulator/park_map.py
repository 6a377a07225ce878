"""The ground of the invented park: plots, roads, river, green, as GeoJSON in CGCS2000 degrees.

Everything is laid out in metres from the park's centre (x east, y north) and turned into degrees at the end: eight columns
and five rows of plots between a grid of roads, a green belt round it, the river Lan along the south.
"""

from math import cos, radians, sin
from typing import Any

CENTRE = (119.4200, 32.2600)
"""Longitude and latitude. ASSUMPTION: no place of the real world is meant; the console draws only our own map."""

COLUMNS, ROWS = 8, 5
PLOT_WIDTH, PLOT_HEIGHT = 430.0, 500.0
ROAD_WIDTH = 50.0
_METRES_A_DEGREE = 111_320.0

_HALF_WIDTH = (COLUMNS * PLOT_WIDTH + (COLUMNS + 1) * ROAD_WIDTH) / 2
_HALF_HEIGHT = (ROWS * PLOT_HEIGHT + (ROWS + 1) * ROAD_WIDTH) / 2
RIVER_Y = -_HALF_HEIGHT - 420.0

_STREETS = ("纬一路", "纬二路", "纬三路", "纬四路", "纬五路", "滨河大道")
_AVENUES = ("经一路", "经二路", "经三路", "经四路", "澜园大道", "经六路", "经七路", "经八路", "经九路")

Place = tuple[float, float]


def degrees(x: float, y: float) -> Place:
    """Return (longitude, latitude) of a place given in metres from the centre."""
    longitude = CENTRE[0] + x / (_METRES_A_DEGREE * cos(radians(CENTRE[1])))
    return round(longitude, 6), round(CENTRE[1] + y / _METRES_A_DEGREE, 6)


def plot_corner(column: int, row: int) -> Place:
    """Return the south-west corner of a plot in metres; column from the west, row from the north."""
    x = -_HALF_WIDTH + ROAD_WIDTH + column * (PLOT_WIDTH + ROAD_WIDTH)
    y = _HALF_HEIGHT - (row + 1) * (PLOT_HEIGHT + ROAD_WIDTH)
    return x, y


def in_plot(column: int, row: int, east: float, north: float) -> Place:
    """Return a place in a plot in metres; `east` and `north` are parts of its size from the south-west corner."""
    x, y = plot_corner(column, row)
    return x + east * PLOT_WIDTH, y + north * PLOT_HEIGHT


def plot_name(column: int, row: int) -> str:
    """Return the plot's number: letter of the row, two digits of the column."""
    return f"{'ABCDE'[row]}-{column + 1:02d}"


def river_y(x: float) -> float:
    """Return where the middle of the river runs at x, metres."""
    return RIVER_Y + 90.0 * sin(x / 900.0) + 40.0 * sin(x / 370.0 + 1.0)


def park_map() -> dict[str, Any]:
    """Return the map as a GeoJSON FeatureCollection; properties.kind is plot, road, river, green or boundary."""
    features = [_boundary(), *_greens(), _river(), *_roads()]
    features += _receptors()
    features += [_plot(column, row) for row in range(ROWS) for column in range(COLUMNS)]
    return {"type": "FeatureCollection", "features": features}


def _feature(kind: str, name_zh: str, name_en: str, geometry: str, coordinates: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"kind": kind, "name_zh": name_zh, "name_en": name_en, **more},
        "geometry": {"type": geometry, "coordinates": coordinates},
    }


def _ring(*corners: Place) -> list[list[list[float]]]:
    return [[list(degrees(*corner)) for corner in (*corners, corners[0])]]


def _box(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    return _ring((west, south), (east, south), (east, north), (west, north))


def _boundary() -> dict[str, Any]:
    edge = 220.0
    box = _box(-_HALF_WIDTH - edge, -_HALF_HEIGHT - edge, _HALF_WIDTH + edge, _HALF_HEIGHT + edge)
    return _feature("boundary", "云澜化学工业园区", "Yunlan Chemical Industry Park", "Polygon", box)


def _greens() -> list[dict[str, Any]]:
    near, far = 30.0, 180.0
    west, east, south, north = -_HALF_WIDTH, _HALF_WIDTH, -_HALF_HEIGHT, _HALF_HEIGHT
    belts = (
        ("北防护绿地", "North green belt", _box(west - far, north + near, east + far, north + far)),
        ("南防护绿地", "South green belt", _box(west - far, south - far, east + far, south - near)),
        ("西防护绿地", "West green belt", _box(west - far, south - near, west - near, north + near)),
        ("东防护绿地", "East green belt", _box(east + near, south - near, east + far, north + near)),
    )
    return [_feature("green", zh, en, "Polygon", box) for zh, en, box in belts]


def _receptors() -> list[dict[str, Any]]:
    """Places outside the park that are to be protected; grading of alarms looks at them."""
    places = (
        ("东北镇中心小学", "North-east primary school", 2950.0, 2350.0),
        ("西北新村", "North-west housing", -2950.0, 2150.0),
        ("南岸卫生院", "South bank clinic", 400.0, -2300.0),
    )
    return [_feature("receptor", zh, en, "Point", list(degrees(x, y))) for zh, en, x, y in places]


def _river() -> dict[str, Any]:
    span = _HALF_WIDTH + 900.0
    steps = [-span + step * (2 * span / 60) for step in range(61)]
    north = [(x, river_y(x) + 85.0) for x in steps]
    south = [(x, river_y(x) - 85.0) for x in reversed(steps)]
    return _feature("river", "澜河", "River Lan", "Polygon", _ring(*north, *south))


def _roads() -> list[dict[str, Any]]:
    roads = []
    for number, name in enumerate(_STREETS):
        y = _HALF_HEIGHT - ROAD_WIDTH / 2 - number * (PLOT_HEIGHT + ROAD_WIDTH)
        line = [list(degrees(-_HALF_WIDTH - 200, y)), list(degrees(_HALF_WIDTH + 200, y))]
        english = "Riverside Avenue" if name == "滨河大道" else f"Wei {number + 1} Road"
        roads.append(_feature("road", name, english, "LineString", line, width_m=ROAD_WIDTH))
    for number, name in enumerate(_AVENUES):
        x = -_HALF_WIDTH + ROAD_WIDTH / 2 + number * (PLOT_WIDTH + ROAD_WIDTH)
        line = [list(degrees(x, -_HALF_HEIGHT - 200)), list(degrees(x, _HALF_HEIGHT + 200))]
        english = "Lanyuan Avenue" if name == "澜园大道" else f"Jing {number + 1} Road"
        roads.append(_feature("road", name, english, "LineString", line, width_m=ROAD_WIDTH))
    return roads


def _plot(column: int, row: int) -> dict[str, Any]:
    x, y = plot_corner(column, row)
    box = _box(x, y, x + PLOT_WIDTH, y + PLOT_HEIGHT)
    name = plot_name(column, row)
    return _feature("plot", f"{name} 地块", f"Plot {name}", "Polygon", box, plot=name)
