"""WS /api/v1/live: snapshot, then deltas. A browser is let in by its cookie, if the page is ours; others by Bearer."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from park_chassis.auth import Principal, TokenIssuer
from park_chassis.database import TROUBLE
from park_chassis.errors import Transient
from park_schemas.codes import Role

from api_gateway import figures
from api_gateway.accounts import Accounts
from api_gateway.api import API_ROOT
from api_gateway.api.live_questions import not_permitted, principal_of, question_in, viewer_of
from api_gateway.live_hub import SIGN_IN_AGAIN, TRY_AGAIN_LATER, Connection, LiveHub

log = logging.getLogger(__name__)
_CHECK_SESSION_S = 30.0
_ASK_WITHIN_S = 15.0
_POLICY_VIOLATION = 1008
_MOST_REFUSALS = 20


def router(hub: LiveHub, accounts: Accounts, tokens: TokenIssuer) -> APIRouter:
    """Return the WebSocket of the live stream."""
    api = APIRouter()

    @api.websocket(f"{API_ROOT}/live")
    async def live(socket: WebSocket) -> None:
        principal = principal_of(socket, tokens)
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


async def _listen(socket: WebSocket, connection: Connection) -> str:
    refusals = 0
    patience: float | None = _ASK_WITHIN_S
    while refusals < _MOST_REFUSALS:
        try:
            text = await asyncio.wait_for(socket.receive_text(), patience)
        except TimeoutError:
            return "nothing-asked"
        question = question_in(text)
        if question is None:
            refusals += 1
            await connection.say('{"type":"error","code":"not-understood","title":"无法理解的请求"}')
            continue
        if question.sub is not None:
            refused = connection.client.subscribe(question.sub[:20])
            if refused:
                refusals += 1
                await connection.say(not_permitted(refused))
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
