"""What was around a finding when it was judged: other alarms, receptors, wind, time; and steps that ask for it.

A circumstance that is not known never raises a level; it is named in `unknown`, so that people see what the grading lacked.
Bearings are degrees clockwise from north; wind directions are where the wind comes from (HJ 212 a01008), speeds m/s.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from math import atan2, cos, degrees, hypot, radians
from typing import Literal

from msgspec import Struct
from park_schemas.codes import AlarmLevel
from park_schemas.park_time import PARK_TIME_ZONE

_METRES_A_DEGREE = 111_320.0
RECEPTORS_WITHIN_M = 10_000.0
WIND_IS_FRESH = timedelta(minutes=90)
"""A wind older than this is not known (stations report hourly means; design-default)."""
BESIDE_WITHIN_HOURS = 24.0
"""Other alarms of a subject are remembered so long (warning levels of the project: two alarms on one point in 24 h)."""
CALM_BELOW = 0.5
"""m/s; below it the wind has no direction worth using (QX/T 51-2007: calm is below 0.3 m/s; design-default rounds up)."""


class Receptor(Struct, frozen=True):
    """A place to protect (school, hospital, housing) as seen from the subject."""

    name_zh: str
    name_en: str
    distance_m: float
    bearing: float


class Wind(Struct, frozen=True):
    """Wind of the nearest station with a fresh value."""

    from_degrees: float
    speed: float
    measured_at: datetime
    station_zh: str
    station_en: str


class Beside(Struct, frozen=True, omit_defaults=True):
    """Another alarm of the subject, by another rule: open, or its last violated value no more than 24 h away."""

    rule: str
    level: AlarmLevel
    number: str
    last_seen_at: datetime
    is_open: bool = False


class Circumstances(Struct, frozen=True, omit_defaults=True):
    """All that is known; None: not known.

    `factors` and `points` count what is over its limit now, this one included; `beside`: other alarms of the subject.
    """

    at: datetime
    is_working_day: bool | None = None
    factors: int | None = None
    points: int | None = None
    receptors: list[Receptor] | None = None
    wind: Wind | None = None
    beside: list[Beside] | None = None

    @property
    def unknown(self) -> list[str]:
        """Names of what is not known."""
        return [
            name for name in ("is_working_day", "factors", "points", "receptors", "wind") if getattr(self, name) is None
        ]


class CircumstanceStep(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An episode that has reached `base` is `level` when everything that is given here holds.

    `factors_at_least`: so many factors of the subject are over at once; `points_at_least`: so many points of the enterprise;
    `receptor_within_m`: a receptor is that near; `downwind_within_degrees`: one of those near lies downwind within this angle to
    either side; `wind_below`: the wind is weaker (m/s); `hours`: [from, to) wall time of the park, over midnight if to is not
    later; `days`: working or rest days of the park's calendar; `beside_rules`: an alarm of one of these other rules, at least
    `beside_level`, is open at the subject or was seen within `beside_within_hours`.
    """

    name: str
    level: AlarmLevel
    base: AlarmLevel
    factors_at_least: int | None = None
    points_at_least: int | None = None
    receptor_within_m: float | None = None
    downwind_within_degrees: float | None = None
    wind_below: float | None = None
    hours: tuple[time, time] | None = None
    days: Literal["working", "rest"] | None = None
    beside_rules: list[str] | None = None
    beside_level: AlarmLevel = AlarmLevel.BLUE
    beside_within_hours: float = BESIDE_WITHIN_HOURS

    @property
    def asks_for(self) -> list[str]:
        """The conditions that are given."""
        return [name for name in _CONDITIONS if getattr(self, name) is not None]


def holds(step: CircumstanceStep, around: Circumstances | None) -> bool:
    """Return whether every condition of the step is known to hold."""
    return around is not None and all(_CONDITIONS[name](step, around) is True for name in step.asks_for)


def not_known(step: CircumstanceStep, around: Circumstances | None) -> list[str]:
    """Return the conditions of a step that could not be judged."""
    return [name for name in step.asks_for if around is None or _CONDITIONS[name](step, around) is None]


