"""Which points a caller may see: those of the service's media, and of the own enterprise for enterprise users."""

from collections.abc import Iterable
from uuid import UUID

from park_chassis.auth import Principal
from park_chassis.errors import NotFound

from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points


def visible_points(points: Points, reader: Principal, wanted: Iterable[UUID] | None = None) -> dict[UUID, PointLimits]:
    """Return the own points that the reader may see, all by default; those of other media or enterprises are left out."""
    found = points.own() if wanted is None else [points.get(point_id) for point_id in wanted]
    return {
        limits.point.point_id: limits
        for limits in found
        if limits is not None and points.is_own(limits) and may_see(reader, limits)
    }


def may_see(reader: Principal, limits: PointLimits) -> bool:
    return reader.enterprise_id is None or reader.enterprise_id == limits.point.enterprise_id


def one_point(points: Points, reader: Principal, point_id: UUID) -> PointLimits:
    """Return a point. Raises NotFound when it is not there or not the reader's to see."""
    visible = visible_points(points, reader, [point_id])
    if point_id not in visible:
        raise NotFound("监测点", "monitoring point", point_id)
    return visible[point_id]


def chosen_points(
    points: Points, reader: Principal, *, point_id: UUID | None = None, enterprise_id: UUID | None = None
) -> dict[UUID, PointLimits]:
    """Return the visible points that a list is asked for: one, those of an enterprise, or all."""
    visible = visible_points(points, reader, None if point_id is None else [point_id])
    return {
        found: limits
        for found, limits in visible.items()
        if enterprise_id is None or limits.point.enterprise_id == enterprise_id
    }
