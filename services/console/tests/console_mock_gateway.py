"""A stand-in for api-gateway, for developing and testing the pages alone: the HTTP contract's shapes over `Park`.

Run it with the built pages:  python services/console/tests/console_mock_gateway.py 8099
The real stack is tested end to end elsewhere; nothing of this is shipped.
"""

import asyncio
import hashlib
import re
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse
from starlette.middleware.base import RequestResponseEndpoint

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

from console.app import build  # noqa: E402 - the folders must be on the path first
from console.settings import Settings  # noqa: E402 - the folders must be on the path first
from console_mock_anomalies import Anomalies  # noqa: E402 - the folders must be on the path first
from console_mock_answers import page, refused  # noqa: E402 - the folders must be on the path first
from console_mock_checks import Checks  # noqa: E402 - the folders must be on the path first
from console_mock_device_keys import DeviceKeys  # noqa: E402 - the folders must be on the path first
from console_mock_devices import Devices  # noqa: E402 - the folders must be on the path first
from console_mock_duty import Duty  # noqa: E402 - the folders must be on the path first
from console_mock_evidence import EvidenceFiles  # noqa: E402 - the folders must be on the path first
from console_mock_park import LEVELS, Park, Record, clock, identifier, iso, park_map, series_of  # noqa: E402 - the folders must be on the path first
from console_mock_rejudging import Rejudging  # noqa: E402 - the folders must be on the path first
from console_mock_results import Results  # noqa: E402 - the folders must be on the path first
from console_mock_reviews import Reviews  # noqa: E402 - the folders must be on the path first
from console_mock_rules import Rules  # noqa: E402 - the folders must be on the path first
from console_mock_selfmon import SelfMonitoring  # noqa: E402 - the folders must be on the path first
from console_mock_surveys import Surveys  # noqa: E402 - the folders must be on the path first
from console_mock_tasking import Tasking  # noqa: E402 - the folders must be on the path first

USERS: dict[str, Record] = {
    "officer": {
        "display_name": "王敏",
        "role": "officer",
        "permissions": (
            "map:read point:read reading:read alarm:read alarm:acknowledge alarm:close task:read "
            "task:create task:dispatch task:verify task:cancel archive:read archive:write archive:import "
            "device:read command:approve exchange:read export:read mark:write mark:review data:review data:approve "
            "data:correct data:replay quota:write campaign:write"
        ),
    },
    "inspector": {
        "display_name": "李强",
        "role": "inspector",
        "permissions": ("map:read point:read reading:read alarm:read alarm:acknowledge task:read task:work"),
    },
    "admin": {
        "display_name": "管理员",
        "role": "administrator",
        "permissions": (
            "map:read point:read reading:read alarm:read task:read archive:read archive:write "
            "archive:import device:read device:write command:approve rule:write webhook:write client:write user:write "
            "audit:read exchange:read"
        ),
    },
}
NEXT_STATE = {
    "dispatch": "dispatched",
    "sign": "signed",
    "arrive": "on-site",
    "report": "reported",
    "verify": "verified",
    "return": "returned",
    "refuse": "refused",
    "close": "closed",
    "cancel": "cancelled",
}
ALLOWED = {
    "created": ["dispatch", "cancel"],
    "dispatched": ["sign", "refuse", "urge", "cancel"],
    "signed": ["arrive", "evidence", "transfer", "extend", "urge"],
    "on-site": ["report", "extend", "urge", "evidence"],
    "returned": ["report"],
    "refused": ["dispatch"],
    "reported": ["verify", "return"],
    "verified": ["close"],
}


