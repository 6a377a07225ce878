"""How a plan is shown, and as columns of a table."""

from typing import Any

import asyncpg
import msgspec
from park_chassis.export import Column

from source_monitoring.domain.manual.frequencies import CYCLES
from source_monitoring.manual import store
from source_monitoring.manual.edge import factor_items


def plan_item(row: asyncpg.Record) -> dict[str, Any]:
    """Return a plan as it is shown: every field, with its version and who made it."""
    made = store.plan(row)
    cycle = CYCLES[made.frequency]
    return {
        **msgspec.structs.asdict(made), "factor_names": factor_items(made.factors), "frequency_zh": cycle.name_zh,
        "frequency_en": cycle.name_en, **{name: row[name] for name in ("version", "author", "reason", "made_at")},
    }  # fmt: skip


PLAN_COLUMNS: list[Column] = [
    Column("企业 / enterprise", lambda one: one["enterprise_name_zh"], 24),
    Column("排口 / outlet", lambda one: one["point_name_zh"], 24),
    Column("方案 / plan", lambda one: one["name_zh"], 24),
    Column("监测因子 / factors", lambda one: "、".join(factor["name_zh"] for factor in one["factor_names"]), 40),
    Column("频次 / frequency", lambda one: one["frequency_zh"]),
    Column("每期次数 / samples", lambda one: one["times"]),
    Column("依据 / basis", lambda one: one["basis"], 40),
    Column("采样方法 / sampling", lambda one: one["sampling_method"]),
    Column("分析方法 / analysis", lambda one: one["analysis_method"]),
    Column("执行单位 / laboratory", lambda one: one["laboratory"] or one["executor"]),
    Column("CMA", lambda one: one["cma_number"]),
    Column("生效 / valid from", lambda one: one["valid_from"].isoformat()),
    Column("失效 / valid to", lambda one: one["valid_to"].isoformat() if one["valid_to"] else ""),
    Column("版本 / version", lambda one: one["version"]),
]
