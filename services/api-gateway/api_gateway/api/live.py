"""WS /api/v1/live: snapshot, then deltas. A browser is let in by its cookie, if the page is ours; others by Bearer."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlsplit

import msgspec
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from park_chassis.auth import ACCESS_COOKIE, Principal, TokenIssuer
from park_chassis.database import TROUBLE
from park_chassis.errors import Refused, Transient
from park_schemas.codes import Role
from starlette.datastructures import Headers

from api_gateway import figures
from api_gateway.accounts import Accounts
from api_gateway.api import API_ROOT
from api_gateway.domain.live_client import Viewer
from api_gateway.domain.permissions import ROLE_SCOPE
from api_gateway.live_hub import SIGN_IN_AGAIN, TRY_AGAIN_LATER, Connection, LiveHub

log = logging.getLogger(__name__)

_LONGEST_QUESTION = 4096
_CHECK_SESSION_S = 30.0
_ASK_WITHIN_S = 15.0
_POLICY_VIOLATION = 1008
_MOST_REFUSALS = 20


class Question(msgspec.Struct, frozen=True):
    """What a client may say: kinds to subscribe to, or a wish for a fresh snapshot."""

    sub: list[str] | None = None
    resync: bool = False


def router(hub: LiveHub, accounts: Accounts, tokens: TokenIssuer) -> APIRouter:
    api = APIRouter()

    @api.websocket(f"{API_ROOT}/live")
    async def live(socket: WebSocket) -> None:
        principal = _principal_of(socket, tokens)
        await socket.accept()
        if principal is None:
            await socket.close(SIGN_IN_AGAIN, "sign in first")
        elif hub.is_full:
            figures.LIVE_DROPPED.labels("full").inc()
            await socket.close(TRY_AGAIN_LATER, "too many live clients")
        else:
            await _serve(socket, hub, accounts, principal)

    return api


async def _serve(socket: WebSocket, hub: LiveHub, accounts: Accounts, principal: Principal) -> None:
    connection = hub.connect(socket, viewer_of(principal))
    work: tuple[Coroutine[Any, Any, str], ...] = (
        _listen(socket, connection),
        _send(connection),
        _watch_session(accounts, principal),
    )
    tasks = [asyncio.create_task(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        reason = _reason(done.pop())
        if reason != "gone":
            figures.LIVE_DROPPED.labels(reason).inc()
            code = SIGN_IN_AGAIN if reason == "session-over" else TRY_AGAIN_LATER
            await connection.close(_POLICY_VIOLATION if reason == "not-understood" else code, reason)
    finally:
        hub.disconnect(connection)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


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
    )


async def _listen(socket: WebSocket, connection: Connection) -> str:
    refusals = 0
    patience: float | None = _ASK_WITHIN_S
    while refusals < _MOST_REFUSALS:
        try:
            text = await asyncio.wait_for(socket.receive_text(), patience)
        except TimeoutError:
            return "nothing-asked"
        question = _question(text)
        if question is None:
            refusals += 1
            await connection.say('{"type":"error","code":"not-understood","title":"无法理解的请求"}')
            continue
        if question.sub is not None:
            refused = connection.client.subscribe(question.sub[:20])
            if refused:
                refusals += 1
                await connection.say(_not_permitted(refused))
            await connection.send_snapshot()
            patience = None
        elif question.resync:
            await connection.send_snapshot()
    return "not-understood"


async def _send(connection: Connection) -> str:
    await connection.send_changes()
    return "gone"


async def _watch_session(accounts: Accounts, principal: Principal) -> str:
    """A person's socket lives as long as the person has a session; when the database is away it stays."""
    while True:
        await asyncio.sleep(_CHECK_SESSION_S)
        with contextlib.suppress(Transient, *TROUBLE):
            if principal.role is not Role.SERVICE and not await accounts.has_open_session(principal.user_id):
                return "session-over"


def _reason(task: "asyncio.Task[str]") -> str:
    """Sort how a connection ended: a word for the counter and the close frame."""
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, TimeoutError):
        return "slow"
    if isinstance(error, (WebSocketDisconnect, RuntimeError, OSError)):
        return "gone"
    log.error("live connection failed", exc_info=error)
    return "internal-error"


def _question(text: str) -> Question | None:
    if len(text) > _LONGEST_QUESTION:
        return None
    try:
        return msgspec.json.decode(text, type=Question)
    except msgspec.MsgspecError:
        return None


def _not_permitted(names: list[str]) -> str:
    body = {"type": "error", "code": "not-permitted", "title": "没有权限", "refused": [name[:40] for name in names]}
    return msgspec.json.encode(body).decode()


def _principal_of(socket: WebSocket, tokens: TokenIssuer) -> Principal | None:
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
