"""An anomaly as people and alerting read it: sentence with place and time, finding, and where its raw frames are."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import point_finding
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from park_schemas.supervision import FindingRecorded
from park_standards.anomaly.result import rule

from source_monitoring.domain.anomaly.episodes import Episode
from source_monitoring.domain.anomaly.rule_table import RULE_RUNS
from source_monitoring.domain.anomaly.window import Grid
from source_monitoring.domain.reductions.order_rule import RULE_ID as ORDER

KIND = "anomaly"
_NO_UNIT = frozenset({"", "1"})
_ORDER_NAMES = ("减排指令未落实", "ordered reduction not kept")


def rule_names(rule_id: str) -> tuple[str, str]:
    """Return the rule's name in Chinese and English."""
    return _ORDER_NAMES if rule_id == ORDER else (rule(rule_id).name_zh, rule(rule_id).name_en)


def sentences(limits: PointLimits, episode: Episode) -> tuple[str, str]:
    """Return what was seen, where and when, as one Chinese and one English sentence."""
    point, known = limits.point, limits.factors.get(episode.factor)
    names = rule_names(episode.rule_id)
    unit = f"({known.unit})" if known and known.unit not in _NO_UNIT else ""
    factor_zh = f"{known.name_zh if known else episode.factor}{unit}"
    factor_en = f"{known.name_en if known else episode.factor}{f' {unit}' if unit else ''}"
    start, end = at_park(episode.started_at), at_park(episode.ended_at)
    last = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
    span_zh = f"{start:%Y-%m-%d %H:%M}" + (f" 至 {last}" if end != start else "")
    span_en = f"{start:%Y-%m-%d %H:%M}" + (f" to {last}" if end != start else "")
    zh = f"{point.enterprise_name_zh} {point.name_zh}{factor_zh}{names[0]}:{episode.sentence_zh}({span_zh})。"
    owner = f"{point.enterprise_name_en}, " if point.enterprise_name_en else ""
    en = (
        f"{owner}{point.name_en}{f', {factor_en}' if factor_en else ''}: {names[1]}; {episode.sentence_en} ({span_en})."
    )
    return zh.strip(), en


def said_with_unit(sentence: str, unit: str, word: str = "") -> str:
    """Return what was seen with the unit of its figures, for places where no name of the factor stands before it."""
    return sentence if unit in _NO_UNIT or unit in sentence else f"{sentence} ({word}{unit})"


def finding(
    limits: PointLimits, episode: Episode, verdict: Literal["violated", "complied"], at: datetime
) -> FindingRecorded:
    """Return the finding of an episode. Its id follows from the episode, the verdict and how far it was told."""
    zh, en = sentences(limits, episode)
    if verdict == "complied":
        closed = at_park(episode.closed_at or at)
        zh, en = f"{zh}自 {closed:%Y-%m-%d %H:%M} 起恢复正常。", f"{en} Normal again by {closed:%Y-%m-%d %H:%M}."
    known = limits.factors.get(episode.factor)
    made = point_finding(
        limits.point, episode.rule_id, verdict, key=(episode.anomaly_id, episode.ended_at.timestamp(), episode.severity),
        start=episode.started_at, end=max(episode.ended_at, episode.closed_at or episode.ended_at), recorded_at=at,
        zh=zh, en=en,
    )  # fmt: skip
    return msgspec.structs.replace(
        made,
        kind=KIND,
        severity=episode.severity,
        source_id=episode.anomaly_id,
        factor=episode.factor or None,
        factor_name_zh=known.name_zh if known else "",
        factor_name_en=known.name_en if known else "",
    )


def frames_link(
    point_id: UUID, rule_id: str, start: datetime, end: datetime, period: Period | None = None
) -> dict[str, str]:
    """Return where the raw frames of an evidence window are: the arguments of GET /points/{id}/frames.

    Without a `period` they are of the finest that the rule reads.
    """
    reads = RULE_RUNS[rule_id].reads
    usual = Period.MINUTE if rule_id == ORDER else Period.REALTIME
    finest = next((Period(grid.value) for grid in (Grid.REALTIME, Grid.MINUTE, Grid.DAY) if grid in reads), usual)
    since, until = at_park(start).isoformat(), at_park(max(end, start)).isoformat()
    return {"point_id": str(point_id), "period": (period or finest).value, "from": since, "to": until}
