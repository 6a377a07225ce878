"""Rates of transmission as they are shown, and as columns of a table."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypeAlias

import msgspec
from park_chassis.export import Column
from park_standards.transmission import HourCounts

from source_monitoring.domain.transmission_counts import (
    ALARM_RATE,
    COMPLETENESS,
    SERIOUS_RATE,
    WARNING_RATE,
    completeness_severity,
    effective_severity,
    level_of,
)

THRESHOLDS = {"warning": WARNING_RATE, "alarm": ALARM_RATE, "serious": SERIOUS_RATE, "completeness": COMPLETENESS}


def rates(counts: HourCounts) -> dict[str, Any]:
    """Return counts and rates; a rate is None where nothing was expected."""
    return {
        "expected": counts.expected, "received": counts.received, "in_time": counts.in_time, "valid": counts.valid,
        "stopped": counts.stopped, "transmission_rate": _digits(counts.transmission_rate),
        "completeness": _digits(counts.transmission_rate), "instant_rate": _digits(counts.instant_rate),
        "validity_rate": _digits(counts.validity_rate), "effective_rate": _digits(counts.effective_rate),
        "level": level_of(counts), "severity": effective_severity(counts), "completeness_severity": completeness_severity(counts),
    }  # fmt: skip


def _digits(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else round(rate, 6)


Counted: TypeAlias = tuple[dict[str, Any], HourCounts]
_OF_POINT = ("point_id", "point_name_zh", "point_name_en", "medium")


def added_by_enterprise(counted: Iterable[Counted]) -> list[Counted]:
    """Add up the points of each enterprise; the other keys stay apart."""
    sums: dict[bytes, Counted] = {}
    for item, counts in counted:
        kept = {key: value for key, value in item.items() if key not in _OF_POINT}
        key = msgspec.json.encode(kept, order="deterministic")
        sums[key] = (kept, sums[key][1] + counts) if key in sums else (kept, counts)
    return list(sums.values())


TRANSMISSION_COLUMNS = [
    Column("企业 enterprise", lambda item: item.get("enterprise_name_zh"), 24),
    Column("监测点 point", lambda item: item.get("point_name_zh"), 24),
    Column("因子 factor", lambda item: item.get("factor_name_zh"), 14),
    Column("时间 time", lambda item: str(item.get("day") or item.get("month") or ""), 12),
    Column("应传 expected", lambda item: item["expected"], 10),
    Column("实传 received", lambda item: item["received"], 10),
    Column("及时 in time", lambda item: item["in_time"], 10),
    Column("有效 valid", lambda item: item["valid"], 10),
    Column("停运 stopped", lambda item: item["stopped"], 10),
    Column("及时率 instant", lambda item: item["instant_rate"], 12),
    Column("传输率(完整率) transmission (completeness)", lambda item: item["transmission_rate"], 16),
    Column("有效率 validity", lambda item: item["validity_rate"], 12),
    Column("传输有效率 effective", lambda item: item["effective_rate"], 12),
    Column("等级 level", lambda item: item["level"], 10),
]
