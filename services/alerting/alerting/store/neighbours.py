"""The alarms around subjects, in brief."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from park_chassis.database import Connection
from park_schemas.codes import AlarmLevel

from alerting.domain.neighbourhood import Neighbour

_BRIEF = """alarm_id, number, subject_id, enterprise_id, rule, factor, level,
            state in ('active', 'acknowledged') as is_open, last_seen_at"""
_MOST = 10_000


async def neighbours(
    tx: Connection, subjects: Collection[UUID], since: datetime, enterprises: Collection[UUID], rules: Collection[str]
) -> list[Neighbour]:
    """Return the alarms of subjects that are open or were seen since an instant, and the open ones of enterprises by some
    rules (at most 10 000)."""
    rows = await tx.fetch(
        f"""select {_BRIEF} from alarms where subject_id = any($1) and state in ('active', 'acknowledged')
            union select {_BRIEF} from alarms where subject_id = any($1) and last_seen_at >= $2
            union (select {_BRIEF} from alarms where enterprise_id = any($3) and rule = any($4)
                   and state in ('active', 'acknowledged') limit {_MOST})""",
        list(subjects),
        since,
        list(enterprises),
        list(rules),
    )
    return [Neighbour(**{**dict(row), "level": AlarmLevel(row["level"])}) for row in rows]
