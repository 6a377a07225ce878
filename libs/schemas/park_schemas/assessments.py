"""Results of quality and source-monitoring: hours, days, and the calendar periods made of them. Key: point id."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from park_schemas.codes import LongPeriod, Period


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
    max_8h: str | None = None
    """Ozone of a day: the largest 8-hour mean (HJ 663 6.1.2), the value its day is judged by; absent for all others."""
    converted_mean: str | None = None
    """Mean of the values converted to the reference oxygen content (折算); absent when the device sends none."""
    total: str | None = None
    """Accumulated amount of the period (HJ 212 Cou), in the unit the device uses for it; absent when not sent."""
    reported: str | None = None
    """The device's own mean of the period, absent when it sent none or marked it as not valid."""
    reported_converted: str | None = None
    reason: str = ""
    """Why the period is not valid: too-few-values, stopped ...; empty when it is."""
    verdict: str = ""
    """Sources: valid, over-range, invalid, stopped or missing (the layers of a value); empty where they are not kept."""
    exempt: bool = False
    """Valid, but not held against the limit: a condition mark (start-up, fault ...) covers the period."""
    baseline: str = ""
    """Baseline status of the period: valid, missing (no packet) or comm-lost (no link)."""
    raw: str | None = None
    """The device's own record of the period as it was sent, whatever its mark."""
    mark: str = ""
    """The data mark of that record; without one, the mark other than N that most values of the period carry."""
    marks: dict[str, int] = {}
    """How many values of the period carry each mark other than N."""
    condition_mark: str = ""
    """Operating-condition mark in force (startup, stopped ...), by internal key; empty for none."""
    equipment_mark: str = ""
    """Equipment mark in force (dev_calibration, dev_fault ...); empty for none."""
    in_time: bool = True
    """False when the record only came later by re-sending."""
    emission: str | None = None
    """Emitted mass of the valid part of the period in kg, own computation from the measured concentration and the flow."""
    substituted: str | None = None
    """Emitted mass in kg that stands for the part of a day without valid data; never a concentration."""
    substitution: str = ""
    """The rule of the substitute, or why there is none."""
    corrected_from: str | None = None
    """The own mean before a person corrected it."""
    correction: str = ""
    """Id of the correction in force; empty for none."""


class TrophicGrade(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Trophic state of a lake or reservoir: index TLI, its state, and the factor codes it was made of."""

    index: str
    name_zh: str
    name_en: str
    items: list[str]
    complete: bool
    """False: made of fewer than the five items of the method; an indication only."""


class QualityGrade(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an environment station's period amounts to: AQI of the air, class of surface water, noise against its zone.

    `value` is the index ("85"), the class ("Ⅲ"), or the levels of day and night in dB(A) ("58/49", a dash for one that is not
    valid; of an hour its Leq); `level` counts from 1, the best (noise: 1 keeps, 2 breaks the limits). `primary` are the factor
    codes that decide.
    """

    kind: str
    """aqi, water-class or noise."""
    value: str
    level: int
    name_zh: str
    name_en: str
    colour: str
    standard: str
    primary: list[str] = []
    missing: list[str] = []
    """Factor codes that should count and had no valid value: the grade is made without them."""
    indicative: bool = False
    """No statutory statement: a micro-station, or the hour of a noise station."""
    trophic: TrophicGrade | None = None
    """Lakes and reservoirs, where enough items were valid."""


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
    review_state: str = ""
    """Sources: raw, checked or reviewed are provisional; only approved is final. Empty where no review is kept."""


class LongResultStated(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when a month, quarter or year of a point is over, and again whenever its contents or its being final change.

    The newest `version` of a (point, period, first_day) is the truth. Nothing is told of a period that still goes on.
    """

    point_id: UUID
    park_id: UUID
    period: LongPeriod
    first_day: str
    """First day of the period on the park's calendar, YYYY-MM-DD."""
    last_day: str
    version: int
    """Counts what was told of the period, from 1."""
    revision: int
    """Of the contents; it stays when only `final` changes."""
    made_at: datetime
    factors: list[FactorAssessment]
    """Counts are days; `emission` and `substituted` are kg over the whole period."""
    days: int
    """Days of the period that were computed."""
    final_days: int
    """How many of them are approved. Equal to `days` where no review is kept."""
    final: bool
    """All its days are approved. False: provisional, not to be published upward."""
    enterprise_id: UUID | None = None
    grade: QualityGrade | None = None


class ReviewStated(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when the review of a point's day changed its state. The newest event of a (point, day) is the truth.

    `version` counts the contents: late data, a mark, a correction or a replay make the next one, and approval begins anew.
    `digest` is the SHA-256 of the day's assessments as they were then.
    """

    point_id: UUID
    park_id: UUID
    day: str
    """Day of the park's calendar, YYYY-MM-DD."""
    version: int
    state: str
    """raw, checked, reviewed or approved; final only when approved."""
    action: str
    changed_at: datetime
    digest: str = ""
    enterprise_id: UUID | None = None
    actor: str = ""
    """Name of the person, empty when a rule did it."""
    reason: str = ""
