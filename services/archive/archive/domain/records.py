"""The master data as the archive thinks of it. Field names are those of the forms, the sheets and the database.

References between records are natural keys (credit code, point code), so that a sheet typed by people can be checked and
applied without knowing our identifiers; the store resolves them.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct
from park_schemas.codes import Medium, PointKind
from park_schemas.registry import MonitoredFactor


class Kind(StrEnum):
    """What a sheet, a form or a revision is about."""

    ENTERPRISES = "enterprises"
    POINTS = "points"
    DEVICES = "devices"
    LIMITS = "limits"
    PARK = "park"


class Enterprise(Struct, frozen=True, kw_only=True):
    """Core fields of 一企一档; the natural key is the credit code. Degrees are CGCS2000."""

    kind: ClassVar[Kind] = Kind.ENTERPRISES
    credit_code: str
    name_zh: str
    name_en: str
    industry: str
    longitude: float
    latitude: float
    industry_code: str = ""
    address: str = ""
    plot: str = ""
    legal_representative: str = ""
    environment_contact: str = ""
    contact_phone: str = ""
    permit_number: str = ""
    permit_category: str = ""
    permit_valid_to: date | None = None
    risk_level: str = ""
    key_unit: bool = False
    commissioned_on: date | None = None
    active: bool = True

    @property
    def key(self) -> str:
        return self.credit_code


class Point(Struct, frozen=True, kw_only=True):
    """An outlet or a station; the natural key is its code. `enterprise` is a credit code, empty for park stations."""

    kind: ClassVar[Kind] = Kind.POINTS
    code: str
    name_zh: str
    name_en: str
    medium: Medium
    longitude: float
    latitude: float
    enterprise: str = ""
    factors: tuple[MonitoredFactor, ...] = ()
    target_class: str = ""
    discharge: str = ""
    receiving: str = ""
    stack_height_m: float | None = None
    point_kind: PointKind | None = None
    in_service_from: date | None = None
    active: bool = True

    @property
    def key(self) -> str:
        return self.code


class Device(Struct, frozen=True, kw_only=True):
    """A data logger; the natural key is its MN."""

    kind: ClassVar[Kind] = Kind.DEVICES
    mn: str
    password: str
    point_code: str
    edition: str
    realtime_interval_s: int = 30
    minute_interval_min: int = 10
    manufacturer: str = ""
    model: str = ""
    active: bool = True

    @property
    def key(self) -> str:
        return self.mn


class Limit(Struct, frozen=True, kw_only=True):
    """A limit in force at a point on the days from `valid_from` to `valid_to`, both inclusive, without end when None.

    `standard_limit_id` names the row of the standards library it was taken from (or, for a permit, is stricter than).
    """

    kind: ClassVar[Kind] = Kind.LIMITS
    point_code: str
    factor: str
    averaging: str
    unit: str
    standard: str
    clause: str
    valid_from: date
    valid_to: date | None = None
    upper: Decimal | None = None
    lower: Decimal | None = None
    basis: str = "measured"
    source: str = "standard"
    confidence: str = ""
    standard_limit_id: str = ""

    @property
    def key(self) -> str:
        """Unique within the park: periods of the same factor and averaging never overlap, so their first days differ."""
        return f"{self.point_code}:{self.factor}:{self.averaging}:{self.valid_from.isoformat()}"


Record = Enterprise | Point | Device | Limit
