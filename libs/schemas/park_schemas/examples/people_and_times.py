"""What the examples are about: one park, one enterprise, one outlet, one morning."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from park_schemas.park_time import PARK_TIME_ZONE

PARK = UUID("019c0000-0000-7000-8000-000000000001")
ENTERPRISE = UUID("019c0000-0000-7000-8000-0000000000e1")
POINT = UUID("019c0000-0000-7000-8000-0000000000b1")
STATION = UUID("019c0000-0000-7000-8000-0000000000b2")
ALARM = UUID("019c0000-0000-7000-8000-0000000000a1")
TASK = UUID("019c0000-0000-7000-8000-0000000000c1")
FINDING = UUID("4b0d2a9e-8f0c-5f57-9c9e-1c52b3a5d001")
CONNECTION = UUID("019c0000-0000-7000-8000-0000000000d1")
CLIENT = UUID("019c0000-0000-7000-8000-0000000000f1")

MN = "PARK0000000000000000DW01"
HOUR = datetime(2026, 3, 1, 8, 0, tzinfo=PARK_TIME_ZONE)
AT = datetime(2026, 3, 1, 1, 5, 7, 250_000, tzinfo=UTC)


def later(minutes: int) -> datetime:
    """Return the instant so many minutes after AT."""
    return AT + timedelta(minutes=minutes)
