"""The park as the mock gateway shows it: map, overview, points with their values, series and frames."""

from datetime import datetime, timedelta
from typing import Any

from console_mock_alarms import open_counts
from console_mock_answers import page, refused
from console_mock_ground import park_map
from console_mock_park import Park, clock, iso
from console_mock_series import series_of
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]


class Points:
    """Routes that only read the park. `unheard` points have no value yet on the map."""

    def __init__(self, park: Park) -> None:
        self.park = park
        self.unheard: set[str] = set()

    def routes(self, router: APIRouter) -> None:
        """Add every address."""
        self._picture_routes(router)
        self._point_routes(router)

    def _known(self, point_id: str) -> Record | None:
        """Latest values as the map knows them; None for a point nobody has heard yet."""
        return None if point_id in self.unheard else self.park.values[point_id]

    def _picture_routes(self, router: APIRouter) -> None:
        park = self.park

        @router.get("/map")
        async def composition() -> Record:
            points = [
                {**one, "latest": self._known(one["point_id"]), "alarm_level": None, "open_alarms": 0}
                for one in park.points.values()
            ]
            return {
                "park": {"name_zh": "滨江化工园区", "name_en": "Riverside Chemical Park", "centre": [118.62, 32.21]},
                "points": points,
                "alarms": [one for one in park.alarms.values() if one["state"] != "closed"],
                "server_time": iso(clock()),
            }

        @router.get("/park/map")
        async def ground() -> Record:
            return park_map()

        @router.get("/overview")
        async def overview() -> Record:
            open_tasks = [one for one in park.tasks.values() if one["state"] not in {"closed", "cancelled"}]
            states = [one["device_state"] for one in park.points.values()]
            return {
                "alarms": open_counts(park),
                "tasks": {"open": len(open_tasks), "overdue": sum(one["overdue"] for one in open_tasks), "mine": 3},
                "devices": {"online": states.count("online"), "offline": states.count("offline"), "total": len(states)},
                "points": len(states),
                "unavailable": [],
                "server_time": iso(clock()),
            }

    def _point_routes(self, router: APIRouter) -> None:
        park = self.park

        @router.get("/points")
        async def points(request: Request) -> Record:
            return page(list(park.points.values()), request)

        @router.get("/latest")
        async def latest(request: Request) -> Record:
            wanted = request.query_params.getlist("point_id")
            return {"items": [park.values[one] for one in wanted or park.values]}

        @router.get("/points/{point_id}/full")
        async def full(point_id: str) -> Response:
            if point_id not in park.points:
                return refused(404, "没有这个点位", "There is no such point")
            point = park.points[point_id]
            return JSONResponse(
                {
                    "point": point,
                    "device": {"mn": point["mn"], "edition": "2017", "realtime_interval_s": 30},
                    "latest": park.values[point_id],
                    "session": {
                        "mn": point["mn"],
                        "state": point["device_state"],
                        "last_frame_at": iso(clock()),
                        "clock_skew_s": 1.2,
                        "frames": 8_311,
                    },
                    "alarms": [
                        one
                        for one in park.alarms.values()
                        if one["subject_id"] == point_id and one["state"] != "closed"
                    ],
                    "tasks": [one for one in park.tasks.values() if one["subject_id"] == point_id],
                }
            )

        @router.get("/points/{point_id}/series")
        async def series(point_id: str, factor: str, request: Request, period: str = "realtime") -> Record:
            span = (
                datetime.fromisoformat(request.query_params["from"]),
                datetime.fromisoformat(request.query_params["to"]),
            )
            return series_of(
                park, point_id, factor.split(","), period, span, int(request.query_params.get("points", 1000))
            )

        @router.get("/points/{point_id}/frames")
        async def frames(point_id: str, request: Request) -> Record:
            value = park.values[point_id]
            rows = [
                {
                    "data_time": iso(clock() - timedelta(seconds=30 * n)),
                    "received_at": iso(clock() - timedelta(seconds=30 * n - 1)),
                    "period": "realtime",
                    "command": "2011",
                    "mn": value["mn"],
                    "revision": 1,
                    "entries": [
                        {"factor": one["factor"], "attribute": "Rtd", "value": one["value"], "mark": one["mark"]}
                        for one in value["factors"]
                    ],
                }
                for n in range(12)
            ]
            return page(rows, request)
