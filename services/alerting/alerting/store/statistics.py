"""Counting alarms for statistics."""

from datetime import datetime
from typing import Any
from uuid import UUID

from park_chassis.database import Connection

from alerting.domain.statistics import CONFIRMED, FALSE, FAULTY, GROUNDLESS, GROUPINGS, UNJUDGED

_COUNTED = """
    count(*) as alarms,
    count(*) filter (where level = 'red') as red,
    count(*) filter (where level = 'orange') as orange,
    count(*) filter (where level = 'yellow') as yellow,
    count(*) filter (where level = 'blue') as blue,
    count(*) filter (where state <> 'closed') as open,
    count(*) filter (where state = 'closed') as closed,
    count(*) filter (where outcome is not null and outcome <> all($5)) as judged,
    count(*) filter (where outcome = any($6)) as confirmed,
    count(*) filter (where outcome = any($7)) as false_alarms,
    count(*) filter (where outcome = any($8)) as equipment_faults,
    count(*) filter (where outcome = any($9)) as withdrawn,
    count(*) filter (where outcome = any($5)) as recovered,
    count(*) filter (where exists (select 1 from timeline t where t.alarm_id = a.alarm_id and t.what = 'reopened'))
        as reopened,
    percentile_cont(0.5) within group (order by extract(epoch from (
        select min(t.at) from timeline t where t.alarm_id = a.alarm_id and t.what = 'acknowledged') - raised_at))
        as acknowledged_after_s,
    percentile_cont(0.5) within group (order by extract(epoch from (body->>'closed_at')::timestamptz - raised_at))
        as closed_after_s"""
_FROM = """
    (select *, coalesce(task_outcome, case when withdrawn and state = 'closed' then 'withdrawn' end, body->>'close_reason')
        as outcome from alarms
     where raised_at >= $1 and raised_at < $2 and ($3::uuid is null or enterprise_id = $3)
       and ($4::text is null or rule = $4)) a"""


async def counted(
    tx: Connection,
    group_by: str,
    *,
    since: datetime,
    until: datetime,
    visible_enterprise: UUID | None,
    rule: str | None,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return (a line for each group, the total) of the alarms raised in [since, until)."""
    values = [
        since,
        until,
        visible_enterprise,
        rule,
        list(UNJUDGED),
        list(CONFIRMED),
        list(FALSE),
        list(FAULTY),
        list(GROUNDLESS),
    ]
    by = GROUPINGS[group_by]
    rows = await tx.fetch(
        f"""select {by} as key, max(body->>'enterprise_name_zh') as name_zh, max(body->>'enterprise_name_en') as name_en,
                   {_COUNTED} from {_FROM} group by 1 order by 1""",
        *values,
    )
    total = await tx.fetchrow(f"select 'total' as key, {_COUNTED} from {_FROM}", *values)
    assert total is not None  # noqa: S101 - an aggregate always gives a row
    return [dict(row) for row in rows], dict(total)
