"""The wiring: routes, security headers, health. Everything below /api belongs to api-gateway, never to this service."""

import logging
from collections.abc import Mapping
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console import __name__ as package
from console.settings import Settings
from console.static_site import Asset, PagesMissing, find, read_site

log = logging.getLogger(package)

# Element Plus and ECharts set style attributes, so inline styles are allowed; scripts are only our own files.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
VERSION: Final = "0.1.0"


def build(settings: Settings) -> Starlette:
    """The application. Missing pages do not stop it: /health/ready and every page say what to do."""
    pages = Pages(settings)
    return Starlette(
        routes=[
            Route("/health/live", live, methods=["GET"]),
            Route("/health/ready", pages.ready, methods=["GET"]),
            Route("/config.json", pages.config, methods=["GET"]),
            Route("/{path:path}", pages.page, methods=["GET"]),
        ],
    )


async def live(_request: Request) -> Response:
    """200 as long as the process runs."""
    return JSONResponse({"status": "live", "service": "console"})


class Pages:
    """Answers for the built pages of one folder, read once at start."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._site: Mapping[str, Asset] = {}
        self._missing = ""
        try:
            self._site = read_site(settings.console_pages)
        except PagesMissing as why:
            self._missing = str(why)
            log.error("pages_missing", extra={"detail": self._missing})

    async def ready(self, _request: Request) -> Response:
        """503 with the reason when the pages were not built."""
        if self._missing:
            return JSONResponse({"status": "not-ready", "service": "console", "reason": self._missing}, 503)
        return JSONResponse({"status": "ready", "service": "console", "files": len(self._site)})

    async def config(self, _request: Request) -> Response:
        """What the browser must know before anybody signed in."""
        body = {
            "park_name_zh": self._settings.console_park_name_zh,
            "park_name_en": self._settings.console_park_name_en,
            "default_locale": self._settings.console_locale,
            "version": VERSION,
        }
        return JSONResponse(body, headers={"Cache-Control": "no-cache", **SECURITY_HEADERS})

    async def page(self, request: Request) -> Response:
        """One file, or index.html for a path of the app."""
        if self._missing:
            return problem(503, "控制台页面尚未构建", "The console pages were not built", self._missing)
        path = "/" + request.path_params["path"]
        if path.startswith("/api/"):
            return problem(
                404,
                "此地址属于 api-gateway",
                "This address belongs to api-gateway",
                f"{path} is not served by the console",
            )
        asset = find(self._site, path)
        if asset is None:
            return problem(404, "没有这个文件", "There is no such file", path)
        return answer(asset, request)


def answer(asset: Asset, request: Request) -> Response:
    """The asset in the encoding the browser takes, or 304 when it has it already."""
    headers = {"Cache-Control": asset.cache_control, "ETag": asset.etag, "Vary": "Accept-Encoding", **SECURITY_HEADERS}
    if request.headers.get("if-none-match") == asset.etag:
        return Response(status_code=304, headers=headers)
    body = asset.body
    if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body = asset.packed
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type=None, headers={"Content-Type": asset.content_type, **headers})


def problem(status: int, zh: str, en: str, detail: str) -> Response:
    """application/problem+json as all services speak it."""
    body = {"type": "about:blank", "title": zh, "title_en": en, "status": status, "detail": detail}
    return JSONResponse(body, status, headers=dict(SECURITY_HEADERS), media_type="application/problem+json")
