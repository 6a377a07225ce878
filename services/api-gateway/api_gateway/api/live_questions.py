"""Who opens a live stream, and what a client may say on it."""

from urllib.parse import urlsplit

import msgspec
from fastapi import WebSocket
from park_chassis.auth import ACCESS_COOKIE, Principal, TokenIssuer
from park_chassis.errors import Refused
from park_chassis.told_names import names_told
from starlette.datastructures import Headers

from api_gateway.domain.live_client import Viewer
from api_gateway.domain.permissions import ROLE_SCOPE

_LONGEST_QUESTION = 4096


class Question(msgspec.Struct, frozen=True):
    """What a client may say: kinds to subscribe to, or a wish for a fresh snapshot."""

    sub: list[str] | None = None
    resync: bool = False


def viewer_of(principal: Principal) -> Viewer:
    """Return the viewer a principal is."""
    return Viewer(
        username=principal.username,
        scope=ROLE_SCOPE[principal.role],
        permissions=frozenset(
            permission
            for permission in ("reading:read", "alarm:read", "task:read", "map:read")
            if principal.allows(permission)
        ),
        enterprise_id=str(principal.enterprise_id) if principal.enterprise_id else None,
        role=principal.role.value,
        told_as=frozenset(names_told(principal)),
    )


def question_in(text: str) -> Question | None:
    """Return what a client asks, None when it cannot be understood."""
    if len(text) > _LONGEST_QUESTION:
        return None
    try:
        return msgspec.json.decode(text, type=Question)
    except msgspec.MsgspecError:
        return None


def not_permitted(names: list[str]) -> str:
    """Return the message that names the kinds a client may not have."""
    body = {"type": "error", "code": "not-permitted", "title": "没有权限", "refused": [name[:40] for name in names]}
    return msgspec.json.encode(body).decode()


def principal_of(socket: WebSocket, tokens: TokenIssuer) -> Principal | None:
    """Return who opens the socket, None without a good token."""
    scheme, _, token = socket.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        token = socket.cookies.get(ACCESS_COOKIE, "") if is_same_origin(socket.headers) else ""
    try:
        return tokens.read(token)
    except Refused:
        return None


def is_same_origin(headers: Headers) -> bool:
    """True when the page that opens the socket came from us: browsers send cookies to sockets of any page."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")
