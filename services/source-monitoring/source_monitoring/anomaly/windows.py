"""What a run or a try-out looks at: the window of a point for one cadence and stretch, read with whatever its settings need."""

from datetime import datetime, timedelta
from uuid import UUID

from park_chassis.database import Connection
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points

from source_monitoring.anomaly import store
from source_monitoring.anomaly.reading import read_point
from source_monitoring.domain.anomaly.judging import needed, others_of
from source_monitoring.domain.anomaly.rule_table import Cadence
from source_monitoring.domain.anomaly.settings import OutletSettings
from source_monitoring.domain.anomaly.spans import Span
from source_monitoring.domain.anomaly.window import Grid, PointReadings, Window
from source_monitoring.domain.reductions.keeping import REFERENCE

_RECORDS_BACK = timedelta(days=32)


async def window_of(
    connection: Connection, points: Points, limits: PointLimits, settings: OutletSettings, cadence: Cadence, span: Span,
    at: datetime, last_packet: datetime,
) -> Window:  # fmt: skip
    """Return the window of a point. `at` is the clock that rules go by."""
    point_id = limits.point.point_id
    wanted = needed(cadence, settings, limits.point.medium)
    orders = []
    if cadence is Cadence.HOURLY:
        orders = await store.active_measures(connection, point_id, span.since - timedelta(days=1), span.until)
        for order in orders:
            back = span.since - order.starts_at + REFERENCE
            wanted[Grid.MINUTE] = max(back, wanted.get(Grid.MINUTE, back))
    own = await read_point(connection, limits, wanted, span.since, span.until)
    others: dict[UUID, PointReadings] = {}
    for text in sorted(others_of(settings)):
        other = points.get(UUID(text))
        if other is not None:
            others[UUID(text)] = await read_point(connection, other, wanted, span.since, span.until)
    records = await store.records(connection, point_id, span.since - _RECORDS_BACK)
    return Window(
        own=own, settings=settings, since=span.since, until=span.until, now=at, others=others, records=records,
        last_packet=last_packet, orders=orders,
    )  # fmt: skip
