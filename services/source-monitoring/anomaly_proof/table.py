"""The table as a page: the anomaly rules by drawing, the other rules through the services."""

from collections.abc import Sequence

from source_monitoring.domain.anomaly.findings import rule_names
from source_monitoring.domain.anomaly.rule_table import RULE_RUNS

from anomaly_proof.drawing import Drawing, RuleCount, precision, recall, together
from anomaly_proof.scenario import SCENARIOS
from anomaly_proof.service_rules import SERVICE_RULES

_TUNED = "1–11, 21–26; clean 1000–1005, 2000–2002; services 1–2, 101–103"
"""Whoever tunes a rule adds the seeds looked at, and moves those of `make anomaly-table` on."""

_HEAD = """# 规则的查准率与查全率 · Precision and recall of the rules

由 `make anomaly-table` 生成(不要手工修改)。Written by `make anomaly-table`; do not edit.

模拟园区的排口按分钟产生数据(负荷、日变化、两种时间尺度的漂移、分析仪噪声与分析周期、每日校准、故障、断线、停产、真实超标),
再施加下文所列的故障与作弊;规则以平台默认参数、按服务中的调度逐次运行,{drawings} 次独立抽样各 {seeds} 组随机种子。
Outlets send minute by minute (load, daily rhythm, two scales of drift, analyser noise and cycles, calibrations, faults, gaps,
stops, true exceedances); then the faults and frauds below are done to them. Rules run with their default parameters as the
service schedules them, in {drawings} independent drawings of {seeds} seeds each.

**随机种子均为留出 · held-out seeds**: {held_out}。这些种子从未用于编写或调整规则(编写与调整用的是 {tuned})。
None of them was used while rules were written or tuned; those that were are {tuned}.

- 查全率 recall:被该规则的线索覆盖的注入事件 / 全部注入事件 · injected events that a finding overlaps / all injected.
- 查准率 precision:覆盖事件的线索 / 场景中该规则的全部线索 · findings that overlap an event / all of the rule in its scenario.
- 误报 false a day:正常排口上每个排口每天的条数 · findings for each outlet and day on {days:.0f} clean outlet-days.
- 超标时 at exceedances:误报中起止于真实超标前后一小时的条数(正常排口有真实超标;规则所见的陡变确有其事,但不是作弊)
  · findings (not a day: their number) that begin or end within an hour of a true exceedance, which clean outlets have too: what
  the rule saw did happen, but nobody cheated.

## 异常规则 Anomaly rules

| 规则 rule | 名称 | name | 运行 runs | 事件 events | {recalls} | 查准率 precision | 误报 false a day | 超标时 at exceedances |
|---|---|---|---|---|{bars}---|---|---|
"""

_SERVICES = """
## 其他规则 The other rules

园区数日的数据由两个判定服务自己跑出:帧经真实的消费、存储、小时与日计算、标记与总量流程进入数据库,
统计发件箱中的结论({seeds} 次抽样,{days:.0f} 点位·日)。
A park's days run through both judging services themselves: frames go the real way through consuming, storing, closing,
marking and totals into the database; what stands in the outbox is counted ({seeds} drawings, {days:.0f} point-days).

| 规则 rule | 名称 | name | 服务 service | 事件 events | 查全率 recall | 结论 findings | 查准率 precision | 误报 false a day |
|---|---|---|---|---|---|---|---|---|
{rows}

{told}
"""

