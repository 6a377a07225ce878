"""One run over one point: every rule that is due says found, nothing, or why it is not applicable."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

from park_standards.anomaly.result import Anomaly
from park_standards.errors import StandardsError

from source_monitoring.domain.anomaly.parameters import Parameters
from source_monitoring.domain.anomaly.rule_table import RULE_RUNS, Cadence, RuleRun
from source_monitoring.domain.anomaly.settings import OutletSettings, RuleSetting
from source_monitoring.domain.anomaly.window import Grid, Lacking, Window

State: TypeAlias = Literal["judged", "not-applicable", "switched-off", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one rule for one factor ("" for the point as a whole)."""

    rule_id: str
    factor: str
    state: State
    found: tuple[Anomaly, ...] = ()
    reason_zh: str = ""
    reason_en: str = ""
    needs: str = ""
    """Where a person can put what a rule lacks, see `Lacking`."""


def parameters_of(run: RuleRun, settings: OutletSettings) -> Parameters:
    """Return the rule's parameters at an outlet."""
    return Parameters(run.parameters, settings.rules.get(run.rule_id, RuleSetting()).parameters)


def judge(
    window: Window, cadence: Cadence, *, new_data: bool = True, only: frozenset[str] | None = None
) -> list[Outcome]:
    """Run every rule of a cadence (or `only` some). Without new data only those that go by the clock; the others keep what
    they said.
    """
    medium = window.own.limits.point.medium
    outcomes: list[Outcome] = []
    for run in RULE_RUNS.values():
        if run.cadence is not cadence or run.judge is None or not (new_data or run.by_clock):
            continue
        if only is not None and run.rule_id not in only:
            continue
        off = _switched_off(run, window.settings)
        if off is not None:
            outcomes.append(off)
        elif medium not in run.media:
            outcomes.append(_not_applicable(run, "", Lacking("不适用于该类排口", "not for this kind of outlet")))
        else:
            outcomes += _judge_rule(run, window)
    return outcomes


def _switched_off(run: RuleRun, settings: OutletSettings) -> Outcome | None:
    setting = settings.rules.get(run.rule_id)
    if setting is None or setting.enabled:
        return None
    return Outcome(run.rule_id, "", "switched-off", (), setting.reason, setting.reason)


def _judge_rule(run: RuleRun, window: Window) -> list[Outcome]:
    try:
        factors = run.factors(window) if run.factors else [""]
    except Lacking as lacking:
        return [_not_applicable(run, "", lacking)]
    return [_judge_factor(run, window, factor) for factor in factors]


def _judge_factor(run: RuleRun, window: Window, factor: str) -> Outcome:
    """A rule that cannot cope with its input (a broken number, a fact against all sense) fails alone and says with what."""
    assert run.judge is not None  # noqa: S101 - the caller's choice
    try:
        found = tuple(run.judge(window, parameters_of(run, window.settings), factor))
    except Lacking as lacking:
        return _not_applicable(run, factor, lacking)
    except (StandardsError, ArithmeticError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
        return Outcome(run.rule_id, factor, "failed", (), f"规则运行失败:{reason}", f"the rule failed: {reason}")
    return Outcome(run.rule_id, factor, "judged", found)


def _not_applicable(run: RuleRun, factor: str, lacking: Lacking) -> Outcome:
    return Outcome(run.rule_id, factor, "not-applicable", (), lacking.zh, lacking.en, lacking.needs)


def needed(cadence: Cadence, settings: OutletSettings, medium: str) -> dict[Grid, timedelta]:
    """Return how far before the new data each kind of value must be read for the rules of a cadence that are on.

    What only one rule needs (a day of realtime values for furnaces) is read only where its fact is filed.
    """
    found: dict[Grid, timedelta] = {}
    for run in RULE_RUNS.values():
        setting = settings.rules.get(run.rule_id)
        on = setting is None or setting.enabled
        if run.cadence is cadence and on and medium in run.media and _may_run(run, settings):
            for grid, back in run.reads.items():
                found[grid] = max(back, found.get(grid, timedelta(0)))
    return found


_ONLY_WITH = {"AN36": "furnace_kind"}


def _may_run(run: RuleRun, settings: OutletSettings) -> bool:
    return run.rule_id not in _ONLY_WITH or _ONLY_WITH[run.rule_id] in settings.facts


def others_of(settings: OutletSettings) -> set[str]:
    """Return the ids (as text) of the other points whose values the signals of an outlet need."""
    return {str(s.point_id) for sources in settings.signals.values() for s in sources if s.point_id is not None}


def found_by(outcomes: Iterable[Outcome]) -> list[tuple[str, str, Anomaly]]:
    """Return (rule id, factor, anomaly) of everything found; AN32 and AN30 name their factor in the evidence."""
    return [
        (one.rule_id, one.factor or anomaly.evidence.get("factor", ""), anomaly)
        for one in outcomes
        for anomaly in one.found
    ]
