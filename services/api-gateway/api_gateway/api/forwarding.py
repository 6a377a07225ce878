"""Forwarding: /api/v1/* by the route table, /exchange/v1/* to sharing-exchange, everything else to the console.

Bodies are streamed both ways. A mutating request is audited around the forwarding.
"""

from fastapi import APIRouter, Request, Response
from park_chassis.auth import principal_of, token_of
from park_chassis.compacted_view import CompactedView
from park_chassis.errors import NotFound
from park_chassis.http import problem
from park_schemas.codes import ENVIRONMENT_MEDIA
from park_schemas.registry import PointRecord
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from api_gateway.api import API_ROOT
from api_gateway.api.forwarded_requests import (
    BodyTooLarge,
    bounded,
    headers_in,
    raw_path,
    refuse_announced_size,
    refuse_unpermitted,
)
from api_gateway.api.forwarding_answers import away_answer, method_not_allowed, too_large
from api_gateway.audit_trail import AuditTrail, carry_out
from api_gateway.domain.forwarding import Header, response_headers
from api_gateway.domain.route_match import KIB, Match
from api_gateway.domain.routes import ENVIRONMENT_JUDGE, TABLE, path_at_service
from api_gateway.upstream import ServiceAway, Upstream

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_SAFE = frozenset({"GET", "HEAD"})
_EXCHANGE_BODY_LIMIT = 64 * KIB


class Forwarder:
    """Decides by the table and streams; knows the points only to find the judge of their medium."""

    def __init__(self, upstream: Upstream, points: CompactedView[PointRecord], trail: AuditTrail) -> None:
        self._upstream = upstream
        self._points = points
        self._trail = trail

    async def api(self, request: Request) -> Response:
        """Answer a request under /api/v1 by the route table."""
        path = raw_path(request).removeprefix(API_ROOT)
        method = "GET" if request.method == "HEAD" else request.method
        match = TABLE.find(method, path)
        if match is None:
            raise NotFound("接口", "path", request.url.path)
        if match.allowed:
            return method_not_allowed(match)
        principal = principal_of(request)
        refuse_unpermitted(principal, match.route.permissions[method])
        refuse_announced_size(request, match.route.body_limit)

        async def work() -> Response:
            return await self._forward(
                request,
                self._service_of(match),
                path_at_service(path),
                headers=[(b"authorization", f"Bearer {token_of(request)}".encode())],
                body_limit=match.route.body_limit,
                timeout_s=match.route.timeout_s,
            )

        if request.method in _SAFE:
            return await work()
        return await carry_out(self._trail, request, principal, f"{method} {match.route.path}", work)

    async def exchange(self, request: Request) -> Response:
        """Pass a request of an exchange client on unchanged; sharing-exchange knows its keys."""
        if request.method not in _SAFE:
            return problem(405, "method-not-allowed", "该接口只读", "the exchange is read only")
        refuse_announced_size(request, _EXCHANGE_BODY_LIMIT)
        return await self._forward(
            request, "sharing-exchange", raw_path(request), body_limit=_EXCHANGE_BODY_LIMIT, timeout_s=30
        )

    async def console(self, request: Request) -> Response:
        """Serve the web UI."""
        if request.method not in _SAFE:
            return problem(405, "method-not-allowed", "不支持的方法", "only GET here")
        return await self._forward(request, "console", raw_path(request), body_limit=0, timeout_s=15)

    def _service_of(self, match: Match) -> str:
        if match.route.by_point:
            point = self._points.get(match.parameters["point_id"])
            if point is not None and point.medium in ENVIRONMENT_MEDIA:
                return ENVIRONMENT_JUDGE
        return match.route.service

    async def _forward(
        self,
        request: Request,
        service: str,
        path: str,
        *,
        headers: list[Header] | None = None,
        body_limit: int,
        timeout_s: float,
    ) -> Response:
        has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
        try:
            answer = await self._upstream.send(
                service,
                request.method,
                path,
                query=request.scope["query_string"],
                headers=[*headers_in(request, self._trail), *(headers or [])],
                content=bounded(request, body_limit) if has_body else None,
                timeout_s=timeout_s,
            )
        except ServiceAway as away:
            return away_answer(away)
        except BodyTooLarge:
            return too_large(body_limit)
        response = StreamingResponse(
            answer.aiter_raw(), status_code=answer.status_code, background=BackgroundTask(answer.aclose)
        )
        response.raw_headers = response_headers(answer.headers.raw)
        return response


def router(forwarder: Forwarder) -> APIRouter:
    """Return the catch-all routes; they must be added after every route of our own."""
    api = APIRouter(include_in_schema=False)

    @api.api_route(API_ROOT + "/{path:path}", methods=_METHODS)
    async def api_path(request: Request) -> Response:
        return await forwarder.api(request)

    @api.api_route("/exchange/v1/{path:path}", methods=_METHODS)
    async def exchange_path(request: Request) -> Response:
        return await forwarder.exchange(request)

    @api.api_route("/{path:path}", methods=_METHODS)
    async def console_path(request: Request) -> Response:
        if request.url.path.startswith(("/api/", "/exchange/")):
            raise NotFound("接口", "path", request.url.path)
        return await forwarder.console(request)

    return api
