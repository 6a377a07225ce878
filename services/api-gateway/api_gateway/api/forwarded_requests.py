"""What of a request goes on to a service, and what is refused of it before."""

from collections.abc import AsyncIterator

from fastapi import Request
from park_chassis.auth import Principal
from park_chassis.errors import NotFound, Refused
from park_chassis.tracing import current_traceparent

from api_gateway.audit_trail import AuditTrail
from api_gateway.domain.forwarding import Header, request_headers


class BodyTooLarge(Exception):
    """The caller sent more than the route takes."""


def raw_path(request: Request) -> str:
    """Return the path as it was sent, still percent-encoded. An encoded slash would let a path mean two things: 404."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    path = raw.partition(b"?")[0].decode("latin-1")
    if "%2f" in path.lower():
        raise NotFound("接口", "path", path)
    return path


def refuse_unpermitted(principal: Principal, any_of: tuple[str, ...]) -> None:
    """Raise Refused (403) unless the caller has one of the permissions."""
    if not any(principal.allows(permission) for permission in any_of):
        wanted = " | ".join(any_of)
        raise Refused("not-permitted", f"没有权限: {wanted}", f"permission missing: {wanted}", status=403)


def refuse_announced_size(request: Request, limit: int) -> None:
    """Raise Refused (413) when the body is announced larger than the route takes, in bytes."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise _size_refusal(limit)


def _size_refusal(limit: int) -> Refused:
    return Refused(
        "body-too-large",
        f"请求内容超过 {limit} 字节",
        f"the body is larger than {limit} bytes",
        status=413,
        limit=limit,
    )


async def bounded(request: Request, limit: int) -> AsyncIterator[bytes]:
    """Give the body on. Raises BodyTooLarge when it is larger than it may be, in bytes."""
    taken = 0
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > limit:
            raise BodyTooLarge
        if chunk:
            yield chunk


def headers_in(request: Request, trail: AuditTrail) -> list[Header]:
    """Return the headers a service gets: the allowed ones of the caller, and where the request came from."""
    headers = request_headers(request.headers.raw)
    headers.append((b"x-request-id", request.state.request_id.encode()))
    headers.append((b"x-forwarded-for", trail.origin_of(request).encode()))
    if (length := request.headers.get("content-length")) is not None:
        headers.append((b"content-length", length.encode()))
    if (trace := current_traceparent()) is not None:
        headers = [(name, value) for name, value in headers if name.lower() != b"traceparent"]
        headers.append((b"traceparent", trace.encode()))
    return headers
