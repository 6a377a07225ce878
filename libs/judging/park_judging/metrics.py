"""Counters of judging. Each service is its own process, so the scrape's job label tells quality and source-monitoring apart."""

from prometheus_client import Counter, Gauge

FRAMES = Counter("park_judging_frames", "Frames of own media by what became of them", ["outcome"])
"""outcome: stored, revised, repeated, incomplete (marked later)."""
VALUES = Counter("park_judging_values", "Values with a limit by what became of them", ["outcome"])
"""outcome: judged, not-valid."""
FINDINGS = Counter("park_judging_findings", "Findings recorded", ["rule", "verdict"])
ASSESSMENTS = Counter("park_judging_assessments", "Assessments made", ["period", "kind"])
"""kind: first, revision."""
LIMITS_NOT_APPLIED = Gauge(
    "park_judging_limits_not_applied", "Limit rows that cannot be held against their point's values"
)
CLOCKS_AHEAD = Counter("park_judging_clocks_ahead", "Frames whose DataTime lies ahead beyond belief")
"""They are stored and judged, but their periods are not computed."""
PERIODS_PUT_OFF = Counter(
    "park_judging_periods_put_off", "Hours and days that could not be computed and wait", ["period"]
)
