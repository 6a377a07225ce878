"""The life of an anomaly: what a rule finds again and again is one episode, open until it was normal for long enough.

    nothing known            found                    a new episode, open
    open                     found within `quiet`     the same, longer; its severity only rises
    open                     nothing until quiet      closed
    closed, found again in it (the same data judged again)      nothing changes
    closed, found past its end within quiet                     open again

So judging the same stretch twice, or in other portions, gives the same episodes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from park_schemas.identifiers import natural_id
from park_standards.anomaly.result import Anomaly, Severity

SEVERITY_RANK: Mapping[str, int] = MappingProxyType({Severity.INFO: 0, Severity.WARN: 1, Severity.ALARM: 2})


class Episode(Struct, frozen=True, kw_only=True):
    """One anomaly of one rule and factor ("" for the point). Severity info, warn or alarm; state open or closed.

    `published_end` is how far alerting was told ("" never): only a new episode, a rise, a clear growth and the end are told.
    """

    anomaly_id: UUID
    point_id: UUID
    rule_id: str
    factor: str
    state: str
    severity: str
    started_at: datetime
    ended_at: datetime
    sentence_zh: str
    sentence_en: str
    evidence: dict[str, str]
    occurrences: int = 1
    closed_at: datetime | None = None
    published_end: datetime | None = None
    published_severity: str = ""


class Verdict(Struct, frozen=True):
    """What became of an episode, and what alerting is to be told of it: violated, complied or nothing ("")."""

    episode: Episode
    tell: str


def fold(
    known: Sequence[Episode], found: Iterable[Anomaly], *, point_id: UUID, rule_id: str, factor: str, quiet: timedelta,
    judged_until: datetime, may_close: bool = True,
) -> list[Verdict]:  # fmt: skip
    """Return the episodes that changed. `known` are those of this rule and factor that may meet what was found.

    `may_close` false: the rule did not run (not applicable, failed), so silence says nothing.
    """
    episodes = {one.anomaly_id: one for one in known}
    for anomaly in sorted(found, key=lambda one: (one.start, one.end)):
        near = [one for one in episodes.values() if _meets(one, anomaly, quiet)]
        if near:
            met = max(near, key=lambda one: one.ended_at)
            episodes[met.anomaly_id] = _extended(met, anomaly)
        else:
            new = _opened(anomaly, point_id, rule_id, factor)
            episodes[new.anomaly_id] = new
    before = {one.anomaly_id: one for one in known}
    verdicts = []
    for key, episode in episodes.items():
        settled = _settled(episode, quiet, judged_until, may_close=may_close)
        tell = _tell(before.get(key), settled, quiet)
        told = _told(settled, tell)
        if told != before.get(key):
            verdicts.append(Verdict(told, tell))
    return verdicts


def _meets(episode: Episode, anomaly: Anomaly, quiet: timedelta) -> bool:
    return anomaly.start <= episode.ended_at + quiet and anomaly.end >= episode.started_at - quiet


def _opened(anomaly: Anomaly, point_id: UUID, rule_id: str, factor: str) -> Episode:
    return Episode(
        anomaly_id=natural_id("anomaly", point_id, rule_id, factor, anomaly.start.timestamp()),
        point_id=point_id, rule_id=rule_id, factor=factor, state="open", severity=anomaly.severity.value,
        started_at=anomaly.start, ended_at=anomaly.end, sentence_zh=anomaly.sentence_zh,
        sentence_en=anomaly.sentence_en, evidence=dict(anomaly.evidence),
    )  # fmt: skip


def _extended(episode: Episode, anomaly: Anomaly) -> Episode:
    """Return the episode with one more anomaly. The one that tells of the longest or the worst speaks for it."""
    rises = SEVERITY_RANK[anomaly.severity] > SEVERITY_RANK[episode.severity]
    grows = anomaly.end > episode.ended_at or anomaly.start < episode.started_at
    if not rises and not grows:
        return episode
    return replace(
        episode,
        severity=anomaly.severity.value if rises else episode.severity,
        started_at=min(episode.started_at, anomaly.start),
        ended_at=max(episode.ended_at, anomaly.end),
        sentence_zh=anomaly.sentence_zh,
        sentence_en=anomaly.sentence_en,
        evidence=dict(anomaly.evidence),
        occurrences=episode.occurrences + 1,
    )


def _settled(episode: Episode, quiet: timedelta, judged_until: datetime, *, may_close: bool) -> Episode:
    over = judged_until >= episode.ended_at + quiet
    if episode.state == "open" and over and may_close:
        return replace(episode, state="closed", closed_at=judged_until)
    if episode.state == "closed" and not over:
        return replace(episode, state="open", closed_at=None)
    return episode


def _tell(before: Episode | None, now: Episode, quiet: timedelta) -> str:
    if now.severity == Severity.INFO:
        return ""
    if now.state == "closed":
        return "complied" if now.published_end is not None and (before is None or before.state == "open") else ""
    rises = SEVERITY_RANK[now.severity] > SEVERITY_RANK.get(now.published_severity, -1)
    again = before is not None and before.state == "closed"
    grown = now.published_end is None or now.ended_at - now.published_end >= max(quiet, timedelta(hours=1))
    return "violated" if rises or again or grown else ""


def _told(episode: Episode, tell: str) -> Episode:
    if tell != "violated":
        return episode
    return replace(episode, published_end=episode.ended_at, published_severity=episode.severity)
