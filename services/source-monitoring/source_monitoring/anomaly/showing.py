"""An anomaly as it is answered: names, link to its raw frames, curves around its evidence window, the parameters it ran with."""

from collections.abc import Iterable
from datetime import timedelta
from operator import itemgetter
from typing import Any

from park_chassis.database import Connection
from park_chassis.export import Column
from park_judging import series_view
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_schemas.codes import Period

from source_monitoring.domain.anomaly.evidence_words import evidence_shown
from source_monitoring.domain.anomaly.findings import frames_link, rule_names, said_with_unit
from source_monitoring.domain.anomaly.parameter_kinds import kind_of
from source_monitoring.domain.anomaly.rule_table import RULE_RUNS
from source_monitoring.domain.anomaly.window import Grid

_AROUND = timedelta(hours=2)
_SHOWN_POINTS = 1000


def item(points: Points, row: dict[str, Any]) -> dict[str, Any]:
    """Return an anomaly as a row of the list."""
    limits = points.get(row["point_id"])
    known = limits.factors.get(row["factor"]) if limits else None
    name_zh, name_en = rule_names(row["rule_id"])
    shown = {key: value for key, value in row.items() if not key.startswith("published")}
    unit = known.unit if known else ""
    return {
        **shown,
        "sentence_zh": said_with_unit(row["sentence_zh"], unit, "单位 "),
        "sentence_en": said_with_unit(row["sentence_en"], unit),
        "rule_zh": name_zh,
        "rule_en": name_en,
        "point_zh": limits.point.name_zh if limits else "",
        "point_en": limits.point.name_en if limits else "",
        "enterprise_zh": limits.point.enterprise_name_zh if limits else "",
        "enterprise_en": limits.point.enterprise_name_en if limits else "",
        "factor_zh": known.name_zh if known else row["factor"],
        "factor_en": known.name_en if known else row["factor"],
        "frames": frames_link(row["point_id"], row["rule_id"], row["started_at"], row["ended_at"]),
    }


async def shown_whole(
    connection: Connection, points: Points, limits: PointLimits, row: dict[str, Any]
) -> dict[str, Any]:
    """Return an anomaly with its evidence by name, the parameters it ran with, and the curves around its window."""
    shown = {"evidence_shown": evidence_shown(row["evidence"]), "parameters_shown": _parameters(row)}
    return {**item(points, row), **shown, **await _evidence(connection, limits, row)}


async def _evidence(connection: Connection, limits: PointLimits, row: dict[str, Any]) -> dict[str, Any]:
    """Return curves around the window, of the values the rule looks at; a long window is shown in hours."""
    length = row["ended_at"] - row["started_at"]
    around = max(_AROUND, length / 4)
    span = (row["started_at"] - around, row["ended_at"] + around)
    period = _shown_period(row["rule_id"], span[1] - span[0])
    factors = [row["factor"]] if row["factor"] in limits.factors else list(limits.factors)
    curves = await series_view.series(connection, limits, factors, period, span, _SHOWN_POINTS)
    return {"window": {"from": row["started_at"], "to": row["ended_at"]}, "evidence_series": curves}


def _parameters(row: dict[str, Any]) -> list[dict[str, str]]:
    """Return the parameters a rule ran with, by name; those of rules as they were once are shown as they were kept."""
    found = []
    for name, value in row["parameters"].items():
        known = name in RULE_RUNS[row["rule_id"]].parameters
        kind = kind_of(row["rule_id"], name) if known else None
        names = (kind.name_zh, kind.name_en, kind.unit) if kind else (name, name, "")
        found.append({"name": name, "name_zh": names[0], "name_en": names[1], "unit": names[2], "value": value})
    return found


def _shown_period(rule_id: str, length: timedelta) -> Period:
    if length > timedelta(days=3):
        return Period.HOUR
    reads = RULE_RUNS[rule_id].reads
    return Period.REALTIME if Grid.REALTIME in reads or not reads else Period.MINUTE


def precision_shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return how often a rule was right, by what people have said."""
    judged = row["confirmed"] + row["false"]
    name_zh, name_en = rule_names(row["rule_id"])
    share = round(row["confirmed"] / judged, 4) if judged else None
    return {**row, "rule_zh": name_zh, "rule_en": name_en, "precision": share}


def _columns(*named: tuple[str, str]) -> Iterable[Column]:
    return [Column(title, itemgetter(key)) for title, key in named]


COLUMNS = list(
    _columns(
        ("规则 rule", "rule_id"), ("名称 name", "rule_zh"), ("企业 enterprise", "enterprise_zh"), ("点位 point", "point_zh"),
        ("因子 factor", "factor_zh"), ("级别 severity", "severity"), ("状态 state", "state"), ("开始 from", "started_at"),
        ("结束 to", "ended_at"), ("说明", "sentence_zh"), ("what was seen", "sentence_en"), ("核实 feedback", "feedback"),
        ("核实说明 reason", "feedback_reason"), ("核实人 by", "feedback_by"),
    )
)  # fmt: skip
