"""HTTP in: the rules of a point with their parameters, whether they apply and when they run; and new versions of settings."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_judging.registry import Points
from pydantic import BaseModel, Field

from source_monitoring.anomaly import schedule, store
from source_monitoring.anomaly.rules_showing import rules_shown
from source_monitoring.anomaly.visible import visible_point
from source_monitoring.domain.anomaly.rule_table import EVERY, PARAMETERS
from source_monitoring.domain.anomaly.settings import OutletSettings, mistakes

Reader = Annotated[Principal, Depends(require("reading:read"))]
Writer = Annotated[Principal, Depends(require("rule:write"))]


class NewSettings(BaseModel):
    """The whole new document, the version it changes (0: the defaults), and why."""

    based_on: int = Field(ge=0)
    reason: str = Field(min_length=2, max_length=2000)
    rules: dict[str, dict[str, Any]] = Field(default_factory=dict)
    signals: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    facts: dict[str, str] = Field(default_factory=dict)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/points/{point_id}/anomaly-rules")
    async def anomaly_rules(reader: Reader, point_id: UUID) -> Response:
        """Every rule with what became of it last, and the settings in force with their versions."""
        limits = visible_point(points, reader, point_id)
        async with database.reading() as connection:
            return json_response(await rules_shown(connection, limits))

    @routes.put("/points/{point_id}/anomaly-rules")
    async def change(writer: Writer, point_id: UUID, new: NewSettings) -> Response:
        """Put a new version in force and judge the last day by it; what was said before is kept with author and reason."""
        limits = visible_point(points, writer, point_id)
        settings = checked_settings(points, new.rules, new.signals, new.facts)
        async with database.transaction() as tx:
            version = await store.add_settings(
                tx, point_id, settings, based_on=new.based_on, author=writer.username, reason=new.reason, at=now()
            )
            if version is None:
                current, _ = await store.settings_of(tx, point_id)
                raise Refused(
                    "version-conflict", f"设置已被他人修改,当前版本为 {current}", f"changed meanwhile, version is {current}",
                    version=current,
                )  # fmt: skip
            await schedule.judge_again(tx, [(point_id, now() - timedelta(days=1))], now())
            for cadence in EVERY:
                await schedule.hurry(tx, [point_id], cadence, now())
            return json_response(await rules_shown(tx, limits))

    return routes


def checked_settings(
    points: Points, rules: dict[str, Any], signals: dict[str, Any], facts: dict[str, str]
) -> OutletSettings:
    """Return the document. Raises Refused (422) with every mistake and its place."""
    try:
        settings = msgspec.convert({"rules": rules, "signals": signals, "facts": facts}, OutletSettings, strict=False)
    except msgspec.ValidationError as error:
        raise Refused("bad-settings", f"设置格式错误:{error}", str(error), status=422) from error
    errors = [
        {"where": one.where, "what": one.what_en, "what_zh": one.what_zh} for one in mistakes(settings, PARAMETERS)
    ]
    errors += [
        {"where": f"signals.{key}.{place}.point_id", "what": "this point is not known", "what_zh": "没有这个点位"}
        for key, sources in settings.signals.items()
        for place, source in enumerate(sources)
        if source.point_id is not None and points.get(source.point_id) is None
    ]
    if errors:
        raise Refused("bad-settings", "设置有误", "the settings have mistakes", status=422, errors=errors)
    return settings
