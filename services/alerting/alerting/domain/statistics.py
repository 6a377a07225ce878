"""Alarm statistics: how many there were, how quickly people were, and how often a warning was right.

Warning accuracy (预警准确率) is confirmed / judged, where judged are the alarms somebody gave an outcome: the closed task's
outcome, without a task the reason somebody closed it with. `share_confirmed` is confirmed / all. What closed itself as recovered
was never judged and counts neither way; an alarm whose findings were all withdrawn (a mark, a correction) is judged by that, as
not confirmed, unless a task says otherwise.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from park_schemas.codes import AlarmLevel

from alerting.domain.episode import WITHDRAWN
from alerting.domain.levels_in_words import LEVEL_ZH
from alerting.domain.titles import RULE_NAMES

CONFIRMED = ("confirmed", "handled")
"""Outcomes that say the warning was right; `handled` is the reason an officer closes with who dealt with it himself."""
FALSE = ("false-alarm",)
FAULTY = ("equipment-fault",)
UNJUDGED = ("recovered",)
GROUNDLESS = (WITHDRAWN,)

GROUPINGS: dict[str, str] = {
    "day": "to_char(raised_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD')",
    "week": "to_char(raised_at at time zone 'Asia/Shanghai', 'IYYY-\"W\"IW')",
    "month": "to_char(raised_at at time zone 'Asia/Shanghai', 'YYYY-MM')",
    "level": "level",
    "rule": "rule",
    "enterprise": "coalesce(enterprise_id::text, '')",
}
"""SQL of what each grouping goes by; periods are the park's."""


class Row(Struct, frozen=True, kw_only=True):
    """One line; times are medians in seconds from the raising, None when there is none. Rates are 0 to 1, None without a base."""

    key: str
    name_zh: str
    name_en: str
    alarms: int
    red: int
    orange: int
    yellow: int
    blue: int
    open: int
    closed: int
    judged: int
    confirmed: int
    false_alarms: int
    equipment_faults: int
    withdrawn: int
    recovered: int
    reopened: int
    accuracy: float | None
    share_confirmed: float | None
    acknowledged_after_s: float | None
    closed_after_s: float | None


def row_of(group_by: str, counted: Mapping[str, Any]) -> Row:
    """Return a line from what the database counted."""
    key = counted["key"] or ""
    zh, en = name_of(group_by, key, counted.get("name_zh") or "", counted.get("name_en") or "")
    judged, confirmed, alarms = counted["judged"], counted["confirmed"], counted["alarms"]
    return Row(
        key=key,
        name_zh=zh,
        name_en=en,
        accuracy=round(confirmed / judged, 4) if judged else None,
        share_confirmed=round(confirmed / alarms, 4) if alarms else None,
        **{
            name: counted[name]
            for name in Row.__struct_fields__
            if name not in {"key", "name_zh", "name_en", "accuracy", "share_confirmed"}
        },
    )


def name_of(group_by: str, key: str, zh: str, en: str) -> tuple[str, str]:
    """Return what a line is called, (Chinese, English)."""
    if group_by == "level":
        return LEVEL_ZH[AlarmLevel(key)], key
    if group_by == "rule":
        return RULE_NAMES.get(key, (key, key))
    if group_by == "enterprise":
        return (zh or "无企业", en or zh or "no enterprise") if key else ("无企业", "no enterprise")
    return key, key
