"""Alarms: what people see. Only alerting makes them. `alerting.alarms.v1` is a public contract; key: alarm id."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from park_schemas.codes import AlarmLevel, AlarmState, Medium


class Alarm(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole alarm after a change; `version` rises by one with each, so a late or repeated copy can be ignored.

    `started_at` and `last_seen_at` are times of the measured values; `raised_at`, `acknowledged_at`, `resolved_at` and
    `closed_at` are times of the platform. `peak_ratio` is the largest value / limit of the episode.
    """

    alarm_id: UUID
    version: int
    number: str
    """For people: AL-YYYYMMDD-NNNN."""
    park_id: UUID
    rule: str
    level: AlarmLevel
    state: AlarmState
    title_zh: str
    title_en: str
    subject_id: UUID
    subject_name_zh: str
    subject_name_en: str
    medium: Medium
    started_at: datetime
    last_seen_at: datetime
    raised_at: datetime
    changed_at: datetime
    occurrences: int
    finding_id: UUID
    """The finding that caused this version."""
    enterprise_id: UUID | None = None
    enterprise_name_zh: str = ""
    enterprise_name_en: str = ""
    factor: str | None = None
    factor_name_zh: str = ""
    factor_name_en: str = ""
    observed: str | None = None
    limit: str | None = None
    unit: str = ""
    ratio: float | None = None
    peak_ratio: float | None = None
    standard: str = ""
    clause: str = ""
    statutory: bool = False
    longitude: float | None = None
    latitude: float | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    close_reason: str | None = None
    """handled, recovered, withdrawn (every finding of it was), false-alarm, or what the closing task answered."""
    task_id: UUID | None = None
    muted: str | None = None
    """Why people are not told of it now: silence:<id> or inhibited:<rule>. The record is complete all the same."""
    assigned_to: str | None = None
    """User name of the person who is to look after it; absent when nobody is named."""
    assigned_at: datetime | None = None
    group_key: str = ""
    """What it is told together with: enterprise:<id>, outlet:<point id> or plume:<enterprise or point id>."""
    raised_by: list[str] = []
    """What gave its level, by name: ratio, value, duration, repetition, history, or the name of a circumstance step."""


class NotificationSent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when an alarm was told to somebody: in-app at once, by other channels after the last attempt."""

    notification_id: UUID
    alarm_id: UUID
    channel: str
    """in-app, webhook, email, sms, wecom, dingtalk or feishu."""
    recipient: str
    """In the app role:<role>, enterprise:<id> or person:<user name>; else the person or channel, never an address."""
    delivered: bool
    level: AlarmLevel
    title_zh: str
    title_en: str
    sent_at: datetime
    park_id: UUID
    enterprise_id: UUID | None = None
    attempts: int = 1
    detail: str = ""
    sound: str = ""
    """In the app: which sound to play (attention, warning, urgent); empty for none."""
