"""What happens to every request before any route: request id, security headers, cross-site forgery check, figures kept inside.

A cookie is sent by the browser also when another site made the request; a header is not, without our consent. So a
mutating request that relies on the cookie must carry `X-Requested-With: park-console`. Bearer requests need none.
"""

import re
from collections.abc import MutableMapping
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

from park_chassis.auth import ACCESS_COOKIE
from park_chassis.http import problem
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_gateway.domain.security_headers import security_headers

REFRESH_COOKIE = "park_refresh"
CSRF_HEADER = "x-requested-with"
CSRF_VALUE = "park-console"

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


class FrontDoor:
    """ASGI middleware, the outermost one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        request_id = _request_id(headers.get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = request_id
        added = security_headers(scope["path"], over_tls=is_over_tls(scope))
        added["x-request-id"] = request_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(raw=message.setdefault("headers", []))
                for name, value in added.items():
                    answer.setdefault(name, value)
            await send(message)

        if scope["path"] == "/metrics" and not may_see_figures(scope, headers):
            refusal = problem(404, "not-found", "没有找到", "there is nothing here")
            return await refusal(scope, receive, send_with_headers)
        if may_be_forged(scope["method"], scope["path"], headers):
            refusal = problem(
                403,
                "forgery-check",
                "缺少请求头 X-Requested-With",
                f"a browser's mutating request needs the header X-Requested-With: {CSRF_VALUE}",
            )
            return await refusal(scope, receive, send_with_headers)
        return await self._app(scope, receive, send_with_headers)


def may_be_forged(method: str, path: str, headers: Headers) -> bool:
    """True for a mutating request that would be let in by a cookie without showing that our console made it."""
    if method in _SAFE_METHODS or not path.startswith("/api/") or "authorization" in headers:
        return False
    cookies = cookie_parser(headers.get("cookie", ""))
    return (ACCESS_COOKIE in cookies or REFRESH_COOKIE in cookies) and headers.get(CSRF_HEADER) != CSRF_VALUE


def may_see_figures(scope: MutableMapping[str, Any], headers: Headers) -> bool:
    """True for a scraper inside: it comes from a private address and not through a proxy that faces outside."""
    try:
        peer = ip_address((scope.get("client") or ("",))[0])
    except ValueError:
        return False
    return peer.is_private and "x-forwarded-for" not in headers


def is_over_tls(scope: MutableMapping[str, Any]) -> bool:
    """True when the browser speaks TLS to us or to the proxy before us. A false claim only makes cookies stricter."""
    return scope["scheme"] in {"https", "wss"} or Headers(scope=scope).get("x-forwarded-proto") == "https"


def _request_id(given: str | None) -> str:
    return given if given is not None and _REQUEST_ID.fullmatch(given) else str(uuid4())
