"""HTTP in: the rules of a point with their parameters, whether they apply and when they run; and new versions of settings."""

import dataclasses
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_standards.anomaly.result import rules as standard_rules
from pydantic import BaseModel, Field

from source_monitoring.anomaly import schedule, store
from source_monitoring.anomaly.visible import visible_point
from source_monitoring.domain.anomaly.findings import rule_names
from source_monitoring.domain.anomaly.parameter_kinds import kind_of
from source_monitoring.domain.anomaly.rule_table import EVERY, PARAMETERS, RULE_RUNS, RuleRun
from source_monitoring.domain.anomaly.rule_words import BASES, RULE_WORDS
from source_monitoring.domain.anomaly.settings import FACTS, SIGNALS, OutletSettings, RuleSetting, mistakes

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
            return json_response(await _shown(connection, limits))

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
            return json_response(await _shown(tx, limits))

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


async def _shown(connection: Connection, limits: PointLimits) -> dict[str, Any]:
    point_id = limits.point.point_id
    version, settings = await store.settings_of(connection, point_id)
    states: dict[str, list[dict[str, Any]]] = {}
    for row in await store.rule_states(connection, point_id):
        states.setdefault(row["rule_id"], []).append({k: v for k, v in row.items() if k not in {"point_id", "rule_id"}})
    due = await schedule.of_point(connection, point_id)
    return {
        "point_id": point_id,
        "version": version,
        "rules": [_rule(run, settings, states.get(run.rule_id, []), due) for run in RULE_RUNS.values()],
        "signals": settings.signals,
        "facts": settings.facts,
        "versions": await store.settings_versions(connection, point_id),
        "known_signals": {key: {"zh": zh, "en": en} for key, (zh, en) in SIGNALS.items()},
        "known_facts": {
            key: {
                "zh": kind.name_zh,
                "en": kind.name_en,
                "unit": kind.unit,
                "of_factor": kind.of_factor,
                "form": kind.form,
            }
            for key, kind in FACTS.items()
        },
    }


def _rule(
    run: RuleRun, settings: OutletSettings, states: list[dict[str, Any]], due: dict[str, dict[str, object]]
) -> dict[str, Any]:
    known = standard_rules().get(run.rule_id)
    setting = settings.rules.get(run.rule_id, RuleSetting())
    name_zh, name_en = rule_names(run.rule_id)
    words = RULE_WORDS[run.rule_id]
    basis_zh, basis_en = BASES[words.basis]
    return {
        "rule_id": run.rule_id,
        "name_zh": name_zh,
        "name_en": name_en,
        "severity": known.severity.value if known else "alarm",
        "finds_zh": words.zh,
        "finds_en": words.en,
        "basis_zh": basis_zh,
        "basis_en": basis_en,
        "confidence": known.confidence.value if known else "design-default",
        "runs": run.cadence.value,
        "enabled": setting.enabled,
        "reason": setting.reason,
        "parameters": [
            {"name": name, "default": default, "value": setting.parameters.get(name, f"{default:f}"),
             "changed": name in setting.parameters, **dataclasses.asdict(kind_of(run.rule_id, name))}
            for name, default in run.parameters.items()
        ],
        "states": states,
        "schedule": due.get(run.cadence.value),
    }  # fmt: skip
