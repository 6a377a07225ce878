"""Which group an alarm is told with: its enterprise, its outlet, or the plume it lies in.

A plume is an emission to air and what is measured downwind of it: an alarm of a station without an enterprise joins the nearest
source with an open alarm that lies upwind, within 5 km and 30 degrees to either side (design-default). Without a known wind
nothing is guessed: the station is a group of its own.
"""

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from msgspec import Struct

from alerting.domain.circumstances import CALM_BELOW, Wind, angle_between, distance_and_bearing

Grouping = Literal["enterprise", "outlet", "plume"]
FARTHEST_M = 5_000.0
WITHIN_DEGREES = 30.0


class Source(Struct, frozen=True):
    """An open alarm of an emission to air: its group and place."""

    group_key: str
    longitude: float
    latitude: float


def plain_group(grouping: Grouping, enterprise_id: UUID | None, subject_id: UUID) -> str:
    """Return the group of an alarm by itself."""
    if grouping == "outlet" or enterprise_id is None:
        return f"outlet:{subject_id}"
    return f"plume:{enterprise_id}" if grouping == "plume" else f"enterprise:{enterprise_id}"


def plume_of(longitude: float, latitude: float, wind: Wind | None, sources: Iterable[Source]) -> str | None:
    """Return the group of the nearest source upwind of a place, None when there is none or the wind is not known."""
    if wind is None or wind.speed < CALM_BELOW:
        return None
    upwind = []
    for source in sources:
        distance, bearing = distance_and_bearing(longitude, latitude, source.longitude, source.latitude)
        if distance <= FARTHEST_M and angle_between(bearing, wind.from_degrees) <= WITHIN_DEGREES:
            upwind.append((distance, source.group_key))
    return min(upwind)[1] if upwind else None
