"""Answers made of several services' answers: pure joins over plain JSON values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from park_schemas.codes import AlarmLevel, AlarmState, SessionState, TaskState

Json = dict[str, Any]

CLOSED_TASKS = frozenset({TaskState.CLOSED.value, TaskState.CANCELLED.value})


def map_points(
    points: Iterable[Json], latest: Iterable[Json], sessions: Iterable[Json], alarms: Iterable[Json]
) -> list[Json]:
    """Return the points of the map with latest values, device state, highest open alarm and number of open alarms."""
    latest_by_point = {item["point_id"]: item for item in latest}
    session_by_point = _newest_session_by_point(sessions)
    levels_by_point: dict[str, list[AlarmLevel]] = defaultdict(list)
    for alarm in alarms:
        levels_by_point[alarm["subject_id"]].append(AlarmLevel(alarm["level"]))
    return [
        _map_point(
            point,
            latest_by_point.get(point["point_id"]),
            session_by_point.get(point["point_id"]),
            levels_by_point.get(point["point_id"], []),
        )
        for point in points
    ]


def _map_point(point: Json, latest: Json | None, session: Json | None, levels: list[AlarmLevel]) -> Json:
    highest = max(levels, key=lambda level: level.rank, default=None)
    return {
        "point_id": point["point_id"],
        "code": point.get("code", ""),
        "name_zh": point.get("name_zh", ""),
        "name_en": point.get("name_en", ""),
        "medium": point.get("medium"),
        "longitude": point.get("longitude"),
        "latitude": point.get("latitude"),
        "enterprise_id": point.get("enterprise_id"),
        "enterprise_name_zh": point.get("enterprise_name_zh", ""),
        "enterprise_name_en": point.get("enterprise_name_en", ""),
        "factors": point.get("factors", []),
        "device_state": (session or {}).get("state"),
        "mn": (session or {}).get("mn") or (latest or {}).get("mn") or point.get("mn"),
        "latest": None
        if latest is None
        else {"data_time": latest.get("data_time"), "factors": latest.get("factors", [])},
        "alarm_level": highest,
        "open_alarms": len(levels),
    }


def _newest_session_by_point(sessions: Iterable[Json]) -> dict[str, Json]:
    """A point whose logger was exchanged has two sessions: an online one wins, then the newer."""
    chosen: dict[str, Json] = {}
    for session in sessions:
        point_id = session.get("point_id")
        if point_id is None:
            continue
        known = chosen.get(point_id)
        if known is None or _session_rank(session) > _session_rank(known):
            chosen[point_id] = session
    return chosen


def _session_rank(session: Json) -> tuple[bool, str]:
    return session.get("state") == SessionState.ONLINE, str(session.get("last_frame_at") or "")


def is_open_alarm(alarm: Mapping[str, Any]) -> bool:
    return alarm.get("state") != AlarmState.CLOSED


def is_open_task(task: Mapping[str, Any]) -> bool:
    return task.get("state") not in CLOSED_TASKS


def device_tile(sessions: Iterable[Json], point_ids: frozenset[str]) -> Json:
    """Return {"online", "offline", "total"} over the points; a point never heard of is offline."""
    states = _newest_session_by_point(sessions)
    online = sum(states[point_id].get("state") == SessionState.ONLINE for point_id in point_ids if point_id in states)
    return {"online": online, "offline": len(point_ids) - online, "total": len(point_ids)}
