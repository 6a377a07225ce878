"""Scores by person, cell and enterprise: the rows, the tasks behind a row with every deduction, and both as a table."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.errors import Refused
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response, page
from park_schemas.codes import Role

from task_dispatch.api.callers import scope_for
from task_dispatch.api.instants import Instant
from task_dispatch.api.parts import Parts
from task_dispatch.domain.scores import ScoreBy, ScoreRow, TaskFacts, of_owner, score_rows, task_score
from task_dispatch.store import scores as stored

MOST_TASKS = 20_000
LONGEST = timedelta(days=732)
OWN: dict[Role, ScoreBy] = {Role.INSPECTOR: "person", Role.ENTERPRISE: "enterprise"}
"""Who sees only their own row, and of which table."""


@dataclass(frozen=True)
class Asked:
    """What scores are asked for: whose, and of which half-open period."""

    who: Principal
    by: ScoreBy
    since: datetime
    until: datetime


def asked(
    who: Annotated[Principal, Depends(require("task:read"))],
    by: ScoreBy = "person",
    since: Annotated[Instant | None, Query(alias="from", description="30 days before `to` when absent")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Now when absent")] = None,
) -> Asked:
    """Read the period. Raises Refused for a period that is reversed or too long, or a table that is not the caller's."""
    ends = until or now()
    begins = since or ends - timedelta(days=30)
    if begins >= ends:
        raise _bad_period("from", "开始时间必须早于结束时间", "must be before `to`")
    if ends - begins > LONGEST:
        raise _bad_period("from", "统计期最长两年", "is more than two years before `to`")
    if who.role in OWN and OWN[who.role] != by:
        raise Refused("not-permitted", "只能查看自己的考核", f"your own score is by={OWN[who.role]}", status=403)
    return Asked(who, by, begins, ends)


def _bad_period(where: str, zh: str, en: str) -> Refused:
    return Refused("bad-period", zh, f"{where} {en}", status=422, errors=[{"where": where, "what": en, "what_zh": zh}])


AskedFor = Annotated[Asked, Depends(asked)]


def router(parts: Parts) -> APIRouter:
    """Return the routes of scores."""
    routes = APIRouter(tags=["scores"])

    @routes.get("/tasks/scores")
    async def list_scores(wanted: AskedFor) -> Response:
        rows = await _rows(parts, wanted)
        period = {"by": wanted.by, "from": wanted.since, "to": wanted.until, "rules": parts.rules}
        return json_response({**page(rows, None, len(rows)), **period})

    @routes.get("/tasks/scores/export")
    async def export_scores(
        wanted: AskedFor, file_format: Annotated[Format, Query(alias="format")] = "csv"
    ) -> Response:
        return table_response(file_format, "任务考核", COLUMNS, await _rows(parts, wanted))

    @routes.get("/tasks/scores/tasks")
    async def explain(wanted: AskedFor, key: Annotated[str, Query(min_length=1, max_length=100)]) -> Response:
        found = of_owner(await _facts(parts, wanted), wanted.by, _own_key(wanted) or key)
        scored = [task_score(task, parts.rules) for task in found]
        return json_response(page(scored, None, len(scored)))

    return routes


def _own_key(wanted: Asked) -> str | None:
    """Return the only key the caller may see, None for all."""
    if wanted.who.role is Role.INSPECTOR:
        return wanted.who.username
    return str(wanted.who.enterprise_id) if wanted.who.role is Role.ENTERPRISE else None


async def _facts(parts: Parts, wanted: Asked) -> list[TaskFacts]:
    async with parts.database.reading() as connection:
        scope = await scope_for(connection, wanted.who)
        found = await stored.scored_tasks(connection, scope, wanted.since, wanted.until, most=MOST_TASKS + 1)
    if len(found) > MOST_TASKS:
        raise _bad_period(
            "from", f"任务超过 {MOST_TASKS} 条, 请缩短统计期", f"holds more than {MOST_TASKS} tasks, ask for less"
        )
    return found


async def _rows(parts: Parts, wanted: Asked) -> list[ScoreRow]:
    own = _own_key(wanted)
    rows = score_rows(await _facts(parts, wanted), wanted.by, parts.rules)
    return [row for row in rows if own is None or row.key == own]


COLUMNS: tuple[Column, ...] = (
    Column("对象", lambda r: r.name, 28),
    Column("任务数", lambda r: r.tasks, 10),
    Column("办结数", lambda r: r.closed, 10),
    Column("按时数", lambda r: r.on_time, 10),
    Column("退回次数", lambda r: r.returned, 10),
    Column("催办次数", lambda r: r.urged, 10),
    Column("及时性得分", lambda r: r.timeliness, 12),
    Column("质量得分", lambda r: r.quality, 12),
    Column("综合得分", lambda r: r.score, 12),
)
