"""The HTTP edge: problem details, JSON without FastAPI's encoder for lists, health, metrics, request times."""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import asyncpg
import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException as StarletteHTTPException

from park_chassis import metrics
from park_chassis.auth import TokenIssuer
from park_chassis.database import TROUBLE
from park_chassis.errors import Refused, Transient
from park_chassis.paging import page
from park_chassis.request_faults import request_faults
from park_chassis.settings import ServiceSettings
from park_chassis.tracing import current_trace_id, span

__all__ = ["json_response", "new_app", "page", "problem"]

log = logging.getLogger(__name__)

_ENCODER = msgspec.json.Encoder(decimal_format="string", enc_hook=str)
_QUIET = ("/health/", "/metrics")


def json_response(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON by msgspec (structs, UUIDs, datetimes, decimals as text); use it for every list."""
    return Response(_ENCODER.encode(content), status, headers, media_type="application/json")


def problem(
    status: int, code: str, zh: str, en: str, *, errors: list[dict[str, Any]] | None = None, **facts: Any
) -> Response:
    """Answer with problem details (RFC 9457), Chinese first with English beside it."""
    body = {
        "type": f"urn:park:problem:{code}",
        "title": zh,
        "title_en": en,
        "status": status,
        "code": code,
        "detail": en,
        "errors": errors or [],
        "trace_id": current_trace_id(),
        **facts,
    }
    return Response(_ENCODER.encode(body), status, media_type="application/problem+json")


def new_app(settings: ServiceSettings, *, title_zh: str, title_en: str) -> FastAPI:
    """Return the FastAPI app of a service with the shared edge in place; routers are added by the chassis."""
    app = FastAPI(
        title=f"{title_zh} {title_en}", version="1.0.0", openapi_url="/openapi.json", docs_url=None, redoc_url=None
    )
    app.state.tokens = TokenIssuer(settings.auth_secret.get_secret_value())
    app.state.ready = {}
    app.add_exception_handler(Refused, _on_refused)
    app.add_exception_handler(Transient, _on_trouble)
    for trouble in TROUBLE:
        app.add_exception_handler(trouble, _on_trouble)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(asyncpg.DataError, _on_text)
    app.add_exception_handler(StarletteHTTPException, _on_http)
    app.add_exception_handler(Exception, _on_bug)
    app.middleware("http")(_observe)
    _add_health(app)
    return app


_NO_TEXT = (asyncpg.UntranslatableCharacterError, asyncpg.CharacterNotInRepertoireError)


def _add_health(app: FastAPI) -> None:
    @app.get("/health/live", include_in_schema=False)
    async def live() -> Response:
        return json_response({"live": True})

    @app.get("/health/ready", include_in_schema=False)
    async def ready(request: Request) -> Response:
        parts: dict[str, bool] = {name: bool(is_ready()) for name, is_ready in request.app.state.ready.items()}
        return json_response({"ready": all(parts.values()), "parts": parts}, 200 if all(parts.values()) else 503)

    @app.get("/metrics", include_in_schema=False)
    async def figures() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _observe(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    if request.url.path.startswith(_QUIET):
        return await call_next(request)
    began = time.perf_counter()
    name = f"{request.method} {request.url.path}"
    with span(name, traceparent=request.headers.get("traceparent")):
        response = await call_next(request)
    route = getattr(request.scope.get("route"), "path", "unmatched")
    metrics.HTTP_SECONDS.labels(request.method, route, str(response.status_code)).observe(time.perf_counter() - began)
    return response


async def _on_refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 - the table above says so; narrows the type
    facts = dict(error.facts)
    return problem(error.status, error.code, error.zh, error.en, errors=facts.pop("errors", None), **facts)


async def _on_trouble(_: Request, error: Exception) -> Response:
    log.warning("request met trouble", extra={"error": repr(error)})
    response = problem(503, "temporarily-unavailable", "暂时不可用,请稍后重试", "temporarily unavailable, try again")
    response.headers["Retry-After"] = "2"
    return response


async def _on_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    errors = request_faults(error.errors())
    return problem(422, "invalid-request", "请求内容有误", "the request is not valid", errors=errors)


async def _on_text(request: Request, error: Exception) -> Response:
    """Refuse text that no database stores (U+0000, half a surrogate pair); any other data error is a bug of ours."""
    if not isinstance(error, _NO_TEXT) and not isinstance(error.__cause__, UnicodeError):
        return await _on_bug(request, error)
    zh = "文字中含有无法保存的字符(空字符或不完整的字符)"
    en = "a text holds a character that cannot be stored (U+0000 or half a surrogate pair)"
    return problem(422, "text-not-storable", zh, en, errors=[{"where": "body", "what": en, "what_zh": zh}])


async def _on_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)  # noqa: S101
    return problem(error.status_code, "http-error", f"请求失败: {error.detail}", str(error.detail))


async def _on_bug(_: Request, error: Exception) -> Response:
    log.error("request failed", exc_info=error)
    return problem(500, "internal-error", "系统内部错误", "internal error")
