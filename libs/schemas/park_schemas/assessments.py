"""Hourly and daily results of quality and source-monitoring. Key: point id."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from park_schemas.codes import Period


class FactorAssessment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Mean of one factor over the period, decimal text in `unit`; absent when no value was valid."""

    factor: str
    unit: str
    valid: bool
    valid_count: int
    expected_count: int
    mean: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    limit: str | None = None
    ratio: float | None = None
    compliant: bool | None = None
    """Absent when there is no limit for this period or the period is not valid."""
    standard: str = ""
    clause: str = ""
    converted_mean: str | None = None
    """Mean of the values converted to the reference oxygen content (折算); absent when the device sends none."""
    total: str | None = None
    """Accumulated amount of the period (HJ 212 Cou), in the unit the device uses for it; absent when not sent."""
    reported: str | None = None
    """The device's own mean of the period, absent when it sent none or marked it as not valid."""
    reported_converted: str | None = None
    reason: str = ""
    """Why the period is not valid: too-few-values, stopped ...; empty when it is."""


class QualityGrade(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an environment station's period amounts to: AQI of the air, class of surface water.

    `value` is the index ("85") or the class ("Ⅲ"); `level` counts from 1, the best. `primary` are the factor codes that decide.
    """

    kind: str
    """aqi or water-class."""
    value: str
    level: int
    name_zh: str
    name_en: str
    colour: str
    standard: str
    primary: list[str] = []


class AssessmentMade(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when an hour or a day of a point was computed, and again with a higher revision when late data changed it."""

    point_id: UUID
    period: Period
    """Hour or day."""
    period_start: datetime
    revision: int
    made_at: datetime
    factors: list[FactorAssessment]
    park_id: UUID
    enterprise_id: UUID | None = None
    grade: QualityGrade | None = None
    """Environment stations only; absent when the standard publishes nothing (NA)."""
