"""The only clock. Domain functions get the time as a parameter; edges ask here."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)
