"""What the pages of the console need in one answer. Services are asked at once; one that is away is named in `unavailable`.

Lists that a caller may see are asked with the caller's own token, so each service applies its scope. Device sessions are
asked in our own name (hj212-gateway knows no enterprises) and only those of visible points are shown.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from park_chassis.clock import now
from park_chassis.compacted_view import CompactedView
from park_chassis.errors import NotFound, Refused
from park_schemas.codes import ENVIRONMENT_MEDIA
from park_schemas.registry import PointRecord

from api_gateway.domain import compositions as join
from api_gateway.domain.routes import ENVIRONMENT_JUDGE, SOURCE_JUDGE
from api_gateway.upstream import Params, ServiceAway, Upstream, gather_parts

_AROUND_ALARM = timedelta(hours=2)


class Compositions:
    """Asks services for the parts of a page, and joins them."""

    def __init__(self, upstream: Upstream, points: CompactedView[PointRecord]) -> None:
        self._upstream = upstream
        self._points = points

    async def map(self, token: str) -> dict[str, Any]:
        """Return the one-map. Raises ServiceAway when archive is away: without points there is no map."""
        ask, service_token = self._upstream, self._upstream.service_token()
        parts = await gather_parts(
            {
                "park": ("archive", ask.ask("archive", "/park", token=token)),
                "points": ("archive", ask.ask_all("archive", "/points", token=token, params={})),
                "source": (SOURCE_JUDGE, ask.ask_all(SOURCE_JUDGE, "/latest", token=token, params={})),
                "environment": (
                    ENVIRONMENT_JUDGE,
                    ask.ask_all(ENVIRONMENT_JUDGE, "/latest", token=token, params={}),
                ),
                "sessions": (
                    "hj212-gateway",
                    ask.ask_all("hj212-gateway", "/sessions", token=service_token, params={}),
                ),
                "alarms": ("alerting", ask.ask_all("alerting", "/alarms", token=token, params={"open": "true"})),
            }
        )
        if "points" not in parts.answers:
            raise ServiceAway("archive", "no points")
        alarms = [alarm for alarm in parts.items("alarms") if join.is_open_alarm(alarm)]
        return {
            "park": parts.answers.get("park"),
            "points": join.map_points(
                parts.items("points"),
                parts.items("source") + parts.items("environment"),
                parts.items("sessions"),
                alarms,
            ),
            "alarms": alarms,
            "unavailable": parts.unavailable,
            "server_time": now(),
        }

    async def overview(self, token: str) -> dict[str, Any]:
        """Return the tiles of the first page; a tile whose service is away is null."""
        ask, service_token = self._upstream, self._upstream.service_token()
        parts = await gather_parts(
            {
                "points": ("archive", ask.ask_all("archive", "/points", token=token, params={})),
                "alarms": ("alerting", ask.ask("alerting", "/alarms/counts", token=token)),
                "tasks": ("task-dispatch", ask.ask("task-dispatch", "/tasks/counts", token=token)),
                "sessions": (
                    "hj212-gateway",
                    ask.ask_all("hj212-gateway", "/sessions", token=service_token, params={}),
                ),
            }
        )
        point_ids = frozenset(point["point_id"] for point in parts.items("points"))
        here = parts.answers
        devices = here.keys() >= {"sessions", "points"}
        return {
            "alarms": here.get("alarms"),
            "tasks": here.get("tasks"),
            "devices": join.device_tile(parts.items("sessions"), point_ids) if devices else None,
            "points": len(point_ids) if "points" in here else None,
            "unavailable": parts.unavailable,
            "server_time": now(),
        }

    async def alarm(self, alarm_id: UUID, token: str) -> dict[str, Any]:
        """Return an alarm with its point, the curve around it and its task. Raises ServiceAway, NotFound."""
        ask = self._upstream
        alarm = await ask.ask("alerting", f"/alarms/{alarm_id}", token=token)
        facts = alarm.get("alarm", alarm)
        point_id, task_id = facts.get("subject_id"), facts.get("task_id")
        questions: dict[str, Any] = {}
        if point_id is not None:
            judge = self._judge_of(point_id)
            questions["point"] = ("archive", self._or_none("archive", f"/points/{point_id}", token))
            questions["series"] = (
                judge,
                self._or_none(judge, f"/points/{point_id}/series", token, _series_around(facts)),
            )
        if task_id is not None:
            questions["task"] = ("task-dispatch", self._or_none("task-dispatch", f"/tasks/{task_id}", token))
        parts = await gather_parts(questions)
        return {
            "alarm": alarm,
            "point": parts.answers.get("point"),
            "series": parts.answers.get("series"),
            "task": parts.answers.get("task"),
            "unavailable": parts.unavailable,
            "server_time": now(),
        }

    async def point(self, point_id: UUID, token: str) -> dict[str, Any]:
        """Return a point with session, latest values, open alarms and open tasks. Raises ServiceAway, NotFound."""
        ask, judge = self._upstream, self._judge_of(str(point_id))
        point = await ask.ask("archive", f"/points/{point_id}", token=token)
        of_point = {"point_id": str(point_id)}
        parts = await gather_parts(
            {
                "sessions": (
                    "hj212-gateway",
                    ask.ask_all("hj212-gateway", "/sessions", token=ask.service_token(), params={}),
                ),
                "latest": (judge, ask.ask_all(judge, "/latest", token=token, params=of_point)),
                "alarms": (
                    "alerting",
                    ask.ask_all("alerting", "/alarms", token=token, params={"open": "true", **of_point}),
                ),
                "tasks": (
                    "task-dispatch",
                    ask.ask_all("task-dispatch", "/tasks", token=token, params={"open": "true", **of_point}),
                ),
            }
        )
        own = str(point_id)
        sessions = [item for item in parts.items("sessions") if item.get("point_id") == own]
        latest = [item for item in parts.items("latest") if item["point_id"] == own]
        alarms = [item for item in parts.items("alarms") if item["subject_id"] == own]
        tasks = [item for item in parts.items("tasks") if item.get("subject_id") == own]
        return {
            "point": point,
            "session": max(sessions, key=lambda item: str(item.get("last_frame_at") or ""), default=None),
            "latest": latest[0] if latest else None,
            "alarms": [item for item in alarms if join.is_open_alarm(item)],
            "tasks": [item for item in tasks if join.is_open_task(item)],
            "unavailable": parts.unavailable,
            "server_time": now(),
        }

    async def latest(self, point_ids: list[UUID], token: str) -> dict[str, Any]:
        """Return the latest values of quality and source-monitoring as one list."""
        params: Params = [("point_id", str(point_id)) for point_id in point_ids]
        parts = await gather_parts(
            {
                judge: (judge, self._upstream.ask(judge, "/latest", token=token, params=params))
                for judge in (SOURCE_JUDGE, ENVIRONMENT_JUDGE)
            }
        )
        if not parts.answers:
            raise ServiceAway(SOURCE_JUDGE, "neither judge of values answers")
        return {
            "items": parts.items(SOURCE_JUDGE) + parts.items(ENVIRONMENT_JUDGE),
            "next_cursor": None,
            "total": None,
            "unavailable": parts.unavailable,
        }

    def _judge_of(self, point_id: str) -> str:
        point = self._points.get(point_id)
        return ENVIRONMENT_JUDGE if point is not None and point.medium in ENVIRONMENT_MEDIA else SOURCE_JUDGE

    async def _or_none(self, service: str, path: str, token: str, params: Params = None) -> Any:
        """Ask for something beside the main thing: what is not there or not permitted is None."""
        try:
            return await self._upstream.ask(service, path, token=token, params=params)
        except (NotFound, Refused):
            return None


def _series_around(alarm: dict[str, Any]) -> dict[str, Any]:
    started = datetime.fromisoformat(alarm["started_at"])
    last_seen = datetime.fromisoformat(alarm.get("last_seen_at") or alarm["started_at"])
    around: dict[str, Any] = {
        "from": (started - _AROUND_ALARM).isoformat(),
        "to": (last_seen + _AROUND_ALARM).isoformat(),
        "period": "realtime",
        "points": 1000,
    }
    if alarm.get("factor"):
        around["factor"] = alarm["factor"]
    return around
