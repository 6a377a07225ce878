"""HTTP in: a try-out of draft settings over the last days of a point, beside the settings in force. Nothing is kept or told."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from pydantic import BaseModel, Field

from source_monitoring.anomaly import store
from source_monitoring.anomaly.reading import last_times
from source_monitoring.anomaly.settings_api import checked_settings
from source_monitoring.anomaly.visible import visible_point
from source_monitoring.anomaly.windows import window_of
from source_monitoring.domain.anomaly.episodes import Episode
from source_monitoring.domain.anomaly.findings import rule_names
from source_monitoring.domain.anomaly.judging import Outcome, judge
from source_monitoring.domain.anomaly.settings import OutletSettings
from source_monitoring.domain.anomaly.trying import compared, folded, portions, states_of

Writer = Annotated[Principal, Depends(require("rule:write"))]
_MOST_SHOWN = 500


class Draft(BaseModel):
    """A draft of the whole settings document, and over how many days it is tried."""

    days: int = Field(3, ge=1, le=7)
    rules: dict[str, dict[str, Any]] = Field(default_factory=dict)
    signals: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    facts: dict[str, str] = Field(default_factory=dict)


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()
    one_at_a_time = asyncio.Lock()

    @routes.post("/points/{point_id}/anomaly-rules/try")
    async def try_out(writer: Writer, point_id: UUID, draft: Draft) -> Response:
        """What the scheduled rules find over the last days with the draft, and what of it is new, gone or the same."""
        limits = visible_point(points, writer, point_id)
        settings = checked_settings(points, draft.rules, draft.signals, draft.facts)
        if one_at_a_time.locked():
            raise Refused("busy", "另一次试算正在进行,请稍候", "another try-out is running", status=409)
        async with one_at_a_time:
            return json_response(await _tried(database, points, limits, settings, draft.days))

    return routes


async def _tried(
    database: Database, points: Points, limits: PointLimits, draft: OutletSettings, days: int
) -> dict[str, Any]:
    async with database.reading() as connection:
        times = await last_times(connection, limits.point.point_id)
        version, present = await store.settings_of(connection, limits.point.point_id)
    if times is None:
        raise Refused("no-data", "该点位没有数据,无法试算", "the point has no data to try on", status=409)
    newest = min(times[0], now())
    spans = list(portions(newest, days))
    before, _ = await _run(database, points, limits, present, spans)
    after, states = (before, _) if draft == present else await _run(database, points, limits, draft, spans)
    rows = compared(before, after)
    return {
        "from": min(span.since for _, span in spans), "to": max(span.until for _, span in spans), "days": days,
        "based_on": version, "before": len(before), "found": len(after),
        "counts": {kind: sum(1 for one, _ in rows if one == kind) for kind in ("new", "gone", "same")},
        "items": [_item(limits, kind, one) for kind, one in rows[:_MOST_SHOWN]], "states": states_of(states),
    }  # fmt: skip


async def _run(
    database: Database, points: Points, limits: PointLimits, settings: OutletSettings, spans: Sequence[Any]
) -> tuple[list[Episode], list[Outcome]]:
    """Judge stretch by stretch, each read on its own connection and judged in a thread, so that nothing else waits long."""
    episodes: dict[UUID, Episode] = {}
    last: dict[tuple[str, str], Outcome] = {}
    for cadence, span in spans:
        async with database.reading() as connection:
            window = await window_of(
                connection, points, limits, settings, cadence, span, min(now(), span.until), span.until
            )
        outcomes = await asyncio.to_thread(judge, window, cadence)
        episodes = folded(episodes, outcomes, limits.point.point_id, span.until)
        last |= {(one.rule_id, one.factor): one for one in outcomes}
    return list(episodes.values()), list(last.values())


def _item(limits: PointLimits, kind: str, one: Episode) -> dict[str, Any]:
    known = limits.factors.get(one.factor)
    name_zh, name_en = rule_names(one.rule_id)
    return {
        "change": kind, "rule_id": one.rule_id, "rule_zh": name_zh, "rule_en": name_en, "factor": one.factor,
        "factor_zh": known.name_zh if known else one.factor, "factor_en": known.name_en if known else one.factor,
        "severity": one.severity, "started_at": one.started_at, "ended_at": one.ended_at, "sentence_zh": one.sentence_zh,
        "sentence_en": one.sentence_en, "told": one.published_end is not None,
    }  # fmt: skip
