"""Findings about a point: the event body with names, place, limit, clause, and an explanation that people can follow."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec
from park_schemas.codes import INDICATIVE_KINDS, Period
from park_schemas.identifiers import natural_id
from park_schemas.registry import PointRecord
from park_schemas.supervision import FindingRecorded
from park_standards.units import quantity_of

from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.holding import SOUND_LEVEL, Held
from park_judging.domain.periods import LEVEL_EN, LEVEL_ZH, PERIOD_EN, PERIOD_ZH
from park_judging.domain.watching import WatchKey

EXCEEDANCE = "exceedance"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Which value it was. `origin` is reported or computed; `revision` that of the frame or of the assessment."""

    period: Period
    start: datetime
    end: datetime
    origin: str
    revision: int
    mn: str | None = None


def exceedance_finding(point: PointRecord, held: Held, occasion: Occasion, recorded_at: datetime) -> FindingRecorded:
    """Return the finding that a value broke its limit, or keeps it again."""
    row, factor = held.limit.row, held.limit.factor
    zh, en = explain(point, held, occasion)
    return FindingRecorded(
        finding_id=natural_id(
            EXCEEDANCE, point.point_id, row.factor, occasion.period, occasion.start.timestamp(),
            row.limit_id, occasion.origin, occasion.revision,
        ),
        rule=EXCEEDANCE,
        verdict="violated" if held.violated else "complied",
        park_id=point.park_id,
        subject_id=point.point_id,
        subject_name_zh=point.name_zh,
        subject_name_en=point.name_en,
        medium=point.medium,
        period=occasion.period,
        period_start=occasion.start,
        period_end=occasion.end,
        recorded_at=recorded_at,
        explanation_zh=zh,
        explanation_en=en,
        enterprise_id=point.enterprise_id,
        enterprise_name_zh=point.enterprise_name_zh,
        enterprise_name_en=point.enterprise_name_en,
        mn=occasion.mn,
        factor=row.factor,
        factor_name_zh=factor.name_zh,
        factor_name_en=factor.name_en,
        observed=held.observed,
        limit=held.bound,
        unit=row.unit,
        ratio=held.ratio,
        standard=row.standard,
        clause=row.clause,
        limit_id=row.limit_id,
        statutory=occasion.period is held.limit.averaging and point.point_kind not in INDICATIVE_KINDS,
        longitude=point.longitude,
        latitude=point.latitude,
    )  # fmt: skip


def explain(point: PointRecord, held: Held, occasion: Occasion) -> tuple[str, str]:
    """Return the verdict as one Chinese and one English sentence: point, factor, value, limit, multiple, standard, clause."""
    row, factor = held.limit.row, held.limit.factor
    unit = "" if row.unit == "1" else f" {row.unit}"
    basis_zh, basis_en = ("折算", "converted ") if row.basis == "converted" else ("", "")
    owner_zh = f"{point.enterprise_name_zh} " if point.enterprise_name_zh else ""
    owner_en = f"{point.enterprise_name_en}, " if point.enterprise_name_en else ""
    relation_zh, relation_en = _relation(held)
    is_level = quantity_of(row.unit) == SOUND_LEVEL
    period_zh, period_en = (LEVEL_ZH, LEVEL_EN) if is_level else (PERIOD_ZH, PERIOD_EN)
    zh = (
        f"{owner_zh}{point.name_zh}{factor.name_zh}{basis_zh}{period_zh[occasion.period]} {held.observed}{unit},"
        f"{relation_zh} {held.bound}{unit}{'' if is_level else _multiple_zh(held)},依据 {row.standard} {row.clause}"
    )
    en = (
        f"{owner_en}{point.name_en}: {basis_en}{period_en[occasion.period]} of {factor.name_en} is {held.observed}{unit}, "
        f"{relation_en} {held.bound}{unit}{'' if is_level else _multiple_en(held)}; {row.standard}, {row.clause}"
    )
    if occasion.period is not held.limit.averaging:
        zh += f"。该限值按{PERIOD_ZH[held.limit.averaging]}考核,此为预警"
        en += f". The limit is judged by the {PERIOD_EN[held.limit.averaging]}: this is an early sign"
    if point.point_kind in INDICATIVE_KINDS:
        zh += "。微型站数据仅供参考,不作为超标判定"
        en += ". A micro-station only indicates: this is no statutory exceedance"
    if occasion.origin == "computed":
        zh += "。数值由平台重新计算"
        en += ". The value was computed by the platform"
    return zh + "。", en + "."


