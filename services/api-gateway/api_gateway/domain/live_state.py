"""The live picture: what is open and what was measured last, built from a snapshot of the services and later events.

Every entry is guarded (by version, or by the time of the data), so snapshot and events may come in any order and more than
once and give the same picture. Closed alarms and tasks stay for a while as tombstones, so that a late snapshot cannot
bring them back; their number is bounded.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import msgspec
from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.codes import Period
from park_schemas.registry import PointRecord
from park_schemas.tasks import Task
from park_schemas.telemetry import ReadingsReported, SessionChanged

from api_gateway.domain.compositions import is_open_alarm, is_open_task
from api_gateway.domain.live_values import live_factors

_TOMBSTONES = 5_000
_NOTIFICATIONS = 200
_COARSER_AFTER = timedelta(minutes=10)
"""A point that sent no finer data for so long shows its coarser data (a water station may report hours only)."""

_PARTS = 16
"""Frames of one DataTime that are held: packets of a split set and revisions; a device that re-sends for ever stays bounded."""

_COARSENESS = {period: rank for rank, period in enumerate(Period)}


class Kind(StrEnum):
    """What a live client can subscribe to; also the names of the lists in its messages."""

    POINTS = "points"
    ALARMS = "alarms"
    TASKS = "tasks"
    SESSIONS = "sessions"
    NOTIFICATIONS = "notifications"


@dataclass(slots=True, kw_only=True)
class Entry:
    """One thing of the picture: what is shown of it, and what its scope is judged by.

    `show` gives the content; it is made and encoded when somebody looks, for most frames are replaced unseen. `cells` is
    the number of values in it. `earlier_assignee` may still see the version by which a task left him.
    `assignee_role` is set while a task waits for anyone of a role, `recipient` on a message (`person:`, `role:`, `enterprise:`),
    `withheld` on an unannounced inspection that the enterprise must not see yet.
    A point's values are `base` (what its judging service
    told) under `parts` (frames of that DataTime in the order they came: packets of a split set, revisions).
    """

    show: Callable[[], Any]
    order: Any
    open: bool = True
    cells: int = 1
    enterprise_id: str | None = None
    assignee: str | None = None
    earlier_assignee: str | None = None
    assignee_role: str | None = None
    co_assignees: tuple[str, ...] = ()
    recipient: str | None = None
    withheld: bool = False
    period: Period = Period.REALTIME
    base: Mapping[str, Any] | None = None
    parts: tuple[ReadingsReported, ...] = ()
    _json: msgspec.Raw | None = None

    @property
    def json(self) -> msgspec.Raw:
        """The content as JSON, encoded once for all clients."""
        if self._json is None:
            self._json = msgspec.Raw(msgspec.json.encode(self.show()))
        return self._json


PointOf = Callable[[str], PointRecord | None]
Parts = tuple[ReadingsReported, ...]
Entries = OrderedDict[str, Entry]


class LiveState:
    """The picture by kind and key. Each `take_*` returns the key when something changed, else None."""

    def __init__(self, point_of: PointOf) -> None:
        self._point_of = point_of
        self.entries: dict[Kind, Entries] = {kind: OrderedDict() for kind in Kind}
        self._closed = 0

    def take_readings(self, readings: ReadingsReported) -> str | None:
        """A frame: newer data of a point replaces older; re-sent old data does not go back in time."""
        key = str(readings.point_id)
        known = self.entries[Kind.POINTS].get(key)
        same = known is not None and _is_of(known, readings.data_time, readings.period)
        if known is not None and not same and not _replaces(known, readings.data_time, readings.period):
            return None
        if not any(measurement.values or measurement.mark for measurement in readings.measurements):
            return None
        parts: Parts = (readings,)
        base: Mapping[str, Any] | None = None
        if known is not None and same:
            if readings in known.parts:
                return None
            parts, base = _with_part(known.parts, readings), known.base
        return self._put_point(key, readings.data_time, readings.period, base, parts)

    def take_latest(self, item: Mapping[str, Any]) -> str | None:
        """A point's latest values as its judging service tells them; frames of the same DataTime count before them."""
        key, data_time, period = (
            str(item["point_id"]),
            datetime.fromisoformat(item["data_time"]),
            _period(item.get("period")),
        )
        known = self.entries[Kind.POINTS].get(key)
        if known is None or known.order < data_time:
            return self._put_point(key, data_time, period, item, ())
        if known.base is None and _is_of(known, data_time, period):
            return self._put_point(key, data_time, period, item, known.parts)
        return None

    def _put_point(
        self, key: str, data_time: datetime, period: Period, base: Mapping[str, Any] | None, parts: Parts
    ) -> str:
        point = self._point_of(key)
        cells = max(sum(len(part.measurements) for part in parts), len(base.get("factors", [])) if base else 0, 1)
        entry = Entry(
            show=partial(_shown_values, base, parts, point),
            order=data_time,
            cells=cells,
            enterprise_id=_enterprise_of(point),
            period=period,
            base=base,
            parts=parts,
        )
        return self._put(Kind.POINTS, key, entry)

    def take_alarm(self, alarm: Alarm | Mapping[str, Any]) -> str | None:
        """An alarm after a change, or as alerting tells it."""
        facts = _facts(alarm)
        return self._take_versioned(Kind.ALARMS, str(facts["alarm_id"]), facts, is_open=is_open_alarm(facts))

    def take_task(self, task: Task | Mapping[str, Any]) -> str | None:
        """A task after a change, or as task-dispatch tells it."""
        facts = _facts(task)
        return self._take_versioned(Kind.TASKS, str(facts["task_id"]), facts, is_open=is_open_task(facts))

    def take_session(self, session: SessionChanged | Mapping[str, Any]) -> str | None:
        """A device's coming or going. Unregistered devices have no point and are shown to the park only."""
        facts = _facts(session)
        key = str(facts["mn"])
        order = str(facts.get("changed_at") or facts.get("since") or "")
        known = self.entries[Kind.SESSIONS].get(key)
        if known is not None and known.order >= order:
            return None
        point_id = facts.get("point_id")
        point = self._point_of(str(point_id)) if point_id else None
        return self._put(
            Kind.SESSIONS, key, Entry(show=lambda: session, order=order, enterprise_id=_enterprise_of(point))
        )

    def take_notification(self, notification: NotificationSent) -> str | None:
        """An in-app message; only the newest are kept."""
        key = str(notification.notification_id)
        kept = self.entries[Kind.NOTIFICATIONS]
        if key in kept or notification.channel != "in-app":
            return None
        while len(kept) >= _NOTIFICATIONS:
            kept.popitem(last=False)
        entry = Entry(show=lambda: notification, order=notification.sent_at, recipient=notification.recipient)
        return self._put(Kind.NOTIFICATIONS, key, entry)

    def _take_versioned(self, kind: Kind, key: str, facts: Mapping[str, Any], *, is_open: bool) -> str | None:
        known = self.entries[kind].get(key)
        version = int(facts.get("version", 0))
        if known is not None and known.order >= version:
            return None
        assignee = facts.get("assignee")
        left = known.assignee if known is not None and known.assignee != assignee else None
        entry = Entry(
            show=lambda: facts,
            order=version,
            open=is_open,
            enterprise_id=facts.get("enterprise_id"),
            assignee=assignee,
            earlier_assignee=left,
            assignee_role=facts.get("assignee_role"),
            co_assignees=tuple(facts.get("co_assignees", ())),
            withheld=bool(facts.get("withheld")),
        )
        self._put(kind, key, entry)
        if not is_open:
            self._bury(kind)
        return key

    def _put(self, kind: Kind, key: str, entry: Entry) -> str:
        self.entries[kind][key] = entry
        self.entries[kind].move_to_end(key)
        return key

    def _bury(self, kind: Kind) -> None:
        self._closed += 1
        if self._closed <= _TOMBSTONES:
            return
        for one in (Kind.ALARMS, Kind.TASKS):
            kept = [(key, entry) for key, entry in self.entries[one].items() if entry.open]
            newest = [(key, entry) for key, entry in self.entries[one].items() if not entry.open][-_TOMBSTONES // 4 :]
            self.entries[one] = OrderedDict(newest + kept)
        self._closed = sum(not entry.open for one in (Kind.ALARMS, Kind.TASKS) for entry in self.entries[one].values())


def _is_of(known: Entry, data_time: datetime, period: Period) -> bool:
    return known.period is period and bool(known.order == data_time)


def _with_part(parts: Parts, readings: ReadingsReported) -> Parts:
    """Add a frame of the same DataTime; of more than are kept the earliest go."""
    return tuple(sorted((*parts, readings), key=lambda one: one.received_at))[-_PARTS:]


def _replaces(known: Entry, data_time: datetime, period: Period) -> bool:
    if _COARSENESS[period] <= _COARSENESS[known.period]:
        return bool(data_time > known.order)
    return bool(data_time > known.order + _COARSER_AFTER)


def _facts(thing: msgspec.Struct | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(thing, msgspec.Struct):
        facts: dict[str, Any] = msgspec.to_builtins(thing)
        return facts
    return thing


def _shown_values(base: Mapping[str, Any] | None, parts: Parts, point: PointRecord | None) -> dict[str, Any]:
    """Return what is shown of a point: of each factor the value that came last."""
    if not parts:
        return dict(base or {})
    newest = parts[-1]
    shown: dict[str, Any] = {"point_id": newest.point_id, "mn": newest.mn, "data_time": newest.data_time}
    if base is None and len(parts) == 1:
        return {**shown, "factors": live_factors(newest.measurements, newest.period, newest.data_time, point)}
    factors = {str(one["factor"]): one for one in base.get("factors", [])} if base is not None else {}
    for part in parts:
        for factor in live_factors(part.measurements, part.period, part.data_time, point):
            factors[factor.factor] = {**factors.get(factor.factor, {}), **msgspec.to_builtins(factor)}
    return {**(base or {}), **shown, "factors": list(factors.values())}


def _enterprise_of(point: PointRecord | None) -> str | None:
    return str(point.enterprise_id) if point is not None and point.enterprise_id is not None else None


def _period(name: Any) -> Period:
    try:
        return Period(name)
    except ValueError:
        return Period.REALTIME
