"""The bodies of the forms API (pydantic, at the edge only) and how they become the text cells that the domain reads.

A form gives only shapes; what a value must be is said once, in `domain/sheets.py`, for forms and import sheets alike.
"""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

_Text = str | None


class Form(BaseModel):
    """What all forms share: unknown fields are refused; `version` guards against overwriting a newer change."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(
        None, ge=1, description="Version the change is based on; 409 when it is no longer the newest."
    )

    def texts(self, *leave_out: str) -> dict[str, str]:
        """Return the given fields as text cells."""
        fields = self.model_dump(exclude={"version", *leave_out}, exclude_none=True)
        return {name: _as_text(value) for name, value in fields.items()}


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(":".join(str(part) for part in _factor_parts(one)) for one in value)
    return str(value)


def _factor_parts(one: dict[str, Any]) -> list[Any]:
    parts = [one["factor"], one.get("unit") or "", one.get("decimals")]
    return parts if parts[2] is not None else parts[:2]


class ParkForm(Form):
    """The park; `map` is GeoJSON and may be left out to keep the one stored."""

    code: str = Field(min_length=1, max_length=40)
    name_zh: str = Field(min_length=1, max_length=120)
    name_en: str = Field("", max_length=120)
    centre: tuple[float, float] = Field(description="Longitude and latitude, degrees, CGCS2000.")
    address: str = Field("", max_length=200)
    leading_industries: str = Field("", max_length=200)
    map: dict[str, Any] | None = Field(
        None, description="GeoJSON FeatureCollection; properties.kind, properties.name_zh."
    )


class EnterpriseForm(Form):
    """Core fields of 一企一档."""

    credit_code: str
    name_zh: str
    name_en: _Text = None
    industry: str
    industry_code: _Text = None
    address: _Text = None
    plot: _Text = None
    longitude: float
    latitude: float
    legal_representative: _Text = None
    environment_contact: _Text = None
    contact_phone: _Text = None
    permit_number: _Text = None
    permit_category: _Text = None
    permit_valid_to: date | None = None
    risk_level: _Text = None
    key_unit: bool | None = None
    commissioned_on: date | None = None
    active: bool | None = None


class FactorForm(BaseModel):
    """A monitored factor; unit and decimals default to those of the HJ 212-2017 code tables."""

    model_config = ConfigDict(extra="forbid")

    factor: str = Field(max_length=20)
    unit: str | None = Field(None, max_length=20)
    decimals: int | None = Field(None, ge=0, le=6)


class PointForm(Form):
    """An outlet or a station. The owner is given by `enterprise_id` or by `enterprise` (credit code)."""

    code: str
    name_zh: str
    name_en: _Text = None
    medium: str
    enterprise_id: UUID | None = None
    enterprise: _Text = None
    longitude: float
    latitude: float
    factors: list[FactorForm] = Field(default_factory=list, max_length=60)
    target_class: _Text = None
    discharge: _Text = None
    receiving: _Text = None
    stack_height_m: float | None = None
    point_kind: _Text = None
    in_service_from: date | None = None
    active: bool | None = None


class DeviceForm(Form):
    """A data logger. Its point is given by `point_id` or by `point_code`; no password keeps the one stored."""

    mn: str
    password: _Text = None
    point_id: UUID | None = None
    point_code: _Text = None
    edition: str
    realtime_interval_s: int | None = None
    minute_interval_min: int | None = None
    manufacturer: _Text = None
    model: _Text = None
    active: bool | None = None


class LimitForm(BaseModel):
    """A limit: complete, or a row of the standards library by `standard_limit_id` that fills what is left out.

    Numbers are decimal text, so that 0.50 stays 0.50.
    """

    model_config = ConfigDict(extra="forbid")

    factor: str
    standard_limit_id: _Text = None
    averaging: _Text = None
    upper: _Text = Field(None, pattern=r"^-?[0-9.]+$")
    lower: _Text = Field(None, pattern=r"^-?[0-9.]+$")
    unit: _Text = None
    standard: _Text = None
    clause: _Text = None
    valid_from: date
    valid_to: date | None = None
    basis: _Text = None
    source: _Text = None

    def texts(self, point_code: str) -> dict[str, str]:
        """Return the fields as text cells of a limits row of that point."""
        return {"point_code": point_code} | {
            name: str(value) for name, value in self.model_dump(exclude_none=True).items()
        }
