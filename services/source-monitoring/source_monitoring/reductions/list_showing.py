"""A line of the emergency reduction list as it is read and answered."""

from typing import Any
from uuid import UUID

import msgspec
from park_chassis.auth import Principal
from park_chassis.database import Connection
from park_chassis.errors import NotFound
from park_judging.registry import Points

from source_monitoring.domain.reductions.levels import GRADES
from source_monitoring.reductions import list_store
from source_monitoring.reductions.edge import may_see, names_of


def shown(points: Points, row: dict[str, Any]) -> dict[str, Any]:
    """Return a line as it is answered."""
    line = list_store.listed(row)
    grade = GRADES[line.grade]
    return {
        **msgspec.to_builtins(line),
        "measures": {level: msgspec.structs.asdict(measure) for level, measure in line.measures.items()},
        "point_id": line.point_id, "factor": line.factor, "usual_value": line.usual_value, "industry": line.industry,
        "emissions": line.emissions, "note": line.note, "line_id": row["line_id"], "version": row["version"],
        "author": row["author"], "made_at": row["made_at"], "grade_zh": grade.name_zh, "grade_en": grade.name_en,
        **names_of(points, line.enterprise_id, line.point_id, line.factor),
    }  # fmt: skip


async def line_row(connection: Connection, reader: Principal, line_id: UUID) -> dict[str, Any]:
    """Return a line that stands. Raises NotFound for one that the reader may not see."""
    row = await list_store.line(connection, line_id)
    if row is None or not may_see(reader, row["enterprise_id"]):
        raise NotFound("减排清单条目", "line of the reduction list", line_id)
    return row
