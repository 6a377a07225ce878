"""SQL of what people say of a measure: done or not done."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from park_chassis.database import Connection

LATEST = """
    (select jsonb_build_object('done', r.done, 'seen_at', r.seen_at, 'note', r.note, 'author', r.author,
         'by_enterprise', r.enterprise_id is not null, 'evidence', jsonb_array_length(r.evidence))
     from reduction_reports r where r.measure_id = m.measure_id order by r.made_at desc, r.report_id desc limit 1)
"""
"""The newest report of the measure `m`, null without one."""


class Report(Struct, frozen=True, kw_only=True):
    """A report. `enterprise_id` is the author's (None: an officer or inspector saw it)."""

    report_id: UUID
    measure_id: UUID
    done: bool
    seen_at: datetime
    note: str
    evidence: list[dict[str, Any]]
    enterprise_id: UUID | None
    author_id: UUID
    author: str
    made_at: datetime


async def add(tx: Connection, report: Report) -> None:
    """Add a report; those before stay."""
    row = msgspec.structs.asdict(report)
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await tx.execute(f"insert into reduction_reports ({', '.join(row)}) values ({places})", *row.values())


async def reports(connection: Connection, measure_id: UUID) -> list[dict[str, Any]]:
    """Return the reports of a measure, newest first."""
    rows = await connection.fetch(
        "select report_id, done, seen_at, note, evidence, enterprise_id is not null as by_enterprise, author, made_at"
        " from reduction_reports where measure_id = $1 order by made_at desc, report_id desc",
        measure_id,
    )
    return [dict(row) for row in rows]