def _relation(held: Held) -> tuple[str, str]:
    bounds = held.limit.bounds
    kind = (
        "range"
        if bounds.lower is not None and bounds.upper is not None
        else "upper"
        if bounds.upper is not None
        else "lower"
    )
    return _RELATIONS[kind, held.violated]


_RELATIONS = {
    ("upper", True): ("超过限值", "above the limit"),
    ("upper", False): ("符合限值", "within the limit"),
    ("lower", True): ("低于下限", "below the lower limit"),
    ("lower", False): ("符合下限", "keeping the lower limit"),
    ("range", True): ("超出限值范围", "outside the range"),
    ("range", False): ("符合限值范围", "within the range"),
}


def _multiple_zh(held: Held) -> str:
    """The exceeding multiple (超标倍数) is (C - S) / S; it exists for upper limits only."""
    if not held.violated or held.limit.bounds.lower is not None:
        return ""
    return f"(为限值的 {held.ratio:.2f} 倍,超标 {held.ratio - 1:.2f} 倍)"


def _multiple_en(held: Held) -> str:
    if not held.violated or held.limit.bounds.lower is not None:
        return ""
    return f" ({held.ratio:.2f} times the limit)"


def point_finding(
    point: PointRecord,
    rule: str,
    verdict: Literal["violated", "complied"],
    *,
    key: object,
    start: datetime,
    end: datetime,
    recorded_at: datetime,
    zh: str,
    en: str,
    mn: str | None = None,
    period: Period = Period.REALTIME,
) -> FindingRecorded:
    """Return a finding about a point as a whole (offline, missing data). `key` makes its id: equal keys, equal ids."""
    return FindingRecorded(
        finding_id=natural_id(rule, point.point_id, verdict, key),
        rule=rule,
        verdict=verdict,
        park_id=point.park_id,
        subject_id=point.point_id,
        subject_name_zh=point.name_zh,
        subject_name_en=point.name_en,
        medium=point.medium,
        period=period,
        period_start=start,
        period_end=end,
        recorded_at=recorded_at,
        explanation_zh=zh,
        explanation_en=en,
        enterprise_id=point.enterprise_id,
        enterprise_name_zh=point.enterprise_name_zh,
        enterprise_name_en=point.enterprise_name_en,
        mn=mn,
        longitude=point.longitude,
        latitude=point.latitude,
    )


def withdrawn_finding(limits: PointLimits, key: WatchKey, at: datetime) -> FindingRecorded:
    """Return the finding that a watched limit applies no more (expired, replaced, withdrawn): the episode has no rule left."""
    _, code, period, limit_id, _ = key
    factor = limits.factors.get(code)
    name_zh, name_en = (factor.name_zh, factor.name_en) if factor else (code, code)
    finding = point_finding(
        limits.point, EXCEEDANCE, "complied", key=(key, at.timestamp()), start=at, end=at, recorded_at=at,
        zh=f"{limits.point.name_zh}{name_zh}的限值 {limit_id} 已不再适用。",
        en=f"{limits.point.name_en}: the limit {limit_id} of {name_en} applies no more.",
        period=Period(period),
    )  # fmt: skip
    return msgspec.structs.replace(
        finding, factor=code, factor_name_zh=name_zh, factor_name_en=name_en, limit_id=limit_id
    )
