"""Results of manual monitoring as they are kept, and how a row of text (form, file, mended row) becomes one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct
from park_chassis.sheets.problems import BadCell, Problem
from park_chassis.sheets.row_reading import read_row
from park_judging.domain.laboratory.cells import time_problems, unit_problems
from park_judging.domain.laboratory.measured import Measured, measured
from park_schemas.identifiers import natural_id
from park_schemas.registry import PointRecord
from park_standards.factors import Factor

from source_monitoring.domain.manual.factor_names import factor_named
from source_monitoring.domain.manual.plans import Averaging
from source_monitoring.domain.manual.sheets import RESULTS

_SIGNED = frozenset({"degC", "mV", "V"})


class ManualResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One factor of one sample of an outlet.

    `text` is what the laboratory wrote, `value` the number (None: not detected), `converted` the value at the reference oxygen
    content (折算), both in `unit`. [sampled_at, sampled_until) is the time of sampling. `flow` m3/h, `load` % of the rated load.
    """

    result_id: UUID
    point_id: UUID
    factor: str
    factor_name_zh: str
    factor_name_en: str
    sampled_at: datetime
    text: str
    unit: str
    detected: bool
    averaging: Averaging = "instant"
    sampled_until: datetime | None = None
    value: Decimal | None = None
    converted: Decimal | None = None
    detection_limit: Decimal | None = None
    method: str = ""
    sample_number: str = ""
    flow: Decimal | None = None
    load: Decimal | None = None
    laboratory: str = ""
    cma_number: str = ""
    report_number: str = ""
    report_file: str = ""
    note: str = ""
    evidence: list[dict[str, Any]] = []
    """As stored with every record: kind, reference, note, and `file` (file_id, sha256, name, media_type, bytes) when uploaded."""


_KEPT = (
    "averaging", "sampled_until", "converted", "method", "sample_number", "flow", "load", "laboratory", "cma_number",
    "report_number", "report_file", "note",
)  # fmt: skip


def result_of(
    texts: Mapping[str, str], points: Sequence[PointRecord], at: datetime
) -> tuple[ManualResult | None, list[Problem]]:
    """Return the result that a row makes, or all problems of the row.

    `points` are the outlets the person may write for; `at` is now: no sample is taken in the future.
    """
    values, problems = read_row(RESULTS, texts)
    point, more = _point(values, points)
    factor, wrong = _factor(values, point)
    problems += more + wrong + time_problems(values.get("sampled_at"), texts.get("sampled_at", ""), at)
    problems += _of_window(values, texts, at)
    flawed = {problem.column for problem in problems}
    wanted = _wanted_unit(point, factor)
    if factor is not None and "unit" not in flawed:
        problems += unit_problems(values.get("unit"), wanted, factor.name_zh)
        values.setdefault("unit", wanted)
    read, wrong = _measured(values)
    problems += wrong
    if problems or point is None or factor is None or read is None:
        return None, problems
    return _result(point, factor, values, read), []


def _point(values: Mapping[str, Any], points: Sequence[PointRecord]) -> tuple[PointRecord | None, list[Problem]]:
    """Find an outlet by id or code; codes repeat between enterprises, whose name then tells them apart."""
    key, owner = values.get("point"), values.get("enterprise", "")
    if key is None:
        return None, []
    found = [one for one in points if key in {one.code, str(one.point_id)} and owner in {"", one.enterprise_name_zh}]
    if len(found) == 1:
        return found[0], []
    if not found:
        return None, [Problem("point", key, "没有该排口", "there is no such outlet")]
    names = "、".join(sorted(one.enterprise_name_zh for one in found))
    return None, [
        Problem(
            "point",
            key,
            f"多家企业有该编码，请填写企业名称：{names}",
            "the code is used by several enterprises: name one",
        )
    ]


def _factor(values: Mapping[str, Any], point: PointRecord | None) -> tuple[Factor | None, list[Problem]]:
    if "factor" not in values or point is None:
        return None, []
    found = factor_named(values["factor"], point.medium)
    flaw = Problem("factor", values["factor"], "该类排口没有此监测因子", "is no factor of this kind of outlet")
    return found, [] if found else [flaw]


def _of_window(values: Mapping[str, Any], texts: Mapping[str, str], at: datetime) -> list[Problem]:
    start, end = values.get("sampled_at"), values.get("sampled_until")
    if start is None or end is None:
        return []
    if end <= start:
        cell = texts.get("sampled_until", "")
        return [Problem("sampled_until", cell, "采样结束应晚于开始", "must lie after the begin of sampling")]
    return time_problems(end, texts.get("sampled_until", ""), at, "sampled_until")


def _wanted_unit(point: PointRecord | None, factor: Factor | None) -> str:
    """The unit limits of the outlet are in, else the one the code tables print; pure numbers have 1."""
    if point is None or factor is None:
        return "1"
    of_limits = next((row.unit for row in point.limits if row.factor == factor.code), "")
    of_point = next((one.unit for one in point.factors if one.factor == factor.code), "")
    return of_limits or of_point or factor.unit or "1"


def _measured(values: Mapping[str, Any]) -> tuple[Measured | None, list[Problem]]:
    if "value" not in values:
        return None, []
    try:
        read = measured(values["value"], values.get("detection_limit"), sensory=False)
    except BadCell as flaw:
        return None, [Problem("value", values["value"], flaw.what_zh, flaw.what_en)]
    if read.value is not None and read.value < 0 and values.get("unit") not in _SIGNED:
        return None, [Problem("value", read.text, "不应为负值", "must not be negative")]
    if read.value is None and "converted" in values:
        return None, [
            Problem("converted", str(values["converted"]), "未检出时不填折算值", "not detected: nothing to convert")
        ]
    return read, []


def _result(point: PointRecord, factor: Factor, values: Mapping[str, Any], read: Measured) -> ManualResult:
    sampled_at = values["sampled_at"]
    key = (point.point_id, factor.code, sampled_at.timestamp(), values.get("sample_number", ""))
    return ManualResult(
        result_id=natural_id("manual-result", *key),
        point_id=point.point_id,
        factor=factor.code,
        factor_name_zh=factor.name_zh,
        factor_name_en=factor.name_en,
        sampled_at=sampled_at,
        text=read.text,
        unit=values["unit"],
        detected=read.detected,
        value=read.value,
        detection_limit=read.detection_limit,
        **{name: values[name] for name in _KEPT if name in values},
    )