class Gateway:
    """The mock's state and its routes; one method a group of addresses."""

    def __init__(self) -> None:
        self.park = Park(clock())
        self.rules = Rules()
        self.devices = Devices(self.park, self.user)
        self.evidence = EvidenceFiles()
        self.reviews = Reviews(self.park, self.user, self.evidence)
        self.results = Results(self.park, self.user)
        self.checks = Checks(self.park, self.user, self.evidence)
        self.anomalies = Anomalies(self.park, self.user)
        self.duty = Duty(self.park, self.user)
        self.tasking = Tasking(self.park, self.user)
        self.self_monitoring = SelfMonitoring(self.park, self.user, self.evidence)
        self.surveys = Surveys(self.user)
        self.sockets: dict[WebSocket, int] = {}
        self.paused = False
        self.unheard: set[str] = set()
        self.blobs: dict[str, bytes] = {}
        self.webhooks: list[Record] = [
            {
                "webhook_id": identifier(7, 1),
                "url": "https://city.example/hooks/park",
                "description": "市级平台",
                "min_level": "orange",
                "active": True,
            }
        ]
        self.clients: list[Record] = [
            {
                "client_id": identifier(8, 1),
                "name": "市级平台",
                "active": True,
                "created_at": iso(clock()),
                "last_used_at": None,
            }
        ]
        self.imports: list[Record] = []

    def app(self, pages: Path | None) -> FastAPI:
        """API under /api/v1, the console service behind everything else, as the front door does it."""
        app = FastAPI()

        @app.middleware("http")
        async def signed_in(request: Request, following: RequestResponseEndpoint) -> Response:
            path = request.url.path
            if path.startswith("/api/v1/") and "/auth/" not in path and request.cookies.get("mock-user") not in USERS:
                return refused(401, "请先登录", "Sign in first")
            return await following(request)

        router = APIRouter(prefix="/api/v1")
        for add in (
            self.devices.routes,
            DeviceKeys(self.devices).routes,
            self.rules.routes,
            self.anomalies.routes,
            self.self_monitoring.routes,
            self.evidence.routes,
            self.surveys.routes,
            self.reviews.routes,
            self.checks.routes,
            self.duty.routes,
            self.tasking.routes,
            self.sign_in_routes,
            self.read_routes,
            self.point_routes,
            self.alarm_routes,
            self.task_routes,
            self.admin_routes,
            self.results.routes,
            Rejudging(self.park).routes,
        ):
            add(router)
        router.add_api_websocket_route("/live", self.live)
        app.include_router(router)
        settings = Settings(console_park_name_zh="滨江化工园区", console_park_name_en="Riverside Chemical Park")
        app.mount("/", build(settings if pages is None else settings.model_copy(update={"console_pages": pages})))
        return app

    def user(self, request: Request) -> Record | None:
        """The signed-in user by cookie."""
        name = request.cookies.get("mock-user", "")
        found = USERS.get(name)
        return (
            None
            if found is None
            else {
                "user_id": identifier(6, list(USERS).index(name) + 1),
                "username": name,
                **found,
                "permissions": found["permissions"].split(),
            }
        )

    def sign_in_routes(self, router: APIRouter) -> None:
        @router.post("/auth/sign-in")
        async def sign_in(request: Request) -> Response:
            body = await request.json()
            if body.get("username") not in USERS or body.get("password") != "park":
                return refused(401, "用户名或密码不正确", "User name or password is wrong")
            request.cookies["mock-user"] = body["username"]
            answer = JSONResponse(
                {"access_token": "x", "expires_at": iso(clock() + timedelta(hours=8)), "user": self.user(request)}
            )
            answer.set_cookie("mock-user", body["username"], httponly=True, samesite="strict")
            answer.set_cookie("mock-refresh", body["username"], httponly=True, samesite="strict", path="/api/v1/auth")
            return answer

        @router.post("/auth/refresh")
        async def refresh(request: Request) -> Response:
            name = request.cookies.get("mock-refresh")
            if name not in USERS:
                return refused(401, "请先登录", "Sign in first")
            answer = JSONResponse({"expires_at": iso(clock())})
            answer.set_cookie("mock-user", str(name), httponly=True, samesite="strict")
            return answer

        @router.get("/auth/me")
        async def me(request: Request) -> Response:
            found = self.user(request)
            return refused(401, "请先登录", "Sign in first") if found is None else JSONResponse(found)

        @router.post("/auth/sign-out")
        async def sign_out() -> Response:
            answer = Response(status_code=204)
            answer.delete_cookie("mock-user")
            return answer

    def counts(self) -> Record:
        """Open alarms by level."""
        open_ = [one for one in self.park.alarms.values() if one["state"] != "closed"]
        return {
            "open": {level: sum(one["level"] == level for one in open_) for level in LEVELS},
            "unacknowledged": sum(one["state"] == "active" for one in open_),
        }

    def known(self, point_id: str) -> Record | None:
        """Latest values as the map knows them; None for a point nobody has heard yet."""
        return None if point_id in self.unheard else self.park.values[point_id]

    def read_routes(self, router: APIRouter) -> None:
        park = self.park

        @router.get("/map")
        async def composition() -> Record:
            points = [
                {**one, "latest": self.known(one["point_id"]), "alarm_level": None, "open_alarms": 0}
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
                "alarms": self.counts(),
                "tasks": {"open": len(open_tasks), "overdue": sum(one["overdue"] for one in open_tasks), "mine": 3},
                "devices": {"online": states.count("online"), "offline": states.count("offline"), "total": len(states)},
                "points": len(states),
                "unavailable": [],
                "server_time": iso(clock()),
            }

    def point_routes(self, router: APIRouter) -> None:
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

    def alarm_routes(self, router: APIRouter) -> None:
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
            return self.counts()

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

    def task_routes(self, router: APIRouter) -> None:
        park = self.park

        def detail(task: Record) -> Record:
            return {
                **task,
                "timeline": park.timelines[task["task_id"]],
                "reports": park.reports[task["task_id"]],
                "evidence": park.evidence[task["task_id"]],
                "allowed": ALLOWED.get(task["state"], []),
                "form": {
                    "photos": {"red": 1},
                    "fields": [
                        {
                            "name": "cause",
                            "label_zh": "超标原因",
                            "label_en": "Cause",
                            "type": "choice",
                            "choices": ["production", "treatment", "unknown"],
                        }
                    ],
                },
            }

        @router.get("/tasks")
        async def tasks(request: Request) -> Record:
            ask = request.query_params
            rows = [
                one
                for one in park.tasks.values()
                if (not ask.get("state") or one["state"] == ask["state"])
                and (ask.get("overdue") != "true" or one["overdue"])
                and (ask.get("assignee") != "me" or one["assignee"] == request.cookies.get("mock-user"))
                and ask.get("q", "") in one["title_zh"]
            ]
            return page(rows, request)

        @router.get("/users/assignees")
        async def assignees() -> Record:
            return {
                "items": [
                    {"user_id": identifier(6, 2), "username": "inspector", "display_name": "李强", "role": "inspector"}
                ]
            }

        @router.get("/tasks/{task_id}")
        async def one(task_id: str) -> Response:
            return (
                JSONResponse(detail(park.tasks[task_id]))
                if task_id in park.tasks
                else refused(404, "没有这个任务", "There is no such task")
            )

        @router.post("/tasks")
        async def create(request: Request) -> Response:
            body, number = await request.json(), len(park.tasks)
            task_id = identifier(5, number)
            park.tasks[task_id] = {
                **next(iter(park.tasks.values())),
                "task_id": task_id,
                "version": 1,
                "state": "dispatched",
                "title_zh": body["title_zh"],
                "title_en": body["title_zh"],
                "assignee": body["assignee"],
                "assignee_name": "李强",
                "number": f"TK-20261122-{number:04d}",
                "kind": body["kind"],
                "overdue": False,
                "due_at": body.get("due_at") or iso(clock() + timedelta(hours=8)),
            }
            park.timelines[task_id], park.reports[task_id], park.evidence[task_id] = [], [], []
            await self.say(tasks=[park.tasks[task_id]])
            return JSONResponse(detail(park.tasks[task_id]), 201)

        @router.post("/tasks/{task_id}/evidence")
        async def photo(task_id: str, request: Request) -> Response:
            form = await request.form()
            upload: Any = form["photo"]
            body = await upload.read()
            digest = hashlib.sha256(body).hexdigest()
            self.blobs[digest] = body
            row = {
                "sha256": digest,
                "kind": form.get("kind"),
                "taken_at": form.get("taken_at"),
                "received_at": iso(clock()),
                "uploaded_by": "李强",
                "size": len(body),
            }
            park.evidence[task_id].append(row)
            return JSONResponse(row, 201)

        @router.get("/evidence/{digest}")
        @router.get("/evidence/{digest}/thumbnail")
        async def blob(digest: str) -> Response:
            return Response(self.blobs[digest], media_type="image/jpeg")

        @router.post("/tasks/{task_id}/{action}")
        async def act(task_id: str, action: str, request: Request) -> Response:
            task, body = park.tasks[task_id], await request.json()
            if action not in ALLOWED.get(task["state"], []):
                return refused(409, "当前状态不能执行此操作", "Not possible in this state")
            task.update(
                version=task["version"] + 1, state=NEXT_STATE.get(action, task["state"]), changed_at=iso(clock())
            )
            if action == "report":
                park.reports[task_id].append({**body, "reported_at": iso(clock()), "reported_by": "李强"})
            park.timelines[task_id].append(
                {
                    "at": iso(clock()),
                    "who": "李强",
                    "what": action,
                    "detail_zh": body.get("note") or body.get("reason") or "",
                    "detail_en": "",
                }
            )
            await self.say(tasks=[task])
            return JSONResponse(detail(task))

    def admin_routes(self, router: APIRouter) -> None:
        @router.get("/users/names")
        async def names(request: Request) -> Record:
            asked = [name for name in request.query_params.getlist("username") if name in USERS]
            shown = [{"username": name, "display_name": USERS[name]["display_name"]} for name in asked]
            return {"items": shown, "next_cursor": None, "total": len(shown)}

        @router.get("/users")
        async def users(request: Request) -> Record:
            return page(
                [
                    {
                        "user_id": identifier(6, n),
                        "username": name,
                        "active": True,
                        "last_sign_in_at": iso(clock()),
                        **one,
                        "permissions": [],
                    }
                    for n, (name, one) in enumerate(USERS.items())
                ],
                request,
            )

        @router.get("/audit")
        async def audit(request: Request) -> Record:
            return page(
                [
                    {
                        "sequence": 40 - n,
                        "at": iso(clock() - timedelta(minutes=n)),
                        "actor": "officer",
                        "action": "POST /alarms/{alarm_id}/acknowledge",
                        "subject": identifier(3, n),
                        "origin": "10.0.8.21",
                        "status": 200,
                        "result": "done",
                    }
                    for n in range(40)
                ],
                request,
            )

        @router.get("/audit/verify")
        async def verify() -> Record:
            return {"whole": True, "entries": 40, "broken": None}

        @router.get("/webhooks")
        async def webhooks(request: Request) -> Record:
            return page(self.webhooks, request)

        @router.post("/webhooks")
        async def add_webhook(request: Request) -> Response:
            body = {**await request.json(), "webhook_id": identifier(7, len(self.webhooks) + 1)}
            self.webhooks.append(body)
            return JSONResponse({**body, "secret": "shown-once"}, 201)

        @router.get("/webhooks/{webhook_id}/deliveries")
        async def deliveries(webhook_id: str, request: Request) -> Record:
            return page(
                [
                    {
                        "delivery_id": identifier(7, 50 + n),
                        "webhook_id": webhook_id,
                        "made_at": iso(clock()),
                        "attempts": 1,
                        "state": "delivered",
                        "last_status": 200,
                    }
                    for n in range(3)
                ],
                request,
            )

        @router.get("/clients")
        async def clients(request: Request) -> Record:
            return page(self.clients, request)

        @router.post("/clients")
        async def add_client(request: Request) -> Response:
            body = {
                **await request.json(),
                "client_id": identifier(8, len(self.clients) + 1),
                "active": True,
                "created_at": iso(clock()),
            }
            self.clients.append(body)
            return JSONResponse({"client": body, "api_key": "park_shown-once"}, 201)

        @router.get("/deliveries")
        async def pulls(request: Request) -> Record:
            return page(
                [
                    {
                        "delivery_id": n,
                        "client_name": "市级平台",
                        "resource": "readings",
                        "records": 500,
                        "delivered_at": iso(clock()),
                    }
                    for n in range(5)
                ],
                request,
            )

        @router.get("/imports")
        async def imports(request: Request) -> Record:
            return page(self.imports, request)

        @router.post("/imports")
        async def upload(request: Request) -> Record:
            form = await request.form()
            error = {
                "column": "credit_code",
                "value": "9132X",
                "what_zh": "应为 18 位，校验码不符",
                "what_en": "must have 18 characters",
            }
            rows = [
                {
                    "row": 2 + n,
                    "status": "rejected" if n % 4 == 1 else "created",
                    "key": f"E{n:03d}",
                    "errors": [error] if n % 4 == 1 else [],
                }
                for n in range(12)
            ]
            report = {
                "import_id": identifier(10, len(self.imports)),
                "kind": form["kind"],
                "dry_run": form["dry_run"] == "true",
                "total": 12,
                "accepted": 9,
                "rejected": 3,
                "rows": rows,
                "imported_at": iso(clock()),
            }
            self.imports.append(report)
            return report

    async def say(self, **changes: Any) -> None:
        """One delta to every socket."""
        for socket in list(self.sockets):
            await self.send(socket, {"type": "delta", **changes})

    async def send(self, socket: WebSocket, content: Record) -> None:
        """One message with the connection's next number, as the real gateway counts."""
        self.sockets[socket] = self.sockets.get(socket, 0) + 1
        try:
            await socket.send_json({"seq": self.sockets[socket], "server_time": iso(clock()), **content})
        except (RuntimeError, WebSocketDisconnect):
            self.sockets.pop(socket, None)

    def snapshot(self) -> Record:
        """The whole picture."""
        return {
            "type": "snapshot",
            "points": [as_streamed(one) for one in self.park.values.values()],
            "alarms": [one for one in self.park.alarms.values() if one["state"] != "closed"],
            "tasks": [one for one in self.park.tasks.values() if one["state"] != "closed"],
        }

    async def live(self, socket: WebSocket) -> None:
        """Snapshot on every word of the client, then deltas of the ticker."""
        await socket.accept()
        try:
            while True:
                await socket.receive_json()
                if not self.paused:  # a hung gateway takes the question and says nothing
                    await self.send(socket, self.snapshot())
        except (WebSocketDisconnect, RuntimeError):
            self.sockets.pop(socket, None)

    async def ticker(self) -> None:
        """A delta each second and a beat each five, unless paused."""
        step = 0
        while True:
            await asyncio.sleep(1)
            step += 1
            if self.paused:
                continue
            await self.say(points=[as_streamed(one) for one in self.park.tick(step, clock())])


def as_streamed(latest: Record) -> Record:
    """What the stream carries of a point: of each factor code, value, mark and ratio; no name, unit or limit."""
    factors = [{key: one[key] for key in ("factor", "value", "mark", "ratio")} for one in latest["factors"]]
    return {**latest, "factors": factors}


def serve(port: int) -> None:
    """In the foreground, for a person."""
    gateway = Gateway()
    app = gateway.app(None)

    async def run() -> None:
        ticking = asyncio.create_task(gateway.ticker())
        await uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning")).serve()
        ticking.cancel()

    asyncio.run(run())


if __name__ == "__main__":
    serve(int(re.sub(r"\D", "", sys.argv[1])) if len(sys.argv) > 1 else 8099)