def seen_from(longitude: float, latitude: float, places: Iterable[tuple[str, str, float, float]]) -> list[Receptor]:
    """Return places (zh, en, longitude, latitude) within 10 km as receptors, the nearest first."""
    found = []
    for zh, en, other_longitude, other_latitude in places:
        distance, bearing = distance_and_bearing(longitude, latitude, other_longitude, other_latitude)
        if distance <= RECEPTORS_WITHIN_M:
            found.append(Receptor(zh, en, round(distance, 1), round(bearing, 1)))
    return sorted(found, key=lambda one: (one.distance_m, one.name_en))


def distance_and_bearing(
    longitude: float, latitude: float, other_longitude: float, other_latitude: float
) -> tuple[float, float]:
    """Return (metres, degrees from north) from one place to another; plane, good to 0.1 % within a park."""
    east = (other_longitude - longitude) * _METRES_A_DEGREE * cos(radians((latitude + other_latitude) / 2))
    north = (other_latitude - latitude) * _METRES_A_DEGREE
    return hypot(east, north), degrees(atan2(east, north)) % 360.0


def angle_between(one: float, other: float) -> float:
    """Return the angle between two bearings, 0 to 180 degrees."""
    return abs((one - other + 180.0) % 360.0 - 180.0)


def _factors(step: CircumstanceStep, around: Circumstances) -> bool | None:
    return None if around.factors is None else around.factors >= (step.factors_at_least or 0)


def _points(step: CircumstanceStep, around: Circumstances) -> bool | None:
    return None if around.points is None else around.points >= (step.points_at_least or 0)


def _receptor(step: CircumstanceStep, around: Circumstances) -> bool | None:
    return None if around.receptors is None else bool(_near(step, around.receptors))


def _downwind(step: CircumstanceStep, around: Circumstances) -> bool | None:
    if around.receptors is None or around.wind is None:
        return None
    if around.wind.speed < CALM_BELOW:
        return False
    towards = (around.wind.from_degrees + 180.0) % 360.0
    angle = step.downwind_within_degrees or 0.0
    return any(angle_between(one.bearing, towards) <= angle for one in _near(step, around.receptors))


def _near(step: CircumstanceStep, receptors: Sequence[Receptor]) -> list[Receptor]:
    within = RECEPTORS_WITHIN_M if step.receptor_within_m is None else step.receptor_within_m
    return [one for one in receptors if one.distance_m <= within]


def _wind_below(step: CircumstanceStep, around: Circumstances) -> bool | None:
    return None if around.wind is None else around.wind.speed < (step.wind_below or 0.0)


def _hours(step: CircumstanceStep, around: Circumstances) -> bool | None:
    begin, end = step.hours or (time(), time())
    wall = around.at.astimezone(PARK_TIME_ZONE).time()
    return begin <= wall < end if begin < end else wall >= begin or wall < end


def _days(step: CircumstanceStep, around: Circumstances) -> bool | None:
    return None if around.is_working_day is None else around.is_working_day is (step.days == "working")


def beside_of(step: CircumstanceStep, around: Circumstances) -> list[Beside]:
    """Return the other alarms of the subject that the step asks for."""
    return [
        one
        for one in around.beside or []
        if one.rule in (step.beside_rules or ())
        and one.level.rank >= step.beside_level.rank
        and (one.is_open or abs(around.at - one.last_seen_at) <= timedelta(hours=step.beside_within_hours))
    ]


def _beside(step: CircumstanceStep, around: Circumstances) -> bool | None:
    return None if around.beside is None else bool(beside_of(step, around))


_CONDITIONS: dict[str, Callable[[CircumstanceStep, Circumstances], bool | None]] = {
    "factors_at_least": _factors,
    "points_at_least": _points,
    "receptor_within_m": _receptor,
    "downwind_within_degrees": _downwind,
    "wind_below": _wind_below,
    "hours": _hours,
    "days": _days,
    "beside_rules": _beside,
}
"""Each condition: True, False, or None when what it needs is not known."""
