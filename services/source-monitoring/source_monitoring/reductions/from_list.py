"""Measures of an order as the reduction list says them for its level."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from park_chassis.database import Connection
from park_schemas.identifiers import uuid7

from source_monitoring.domain.reductions.keeping import Keeping, without_meter
from source_monitoring.domain.reductions.levels import GRADES
from source_monitoring.domain.reductions.reduction_list import decimal_of
from source_monitoring.reductions import list_store
from source_monitoring.reductions.order_store import Measure

_MOST = 5_000
VOLUNTARY_ZH = "自主减排"


async def measures_by_list(tx: Connection, level: str, enterprise_ids: Sequence[UUID] | None) -> list[Measure]:
    """Return a measure for each line of the list that does something at the level; voluntary grades are listed too."""
    rows, _ = await list_store.lines(tx, enterprise_ids=enterprise_ids, limit=_MOST)
    return [made for row in rows if (made := _measure(row, level)) is not None]


def _measure(row: dict[str, Any], level: str) -> Measure | None:
    line = list_store.listed(row)
    asked, grade = line.measures.get(level), GRADES[line.grade]
    if asked is None and not grade.voluntary:
        return None
    share = decimal_of(asked.allowed_share) if asked else None
    keeping: Keeping | None = None
    if share is None or line.point_id is None:
        keeping = without_meter(grade.voluntary, has_share=share is not None)
    return Measure(
        measure_id=uuid7(), enterprise_id=line.enterprise_id, line_id=row["line_id"], line=line.line, grade=line.grade,
        point_id=line.point_id, factor=line.factor, allowed_share=share, usual_value=decimal_of(line.usual_value),
        measure_zh=asked.measure_zh if asked else VOLUNTARY_ZH, emissions=line.emissions, keeping=keeping,
    )  # fmt: skip
