"""Putting something on record of an outlet's equipment, so that the rules that look at it run at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from park_chassis.database import Connection

from source_monitoring.anomaly import schedule, store
from source_monitoring.domain.anomaly.rule_table import EVERY
from source_monitoring.domain.anomaly.window import OutletRecord

_BEFORE = timedelta(hours=1)
"""What a record speaks of may lie a little before it (the values beside a sample)."""


async def keep(
    tx: Connection, rows: Sequence[tuple[UUID, UUID, OutletRecord]], *, source: str, author: str, at: datetime
) -> None:
    """Keep records (record id, point id, record) and have what they touch judged again."""
    await store.add_records(tx, rows, source=source, author=author, at=at)
    await schedule.judge_again(tx, [(point_id, record.at - _BEFORE) for _, point_id, record in rows], at)
    for cadence in EVERY:
        await schedule.hurry(tx, [point_id for _, point_id, _ in rows], cadence, at)
