"""Alarm statistics and warning accuracy, as JSON or as a table."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.export import Column, table_response
from park_chassis.http import json_response
from pydantic import AwareDatetime

from alerting.api.refusals import refused
from alerting.api.scope import visible_enterprise
from alerting.domain.statistics import row_of
from alerting.store import statistics

_LONGEST = timedelta(days=800)


def router(database: Database) -> APIRouter:
    """Return the route of statistics."""
    routes = APIRouter(tags=["alarms"])

    @routes.get("/alarms/statistics")
    async def alarm_statistics(
        who: Annotated[Principal, Depends(require("alarm:read"))],
        by: Literal["day", "week", "month", "level", "rule", "enterprise"] = "day",
        since: Annotated[AwareDatetime | None, Query(alias="from", description="default: 30 days ago")] = None,
        until: Annotated[AwareDatetime | None, Query(alias="to", description="default: now")] = None,
        rule: Annotated[str | None, Query(max_length=60)] = None,
        file_format: Annotated[Literal["json", "csv", "xlsx"], Query(alias="format")] = "json",
    ) -> Response:
        end = until or now()
        begin = since or end - timedelta(days=30)
        if not timedelta(0) < end - begin <= _LONGEST:
            raise refused("bad-time", "时间范围应在 0 至 800 天之间", "must be within 800 days after from", "to")
        async with database.reading() as connection:
            counted, total = await statistics.counted(
                connection, by, since=begin, until=end, visible_enterprise=visible_enterprise(who), rule=rule
            )
        rows = [row_of(by, one) for one in counted]
        whole = row_of("total", total)
        if file_format != "json":
            return table_response(file_format, "告警统计", COLUMNS, [*rows, whole])
        return json_response({"from": begin, "to": end, "by": by, "items": rows, "total": whole})

    return routes


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate * 100:.1f}%"


COLUMNS: tuple[Column, ...] = (
    Column("分组", lambda r: "合计" if r.key == "total" else r.name_zh, 24),
    Column("告警数", lambda r: r.alarms, 10),
    Column("红", lambda r: r.red, 8),
    Column("橙", lambda r: r.orange, 8),
    Column("黄", lambda r: r.yellow, 8),
    Column("蓝", lambda r: r.blue, 8),
    Column("未关闭", lambda r: r.open, 10),
    Column("已关闭", lambda r: r.closed, 10),
    Column("已判定", lambda r: r.judged, 10),
    Column("属实", lambda r: r.confirmed, 10),
    Column("误报", lambda r: r.false_alarms, 10),
    Column("设备故障", lambda r: r.equipment_faults, 10),
    Column("判定撤回", lambda r: r.withdrawn, 10),
    Column("自行恢复", lambda r: r.recovered, 10),
    Column("再次打开", lambda r: r.reopened, 10),
    Column("预警准确率", lambda r: _percent(r.accuracy), 12),
    Column("属实占比", lambda r: _percent(r.share_confirmed), 12),
    Column("确认用时中位数(秒)", lambda r: r.acknowledged_after_s, 18),
    Column("关闭用时中位数(秒)", lambda r: r.closed_after_s, 18),
)
