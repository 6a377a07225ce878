"""Coordinates: the archive stores CGCS2000 degrees; what comes in another datum is converted at the border.

CGCS2000 and WGS 84 differ by centimetres and are taken as equal. GCJ-02 (maps of AMap, Tencent) is 100 to 700 m off.
ASSUMPTION: the GCJ-02 offset follows the widely published approximation; to disprove: survey a converted point.
"""

from enum import StrEnum
from math import asin, cos, pi, radians, sin, sqrt

_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_EARTH_RADIUS_KM = 6371.0
FARTHEST_KM = 50.0
"""A point farther from the park's centre than this is a typing or datum error."""


class Datum(StrEnum):
    CGCS2000 = "cgcs2000"
    WGS84 = "wgs84"
    GCJ02 = "gcj-02"


def distance_km(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    """Return the great-circle distance of two places given in degrees."""
    phi, other_phi = radians(latitude), radians(other_latitude)
    half = sin((other_phi - phi) / 2) ** 2
    half += cos(phi) * cos(other_phi) * sin(radians(other_longitude - longitude) / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(sqrt(half))


def to_cgcs2000(longitude: float, latitude: float, datum: Datum) -> tuple[float, float]:
    """Return (longitude, latitude) in CGCS2000; GCJ-02 is inverted by fixed-point iteration to below 1e-7 degrees."""
    if datum is not Datum.GCJ02:
        return longitude, latitude
    real_longitude, real_latitude = longitude, latitude
    for _ in range(6):
        shift_longitude, shift_latitude = _gcj_shift(real_longitude, real_latitude)
        real_longitude, real_latitude = longitude - shift_longitude, latitude - shift_latitude
    return round(real_longitude, 7), round(real_latitude, 7)


def to_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    """Return the GCJ-02 coordinates of a CGCS2000 place, degrees."""
    shift_longitude, shift_latitude = _gcj_shift(longitude, latitude)
    return longitude + shift_longitude, latitude + shift_latitude


def _gcj_shift(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = longitude - 105.0, latitude - 35.0
    wave = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + wave
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + wave
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    phi = radians(latitude)
    magic = 1 - _ECCENTRICITY_SQUARED * sin(phi) ** 2
    meridian = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED) / (magic * sqrt(magic))
    parallel = _SEMI_MAJOR_M / sqrt(magic) * cos(phi)
    return east * 180 / (parallel * pi), north * 180 / (meridian * pi)
