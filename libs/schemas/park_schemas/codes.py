"""Code lists that several services share. Values are what stands in events, databases and APIs."""

from enum import StrEnum


class Medium(StrEnum):
    """What is monitored. Environment media are judged by quality, source media by source-monitoring.

    Groundwater, soil, noise and odour have no registered points that report by telemetry: they come from manual campaigns.
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
ENVIRONMENT_MEDIA = frozenset({Medium.AMBIENT_AIR, Medium.SURFACE_WATER})
"""Media whose stations report by telemetry."""

SURVEY_MEDIA = ENVIRONMENT_MEDIA | {Medium.GROUNDWATER, Medium.SOIL, Medium.NOISE, Medium.ODOUR}
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
    nothing is converted to reference oxygen and no mass follows.
    """

    ORGANISED = "organised"
    FUGITIVE = "fugitive"


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
