"""The rules of a point as they are answered: words, parameters in force, states, and what can be filed."""

import dataclasses
from typing import Any

from park_chassis.database import Connection
from park_judging.domain.applied_limits import PointLimits
from park_standards.anomaly.result import rules as standard_rules

from source_monitoring.anomaly import schedule, store
from source_monitoring.domain.anomaly.findings import rule_names
from source_monitoring.domain.anomaly.parameter_kinds import kind_of
from source_monitoring.domain.anomaly.rule_table import RULE_RUNS, RuleRun
from source_monitoring.domain.anomaly.rule_words import BASES, RULE_WORDS
from source_monitoring.domain.anomaly.settings import FACTS, SIGNALS, OutletSettings, RuleSetting


async def rules_shown(connection: Connection, limits: PointLimits) -> dict[str, Any]:
    """Return every rule of a point with its parameters and what became of it last, and the settings in force."""
    point_id = limits.point.point_id
    version, settings = await store.settings_of(connection, point_id)
    states: dict[str, list[dict[str, Any]]] = {}
    for row in await store.rule_states(connection, point_id):
        states.setdefault(row["rule_id"], []).append({k: v for k, v in row.items() if k not in {"point_id", "rule_id"}})
    due = await schedule.of_point(connection, point_id)
    return {
        "point_id": point_id,
        "version": version,
        "rules": [_rule(run, settings, states.get(run.rule_id, []), due) for run in RULE_RUNS.values()],
        "signals": settings.signals,
        "facts": settings.facts,
        "versions": await store.settings_versions(connection, point_id),
        "known_signals": {key: {"zh": zh, "en": en} for key, (zh, en) in SIGNALS.items()},
        "known_facts": {
            key: {
                "zh": kind.name_zh,
                "en": kind.name_en,
                "unit": kind.unit,
                "of_factor": kind.of_factor,
                "form": kind.form,
            }
            for key, kind in FACTS.items()
        },
    }


def _rule(
    run: RuleRun, settings: OutletSettings, states: list[dict[str, Any]], due: dict[str, dict[str, object]]
) -> dict[str, Any]:
    known = standard_rules().get(run.rule_id)
    setting = settings.rules.get(run.rule_id, RuleSetting())
    name_zh, name_en = rule_names(run.rule_id)
    words = RULE_WORDS[run.rule_id]
    basis_zh, basis_en = BASES[words.basis]
    return {
        "rule_id": run.rule_id,
        "name_zh": name_zh,
        "name_en": name_en,
        "severity": known.severity.value if known else "alarm",
        "finds_zh": words.zh,
        "finds_en": words.en,
        "basis_zh": basis_zh,
        "basis_en": basis_en,
        "confidence": known.confidence.value if known else "design-default",
        "runs": run.cadence.value,
        "enabled": setting.enabled,
        "reason": setting.reason,
        "parameters": [
            {"name": name, "default": default, "value": setting.parameters.get(name, f"{default:f}"),
             "changed": name in setting.parameters, **dataclasses.asdict(kind_of(run.rule_id, name))}
            for name, default in run.parameters.items()
        ],
        "states": states,
        "schedule": due.get(run.cadence.value),
    }  # fmt: skip
