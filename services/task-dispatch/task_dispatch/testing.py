"""Builders for the tests of task-dispatch: alarms, works, actors, photos, signed-in clients; a test names what matters."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from park_chassis.chassis import Chassis
from park_chassis.testing import asgi_client, token
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, AlarmState, Medium, Role
from park_schemas.identifiers import natural_id
from PIL import ExifTags, Image

from task_dispatch.domain import life
from task_dispatch.domain.actions import Actor
from task_dispatch.domain.work import Work

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
"""12:00 in the park."""
PARK = UUID(int=1)
ENTERPRISE = UUID(int=7)
ALARM = UUID(int=21)

OFFICER_PERMISSIONS = ("task:read", "task:create", "task:dispatch", "task:verify", "task:cancel")
WORKER_PERMISSIONS = ("task:read", "task:work")


def alarm(
    level: AlarmLevel = AlarmLevel.YELLOW,
    *,
    version: int = 1,
    state: AlarmState = AlarmState.ACTIVE,
    alarm_id: UUID = ALARM,
    **facts: Any,
) -> Alarm:
    """Return an alarm of a chemical outlet."""
    values: dict[str, Any] = {
        "alarm_id": alarm_id,
        "version": version,
        "number": "AL-20261122-0001",
        "park_id": PARK,
        "rule": "exceedance",
        "level": level,
        "state": state,
        "title_zh": "化学需氧量超标",
        "title_en": "COD over the limit",
        "subject_id": UUID(int=11),
        "subject_name_zh": "废水总排口",
        "subject_name_en": "Main outlet",
        "medium": Medium.WASTE_WATER,
        "started_at": NOON,
        "last_seen_at": NOON,
        "raised_at": NOON,
        "changed_at": NOON,
        "occurrences": version,
        "finding_id": natural_id("finding", alarm_id, version),
        "enterprise_id": ENTERPRISE,
        "enterprise_name_zh": "东江化工",
        "longitude": 118.8,
        "latitude": 32.2,
    }
    return Alarm(**{**values, **facts})


def work(**facts: Any) -> Work:
    """Return a task just made."""
    step = life.created(
        task_id=UUID(int=31),
        number="TK-20261122-0001",
        park_id=PARK,
        kind="exceedance-check",
        title_zh="现场核查",
        title_en="Check on site",
        priority=AlarmLevel.YELLOW,
        due_at=NOON + timedelta(hours=24),
        by="system",
        now=NOON,
        **facts,
    )
    return step.work


def actor(username: str, role: Role = Role.INSPECTOR, *permissions: str) -> Actor:
    """Return a person with the permissions of the role, or exactly those given."""
    usual = WORKER_PERMISSIONS if role in {Role.INSPECTOR, Role.ENTERPRISE} else OFFICER_PERMISSIONS
    return Actor(username, username.title(), role, frozenset(permissions or usual))


@asynccontextmanager
async def signed_in(
    chassis: Chassis, name: str, role: Role = Role.OFFICER, *permissions: str, enterprise: UUID | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of the service signed in as a person with the role's permissions, or exactly those given."""
    usual = OFFICER_PERMISSIONS if role is Role.OFFICER else WORKER_PERMISSIONS
    bearer = token(*(permissions or usual), role=role, username=name, enterprise_id=enterprise)
    async with asgi_client(chassis, bearer) as client:
        yield client


async def task_of(client: httpx.AsyncClient, alarm_id: UUID) -> dict[str, Any]:
    """Return the only task of an alarm, with all its detail."""
    (found,) = (await client.get("/tasks", params={"alarm_id": str(alarm_id)})).json()["items"]
    detail: dict[str, Any] = (await client.get(f"/tasks/{found['task_id']}")).json()
    return detail


async def act(client: httpx.AsyncClient, task: dict[str, Any], action: str, **body: Any) -> httpx.Response:
    """Ask for an action."""
    return await client.post(f"/tasks/{task['task_id']}/{action}", json=body)


async def done(client: httpx.AsyncClient, task: dict[str, Any], action: str, **body: Any) -> dict[str, Any]:
    """Take an action, which must succeed; return the task."""
    answer = await act(client, task, action, **body)
    assert answer.status_code == 200, f"{action}: {answer.text}"  # noqa: S101
    changed: dict[str, Any] = answer.json()
    return changed


def photo(colour: tuple[int, int, int] = (90, 120, 150), *, exif: bool = False, kind: str = "JPEG") -> bytes:
    """Return a photo of one colour."""
    picture, buffer = Image.new("RGB", (800, 600), colour), io.BytesIO()
    tags = Image.Exif()
    if exif:
        tags[ExifTags.Base.Make] = "Huawei"
        tags.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:22 12:30:00"
        gps = tags.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (32.0, 12.0, 36.0)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (118.0, 48.0, 0.0)
    picture.save(buffer, kind, exif=tags)
    return buffer.getvalue()


async def upload(client: httpx.AsyncClient, task: dict[str, Any], content: bytes, **headers: str) -> httpx.Response:
    """Send a photo."""
    files = {"photo": ("site.jpg", content, "image/jpeg")}
    return await client.post(f"/tasks/{task['task_id']}/evidence", files=files, data={"kind": "site"}, headers=headers)
