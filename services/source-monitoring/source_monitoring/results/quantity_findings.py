"""Findings of permitted quantities: `total-control` (a warning share is used), `total-pace` (ahead of the linear pace).

Each speaks of the moment it was found, so that alerting folds what is told and its end in the order in which they came."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

import asyncpg
import msgspec
from park_chassis.clock import now
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import point_finding
from park_schemas.codes import Period
from park_schemas.supervision import FindingRecorded

from source_monitoring.domain.period_warnings import ENDED_WORDS, Ended
from source_monitoring.domain.permitted_quantity import Pace, Use

TOTAL_CONTROL = "total-control"
"""The rule name that alerting grades by share (ratio): total-quantity control (总量控制)."""
TOTAL_PACE = "total-pace"
"""Ahead of the linear pace by the set share (default +20 %: yellow)."""
Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Used:
    """A quantity, what is used of it, and the outlet that its findings are about."""

    row: asyncpg.Record
    use: Use
    pace: Pace | None
    of: PointLimits


def told(one: Used, rule: str, share: Decimal) -> FindingRecorded:
    """Return the finding that a warning share is reached."""
    said_zh, said_en = _SAID[rule](one, share)
    return _finding(one, rule, share, "violated", (said_zh, said_en), _RATIO[rule](one))


def ended(one: Used, rule: str, share: Decimal, why: Ended) -> FindingRecorded:
    """Return the finding that the warnings of a rule stand no more.

    Without a ratio when the period is over: the share is what it is, but nothing is left to be done about it. The pace never
    has one then: its line lies above 1, where alerting clears nothing by ratio.
    """
    zh, en = _SAID[rule](one, share)
    why_zh, why_en = ENDED_WORDS[why]
    ratio = None if why is Ended.PERIOD_OVER or rule == TOTAL_PACE else _RATIO[rule](one)
    return _finding(one, rule, share, "complied", (f"{zh};{why_zh}", f"{en}; {why_en}"), ratio)


def _finding(
    one: Used, rule: str, share: Decimal, verdict: Literal["violated", "complied"], said: Words, ratio: Decimal | None
) -> FindingRecorded:
    at, row, limits = now(), one.row, one.of
    name_zh, name_en = _factor_names(one)
    body = point_finding(
        limits.point, rule, verdict, key=(row["quantity_id"], share, at.isoformat()),
        start=at, end=at, recorded_at=at, period=Period.DAY,
        zh=f"{said[0]}。依据 {row['permit']}。", en=f"{said[1]}. {row['permit']}.",
    )  # fmt: skip
    bound = one.pace.expected if rule == TOTAL_PACE and one.pace else Decimal(row["permitted_kg"])
    return msgspec.structs.replace(
        body, factor=row["factor"], factor_name_zh=name_zh, factor_name_en=name_en, observed=f"{one.use.used:.3f}",
        limit=f"{bound:.3f}" if rule == TOTAL_PACE else f"{bound:f}", unit="kg",
        ratio=None if ratio is None else round(float(ratio), 4), standard="排污许可证", clause=row["permit"],
        limit_id=f"permit/{row['quantity_id']}", statutory=rule == TOTAL_CONTROL,
    )  # fmt: skip


def _factor_names(one: Used) -> Words:
    factor = one.of.factors.get(one.row["factor"])
    return (factor.name_zh, factor.name_en) if factor else (one.row["factor"], one.row["factor"])


def _emitted(one: Used) -> Words:
    point, row = one.of.point, one.row
    whole = row["point_id"] is None
    name_zh, name_en = _factor_names(one)
    owner_zh = point.enterprise_name_zh if whole else point.name_zh
    owner_en = point.enterprise_name_en if whole else point.name_en
    return (
        f"{owner_zh} {row['year']} 年{name_zh}排放量 {one.use.used:.1f} kg",
        f"{owner_en}: {one.use.used:.1f} kg of {name_en} emitted in {row['year']}",
    )


def _of_share(one: Used, share: Decimal) -> Words:
    zh, en = _emitted(one)
    permitted, out = one.row["permitted_kg"], one.use.runs_out
    return (
        f"{zh},占许可量 {permitted:f} kg 的 {one.use.share * 100:.1f}%(提醒线 {share * 100:.0f}%)"
        + (f",按近期水平预计 {out} 用完" if out else ""),
        f"{en}, {one.use.share * 100:.1f} % of the permitted {permitted:f} kg (warning at {share * 100:.0f} %)"
        + (f", at the present rate it runs out on {out}" if out else ""),
    )


def _of_pace(one: Used, share: Decimal) -> Words:
    zh, en = _emitted(one)
    if one.pace is None:
        return f"{zh},暂不能与线性进度比较", f"{en}, the pace cannot be told now"
    expected, ratio, day = one.pace.expected, one.pace.ratio, one.use.last_day
    return (
        f"{zh},截至 {day} 为线性进度 {expected:.1f} kg 的 {ratio * 100:.1f}%(提醒线 {share * 100:.0f}%)",
        f"{en}, by {day} {ratio * 100:.1f} % of the linear pace of {expected:.1f} kg (warning at {share * 100:.0f} %)",
    )


_SAID: Mapping[str, Callable[[Used, Decimal], Words]] = MappingProxyType(
    {TOTAL_CONTROL: _of_share, TOTAL_PACE: _of_pace}
)
_RATIO: Mapping[str, Callable[[Used], Decimal | None]] = MappingProxyType(
    {TOTAL_CONTROL: lambda one: one.use.share, TOTAL_PACE: lambda one: one.pace.ratio if one.pace else None}
)
