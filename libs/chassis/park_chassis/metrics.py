"""The figures every service shows at /metrics."""

from prometheus_client import Counter, Gauge, Histogram

EVENTS_RECEIVED = Counter("park_events_received", "Records read from Kafka", ["topic"])
EVENTS_HANDLED = Counter("park_events_handled", "Events whose effects and offset were committed", ["topic"])
EVENTS_SKIPPED = Counter("park_events_skipped", "Events of a type this service does not handle", ["topic"])
EVENTS_PARKED = Counter("park_events_parked", "Events set aside", ["topic", "kind"])
EVENTS_RETRIED = Counter("park_events_retried", "Batches that had to be tried again", ["topic", "kind"])
HANDLING_SECONDS = Histogram(
    "park_handling_seconds",
    "Time to handle and commit one batch",
    ["topic"],
    buckets=(0.005, 0.02, 0.05, 0.2, 0.5, 2, 10),
)
CONSUMER_LAG = Gauge("park_consumer_lag", "Records not yet read", ["topic", "partition"])
OUTBOX_PUBLISHED = Counter("park_outbox_published", "Events published from the outbox", ["topic"])
OUTBOX_PENDING = Gauge("park_outbox_pending", "Events waiting in the outbox")
OUTBOX_AGE_SECONDS = Gauge("park_outbox_age_seconds", "Age of the oldest event in the outbox")
HTTP_SECONDS = Histogram(
    "park_http_seconds",
    "Time to answer a request",
    ["method", "route", "status"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.5, 2),
)
