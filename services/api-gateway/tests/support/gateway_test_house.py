"""What the api-gateway tests share: serving an app on a real socket, and neighbours that answer what a test says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

PASSWORD = "Correct-horse-7"
SERVICES = (
    "archive",
    "hj212-gateway",
    "source-monitoring",
    "quality",
    "alerting",
    "task-dispatch",
    "sharing-exchange",
    "console",
)


@contextlib.asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an app on a free port of this machine; give its base URL."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        server.force_exit = True
        await task


@dataclass
class Neighbour:
    """All other services at once: `answers` maps (service, path) to JSON, a Response, or a function of the request."""

    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    seen: list[Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def app(self) -> Starlette:
        """Return one app that is every service under its name: /archive/points is /points of archive."""

        async def answer(request: Request) -> Response:
            self.bodies.append(await request.body())
            self.seen.append(request)
            service, _, path = request.path_params["path"].partition("/")
            found = self.answers.get((service, "/" + path))
            if found is None:
                return JSONResponse({"code": "not-found", "title": "没有", "detail": "nothing"}, 404)
            if isinstance(found, Response):
                return found
            if callable(found):
                made: Response = await found(request)
                return made
            return JSONResponse(found)

        methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
        return Starlette(routes=[Route("/{path:path}", answer, methods=methods)])
