"""How a due and its explanation are shown, and as columns of a table."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from park_chassis.export import Column
from park_judging.domain.applied_limits import PointLimits

from source_monitoring.domain.manual.dues import Due
from source_monitoring.domain.manual.frequencies import CYCLES
from source_monitoring.domain.manual.plans import Plan
from source_monitoring.manual.edge import factor_items, point_item


def due_item(
    plan: Plan,
    due: Due,
    chosen: Mapping[UUID, PointLimits],
    explained: Mapping[tuple[UUID, datetime], asyncpg.Record],
) -> dict[str, Any]:
    """Return a due as it is shown, with the newest explanation of it."""
    cycle, row = CYCLES[plan.frequency], explained.get((due.plan_id, due.window.start))
    explanation = None if row is None else explanation_item(row)
    return {
        "plan_id": due.plan_id, "plan_name_zh": plan.name_zh, "plan_name_en": plan.name_en, "point_id": due.point_id,
        **point_item(chosen[due.point_id]), "frequency": plan.frequency, "frequency_zh": cycle.name_zh,
        "frequency_en": cycle.name_en, "times": plan.times, "start": due.window.start, "end": due.window.end,
        "due_at": due.due_at, "state": due.state, "factors": factor_items(plan.factors), "lacking": factor_items(due.lacking),
        "samples": due.samples, "done_at": due.done_at, "late": due.late, "exempt_because": due.exempt_because,
        "explanation": explanation,
    }  # fmt: skip


def explanation_item(row: asyncpg.Record) -> dict[str, Any]:
    """Return an explanation as it is shown."""
    shown = (
        "explanation_id", "plan_id", "point_id", "period_start", "reason", "evidence", "state", "author", "created_at",
        "decided_by", "decided_at", "decision_reason",
    )  # fmt: skip
    return {name: row[name] for name in shown}


DUE_COLUMNS: list[Column] = [
    Column("企业 / enterprise", lambda one: one["enterprise_name_zh"], 24),
    Column("排口 / outlet", lambda one: one["point_name_zh"], 24),
    Column("方案 / plan", lambda one: one["plan_name_zh"], 24),
    Column("频次 / frequency", lambda one: one["frequency_zh"]),
    Column("起 / start", lambda one: one["start"]),
    Column("止 / end", lambda one: one["end"]),
    Column("应报 / due", lambda one: one["due_at"]),
    Column("状态 / state", lambda one: one["state"].value),
    Column("缺因子 / lacking", lambda one: "、".join(factor["name_zh"] for factor in one["lacking"]), 30),
    Column("完成时间 / done", lambda one: one["done_at"]),
    Column("迟报 / late", lambda one: one["late"]),
    Column("说明 / explanation", lambda one: (one["explanation"] or {}).get("reason", ""), 30),
]
