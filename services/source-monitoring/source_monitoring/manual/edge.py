"""Who may do what in manual monitoring, and how points, factors and people are shown."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from park_chassis.auth import Principal, require
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_judging.scope import visible_points
from park_schemas.registry import PointRecord
from park_standards.factors import factors

PlanWriter = Annotated[Principal, Depends(require("campaign:write"))]
Decider = Annotated[Principal, Depends(require("mark:review"))]


def writable(points: Points, writer: Principal) -> dict[UUID, PointLimits]:
    """Return the outlets a person may write for: those he may see."""
    return visible_points(points, writer)


def records(found: Mapping[UUID, PointLimits]) -> list[PointRecord]:
    return [limits.point for limits in found.values()]


def point_item(limits: PointLimits | None) -> dict[str, Any]:
    """Return an outlet as it is named in lists; empty when the registry knows it no more."""
    if limits is None:
        return {}
    one = limits.point
    return {
        "code": one.code, "point_name_zh": one.name_zh, "point_name_en": one.name_en, "medium": one.medium,
        "enterprise_id": one.enterprise_id, "enterprise_name_zh": one.enterprise_name_zh,
        "enterprise_name_en": one.enterprise_name_en,
    }  # fmt: skip


def factor_items(codes: Iterable[str]) -> list[dict[str, str]]:
    """Return factors with their names; an unknown code is its own name."""
    known = factors()
    return [
        {
            "factor": code,
            "name_zh": known[code].name_zh if code in known else code,
            "name_en": known[code].name_en if code in known else code,
        }
        for code in codes
    ]
