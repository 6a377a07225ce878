"""What scores are made of."""

from datetime import datetime

import msgspec
from park_chassis.database import Connection

from task_dispatch.domain.scores import TaskFacts
from task_dispatch.domain.work import Work
from task_dispatch.store.task_lists import Scope, scoped


async def scored_tasks(tx: Connection, scope: Scope, since: datetime, until: datetime, *, most: int) -> list[TaskFacts]:
    """Return the tasks closed in [since, until), and those made before `until` that are open with a clock run out."""
    where = scoped(scope)
    where.add(
        """((closed_at >= {} and closed_at < {})
            or (missed and state not in ('closed', 'cancelled') and created_at < {}))""",
        since,
        until,
        until,
    )
    rows = await tx.fetch(
        f"""select work, (select count(*) from timeline l where l.task_id = tasks.task_id and what = 'returned') as returned,
                   (select count(*) from timeline l where l.task_id = tasks.task_id and what = 'urged') as urged
            from tasks{where.sql} order by created_at, task_id limit {int(most)}""",
        *where.values,
    )
    return [_facts(msgspec.convert(row["work"], Work), row["returned"], row["urged"]) for row in rows]


def _facts(work: Work, returned: int, urged: int) -> TaskFacts:
    task = work.task
    return TaskFacts(
        task_id=task.task_id,
        number=task.number,
        kind=task.kind,
        title_zh=task.title_zh,
        state=task.state.value,
        assignee=task.assignee,
        assignee_name=task.assignee_name,
        co_workers=work.co_workers,
        cell=task.cell,
        enterprise_id=task.enterprise_id,
        enterprise_name_zh=task.enterprise_name_zh,
        clocks=work.clocks,
        returned=returned,
        urged=urged,
        created_at=task.created_at,
        closed_at=task.closed_at,
    )
