"""A stand-in for api-gateway, for developing and testing the pages alone: the HTTP contract's shapes over `Park`.

Run it with the built pages:  python services/console/tests/console_mock_gateway.py 8099
The real stack is tested end to end elsewhere; nothing of this is shipped.
"""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from starlette.middleware.base import RequestResponseEndpoint

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

from console.app import build  # noqa: E402 - the folders must be on the path first
from console.settings import Settings  # noqa: E402 - the folders must be on the path first
from console_mock_admin import Administration  # noqa: E402 - the folders must be on the path first
from console_mock_alarms import Alarms  # noqa: E402 - the folders must be on the path first
from console_mock_anomalies import Anomalies  # noqa: E402 - the folders must be on the path first
from console_mock_answers import refused  # noqa: E402 - the folders must be on the path first
from console_mock_checks import Checks  # noqa: E402 - the folders must be on the path first
from console_mock_device_keys import DeviceKeys  # noqa: E402 - the folders must be on the path first
from console_mock_devices import Devices  # noqa: E402 - the folders must be on the path first
from console_mock_duty import Duty  # noqa: E402 - the folders must be on the path first
from console_mock_evidence import EvidenceFiles  # noqa: E402 - the folders must be on the path first
from console_mock_park import Park, Record, clock, iso  # noqa: E402 - the folders must be on the path first
from console_mock_people import USERS, people_routes, user_of  # noqa: E402 - the folders must be on the path first
from console_mock_points import Points  # noqa: E402 - the folders must be on the path first
from console_mock_reductions import Reductions  # noqa: E402 - the folders must be on the path first
from console_mock_rejudging import Rejudging  # noqa: E402 - the folders must be on the path first
from console_mock_results import Results  # noqa: E402 - the folders must be on the path first
from console_mock_reviews import Reviews  # noqa: E402 - the folders must be on the path first
from console_mock_rules import Rules  # noqa: E402 - the folders must be on the path first
from console_mock_selfmon import SelfMonitoring  # noqa: E402 - the folders must be on the path first
from console_mock_surveys import Surveys  # noqa: E402 - the folders must be on the path first
from console_mock_tasking import Tasking  # noqa: E402 - the folders must be on the path first
from console_mock_tasks import Tasks  # noqa: E402 - the folders must be on the path first


class Gateway:
    """The mock's state, what each part of it answers, and the live stream."""

    def __init__(self) -> None:
        self.park = Park(clock())
        self.points = Points(self.park)
        self.rules = Rules()
        self.devices = Devices(self.park, user_of)
        self.evidence = EvidenceFiles()
        self.reviews = Reviews(self.park, user_of, self.evidence)
        self.results = Results(self.park, user_of)
        self.checks = Checks(self.park, user_of, self.evidence)
        self.anomalies = Anomalies(self.park, user_of)
        self.reductions = Reductions(self.park, user_of)
        self.duty = Duty(self.park, user_of)
        self.tasking = Tasking(self.park, user_of)
        self.self_monitoring = SelfMonitoring(self.park, user_of, self.evidence)
        self.surveys = Surveys(user_of)
        self.sockets: dict[WebSocket, int] = {}
        self.paused = False

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
            self.reductions.routes,
            self.self_monitoring.routes,
            self.evidence.routes,
            self.surveys.routes,
            self.reviews.routes,
            self.checks.routes,
            self.duty.routes,
            self.tasking.routes,
            people_routes,
            self.points.routes,
            Alarms(self.park, self.say).routes,
            Tasks(self.park, self.say).routes,
            Administration().routes,
            self.results.routes,
            Rejudging(self.park).routes,
        ):
            add(router)
        router.add_api_websocket_route("/live", self.live)
        app.include_router(router)
        settings = Settings(console_park_name_zh="滨江化工园区", console_park_name_en="Riverside Chemical Park")
        app.mount("/", build(settings if pages is None else settings.model_copy(update={"console_pages": pages})))
        return app

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
