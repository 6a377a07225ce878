"""From what the archive holds to the registry topics: one mapping function a topic, and the events of a change.

Each record on a topic is the whole truth about its key. A change of an enterprise states its points anew (they carry its
name), a change of a point states its devices anew (they carry its enterprise).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from park_chassis import outbox
from park_chassis.database import Connection
from park_schemas.envelope import Event
from park_schemas.registry import DeviceRecord, EnterpriseRecord, LimitInForce, MonitoredFactor, PointRecord

from archive import store
from archive.domain.records import Device, Enterprise, Kind, Limit, Point

SOURCE = "archive"


@dataclass
class Touched:
    """Natural keys of records that changed; `limited` are points of which only the limits changed."""

    enterprises: set[str] = field(default_factory=set)
    points: set[str] = field(default_factory=set)
    devices: set[str] = field(default_factory=set)
    limited: set[str] = field(default_factory=set)


async def state(tx: Connection, park_id: UUID, touched: Touched, at: datetime) -> int:
    """Add to the outbox everything that `touched` makes stale on the topics; return the number of events."""
    points = touched.points | touched.limited | await store.points_of(tx, touched.enterprises)
    devices = touched.devices | await store.devices_of(tx, touched.points)
    enterprises = await store.by_keys(tx, Kind.ENTERPRISES, touched.enterprises)
    events: list[Event[Any]] = [
        _event("registry.enterprise.stated", str(one.identifier), enterprise_record(one, park_id), at)
        for one in enterprises.values()
    ]
    events += await _point_events(tx, park_id, points, at)
    events += await _device_events(tx, park_id, devices, at)
    await outbox.add(tx, *events)
    return len(events)


async def state_everything(tx: Connection, park_id: UUID, at: datetime) -> int:
    """Add every record to the outbox, for topics that were lost; return the number of events."""
    everything = Touched(
        enterprises=set(await store.by_keys(tx, Kind.ENTERPRISES)),
        points=set(await store.by_keys(tx, Kind.POINTS)),
        devices=set(await store.by_keys(tx, Kind.DEVICES)),
    )
    return await state(tx, park_id, everything, at)


def enterprise_record(stored: store.Stored[Enterprise], park_id: UUID) -> EnterpriseRecord:
    """Map an enterprise to its contract."""
    one = stored.record
    return EnterpriseRecord(
        enterprise_id=stored.identifier,
        park_id=park_id,
        name_zh=one.name_zh,
        name_en=one.name_en,
        credit_code=one.credit_code,
        industry=one.industry,
        longitude=one.longitude,
        latitude=one.latitude,
        active=one.active,
    )


def limit_in_force(limit: Limit) -> LimitInForce:
    """Map a limit to its contract; numbers are written without exponent."""
    return LimitInForce(
        limit_id=limit.key,
        factor=limit.factor,
        unit=limit.unit,
        averaging=limit.averaging,
        standard=limit.standard,
        clause=limit.clause,
        valid_from=limit.valid_from,
        valid_to=limit.valid_to,
        upper=None if limit.upper is None else f"{limit.upper:f}",
        lower=None if limit.lower is None else f"{limit.lower:f}",
        basis=limit.basis,
        source=limit.source,
        confidence=limit.confidence,
    )


def point_record(
    stored: store.Stored[Point], park_id: UUID, owner: store.Stored[Enterprise] | None, limits: Collection[Limit]
) -> PointRecord:
    """Map a point with its owner and all its limits, past and coming ones too, to its contract."""
    one = stored.record
    return PointRecord(
        point_id=stored.identifier,
        park_id=park_id,
        code=one.code,
        name_zh=one.name_zh,
        name_en=one.name_en,
        medium=one.medium,
        longitude=one.longitude,
        latitude=one.latitude,
        enterprise_id=owner.identifier if owner else None,
        enterprise_name_zh=owner.record.name_zh if owner else "",
        enterprise_name_en=owner.record.name_en if owner else "",
        factors=[msgspec.convert(factor, MonitoredFactor) for factor in one.factors],
        limits=[limit_in_force(limit) for limit in limits],
        target_class=one.target_class,
        active=one.active,
        in_service_from=one.in_service_from,
        point_kind=one.point_kind,
    )


def device_record(
    stored: store.Stored[Device], park_id: UUID, point: store.Stored[Point], owner: UUID | None
) -> DeviceRecord:
    """Map a device to its contract."""
    one = stored.record
    return DeviceRecord(
        mn=one.mn,
        password=one.password,
        point_id=point.identifier,
        park_id=park_id,
        edition=one.edition,
        enterprise_id=owner,
        realtime_interval_s=one.realtime_interval_s,
        minute_interval_min=one.minute_interval_min,
        active=one.active and point.record.active,
    )


def _event(event_type: str, subject: str, body: msgspec.Struct, at: datetime) -> Event[Any]:
    return Event(type=event_type, source=SOURCE, subject=subject, time=at, body=body)


async def _point_events(tx: Connection, park_id: UUID, codes: Collection[str], at: datetime) -> list[Event[Any]]:
    points = await store.by_keys(tx, Kind.POINTS, codes)
    owners = await _owners(tx, points)
    limits: dict[str, list[Limit]] = {}
    for stored in (await store.by_keys(tx, Kind.LIMITS, codes)).values():
        limits.setdefault(stored.record.point_code, []).append(stored.record)
    return [
        _event(
            "registry.point.stated",
            str(point.identifier),
            point_record(point, park_id, owners.get(point.record.enterprise), limits.get(code, ())),
            at,
        )
        for code, point in points.items()
    ]


async def _device_events(tx: Connection, park_id: UUID, mns: Collection[str], at: datetime) -> list[Event[Any]]:
    devices = await store.by_keys(tx, Kind.DEVICES, mns)
    points = await store.by_keys(tx, Kind.POINTS, {device.record.point_code for device in devices.values()})
    owners = await _owners(tx, points)
    events = []
    for mn, device in devices.items():
        point = points[device.record.point_code]
        owner = owners.get(point.record.enterprise)
        body = device_record(device, park_id, point, owner.identifier if owner else None)
        events.append(_event("registry.device.stated", mn, body, at))
    return events


async def _owners(tx: Connection, points: Mapping[str, store.Stored[Point]]) -> dict[str, store.Stored[Enterprise]]:
    codes = {point.record.enterprise for point in points.values() if point.record.enterprise}
    return await store.by_keys(tx, Kind.ENTERPRISES, codes)
