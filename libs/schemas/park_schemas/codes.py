"""Code lists that several services share. Values are what stands in events, databases and APIs."""

from enum import StrEnum
from types import MappingProxyType


class Medium(StrEnum):
    """What is monitored. Environment media are judged by quality, source media by source-monitoring.

    Groundwater, soil and odour have no registered points that report by telemetry: they come from manual campaigns. Noise has
    both: automatic stations and campaigns.
    """

    WASTE_WATER = "waste-water"
    WASTE_GAS = "waste-gas"
    RAIN_WATER = "rain-water"
    AMBIENT_AIR = "ambient-air"
    SURFACE_WATER = "surface-water"
    GROUNDWATER = "groundwater"
    SOIL = "soil"
    NOISE = "noise"
    ODOUR = "odour"


SOURCE_MEDIA = frozenset({Medium.WASTE_WATER, Medium.WASTE_GAS, Medium.RAIN_WATER})
ENVIRONMENT_MEDIA = frozenset({Medium.AMBIENT_AIR, Medium.SURFACE_WATER, Medium.NOISE})
"""Media whose stations report by telemetry."""

SURVEY_MEDIA = ENVIRONMENT_MEDIA | {Medium.GROUNDWATER, Medium.SOIL, Medium.ODOUR}
"""Media that manual campaigns sample."""


class Period(StrEnum):
    """Length of time a value stands for. A realtime value is an instant; a minute value spans 1 to 30 minutes."""

    REALTIME = "realtime"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


class LongPeriod(StrEnum):
    """Calendar periods that are made of days. Apart from Period: no single value and no limit stands for one of them."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class PointKind(StrEnum):
    """What sort of outlet or station a point is, where its medium alone does not tell.

    Fugitive (无组织): emission that leaves by no stack, watched at the boundary; the limit at the fence holds for it,
    nothing is converted to reference oxygen and no mass follows. Stations: a national one is graded by all items of the
    standard, a micro-station only indicates. Weather stations are of the air (wind for roses, no limits), hydrological ones of
    the surface water (flow, no class). Noise: of an acoustic zone (GB 3096) or at a boundary (GB 12348).
    """

    ORGANISED = "organised"
    FUGITIVE = "fugitive"
    NATIONAL_AIR = "national-air"
    PARK_AIR = "park-air"
    BOUNDARY_AIR = "boundary-air"
    MICRO_AIR = "micro-air"
    WEATHER = "weather"
    RIVER = "river"
    LAKE = "lake"
    HYDROLOGY = "hydrology"
    ZONE_NOISE = "zone-noise"
    BOUNDARY_NOISE = "boundary-noise"


KINDS_OF_MEDIUM = MappingProxyType(
    {
        Medium.WASTE_GAS: frozenset({PointKind.ORGANISED, PointKind.FUGITIVE}),
        Medium.AMBIENT_AIR: frozenset(
            {
                PointKind.NATIONAL_AIR,
                PointKind.PARK_AIR,
                PointKind.BOUNDARY_AIR,
                PointKind.MICRO_AIR,
                PointKind.WEATHER,
            }
        ),
        Medium.SURFACE_WATER: frozenset({PointKind.RIVER, PointKind.LAKE, PointKind.HYDROLOGY}),
        Medium.NOISE: frozenset({PointKind.ZONE_NOISE, PointKind.BOUNDARY_NOISE}),
    }
)
"""Kinds a point of the medium may have; a medium without a row has none."""

INDICATIVE_KINDS = frozenset({PointKind.MICRO_AIR})
"""What they measure is no statutory proof: findings and grades say so."""


class DataOrigin(StrEnum):
    """How a record came: on time, sent again by the device itself (补传), or fetched by a history command of ours."""

    LIVE = "live"
    SUPPLEMENTARY = "supplementary"
    HISTORY = "history"


class AlarmLevel(StrEnum):
    """The four statutory warning levels, lowest first (突发事件应对法 第四十二条: 蓝、黄、橙、红)."""

    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"

    @property
    def rank(self) -> int:
        """1 (blue) to 4 (red); a higher rank is more severe."""
        return _LEVEL_RANK[self]


_LEVEL_RANK = {level: rank for rank, level in enumerate(AlarmLevel, start=1)}


class AlarmState(StrEnum):
    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    CLOSED = "closed"


class TaskState(StrEnum):
    CREATED = "created"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    ON_SITE = "on-site"
    HANDLED = "handled"
    REPORTED = "reported"
    VERIFIED = "verified"
    RETURNED = "returned"
    REFUSED = "refused"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Role(StrEnum):
    OFFICER = "officer"
    INSPECTOR = "inspector"
    ENTERPRISE = "enterprise"
    ADMINISTRATOR = "administrator"
    SERVICE = "service"


class SessionState(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"
    UNREGISTERED = "unregistered"
