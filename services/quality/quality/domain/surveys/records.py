"""Sites, campaigns and results as they are kept: every change is a new version."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from park_schemas.codes import Medium


class Outcome(StrEnum):
    """UNDECIDED: not detected by a method not sensitive enough. NOT_JUDGED: no limit for it there; the verdict says why."""

    COMPLIANT = "compliant"
    OVER = "over"
    UNDECIDED = "undecided"
    NOT_JUDGED = "not-judged"


class Site(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where samples are taken. Degrees are CGCS2000; `category` as the standard of the kind needs it (`kinds.py`)."""

    site_id: UUID
    park_id: UUID
    kind: Medium
    code: str
    name_zh: str
    name_en: str
    longitude: float
    latitude: float
    category: str = ""
    noise_standard: str = ""
    water_body: str = ""
    enterprise_id: UUID | None = None
    enterprise_name_zh: str = ""
    enterprise_name_en: str = ""
    note: str = ""


class Campaign(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A round of sampling of one kind."""

    campaign_id: UUID
    kind: Medium
    name_zh: str
    planned_on: date
    laboratory: str
    name_en: str = ""
    note: str = ""


class Result(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item of one sample.

    `text` is what the laboratory wrote; `value` the number (None: not detected, or only present); `detection_limit` and
    `background` in `unit`. `background`: of noise the level without the source, of soil the natural background.
    """

    result_id: UUID
    campaign_id: UUID
    site_id: UUID
    kind: Medium
    item: str
    item_name_zh: str
    item_name_en: str
    sampled_at: datetime
    text: str
    unit: str
    detected: bool
    value: Decimal | None = None
    detection_limit: Decimal | None = None
    method: str = ""
    sample_number: str = ""
    depth: str = ""
    averaging: str = ""
    background: Decimal | None = None
    ph: Decimal | None = None
    frequent: bool = False
    note: str = ""


class Verdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A result held against its limit. `grade` is a water class or a soil risk, `grade_level` counts from 1, the best.

    `limit` is the bound in `unit`; `ratio` value / limit where that has a meaning; `confidence` that of the limit's row.
    """

    outcome: Outcome
    zh: str
    en: str
    grade: str = ""
    grade_level: int | None = None
    decides: bool = True
    """False: the class is reported apart and does not count for that of the site."""
    limit: str = ""
    unit: str = ""
    ratio: float | None = None
    limit_id: str = ""
    standard: str = ""
    clause: str = ""
    confidence: str = ""
