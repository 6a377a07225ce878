"""Master data on the compacted registry topics. Each record is the whole truth about its key; a tombstone deletes it."""

from datetime import date
from uuid import UUID

from msgspec import Struct

from park_schemas.codes import Medium, PointKind


class LimitInForce(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One limit that applies to one factor at one point during [valid_from, valid_to].

    `upper` and `lower` are decimal text in `unit`, bounds inclusive (a value equal to a limit complies);
    `averaging` is the period the standard judges by: realtime, minute, hour or day. `basis` says which
    value is compared: measured, converted (折算) to the reference oxygen content, or computed (our own result only, no value
    of a device: levels of a noise station's day and night).
    """

    limit_id: str
    factor: str
    unit: str
    averaging: str
    standard: str
    clause: str
    valid_from: date
    upper: str | None = None
    lower: str | None = None
    valid_to: date | None = None
    basis: str = "measured"
    source: str = "standard"
    confidence: str = ""


class MonitoredFactor(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A factor the point reports. `unit` is the unit of the values the device sends."""

    factor: str
    name_zh: str
    name_en: str
    unit: str
    decimals: int = 2


class PointRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An outlet (排口) or a station (站点). Longitude and latitude are degrees, CGCS2000."""

    point_id: UUID
    park_id: UUID
    code: str
    name_zh: str
    name_en: str
    medium: Medium
    longitude: float
    latitude: float
    enterprise_id: UUID | None = None
    enterprise_name_zh: str = ""
    enterprise_name_en: str = ""
    factors: list[MonitoredFactor] = []
    limits: list[LimitInForce] = []
    target_class: str = ""
    """Surface water: class to keep (Ⅱ, Ⅲ ...). Ambient air: area class 1 or 2. Noise: acoustic zone (3, 4a). Else empty."""
    active: bool = True
    in_service_from: date | None = None
    """First day of monitoring; data of earlier days is stored but enters no result. Absent: unknown, all is believed."""
    point_kind: PointKind | None = None
    """Waste gas: organised or fugitive; absent: organised."""


class DeviceRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A data logger (数采仪). `password` is the HJ 212 PW, which the protocol itself sends in clear."""

    mn: str
    password: str
    point_id: UUID
    park_id: UUID
    edition: str
    """2005, 2017 or 2025."""
    enterprise_id: UUID | None = None
    realtime_interval_s: int = 30
    minute_interval_min: int = 10
    active: bool = True


class EnterpriseRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An enterprise of the park (一企一档, the part that other services need)."""

    enterprise_id: UUID
    park_id: UUID
    name_zh: str
    name_en: str
    credit_code: str
    """Unified social credit code (GB 32100), 18 characters."""
    industry: str
    longitude: float
    latitude: float
    active: bool = True