_TAIL = """
全部异常规则合计误报 All anomaly rules together: **{total:.3f}** 条/排口·日 false an outlet-day ({days:.0f} outlet-days).

## 场景 Scenarios

{told}
{services}
## 薄弱之处 What is thin

- 注入的强度多在门限以外有余量(例如突变 45–80 % 限值,门限 20 %);贴着门限的轻微作弊不在此表内。
  Most injected faults lie well beyond the thresholds; frauds that stay just below them are not in this table.
- 数据是模拟的,不是实测;厂家特有的怪癖只有少数几种。 The data is simulated; few of the quirks of real makes are in it.
- 事件数少的规则(AN05、AN10、AN27、AN28、AN34、AN40、AN46)按整段场景计一件,查全率的不确定度大。 Rules with few events count one a
  scenario: their recall is uncertain.
- 恒值、pH 方差、夜间排放等门限对真实工艺的正常稳定性敏感,正常排口若更平稳,误报会更多(逐点调整参数)。
  Steadier outlets than these will give more false anomalies of AN01, AN20 and AN40: set their parameters by outlet.
- AN06 与 AN07 在真实超标陡起陡落时也会给出线索(见最后一列):它们是核查线索,不是结论。正常排口的真实超标在
  3–40 分钟(废气)或 20–120 分钟(废水)内升起与回落,是设定而非实测。 AN06 and AN07 also speak at a true exceedance with
  steep flanks (last column). Those of the clean outlets rise and fall over 3 to 40 min (gas) or 20 to 120 min (water): an
  assumption, not a measurement.
- 整段落在断线中的事件任何规则都看不到,仍计为漏报。
  An event that lies wholly in a lost stretch is seen by no rule and counts as missed.
- AN31 的误报不计:断线是真实的。 AN31 is not counted on clean data: its gaps are real.
"""


def table(drawings: Sequence[Drawing], services: Drawing | None) -> str:
    """Return the page as Markdown."""
    days = sum(one.clean_days for one in drawings)
    rows = [_row(rule_id, drawings, days) for rule_id in RULE_RUNS]
    told = "\n".join(f"- **{r}** {one.zh}" for r in RULE_RUNS for one in SCENARIOS if one.rule_id == r)
    total = sum(count for one in drawings for count in one.clean_false.values()) / days if days else 0.0
    head = _HEAD.format(
        seeds=len(drawings[0].seeds), drawings=len(drawings), days=days, bars="---|" * len(drawings),
        held_out=_held_out(drawings, services), tuned=_TUNED,
        recalls=" | ".join(f"查全率 recall {number}" for number in range(1, len(drawings) + 1)),
    )  # fmt: skip
    tail = _TAIL.format(total=total, days=days, told=told, services=_services(services) if services else "")
    return head + "\n".join(rows) + "\n" + tail


def _row(rule_id: str, drawings: Sequence[Drawing], days: float) -> str:
    name_zh, name_en = rule_names(rule_id)
    runs = RULE_RUNS[rule_id].cadence.value
    counted = [one.counts.get(rule_id, _NOTHING) for one in drawings]
    whole = together(counted)
    false = sum(one.clean_false.get(rule_id, 0) for one in drawings)
    shown_false = "-" if rule_id == "AN31" else "n/a" if runs == "stream" or not days else f"{false / days:.3f}"
    recalls = " | ".join(_shown(recall(one)) for one in counted)
    exceeding = sum(one.clean_at_exceedance.get(rule_id, 0) for one in drawings) if false and shown_false != "-" else ""
    cells = (rule_id, name_zh, name_en, runs, whole.events, recalls, _shown(precision(whole)), shown_false, exceeding)
    return f"| {' | '.join(map(str, cells))} |"


def _held_out(drawings: Sequence[Drawing], services: Drawing | None) -> str:
    parts = [f"{_from_to(one.seeds)} + {_from_to(one.clean_seeds)} (clean)" for one in drawings]
    return "; ".join([*parts, *([f"{_from_to(services.seeds)} (services)"] if services else [])])


def _from_to(seeds: Sequence[int]) -> str:
    return f"{min(seeds)}–{max(seeds)}" if seeds else "-"


def _services(drawing: Drawing) -> str:
    rows = []
    for rule_id, known in SERVICE_RULES.items():
        count = drawing.counts.get(rule_id, _NOTHING)
        false = drawing.clean_false.get(rule_id, 0) / drawing.clean_days if drawing.clean_days else 0.0
        rows.append(
            f"| {rule_id} | {known.name_zh} | {known.name_en} | {known.service} | {count.events} | {_shown(recall(count))} |"
            f" {count.found} | {_shown(precision(count))} | {false:.3f} |"
        )
    told = "\n".join(f"- **{rule_id}** {known.done_zh} {known.done_en}" for rule_id, known in SERVICE_RULES.items())
    return _SERVICES.format(seeds=len(drawing.seeds), days=drawing.clean_days, rows="\n".join(rows), told=told)


_NOTHING = RuleCount(events=0, hit=0, found=0, false=0)


def _shown(share: float | None) -> str:
    return "-" if share is None else f"{share:.2f}"
