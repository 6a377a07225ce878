"""When an episode is over: hysteresis against flapping.

Every track that was ever broken must be clean again, so that real-time values back at normal do not clear an hourly mean
that is over the limit. Two ways: enough clean values in a row, or enough time in which values came and none broke the rule.
"""

from datetime import timedelta

from alerting.domain.evidence import Evidence
from alerting.domain.policy import Clearing


def is_cleared(evidence: Evidence, clearing: Clearing) -> bool:
    """Return whether every broken track has enough clean values in a row."""
    broken = [track for track in evidence.tracks.values() if track.was_violated]
    return all(not track.violated and track.clean >= clearing.consecutive[track.period] for track in broken)


def is_calm(evidence: Evidence) -> bool:
    """Return whether the newest value of every track keeps its rule (no value is not calm: a silent track stays broken)."""
    return not any(track.violated for track in evidence.tracks.values())


def calm_delay(evidence: Evidence, clearing: Clearing) -> timedelta:
    """Return how long calm must last: the longest delay of the broken tracks' periods."""
    seconds = [clearing.delay_s[track.period] for track in evidence.tracks.values() if track.was_violated]
    return timedelta(seconds=max(seconds, default=0))
