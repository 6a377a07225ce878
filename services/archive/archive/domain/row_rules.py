"""What must hold between the fields of a row, and between a row and the rest of the archive.

The checks run on the values that could be read, so a row with one bad cell still hears of all its other errors.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from park_chassis.sheets.problems import Problem
from park_schemas.codes import KINDS_OF_MEDIUM, Medium, PointKind
from park_standards.factors import factor as factor_of

from archive.domain.coordinates import FARTHEST_KM, distance_km
from archive.domain.records import Kind
from archive.domain.sheets import KIND_LABELS, MEDIUM_LABELS, TARGET_CLASSES, is_environment

Values = Mapping[str, Any]

_FACTOR_MEDIA: Mapping[Medium, frozenset[str]] = {
    Medium.WASTE_WATER: frozenset({"water"}),
    Medium.RAIN_WATER: frozenset({"water"}),
    Medium.SURFACE_WATER: frozenset({"water"}),
    Medium.WASTE_GAS: frozenset({"gas", "air"}),
    Medium.AMBIENT_AIR: frozenset({"gas", "air"}),
    Medium.NOISE: frozenset({"noise", "air"}),
}


@dataclass(frozen=True)
class Surroundings:
    """What a row is held against: the park's centre (longitude, latitude) and what the archive already knows.

    `points` gives the medium and the units of the factors of each point by code; `taken` the MN of the active device of a point
    by point code; `mn_spellings` each known MN by its upper-case form.
    """

    centre: tuple[float, float]
    enterprises: frozenset[str] = frozenset()
    points: Mapping[str, "KnownPoint"] = field(default_factory=dict)
    devices_at: Mapping[str, str] = field(default_factory=dict)
    mn_spellings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class KnownPoint:
    """What rules need of a point: its medium, the unit of each factor it reports, its kind."""

    medium: Medium
    units: Mapping[str, str]
    kind: PointKind | None = None


def problems_of_row(kind: Kind, values: Values, around: Surroundings) -> list[Problem]:
    """Return the problems of a row of `kind` beyond its single cells."""
    return [problem for rule in _RULES[kind] for problem in rule(values, around)]


def _place(values: Values, around: Surroundings) -> list[Problem]:
    if "longitude" not in values or "latitude" not in values:
        return []
    away = distance_km(values["longitude"], values["latitude"], *around.centre)
    if away <= FARTHEST_KM:
        return []
    shown = f"{values['longitude']}, {values['latitude']}"
    return [
        Problem(
            "longitude",
            shown,
            f"距园区中心 {away:.0f} km，超过 {FARTHEST_KM:.0f} km，请核对坐标",
            f"{away:.0f} km from the park's centre, more than {FARTHEST_KM:.0f} km; check the coordinates",
        )
    ]


def _owner(values: Values, around: Surroundings) -> list[Problem]:
    medium, owner = values.get("medium"), values.get("enterprise", "")
    at_boundary = values.get("point_kind") == PointKind.BOUNDARY_NOISE
    if medium is not None and is_environment(Medium(medium)) and owner and not at_boundary:
        return [
            Problem("enterprise", owner, "环境站点不属于企业，应留空", "a station has no enterprise; leave it empty")
        ]
    if medium is not None and not is_environment(Medium(medium)) and not owner:
        return [Problem("enterprise", "", "排口必须填写所属企业", "an outlet needs its enterprise")]
    if owner and owner not in around.enterprises:
        return [Problem("enterprise", owner, "企业不在档案中", "this enterprise is not in the archive")]
    return []


def _target_class(values: Values, _: Surroundings) -> list[Problem]:
    medium, target = values.get("medium"), values.get("target_class", "")
    if medium is None or not target or target in TARGET_CLASSES.get(Medium(medium), frozenset()):
        return []
    name = MEDIUM_LABELS[medium][0]
    return [Problem("target_class", target, f"{name} 没有类别 {target}", f"{medium} has no class {target}")]


def _point_kind(values: Values, _: Surroundings) -> list[Problem]:
    medium, kind = values.get("medium"), values.get("point_kind")
    if medium is None or not kind or kind in KINDS_OF_MEDIUM.get(Medium(medium), frozenset()):
        return []
    zh = f"{MEDIUM_LABELS[medium][0]} 没有类别 {KIND_LABELS[kind][0]}"
    return [Problem("point_kind", kind, zh, f"{medium} has no points of the kind {kind}")]


_ZONES_OF_KIND: Mapping[PointKind, frozenset[str]] = {
    PointKind.ZONE_NOISE: frozenset({"0", "1", "2", "3", "4a", "4b"}),
    PointKind.BOUNDARY_NOISE: frozenset({"0", "1", "2", "3", "4"}),
}
"""Zones that have a limit: GB 3096-2008, GB 12348-2008."""


def _noise_zone(values: Values, _: Surroundings) -> list[Problem]:
    zone = values.get("target_class", "")
    if values.get("medium") != Medium.NOISE or zone not in TARGET_CLASSES[Medium.NOISE]:
        return []
    kind = PointKind(values.get("point_kind") or PointKind.ZONE_NOISE)
    if kind not in _ZONES_OF_KIND or zone in _ZONES_OF_KIND[kind]:
        return []
    zh = f"{KIND_LABELS[kind][0]} 没有 {zone} 类，应为 {'、'.join(sorted(_ZONES_OF_KIND[kind]))}"
    return [Problem("target_class", zone, zh, f"{kind} has no zone {zone}: {', '.join(sorted(_ZONES_OF_KIND[kind]))}")]


def _factor_media(values: Values, _: Surroundings) -> list[Problem]:
    if "medium" not in values:
        return []
    medium = Medium(values["medium"])
    strangers = [
        monitored.factor
        for monitored in values.get("factors", ())
        if factor_of(monitored.factor).medium not in _FACTOR_MEDIA[medium]
    ]
    if not strangers:
        return []
    shown = " ".join(strangers)
    return [
        Problem("factors", shown, f"不是{MEDIUM_LABELS[medium][0]}因子：{shown}", f"no factors of {medium}: {shown}")
    ]


def _device_point(values: Values, around: Surroundings) -> list[Problem]:
    code = values.get("point_code")
    if code is None:
        return []
    if code not in around.points:
        return [Problem("point_code", code, "点位不在档案中", "this point is not in the archive")]
    other = around.devices_at.get(code)
    if other is None or other == values.get("mn") or not values.get("active", True):
        return []
    return [
        Problem(
            "point_code",
            code,
            f"该点位已有启用的数采仪 {other}，请先停用",
            f"the point already has the active device {other}; deactivate it first",
        )
    ]


def _mn_spelling(values: Values, around: Surroundings) -> list[Problem]:
    mn = values.get("mn")
    known = around.mn_spellings.get(mn.upper()) if mn else None
    if mn is None or known is None or known == mn:
        return []
    return [Problem("mn", mn, f"与已有 MN {known} 仅大小写不同", f"differs from the known MN {known} only in case")]


_RULES: Mapping[Kind, tuple[Callable[[Values, Surroundings], list[Problem]], ...]] = {
    Kind.ENTERPRISES: (_place,),
    Kind.POINTS: (_place, _owner, _target_class, _point_kind, _noise_zone, _factor_media),
    Kind.DEVICES: (_device_point, _mn_spelling),
    Kind.LIMITS: (),
}
