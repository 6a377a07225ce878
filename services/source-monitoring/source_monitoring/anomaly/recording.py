"""From what rules found to anomalies and findings, in the caller's transaction; the stream and the schedule share it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from park_chassis import outbox
from park_chassis.database import Connection
from park_judging import metrics as judging_metrics
from park_judging.domain.applied_limits import PointLimits
from park_judging.readings import finding_event
from park_standards.anomaly.result import Anomaly
from prometheus_client import Counter

from source_monitoring.anomaly import store
from source_monitoring.domain.anomaly.episodes import Episode, fold
from source_monitoring.domain.anomaly.findings import finding
from source_monitoring.domain.anomaly.judging import parameters_of
from source_monitoring.domain.anomaly.rule_table import RULE_RUNS
from source_monitoring.domain.anomaly.settings import OutletSettings

SERVICE = "source-monitoring"
ANOMALIES = Counter("park_source_anomalies", "Anomalies opened and closed", ["rule", "what"])


@dataclass(frozen=True)
class Found:
    """What one run says of a point. `ran` are the rules that were judged: only their silence closes anything."""

    limits: PointLimits
    settings: OutletSettings
    version: int
    found: Sequence[tuple[str, str, Anomaly]]
    ran: frozenset[str]
    since: datetime
    judged_until: datetime
    at: datetime
    silent: frozenset[tuple[str, str]] = frozenset()
    """(rule, factor) that could not be judged although its rule ran: their silence closes nothing."""


async def record(tx: Connection, run: Found) -> list[Episode]:
    """Fold what was found into the point's anomalies, store what changed, put findings in the outbox; return the changed."""
    rules = sorted({rule_id for rule_id, _, _ in run.found} | run.ran)
    if not rules:
        return []
    longest = max(RULE_RUNS[rule_id].quiet for rule_id in rules)
    earliest = min((anomaly.start for _, _, anomaly in run.found), default=run.since)
    known = await store.episodes_near(tx, run.limits.point.point_id, rules, min(earliest, run.since) - longest)
    changed: list[Episode] = []
    events = []
    for rule_id, factor in _keys(run, known):
        rule = RULE_RUNS[rule_id]
        may_close = rule_id in run.ran and (rule_id, factor) not in run.silent
        verdicts = fold(
            [one for one in known if (one.rule_id, one.factor) == (rule_id, factor)],
            [anomaly for found_rule, found_factor, anomaly in run.found if (found_rule, found_factor) == (rule_id, factor)],
            point_id=run.limits.point.point_id, rule_id=rule_id, factor=factor, quiet=rule.quiet,
            judged_until=run.judged_until, may_close=may_close,
        )  # fmt: skip
        for verdict in verdicts:
            changed.append(verdict.episode)
            if verdict.tell and rule.published:
                said = cast(Literal["violated", "complied"], verdict.tell)
                events.append(finding_event(SERVICE, finding(run.limits, verdict.episode, said, run.at)))
    await _save(tx, run, changed)
    await outbox.add(tx, *events)
    for event in events:
        judging_metrics.FINDINGS.labels(event.body.rule, event.body.verdict).inc()
    return changed


def _keys(run: Found, known: Sequence[Episode]) -> list[tuple[str, str]]:
    found = {(rule_id, factor) for rule_id, factor, _ in run.found}
    return sorted(found | {(one.rule_id, one.factor) for one in known if one.rule_id in run.ran})


async def _save(tx: Connection, run: Found, changed: Sequence[Episode]) -> None:
    parameters = {rule_id: parameters_of(RULE_RUNS[rule_id], run.settings).as_text() for rule_id in RULE_RUNS}
    await store.save_episodes(
        tx, changed, enterprise_id=run.limits.point.enterprise_id, version=run.version, parameters=parameters, at=run.at
    )
    for episode in changed:
        ANOMALIES.labels(episode.rule_id, episode.state).inc()
