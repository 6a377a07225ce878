"""What manual monitoring tells: results beyond their limit and their end (rule `exceedance`), results that did not come
(rule `manual-overdue`).

ASSUMPTION: a single sample speaks for its day (Period.DAY; an hourly mean for its hour), so the next sample that keeps the limit
ends the episode. Its limit id begins with `manual/`: automatic values of the same limit are an episode track of their own.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

import msgspec
from park_judging.domain.findings import EXCEEDANCE, point_finding
from park_schemas.codes import Period
from park_schemas.identifiers import natural_id
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from park_schemas.supervision import FindingRecorded
from park_standards.factors import factors

from source_monitoring.domain.manual.dues import Due
from source_monitoring.domain.manual.plans import Plan
from source_monitoring.domain.manual.results import ManualResult
from source_monitoring.domain.manual.verdicts import OVER, ManualVerdict

MANUAL_OVERDUE = "manual-overdue"

_SPOKEN_FOR: Mapping[str, tuple[Period, timedelta]] = MappingProxyType(
    {
        "instant": (Period.DAY, timedelta()),
        "hour": (Period.HOUR, timedelta(hours=1)),
        "day": (Period.DAY, timedelta(days=1)),
    }
)


def result_findings(
    point: PointRecord,
    result: ManualResult,
    verdict: ManualVerdict,
    version: int,
    *,
    before: ManualVerdict | None,
    counts: bool,
    at: datetime,
) -> Iterator[FindingRecorded]:
    """Give what a new version of a result tells. `before`: the verdict that stood for the factor until now (the version
    before, else the sample before); `counts`: False when the result is withdrawn or returned."""
    over = counts and verdict.outcome in OVER
    if before is not None and before.outcome in OVER and not (over and verdict.limit_id == before.limit_id):
        calm = (verdict.zh, verdict.en) if counts else _withdrawn(point, result)
        yield _of_result(point, result, before, version, "complied", calm, at)
    if over:
        yield _of_result(point, result, verdict, version, "violated", (verdict.zh, verdict.en), at)


def _withdrawn(point: PointRecord, result: ManualResult) -> tuple[str, str]:
    return (
        f"{point.name_zh} {result.factor_name_zh}的手工监测超标结果不再计入。",
        f"{point.name_en}: the manual result of {result.factor_name_en} over the limit counts no more.",
    )


def _of_result(
    point: PointRecord,
    result: ManualResult,
    held: ManualVerdict,
    version: int,
    verdict: Literal["violated", "complied"],
    said: tuple[str, str],
    at: datetime,
) -> FindingRecorded:
    period, length = _SPOKEN_FOR[result.averaging]
    made = point_finding(
        point, EXCEEDANCE, verdict, key="", start=result.sampled_at, end=result.sampled_until or result.sampled_at + length,
        recorded_at=at, zh=f"{point.name_zh}：{said[0]}", en=f"{point.name_en}: {said[1]}", period=period,
    )  # fmt: skip
    return msgspec.structs.replace(
        made, finding_id=natural_id(EXCEEDANCE, result.result_id, version, verdict, held.limit_id), factor=result.factor,
        factor_name_zh=result.factor_name_zh, factor_name_en=result.factor_name_en, observed=result.text,
        limit=held.limit or None, unit=held.unit, ratio=held.ratio, standard=held.standard, clause=held.clause,
        limit_id=f"manual/{held.limit_id}", statutory=held.statutory, source_id=result.result_id,
    )  # fmt: skip


def overdue_finding(
    point: PointRecord, plan: Plan, due: Due, verdict: Literal["violated", "complied"], at: datetime
) -> FindingRecorded:
    """Return the finding that a period is over without its results, or that it is settled. Each period is a track of its own."""
    first = f"{at_park(due.window.start):%Y-%m-%d}"
    last = f"{at_park(due.window.end - timedelta(seconds=1)):%Y-%m-%d}"
    lacking = [factors()[code] for code in due.lacking if code in factors()]
    names_zh, names_en = "、".join(one.name_zh for one in lacking), ", ".join(one.name_en for one in lacking)
    if verdict == "violated":
        zh = f"{point.name_zh} 自行监测“{plan.name_zh}” {first} 至 {last} 逾期未报结果，缺 {names_zh}。依据 {plan.basis}。"
        en = f"{point.name_en}: manual monitoring “{plan.name_en}” of {first} to {last} is overdue, lacking {names_en}."
    else:
        zh = f"{point.name_zh} 自行监测“{plan.name_zh}” {first} 至 {last} 已补报或不再需要。"
        en = f"{point.name_en}: manual monitoring “{plan.name_en}” of {first} to {last} is settled."
    made = point_finding(
        point, MANUAL_OVERDUE, verdict, key=(plan.plan_id, due.window.start.timestamp(), at.timestamp()),
        start=due.window.start, end=due.window.end, recorded_at=at, zh=zh, en=en, period=Period.DAY,
    )  # fmt: skip
    track = f"{plan.plan_id}/{due.window.start:%Y%m%dT%H%M}"
    return msgspec.structs.replace(made, limit_id=track, source_id=plan.plan_id)
