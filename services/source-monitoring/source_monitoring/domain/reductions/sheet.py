"""The columns of the emergency reduction list as a sheet, and a row of it as a line of the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from park_chassis.sheets import cells
from park_chassis.sheets.problems import Problem
from park_chassis.sheets.row_reading import read_row
from park_chassis.sheets.sheet import Column, Sheet

from source_monitoring.domain.reductions.levels import GRADES, LEVELS, POLLUTANTS
from source_monitoring.domain.reductions.reduction_list import LevelMeasure, ListedLine, problems_of

_GRADES = {code: (grade.name_zh, grade.name_en) for code, grade in GRADES.items()}
_LEVEL_ZH = {"yellow": "黄色", "orange": "橙色", "red": "红色"}


def _of_level(level: str, example: str, share: str) -> tuple[Column, Column]:
    zh, en = _LEVEL_ZH[level], level.capitalize()
    return (
        Column(f"{level}_measure", f"{zh}预警措施", f"{en} measure", cells.text(500), example,
               note_zh="留空表示该级别不减排", note_en="empty: nothing at this level"),
        Column(f"{level}_share", f"{zh}预警允许比例", f"{en} allowed share", cells.number(0, 0.9999), share,
               note_zh="用电或流量不得超过平时的多少(0 为停产);留空则须现场核查",
               note_en="of the usual power or flow (0: stop); empty: looked at on the spot"),
    )  # fmt: skip


REDUCTION_LIST = Sheet(
    title_zh="应急减排清单",
    columns=(
        Column("enterprise", "企业名称", "enterprise", cells.text(120), "甲化工有限公司", required=True,
               note_zh="与档案中的名称一致", note_en="as in the archive"),
        Column("line", "生产线", "production line", cells.text(120), "1 号裂解炉", required=True,
               note_zh="企业内唯一;与企业名称一起作为主键", note_en="with the enterprise the key"),
        Column("industry", "行业", "industry", cells.text(60), "炼油与石油化工"),
        Column("grade", "绩效分级", "performance grade", cells.choice(_GRADES), "C", required=True),
        Column("point", "证明点位编码", "code of the proving point", cells.text(40), "DA001",
               note_zh="用电、工况或流量数据所在的监测点位", note_en="where power, load or flow is reported"),
        Column("factor", "证明因子", "proving factor", cells.text(20), "a00000", note_zh="因子编码", note_en="its code"),
        Column("usual_value", "备案基准值", "filed usual value", cells.number(0), "",
               note_zh="留空则取预警前 30 天均值", note_en="empty: the mean of the 30 days before an order"),
        *_of_level("yellow", "限产 20%", "0.8"),
        *_of_level("orange", "限产 50%", "0.5"),
        *_of_level("red", "停产", "0"),
        *(
            Column(f"emission_{one}", f"{one} 日排放量 kg", f"{one} kg a day", cells.number(0), "120")
            for one in POLLUTANTS
        ),
        Column("note", "备注", "note", cells.text(500), ""),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Places:
    """What the names of a sheet stand for: enterprises by name, points by (enterprise, code) with the factors they report."""

    enterprises: Mapping[str, UUID]
    points: Mapping[tuple[UUID, str], tuple[UUID, frozenset[str]]]


def line_of(texts: Mapping[str, str], places: Places) -> tuple[ListedLine | None, list[Problem]]:
    """Return the line of a row of text, or None and every problem of the row."""
    values, problems = read_row(REDUCTION_LIST, texts)
    name = values.get("enterprise", "")
    enterprise_id = places.enterprises.get(name)
    if name and enterprise_id is None:
        problems.append(
            Problem("enterprise", name, "没有在监测点位档案中找到该企业", "no enterprise with points has this name")
        )
    point_id, wrong = _meter(values, enterprise_id, places)
    problems += wrong
    problems += [
        Problem(f"{level}_measure", "", "填写了允许比例就必须填写措施", "a share needs its measure")
        for level in LEVELS
        if f"{level}_share" in values and f"{level}_measure" not in values
    ]
    if problems or enterprise_id is None:
        return None, problems
    line = ListedLine(
        enterprise_id=enterprise_id, line=values["line"], grade=values["grade"], industry=values.get("industry", ""),
        point_id=point_id, factor=values.get("factor", ""), usual_value=_text(values.get("usual_value")),
        measures={
            level: LevelMeasure(measure_zh=values[f"{level}_measure"], allowed_share=_text(values.get(f"{level}_share")))
            for level in LEVELS
            if f"{level}_measure" in values
        },
        emissions={
            one: f"{values[f'emission_{one}']:f}" for one in POLLUTANTS if values.get(f"emission_{one}") is not None
        },
        note=values.get("note", ""),
    )  # fmt: skip
    problems = problems_of(line)
    return (None if problems else line), problems


def _meter(values: Mapping[str, Any], enterprise_id: UUID | None, places: Places) -> tuple[UUID | None, list[Problem]]:
    code, factor = values.get("point", ""), values.get("factor", "")
    if not code or enterprise_id is None:
        return None, []
    known = places.points.get((enterprise_id, code))
    if known is None:
        return None, [Problem("point", code, "该企业没有这个点位", "the enterprise has no such point")]
    if factor and factor not in known[1]:
        shown = "、".join(sorted(known[1])) or "-"
        return known[0], [
            Problem(
                "factor",
                factor,
                f"该点位不上报此因子,可用:{shown}",
                f"the point does not report it; there are: {shown}",
            )
        ]
    return known[0], []


def texts_of(line: ListedLine, enterprise: str, point_code: str) -> dict[str, str]:
    """Return a line as the text cells of the sheet, so that an export can be imported again."""
    texts = {
        "enterprise": enterprise, "line": line.line, "industry": line.industry, "grade": line.grade, "point": point_code,
        "factor": line.factor, "usual_value": line.usual_value or "", "note": line.note,
    }  # fmt: skip
    for level, measure in line.measures.items():
        texts |= {f"{level}_measure": measure.measure_zh, f"{level}_share": measure.allowed_share or ""}
    return texts | {f"emission_{one}": value for one, value in line.emissions.items()}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
