"""Findings: facts held against a rule. Key: subject id."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from park_schemas.codes import Medium, Period


class FindingRecorded(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when a value was held against a rule and broke it, and when it keeps it again after having broken it.

    `verdict` violated: the rule is broken now. `verdict` complied: the value keeps the rule again; sent for each
    value until the judging service stops watching, so that alerting can clear with hysteresis; or `withdraws` is set: the
    value itself counts no more.
    `finding_id` is derived from the natural key (rule, subject, factor, period, period_start, limit, revision), so
    a replay gives the same id. `ratio` is value / limit (for a lower bound limit / value; for a two-sided range the
    larger distance over the half width plus one); the standards' exceeding multiple is ratio - 1.
    `statutory` is true when the value's period is the one the limit is written for; otherwise an early sign.
    """

    finding_id: UUID
    rule: str
    """exceedance, offline, missing-data ... : the rule's stable name."""
    verdict: Literal["violated", "complied"]
    park_id: UUID
    subject_id: UUID
    subject_name_zh: str
    subject_name_en: str
    medium: Medium
    period: Period
    period_start: datetime
    period_end: datetime
    recorded_at: datetime
    explanation_zh: str
    explanation_en: str
    enterprise_id: UUID | None = None
    enterprise_name_zh: str = ""
    enterprise_name_en: str = ""
    mn: str | None = None
    factor: str | None = None
    factor_name_zh: str = ""
    factor_name_en: str = ""
    observed: str | None = None
    limit: str | None = None
    """The bound that was broken, as text with its operator left out, e.g. 50 or 6-9."""
    unit: str = ""
    ratio: float | None = None
    standard: str = ""
    clause: str = ""
    limit_id: str = ""
    statutory: bool = False
    longitude: float | None = None
    latitude: float | None = None
    kind: str = ""
    """anomaly: a clue for verification found by one of the anomaly rules; empty: a rule of its own (exceedance, offline ...)."""
    severity: str = ""
    """As the rule grades it; not the level of an alarm. Anomalies: info, warn or alarm. Rates of transmission: warn, alarm or
    serious. Else empty."""
    withdraws: UUID | None = None
    """The finding, told before, that stands no more: a mark, a correction, a failed check or later data took its value out of
    judgement. The verdict is complied and the explanation says why; rule, subject, factor, period and limit are those of
    the finding that is withdrawn."""
    reinstates: UUID | None = None
    """The finding that was withdrawn and is told again, because what withdrew it was itself taken back."""
    source_id: UUID | None = None
    """The record at the judging service that the finding speaks of (anomaly id); absent where there is none."""
