"""Figures of this service at /metrics."""

from prometheus_client import Counter, Gauge, Histogram

SIGN_INS = Counter("park_gateway_sign_ins", "Sign-in attempts", ["result"])
AUDIT_ENTRIES = Counter("park_gateway_audit_entries", "Entries added to the audit log", ["kind"])
AUDIT_LOST_OUTCOMES = Counter(
    "park_gateway_audit_lost_outcomes", "Outcomes that could not be written; the attempt stands"
)
FORWARDED = Counter("park_gateway_forwarded", "Requests forwarded", ["service", "result"])
FORWARD_SECONDS = Histogram(
    "park_gateway_forward_seconds",
    "Time until a service's answer began",
    ["service"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.5, 2, 10),
)
PARTS_AWAY = Counter("park_gateway_parts_away", "Parts of a composition that were unavailable", ["service"])
LIVE_CLIENTS = Gauge("park_gateway_live_clients", "Open live connections")
LIVE_DROPPED = Counter("park_gateway_live_dropped", "Live connections closed by us", ["reason"])
LIVE_CELLS = Counter("park_gateway_live_cells", "Values sent to live clients")
LIVE_COALESCED = Counter("park_gateway_live_coalesced", "Values replaced by a newer one before they were sent")
LIVE_EVENTS = Counter("park_gateway_live_events", "Events taken into the live state", ["topic"])
LIVE_REFUSED = Counter("park_gateway_live_refused", "Records that broke their contract", ["topic"])
