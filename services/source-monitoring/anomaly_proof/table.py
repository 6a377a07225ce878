"""The table as a page."""

from collections.abc import Mapping

from source_monitoring.domain.anomaly.findings import rule_names
from source_monitoring.domain.anomaly.rule_table import RULE_RUNS

from anomaly_proof.measure import Score

_HEAD = """# 异常规则的查准率与查全率 · Precision and recall of the anomaly rules

由 `make anomaly-table` 生成(不要手工修改)。Written by `make anomaly-table`; do not edit.

模拟园区的排口按分钟产生数据(负荷、日变化、两种时间尺度的漂移、分析仪噪声与分析周期、每日校准、故障、断线、停产、真实超标),
再施加下表所列的故障与作弊;规则以平台默认参数、按服务中的调度逐次运行({seeds} 组随机种子)。
Outlets send minute by minute (load, daily rhythm, two scales of drift, analyser noise and cycles, calibrations, faults, gaps,
stops, true exceedances); then the faults and frauds below are done to them. Rules run with their default parameters as the
service schedules them, {seeds} seeds a scenario.

- 查全率 recall:被某条异常覆盖的注入事件 / 全部注入事件 · injected events that an anomaly of the rule overlaps / all injected.
- 查准率 precision:覆盖事件的异常 / 该规则在其场景中的全部异常 · anomalies that overlap an event / all in its scenario.
- 误报 false a day:正常排口上每个排口每天的异常条数 · anomalies for each outlet and day on {days:.0f} clean outlet-days.

| 规则 rule | 名称 | name | 运行 runs | 事件 events | 查全率 recall | 异常 anomalies | 查准率 precision | 误报 false a day |
|---|---|---|---|---|---|---|---|---|
"""

_TAIL = """
全部规则合计误报 All rules together: **{total:.3f}** 条/排口·日 false anomalies for each outlet and day ({days:.0f} outlet-days).

## 场景 Scenarios

{told}

## 薄弱之处 What is thin

- 注入的强度多在门限以外有余量(例如突变 45–80 % 限值,门限 20 %);贴着门限的轻微作弊不在此表内。
  Most injected faults lie well beyond the thresholds; frauds that stay just below them are not in this table.
- 数据是模拟的,不是实测;厂家特有的怪癖只有少数几种。 The data is simulated; few of the quirks of real makes are in it.
- 事件数少的规则(AN05、AN10、AN27、AN28、AN34、AN40、AN46)按整段场景计一件,查全率的不确定度大。 Rules with few events count one a
  scenario: their recall is uncertain.
- 恒值、pH 方差、夜间排放等门限对真实工艺的正常稳定性敏感,正常排口若更平稳,误报会更多(逐点调整参数)。
  Steadier outlets than these will give more false anomalies of AN01, AN20 and AN40: set their parameters by outlet.
- AN06 与 AN07 在真实超标陡起陡落时也会给出线索:它们是核查线索,不是结论。
  AN06 and AN07 also speak at a true exceedance with steep flanks.
- AN31 的误报不计:断线是真实的。 AN31 is not counted on clean data: its gaps are real.
"""


def table(scores: Mapping[str, Score], false: Mapping[str, float], days: float, *, seeds: int) -> str:
    """Return the page as Markdown."""
    rows = [_row(scores.get(rule_id), rule_id, false.get(rule_id, 0.0)) for rule_id in RULE_RUNS]
    told = "\n".join(
        f"- **{rule_id}** {text}" for rule_id in RULE_RUNS if rule_id in scores for text in scores[rule_id].told
    )
    return (
        _HEAD.format(seeds=seeds, days=days)
        + "\n".join(rows)
        + "\n"
        + _TAIL.format(total=sum(false.values()), days=days, told=told)
    )


def _row(score: Score | None, rule_id: str, false: float) -> str:
    name_zh, name_en = rule_names(rule_id)
    runs = RULE_RUNS[rule_id].cadence.value
    if score is None:
        return f"| {rule_id} | {name_zh} | {name_en} | {runs} | - | - | - | - | {false:.3f} |"
    precision = f"{score.precision:.2f}" if score.precision is not None else "-"
    shown_false = "-" if rule_id == "AN31" else "n/a" if runs == "stream" else f"{false:.3f}"
    return (
        f"| {rule_id} | {name_zh} | {name_en} | {runs} | {score.events} | {score.recall:.2f} | {score.episodes} |"
        f" {precision} | {shown_false} |"
    )
