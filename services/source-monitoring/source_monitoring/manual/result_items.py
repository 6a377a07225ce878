"""How a result is shown, with what the reader may do to it now, and as columns of a table."""

from typing import Any

import asyncpg
import msgspec
from park_chassis.auth import Principal
from park_chassis.export import Column
from park_judging.domain.applied_limits import PointLimits

from source_monitoring.domain.mark_states import MarkAction
from source_monitoring.manual import store
from source_monitoring.manual.edge import point_item
from source_monitoring.marking.desk import refusal

_SHOWN = (
    "version", "state", "author", "reason", "made_at", "entered_at", "decided_by", "decided_at", "decision_reason",
)  # fmt: skip


def result_item(row: asyncpg.Record, limits: PointLimits, reader: Principal) -> dict[str, Any]:
    """Return a result as it is shown: every field, its verdict, version, state, and the steps open to the reader."""
    steps = (MarkAction.ACCEPT, MarkAction.REJECT)
    return {
        **msgspec.structs.asdict(store.result(row)), **point_item(limits), "verdict": store.verdict(row),
        **{name: row[name] for name in _SHOWN},
        "allowed": [step for step in steps if refusal(row, step, reader, of="result", of_zh="结果") is None],
    }  # fmt: skip


RESULT_COLUMNS: list[Column] = [
    Column("企业 / enterprise", lambda one: one["enterprise_name_zh"], 24),
    Column("排口 / outlet", lambda one: one["point_name_zh"], 24),
    Column("因子 / factor", lambda one: one["factor_name_zh"]),
    Column("采样时间 / sampled at", lambda one: one["sampled_at"]),
    Column("取值 / averaging", lambda one: one["averaging"]),
    Column("结果 / value", lambda one: one["text"]),
    Column("折算值 / converted", lambda one: one["converted"]),
    Column("单位 / unit", lambda one: one["unit"]),
    Column("检出限 / detection limit", lambda one: one["detection_limit"]),
    Column("方法 / method", lambda one: one["method"]),
    Column("流量 / flow m3/h", lambda one: one["flow"]),
    Column("负荷 / load %", lambda one: one["load"]),
    Column("检测机构 / laboratory", lambda one: one["laboratory"], 24),
    Column("CMA", lambda one: one["cma_number"]),
    Column("报告编号 / report", lambda one: one["report_number"]),
    Column("结论 / outcome", lambda one: one["verdict"].outcome.value),
    Column("限值 / limit", lambda one: one["verdict"].limit),
    Column("标准 / standard", lambda one: one["verdict"].standard),
    Column("条款 / clause", lambda one: one["verdict"].clause),
    Column("说明 / explanation", lambda one: one["verdict"].zh, 60),
    Column("状态 / state", lambda one: one["state"]),
    Column("审核人 / decided by", lambda one: one["decided_by"]),
    Column("版本 / version", lambda one: one["version"]),
]
