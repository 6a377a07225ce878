"""Alarms of the mock gateway: list, detail, acknowledging and closing; each change is told to the live stream."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from console_mock_answers import page, refused
from console_mock_park import LEVELS, Park, clock, identifier, iso
from console_mock_series import series_of
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]


def open_counts(park: Park) -> Record:
    """Open alarms by level."""
    open_ = [one for one in park.alarms.values() if one["state"] != "closed"]
    return {
        "open": {level: sum(one["level"] == level for one in open_) for level in LEVELS},
        "unacknowledged": sum(one["state"] == "active" for one in open_),
    }


class Alarms:
    """The routes of alarms. `say` tells the live stream of a change."""

    def __init__(self, park: Park, say: Callable[..., Awaitable[None]]) -> None:
        self.park, self.say = park, say

    def routes(self, router: APIRouter) -> None:
        """Add every address."""
        park = self.park

        @router.get("/alarms")
        async def alarms(request: Request) -> Record:
            ask, states = request.query_params, request.query_params.getlist("state")
            keep: list[Callable[[Record], bool]] = [
                lambda one: not ask.get("level") or one["level"] == ask["level"],
                lambda one: not states or one["state"] in states,
                lambda one: ask.get("open") != "true" or one["state"] != "closed",
                lambda one: ask.get("q", "") in one["title_zh"] + one["number"],
                lambda one: not ask.get("point_id") or one["subject_id"] == ask["point_id"],
            ]
            return page([one for one in park.alarms.values() if all(test(one) for test in keep)], request)

        @router.get("/alarms/counts")
        async def counts() -> Record:
            return open_counts(park)

        @router.get("/alarms/{alarm_id}/full")
        async def full(alarm_id: str) -> Response:
            alarm = park.alarms.get(alarm_id)
            if alarm is None:
                return refused(404, "没有这条告警", "There is no such alarm", trace_id="4bf92f3577b34da6")
            start = datetime.fromisoformat(alarm["started_at"]) - timedelta(hours=2)
            findings = [
                {
                    "finding_id": identifier(4, 100 + n),
                    "rule": alarm["rule"],
                    "verdict": "violated",
                    "period": "hour",
                    "period_start": iso(clock() - timedelta(hours=n + 1)),
                    "period_end": iso(clock() - timedelta(hours=n)),
                    "recorded_at": iso(clock()),
                    "observed": alarm["observed"],
                    "limit": alarm["limit"],
                    "unit": alarm["unit"],
                    "ratio": alarm["ratio"],
                    "standard": alarm["standard"],
                    "clause": alarm["clause"],
                    "explanation_zh": f"{alarm['factor_name_zh']}小时均值 {alarm['observed']}，限值 {alarm['limit']}",
                    "explanation_en": "hourly mean over the limit",
                }
                for n in range(3)
            ]
            series = (
                series_of(park, alarm["subject_id"], [alarm["factor"]], "minute", (start, clock()), 400)
                if alarm["factor"]
                else None
            )
            return JSONResponse(
                {
                    "alarm": {**alarm, "timeline": park.timelines[alarm_id], "findings": findings},
                    "point": park.points[alarm["subject_id"]],
                    "series": series,
                    "task": park.tasks.get(alarm["task_id"] or ""),
                }
            )

        @router.post("/alarms/{alarm_id}/{action}")
        async def act(alarm_id: str, action: str, request: Request) -> Response:
            if request.headers.get("x-requested-with") != "park-console":
                return refused(403, "请求缺少校验头", "The request lacks its header")
            alarm, body = park.alarms[alarm_id], await request.json()
            alarm.update(
                version=alarm["version"] + 1,
                state={"acknowledge": "acknowledged", "close": "closed"}[action],
                changed_at=iso(clock()),
            )
            alarm.update(
                {"acknowledged_by": "王敏", "acknowledged_at": iso(clock())}
                if action == "acknowledge"
                else {"closed_by": "王敏", "closed_at": iso(clock()), "close_reason": body["reason"]}
            )
            park.timelines[alarm_id].append(
                {
                    "at": iso(clock()),
                    "who": "王敏",
                    "what": action,
                    "detail_zh": body.get("note", ""),
                    "detail_en": body.get("note", ""),
                }
            )
            await self.say(alarms=[alarm])
            return JSONResponse(alarm)
