"""Which points and rows a caller may see: enterprise users those of their enterprise; others do not exist for them."""

from uuid import UUID

from park_chassis.auth import Principal
from park_chassis.errors import NotFound
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points


def visible_point(points: Points, reader: Principal, point_id: UUID) -> PointLimits:
    """Return an own point that the reader may see. Raises NotFound."""
    limits = points.get(point_id)
    known = limits is not None and points.is_own(limits)
    if limits is None or not known or reader.enterprise_id not in {None, limits.point.enterprise_id}:
        raise NotFound("监测点", "monitoring point", point_id)
    return limits
