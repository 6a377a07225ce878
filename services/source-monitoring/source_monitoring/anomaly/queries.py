"""SQL of the lists of anomalies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from park_chassis.database import Connection

_WHERE = """
    ($1::uuid is null or point_id = $1) and ($2::text is null or rule_id = $2) and ($3::text is null or factor = $3)
    and ($4::text is null or state = $4) and ($5::text is null or severity = $5)
    and ($6::text is null or coalesce(feedback, 'none') = $6) and ($7::uuid is null or enterprise_id = $7)
    and ($8::timestamptz is null or ended_at >= $8) and ($9::timestamptz is null or started_at < $9)
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of a list; None leaves one out. `enterprise_id` narrows to what an enterprise may see."""

    point_id: UUID | None = None
    rule_id: str | None = None
    factor: str | None = None
    state: str | None = None
    severity: str | None = None
    feedback: str | None = None
    enterprise_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def arguments(self) -> Sequence[Any]:
        """Return the values of the nine places of the condition."""
        return (
            self.point_id, self.rule_id, self.factor, self.state, self.severity, self.feedback, self.enterprise_id,
            self.since, self.until,
        )  # fmt: skip


async def page_of(
    connection: Connection, wanted: Wanted, *, limit: int, after: tuple[datetime, UUID] | None
) -> tuple[list[dict[str, Any]], int]:
    """Return up to `limit` anomalies after a place, newest first, and how many there are in all."""
    rows = await connection.fetch(
        f"select * from anomalies where {_WHERE} and ($10::timestamptz is null or (started_at, anomaly_id) < ($10, $11))"
        " order by started_at desc, anomaly_id desc limit $12",
        *wanted.arguments(), *(after or (None, None)), limit,
    )  # fmt: skip
    total: int = await connection.fetchval(f"select count(*) from anomalies where {_WHERE}", *wanted.arguments())
    return [dict(row) for row in rows], total


async def one(connection: Connection, anomaly_id: UUID) -> dict[str, Any] | None:
    """Return one anomaly, None when there is none."""
    row = await connection.fetchrow("select * from anomalies where anomaly_id = $1", anomaly_id)
    return dict(row) if row else None


async def give_feedback(
    tx: Connection, anomaly_id: UUID, verdict: str, *, reason: str, by: str, at: datetime
) -> dict[str, Any]:
    """Write what people found out; return the anomaly."""
    row = await tx.fetchrow(
        "update anomalies set feedback = $2, feedback_reason = $3, feedback_by = $4, feedback_at = $5, updated_at = $5"
        " where anomaly_id = $1 returning *",
        anomaly_id, verdict, reason, by, at,
    )  # fmt: skip
    return dict(row) if row else {}


async def feedback_counts(connection: Connection, wanted: Wanted) -> list[dict[str, Any]]:
    """Return by rule how many anomalies there are, and how many people confirmed or called false."""
    rows = await connection.fetch(
        f"""select rule_id, count(*) as anomalies, count(*) filter (where feedback = 'confirmed') as confirmed,
            count(*) filter (where feedback = 'false') as "false" from anomalies where {_WHERE}
            group by rule_id order by rule_id""",
        *wanted.arguments(),
    )
    return [dict(row) for row in rows]
