"""The columns of files of plots and of their wells."""

from typing import Any

from park_chassis.export import Column

from quality.domain.surveys.plots import INVESTIGATIONS, LAND_USES


def _of_kind(kind: str, field: str) -> Any:
    """Return a reader of a field of the plot's verdict of a kind."""

    def read(item: dict[str, Any]) -> Any:
        kinds = item["verdict"].kinds if item["verdict"] else []
        value = next((getattr(one, field) for one in kinds if one.kind == kind), "")
        return "、".join(one.name_zh for one in value) if isinstance(value, list) else value

    return read


PLOTS: list[Column] = [
    Column("编码 / code", lambda one: one["code"]),
    Column("名称 / name", lambda one: one["name_zh"], 30),
    Column("企业 / enterprise", lambda one: one["enterprise_name_zh"], 30),
    Column("用地类型 / land use", lambda one: LAND_USES[one["land_use"]][0]),
    Column("面积 m² / area", lambda one: one["area_m2"]),
    Column("调查情况 / investigation", lambda one: INVESTIGATIONS[one["investigation"]][0]),
    Column("调查依据 / source", lambda one: one["investigation_source"], 30),
    Column("结论 / outcome", lambda one: one["verdict"].outcome.value if one["verdict"] else ""),
    Column("土壤 / soil", _of_kind("soil", "grade_zh"), 30),
    Column("超筛选值 / above screening", _of_kind("soil", "above_screening"), 30),
    Column("超管制值 / above control", _of_kind("soil", "above_control"), 30),
    Column("地下水类别 / groundwater class", _of_kind("groundwater", "grade_zh")),
    Column("地下水超标 / groundwater over", _of_kind("groundwater", "over"), 30),
]
WELLS: list[Column] = [
    Column("项目 / item", lambda line: line[0].item_name_zh),
    Column("项目英文名 / item (English)", lambda line: line[0].item_name_en, 24),
    Column("井 / well", lambda line: line[1].code),
    Column("名称 / name", lambda line: line[1].name_zh, 30),
    Column("位置 / position", lambda line: line[1].position),
    Column("结果 / value", lambda line: line[2].text),
    Column("单位 / unit", lambda line: line[2].unit),
    Column("采样时间 / sampled at", lambda line: line[2].sampled_at),
    Column("类别 / class", lambda line: line[2].grade),
    Column("限值 / limit", lambda line: line[2].limit),
    Column("结论 / outcome", lambda line: line[2].outcome.value),
]
