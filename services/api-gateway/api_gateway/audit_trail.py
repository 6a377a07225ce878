"""Writing the audit log: an attempt before a mutating request is carried out, its outcome afterwards.

If the attempt cannot be written the request is refused (503): nothing happens unseen. If the outcome cannot be written the
answer is still given, for the thing is done; the attempt stands in the log with result `unknown`.
"""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from fastapi import Request, Response
from fastapi.routing import APIRoute
from park_chassis.auth import Principal, principal_of
from park_chassis.clock import now
from park_chassis.database import TROUBLE, Database
from park_chassis.errors import Refused, Transient

from api_gateway import figures
from api_gateway.domain.audit_chain import AuditEntry
from api_gateway.domain.origin import client_address
from api_gateway.store import audit

log = logging.getLogger(__name__)

_MUTATING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_LONGEST_TEXT = 300


class AuditTrail:
    """The log as the routes use it."""

    def __init__(self, database: Database, *, trusted_proxies: int) -> None:
        self._database = database
        self._trusted_proxies = trusted_proxies

    def origin_of(self, request: Request) -> str:
        """Return the address the request came from."""
        peer = request.client.host if request.client is not None else "unknown"
        return client_address(peer, request.headers.get("x-forwarded-for", ""), self._trusted_proxies)

    def entry(self, request: Request, principal: Principal, action: str) -> AuditEntry:
        """Return the attempt entry of a request; `action` is the method and the route."""
        return AuditEntry(
            at=now(),
            kind="attempt",
            actor=principal.username,
            actor_id=principal.user_id,
            role=principal.role.value,
            action=action,
            subject=request.url.path[:_LONGEST_TEXT],
            origin=self.origin_of(request),
            request_id=request.state.request_id,
        )

    async def attempt(self, entry: AuditEntry) -> int:
        """Write an attempt; return its sequence. Raises Transient when the log cannot be written."""
        async with self._database.transaction() as tx:
            chained = await audit.append(tx, entry)
        figures.AUDIT_ENTRIES.labels("attempt").inc()
        return chained.sequence

    async def outcome(self, attempt: int, entry: AuditEntry, status: int, result: str) -> None:
        """Write how an attempt ended; never raises for a database that is away."""
        ended = msgspec.structs.replace(
            entry, at=now(), kind="outcome", attempt=attempt, status=status, result=result[:_LONGEST_TEXT]
        )
        try:
            async with self._database.transaction() as tx:
                await audit.append(tx, ended)
        except (*TROUBLE, Transient) as error:
            figures.AUDIT_LOST_OUTCOMES.inc()
            log.error("audit outcome not written", extra={"attempt": attempt, "status": status, "error": repr(error)})
        else:
            figures.AUDIT_ENTRIES.labels("outcome").inc()


def audited_route(trail: AuditTrail) -> type[APIRoute]:
    """Return a route class that writes attempt and outcome around every mutating request of a signed-in caller."""

    class AuditedRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()
            template = self.path

            async def audited(request: Request) -> Response:
                if request.method not in _MUTATING:
                    return await handle(request)
                action = f"{request.method} {template}"
                return await carry_out(trail, request, principal_of(request), action, lambda: handle(request))

            return audited

    return AuditedRoute


async def carry_out(
    trail: AuditTrail,
    request: Request,
    principal: Principal,
    action: str,
    work: Callable[[], Coroutine[Any, Any, Response]],
) -> Response:
    """Do `work` between its attempt and its outcome; what it raises is logged as the outcome and raised on."""
    entry = trail.entry(request, principal, action)
    attempt = await trail.attempt(entry)
    try:
        response = await work()
    except Refused as error:
        await trail.outcome(attempt, entry, error.status, error.code)
        raise
    except Exception as error:
        await trail.outcome(attempt, entry, 500, type(error).__name__)
        raise
    await trail.outcome(attempt, entry, response.status_code, "ok" if response.status_code < 400 else "refused")
    return response
