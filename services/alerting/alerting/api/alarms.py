"""Alarms: list, export, detail, counts."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, AlarmState, Medium
from pydantic import AwareDatetime

from alerting.api.scope import visible_enterprise
from alerting.domain.alarm_states import STATE_ZH
from alerting.domain.episode import REASON_ZH
from alerting.domain.levels_in_words import LEVEL_ZH
from alerting.store import alarm_lists, findings
from alerting.store.alarm_lists import AlarmFilter

EXPORT_AT_MOST = 50_000
Reader = Annotated[Principal, Depends(require("alarm:read"))]


def wanted_alarms(
    who: Reader,
    state: Annotated[list[AlarmState] | None, Query()] = None,
    level: Annotated[list[AlarmLevel] | None, Query()] = None,
    enterprise_id: UUID | None = None,
    point_id: UUID | None = None,
    rule: Annotated[str | None, Query(max_length=60)] = None,
    since: Annotated[AwareDatetime | None, Query(alias="from", description="Raised at or after")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to", description="Raised before")] = None,
    q: Annotated[str | None, Query(max_length=80, description="Part of number, title or names")] = None,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
    group_key: Annotated[str | None, Query(max_length=100)] = None,
    assigned_to: Annotated[str | None, Query(max_length=64, description="A user name, or me")] = None,
) -> AlarmFilter:
    """Read the filters of a list, bounded by what the caller may see."""
    return AlarmFilter(
        visible_enterprise=visible_enterprise(who),
        states=tuple(state or ()),
        levels=tuple(level or ()),
        enterprise_id=enterprise_id,
        subject_id=point_id,
        rule=rule,
        since=since,
        until=until,
        text=q or None,
        is_open=is_open,
        group_key=group_key,
        assigned_to=who.username if assigned_to == "me" else assigned_to,
    )


Wanted = Annotated[AlarmFilter, Depends(wanted_alarms)]


def router(database: Database) -> APIRouter:
    """Return the reading routes of alarms."""
    routes = APIRouter(tags=["alarms"])
    _add_reading(routes, database)
    return routes


def _add_reading(routes: APIRouter, database: Database) -> None:
    @routes.get("/alarms")
    async def list_alarms(wanted: Wanted, limit: Limit = 50, cursor: Cursor = None) -> Response:
        async with database.reading() as connection:
            found, total = await alarm_lists.alarms(connection, wanted, after=decode_cursor(cursor), limit=limit)
        last = found[-1] if len(found) == limit else None
        return json_response(page(found, encode_cursor(last["raised_at"], last["alarm_id"]) if last else None, total))

    @routes.get("/alarms/counts")
    async def count_alarms(who: Reader) -> Response:
        async with database.reading() as connection:
            return json_response(await alarm_lists.counts(connection, visible_enterprise(who)))

    @routes.get("/alarms/export")
    async def export_alarms(wanted: Wanted, file_format: Annotated[Format, Query(alias="format")] = "csv") -> Response:
        async with database.reading() as connection:
            found, total = await alarm_lists.alarms(connection, wanted, after=None, limit=EXPORT_AT_MOST)
        if total > EXPORT_AT_MOST:
            raise Refused(
                "export-too-large",
                f"共 {total} 条, 超过一次导出上限 {EXPORT_AT_MOST} 条, 请缩小时间范围",
                f"{total} rows are more than one export of {EXPORT_AT_MOST}; narrow the time",
                status=422,
                total=total,
            )
        return table_response(file_format, "告警", COLUMNS, (msgspec.convert(row, Alarm) for row in found))

    @routes.get("/alarms/{alarm_id}")
    async def read_alarm(alarm_id: UUID, who: Reader) -> Response:
        async with database.reading() as connection:
            found = await alarm_lists.alarm(connection, alarm_id, visible_enterprise(who))
            if found is None:
                raise NotFound("告警", "alarm", alarm_id)
            steps = await alarm_lists.timeline(connection, alarm_id)
            newest = await alarm_lists.last_findings(connection, alarm_id)
            around = await findings.newest_circumstances(connection, alarm_id)
        known = {**msgspec.to_builtins(around), "unknown": around.unknown} if around is not None else None
        return json_response({**found, "timeline": steps, "findings": newest, "circumstances": known})


_MEDIUM_ZH = {
    Medium.WASTE_WATER: "废水",
    Medium.WASTE_GAS: "废气",
    Medium.RAIN_WATER: "雨水",
    Medium.AMBIENT_AIR: "环境空气",
    Medium.SURFACE_WATER: "地表水",
    Medium.GROUNDWATER: "地下水",
    Medium.SOIL: "土壤",
    Medium.NOISE: "噪声",
    Medium.ODOUR: "恶臭",
}


def _reason(alarm: Alarm) -> str:
    return REASON_ZH.get(alarm.close_reason, alarm.close_reason) if alarm.close_reason else ""


COLUMNS: tuple[Column, ...] = (
    Column("编号", lambda a: a.number),
    Column("级别", lambda a: LEVEL_ZH[a.level], 8),
    Column("状态", lambda a: STATE_ZH[a.state], 8),
    Column("标题", lambda a: a.title_zh, 48),
    Column("企业", lambda a: a.enterprise_name_zh, 28),
    Column("点位", lambda a: a.subject_name_zh, 28),
    Column("类别", lambda a: _MEDIUM_ZH[a.medium], 10),
    Column("因子", lambda a: a.factor_name_zh or a.factor, 14),
    Column("监测值", lambda a: a.observed, 12),
    Column("限值", lambda a: a.limit, 12),
    Column("单位", lambda a: a.unit, 10),
    Column("限值倍数", lambda a: a.ratio, 10),
    Column("最大倍数", lambda a: a.peak_ratio, 10),
    Column("依据标准", lambda a: a.standard, 20),
    Column("条款", lambda a: a.clause, 20),
    Column("次数", lambda a: a.occurrences, 8),
    Column("开始时间", lambda a: a.started_at, 20),
    Column("最近出现", lambda a: a.last_seen_at, 20),
    Column("告警时间", lambda a: a.raised_at, 20),
    Column("确认人", lambda a: a.acknowledged_by, 12),
    Column("确认时间", lambda a: a.acknowledged_at, 20),
    Column("恢复时间", lambda a: a.resolved_at, 20),
    Column("关闭时间", lambda a: a.closed_at, 20),
    Column("关闭人", lambda a: a.closed_by, 12),
    Column("关闭原因", _reason, 14),
)
