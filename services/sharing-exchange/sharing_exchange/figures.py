"""Figures of this service at /metrics."""

from prometheus_client import Counter

RECORDS_TAKEN = Counter("park_exchange_records_taken", "Records stored or changed", ["resource"])
READINGS_OUTSIDE = Counter(
    "park_exchange_readings_outside", "Readings not taken: older than the retention or far in the future"
)
PULLS = Counter("park_exchange_pulls", "Pulls answered", ["resource"])
RECORDS_DELIVERED = Counter("park_exchange_records_delivered", "Records handed out", ["resource"])
REFUSED = Counter("park_exchange_refused", "Requests refused", ["code"])
PARTITIONS_DROPPED = Counter("park_exchange_partitions_dropped", "Days of readings that were let go")
