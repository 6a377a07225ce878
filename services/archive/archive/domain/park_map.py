"""The park's map: a GeoJSON FeatureCollection (RFC 7946) in CGCS2000 degrees, drawn by the console without any tile server."""

from collections.abc import Iterator
from typing import Any

from park_chassis.sheets.problems import Problem

KINDS = frozenset({"boundary", "plot", "road", "river", "green", "building", "water", "label", "receptor"})
_GEOMETRIES = frozenset({"Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})
_MAX_FEATURES = 5_000
_MAX_PROBLEMS = 50
_FARTHEST_DEGREES = 0.5


def problems_of_map(content: Any, centre: tuple[float, float]) -> list[Problem]:
    """Return what is wrong with a map around `centre` (longitude, latitude), at most 50 problems."""
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection":
        return [Problem("map", "", "应为 GeoJSON FeatureCollection", "must be a GeoJSON FeatureCollection")]
    features = content.get("features")
    if not isinstance(features, list) or len(features) > _MAX_FEATURES:
        return [
            Problem(
                "map.features", "", f"应为不超过 {_MAX_FEATURES} 个要素", f"must be at most {_MAX_FEATURES} features"
            )
        ]
    problems: list[Problem] = []
    for number, feature in enumerate(features):
        problems += _of_feature(f"map.features[{number}]", feature, centre)
        if len(problems) >= _MAX_PROBLEMS:
            break
    return problems[:_MAX_PROBLEMS]


def _of_feature(where: str, feature: Any, centre: tuple[float, float]) -> list[Problem]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return [Problem(where, "", "应为 Feature", "must be a Feature")]
    problems = []
    properties = feature.get("properties")
    kind = properties.get("kind") if isinstance(properties, dict) else None
    if kind not in KINDS:
        known = ", ".join(sorted(KINDS))
        problems.append(Problem(f"{where}.properties.kind", str(kind), f"应为 {known} 之一", f"must be one of {known}"))
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") not in _GEOMETRIES:
        problems.append(Problem(f"{where}.geometry", "", "几何类型不支持", "geometry type is not supported"))
        return problems
    return problems + _of_places(f"{where}.geometry", geometry.get("coordinates"), centre)


def _of_places(where: str, coordinates: Any, centre: tuple[float, float]) -> list[Problem]:
    try:
        places = list(_places(coordinates))
    except (TypeError, ValueError):
        return [Problem(f"{where}.coordinates", "", "坐标格式错误", "coordinates are not numbers in lists")]
    far = [
        place for place in places
        if abs(place[0] - centre[0]) > _FARTHEST_DEGREES or abs(place[1] - centre[1]) > _FARTHEST_DEGREES
    ]  # fmt: skip
    if not places:
        return [Problem(f"{where}.coordinates", "", "没有坐标", "no coordinates")]
    if far:
        return [Problem(f"{where}.coordinates", str(far[0]), "远离园区中心", "far from the park's centre")]
    return []


def _places(coordinates: Any) -> Iterator[tuple[float, float]]:
    """Yield every position of a geometry of any depth. Raises TypeError or ValueError for anything else."""
    if not isinstance(coordinates, list):
        raise TypeError("a list is needed")
    if coordinates and isinstance(coordinates[0], int | float):
        longitude, latitude = coordinates[:2]
        yield float(longitude), float(latitude)
        return
    for part in coordinates:
        yield from _places(part)
