"""Results as they are shown: in lists, as a file."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.database import Connection
from park_chassis.errors import NotFound
from park_chassis.export import Column

from quality.domain.surveys.records import Site
from quality.surveys import store


async def one_result(tx: Connection, result_id: UUID) -> asyncpg.Record:
    """Return a result's newest version. Raises NotFound."""
    row = (await store.newest_results(tx, [result_id])).get(result_id)
    if row is None:
        raise NotFound("监测结果", "result", result_id)
    return row


def result_item(row: asyncpg.Record) -> dict[str, Any]:
    """Return a result as it is shown: every field, its verdict, its version and who made it."""
    one = store.judged(row)
    shown = ("version", "withdrawn", "author", "reason", "made_at")
    return {**msgspec.structs.asdict(one.result), "verdict": one.verdict, **{name: row[name] for name in shown}}


def site_of_row(row: asyncpg.Record) -> dict[str, Any]:
    """Return what a list of results says of the site of each."""
    site = msgspec.convert(row["site"], Site)
    return {"code": site.code, "name_zh": site.name_zh, "name_en": site.name_en, "category": site.category}


COLUMNS: list[Column] = [
    Column("点位编码 / site", lambda one: one["site"]["code"]),
    Column("点位名称 / name", lambda one: one["site"]["name_zh"], 30),
    Column("采样时间 / sampled at", lambda one: one["sampled_at"]),
    Column("项目 / item", lambda one: one["item_name_zh"]),
    Column("项目英文名 / item (English)", lambda one: one["item_name_en"], 24),
    Column("结果 / value", lambda one: one["text"]),
    Column("单位 / unit", lambda one: one["unit"]),
    Column("检出限 / detection limit", lambda one: one["detection_limit"]),
    Column("方法 / method", lambda one: one["method"]),
    Column("深度 / depth", lambda one: one["depth"]),
    Column("结论 / outcome", lambda one: one["verdict"].outcome.value),
    Column("类别或风险 / grade", lambda one: one["verdict"].grade),
    Column("限值 / limit", lambda one: one["verdict"].limit),
    Column("标准 / standard", lambda one: one["verdict"].standard),
    Column("条款 / clause", lambda one: one["verdict"].clause),
    Column("可信度 / confidence", lambda one: one["verdict"].confidence),
    Column("说明 / explanation", lambda one: one["verdict"].zh, 60),
    Column("版本 / version", lambda one: one["version"]),
]
