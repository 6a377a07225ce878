"""What is judged on each packet as it comes (AN11, AN45), what late data makes due again, what devices say of themselves."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.frame_revisions import Stored
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.periods import LENGTH
from park_judging.readings import Readings
from park_judging.registry import Points
from park_schemas.codes import Period
from park_schemas.envelope import Event
from park_schemas.identifiers import natural_id
from park_schemas.telemetry import DeviceInfoReported
from park_standards.anomaly.result import Anomaly

from source_monitoring.anomaly import schedule, store
from source_monitoring.anomaly.recording import Found, record
from source_monitoring.domain.anomaly.device_reports import records_of
from source_monitoring.domain.anomaly.judging import parameters_of
from source_monitoring.domain.anomaly.packets import CLOCK_SAMPLES, SeenPacket, clock_of, digest_of, replays, sent_at
from source_monitoring.domain.anomaly.rule_table import RULE_RUNS, Cadence

CLOCK, REPLAY = "AN11", "AN45"
_SAY_CLOCK_EVERY = timedelta(minutes=10)
_LATE = timedelta(minutes=15)
_INTERVAL = {**LENGTH, Period.MINUTE: timedelta(minutes=30)}

ByPoint: TypeAlias = dict[UUID, list[tuple[str, str, Anomaly]]]


class PacketWatch:
    """Looks at every batch of readings. The clocks' last offsets are held in memory: a restart fills them within minutes."""

    def __init__(self, points: Points) -> None:
        self._points = points
        self._offsets: dict[str, deque[timedelta]] = {}
        self._said: dict[str, datetime] = {}

    async def on_batch(self, tx: Connection, events: list[Readings], stored: list[Stored]) -> None:
        """Judge a batch in its transaction."""
        await schedule.judge_again(tx, _late(stored), now())
        found: ByPoint = {}
        for event in events:
            for anomaly in await self._clock(tx, event):
                found.setdefault(event.body.point_id, []).append((CLOCK, "", anomaly))
        for point_id, anomaly in await self._replays(tx, events, stored):
            found.setdefault(point_id, []).append((REPLAY, "", anomaly))
        for point_id, anomalies in found.items():
            limits = self._points.get(point_id)
            if limits is not None:
                await self._record(tx, limits, anomalies)

    async def _clock(self, tx: Connection, event: Readings) -> tuple[Anomaly, ...]:
        body = event.body
        sent = sent_at(body)
        if sent is None:
            return ()
        offsets = self._offsets.setdefault(body.mn, deque(maxlen=CLOCK_SAMPLES))
        offsets.append(sent - body.received_at)
        said = self._said.get(body.mn)
        if abs(offsets[-1]) <= timedelta(seconds=30) or (said and body.received_at - said < _SAY_CLOCK_EVERY):
            return ()  # the usual case, without asking for the point's settings
        _, settings = await store.settings_of(tx, body.point_id)
        rule = settings.rules.get(CLOCK)
        if rule is not None and not rule.enabled:
            return ()
        p = parameters_of(RULE_RUNS[CLOCK], settings)
        found = clock_of(list(offsets), body.received_at, p.time("warn_s"), p.time("alarm_s"))
        if found:
            self._said[body.mn] = body.received_at
        return found

    async def _replays(
        self, tx: Connection, events: list[Readings], stored: list[Stored]
    ) -> list[tuple[UUID, Anomaly]]:
        """Return what was said again. Only a packet that brought nothing new, or whose QN is known, is looked at closely."""
        fresh = {one.frame.event_id for one in stored}
        packets: dict[SeenPacket, UUID] = {}
        said_again: set[SeenPacket] = set()
        for event in events:
            if (packet := _packet(event)) is not None:
                packets[packet] = event.body.point_id
                if event.id not in fresh:
                    said_again.add(packet)
        if not packets:
            return []
        await store.remember_packets(tx, list(packets))
        reused = await store.reused_requests(tx, list(packets))
        suspects = [one for one in packets if one in said_again or (one.mn, one.request_id) in reused]
        if not suspects:
            return []
        known = await store.packets_like(tx, suspects)
        found: list[tuple[UUID, Anomaly]] = []
        for mn in sorted({packet.mn for packet in suspects}):
            of_device = [packet for packet in suspects if packet.mn == mn]
            point_id = packets[of_device[0]]
            _, settings = await store.settings_of(tx, point_id)
            rule = settings.rules.get(REPLAY)
            if rule is None or rule.enabled:
                within = parameters_of(RULE_RUNS[REPLAY], settings).time("resend_within_s")
                found += [(point_id, one) for one in replays([k for k in known if k.mn == mn], of_device, within)]
        return found

    async def _record(self, tx: Connection, limits: PointLimits, found: list[tuple[str, str, Anomaly]]) -> None:
        at = now()
        version, settings = await store.settings_of(tx, limits.point.point_id)
        since = min(anomaly.start for _, _, anomaly in found)
        until = max(anomaly.end for _, _, anomaly in found)
        await record(tx, Found(limits, settings, version, found, frozenset(), since, until, at))


def _packet(event: Readings) -> SeenPacket | None:
    """Return what is remembered of a packet; nothing of one without QN, re-sent, or put together of an incomplete set."""
    body = event.body
    if not body.request_id or body.supplementary or body.incomplete:
        return None
    return SeenPacket(body.mn, body.request_id, digest_of(body), body.data_time, body.received_at)


def _late(stored: Iterable[Stored]) -> Iterator[tuple[UUID, datetime]]:
    """Yield (point, time) of frames that came later than their interval explains."""
    for one in stored:
        frame = one.frame
        if frame.received_at - frame.data_time > _LATE + _INTERVAL.get(Period(frame.period), timedelta(0)):
            yield frame.point_id, frame.data_time


class DeviceReports:
    """Keeps what devices say of themselves (HJ 212 CN 3020: parameters, states, logs) and has the point judged at once."""

    def __init__(self, points: Points) -> None:
        self._points = points

    async def on_device_info(self, event: Event[DeviceInfoReported], tx: Connection) -> None:
        """Take a report in. Reports of other media's points are not ours."""
        body = event.body
        limits = self._points.get(body.point_id) or await self._points.wait_for(body.point_id)
        if not self._points.is_own(limits):
            return
        rows = [
            (natural_id("device-record", event.id, place), body.point_id, one)
            for place, one in enumerate(records_of(body))
        ]
        if rows and await store.add_records(tx, rows, source="device", author=body.mn, at=now()):
            await schedule.hurry(tx, [body.point_id], Cadence.HOURLY, now())
