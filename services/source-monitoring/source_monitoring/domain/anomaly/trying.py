"""A try-out: what rules would find over some days with draft settings. Nothing is written and nobody is told. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from source_monitoring.domain.anomaly.episodes import Episode, fold
from source_monitoring.domain.anomaly.judging import Outcome, found_by
from source_monitoring.domain.anomaly.rule_table import EVERY, RULE_RUNS, Cadence
from source_monitoring.domain.anomaly.spans import LONGEST, Span, complete_until

DAY = timedelta(days=1)
PORTION = timedelta(hours=6)
"""The longest stretch of one step of fast rules: what is read for it stays small, and others get their turn between."""


def portions(newest: datetime, days: int) -> Iterator[tuple[Cadence, Span]]:
    """Yield the stretches that the scheduled rules are run over, oldest first: the last `days` before the newest value."""
    for cadence in EVERY:
        end = complete_until(cadence, newest)
        start = complete_until(cadence, newest - days * DAY)
        step = {Cadence.TEN_MINUTES: PORTION, Cadence.HOURLY: DAY}.get(cadence, LONGEST[cadence])
        while start < end:
            until = min(end, start + step)
            yield cadence, Span(start, until, None, until < end)
            start = until


def folded(
    known: Mapping[UUID, Episode], outcomes: Sequence[Outcome], point_id: UUID, judged_until: datetime
) -> dict[UUID, Episode]:
    """Return the episodes after one more stretch was judged."""
    episodes = dict(known)
    found = found_by(outcomes)
    for rule_id, factor in sorted({(rule_id, factor) for rule_id, factor, _ in found}):
        verdicts = fold(
            [one for one in episodes.values() if (one.rule_id, one.factor) == (rule_id, factor)],
            [anomaly for r, f, anomaly in found if (r, f) == (rule_id, factor)],
            point_id=point_id, rule_id=rule_id, factor=factor, quiet=RULE_RUNS[rule_id].quiet, judged_until=judged_until,
        )  # fmt: skip
        episodes |= {verdict.episode.anomaly_id: verdict.episode for verdict in verdicts}
    return episodes


def compared(before: Iterable[Episode], draft: Iterable[Episode]) -> list[tuple[str, Episode]]:
    """Return every episode with what the draft does to it: "new", "gone" or "same" (the same rule and factor overlaps)."""
    before, draft = list(before), list(draft)
    rows = [("same" if _met(one, before) else "new", one) for one in draft]
    rows += [("gone", one) for one in before if not _met(one, draft)]
    return sorted(rows, key=lambda row: (row[1].started_at, row[1].rule_id), reverse=True)


def _met(one: Episode, others: Iterable[Episode]) -> bool:
    return any(
        (other.rule_id, other.factor) == (one.rule_id, one.factor)
        and other.started_at <= one.ended_at
        and other.ended_at >= one.started_at
        for other in others
    )


def states_of(outcomes: Iterable[Outcome]) -> list[dict[str, str]]:
    """Return what became of each rule and factor in the last stretch, as it is shown."""
    return [
        {"rule_id": one.rule_id, "factor": one.factor, "state": one.state, "reason_zh": one.reason_zh,
         "reason_en": one.reason_en, "needs": one.needs}
        for one in outcomes
    ]  # fmt: skip
