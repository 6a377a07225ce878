"""What the HTTP rooms of reductions share: who may, names of enterprises and points, refusals."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from park_chassis.auth import Principal, require
from park_chassis.errors import Refused
from park_chassis.sheets.problems import Problem
from park_judging.registry import Points

from source_monitoring.domain.reductions.reduction_list import ListedLine
from source_monitoring.domain.reductions.sheet import Places

Reader = Annotated[Principal, Depends(require("reading:read"))]
Writer = Annotated[Principal, Depends(require("quota:write"))]


def places_of(points: Points) -> Places:
    """Return what names of a sheet stand for: the enterprises that have an outlet here, and their points."""
    enterprises: dict[str, UUID] = {}
    codes: dict[tuple[UUID, str], tuple[UUID, frozenset[str]]] = {}
    for limits in points.own():
        point = limits.point
        if point.enterprise_id is not None:
            enterprises[point.enterprise_name_zh] = point.enterprise_id
            codes[point.enterprise_id, point.code] = (point.point_id, frozenset(limits.factors))
    return Places(enterprises, codes)


def enterprise_names(points: Points) -> dict[UUID, tuple[str, str]]:
    """Return (Chinese, English) names of the enterprises that have an outlet here."""
    return {
        limits.point.enterprise_id: (limits.point.enterprise_name_zh, limits.point.enterprise_name_en)
        for limits in points.own()
        if limits.point.enterprise_id is not None
    }


def names_of(points: Points, enterprise_id: UUID | None, point_id: UUID | None, factor: str) -> dict[str, Any]:
    """Return the names that a line or measure is shown with; unknown ones are empty."""
    limits = points.get(point_id) if point_id is not None else None
    known = limits.factors.get(factor) if limits is not None else None
    zh, en = enterprise_names(points).get(enterprise_id, ("", "")) if enterprise_id is not None else ("", "")
    return {
        "enterprise_zh": zh,
        "enterprise_en": en,
        "point_zh": limits.point.name_zh if limits else "",
        "point_en": limits.point.name_en if limits else "",
        "point_code": limits.point.code if limits else "",
        "factor_zh": known.name_zh if known else factor,
        "factor_en": known.name_en if known else factor,
        "unit": known.unit if known else "",
    }


def unknown_places(points: Points, line: ListedLine) -> list[Problem]:
    """Return what of a line the register does not know: its enterprise, a point of another, a factor not reported."""
    if line.enterprise_id not in enterprise_names(points):
        return [Problem("enterprise_id", str(line.enterprise_id), "没有这个企业", "there is no such enterprise")]
    if line.point_id is None:
        return []
    limits = points.get(line.point_id)
    if limits is None or not points.is_own(limits) or limits.point.enterprise_id != line.enterprise_id:
        return [Problem("point_id", str(line.point_id), "该企业没有这个点位", "the enterprise has no such point")]
    return []


def invalid(problems: list[Problem]) -> Refused:
    """Return the refusal (422) that lists all problems, each with field, value and reason in both languages."""
    errors = [
        {"where": one.column, "value": one.value, "what": one.what_en, "what_zh": one.what_zh} for one in problems
    ]
    return Refused("invalid-form", "表单有误", "the form has errors", status=422, errors=errors)


def may_see(reader: Principal, enterprise_id: UUID | None) -> bool:
    return reader.enterprise_id in {None, enterprise_id}


def own_only(reader: Principal) -> list[UUID] | None:
    """Return whose measures a reader may see: an enterprise its own, None for all."""
    return [reader.enterprise_id] if reader.enterprise_id else None
