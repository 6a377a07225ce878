"""Idempotency-Key: the same request sent twice (a phone without signal) has one effect and one answer."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Header, Response
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import Refused

from task_dispatch import figures
from task_dispatch.store import idempotency

IdempotencyKey = Annotated[
    str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200, description="The same for each retry")
]


def request_hash(*parts: bytes | str) -> str:
    """Return what tells two requests apart."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


async def once(
    tx: Connection, who: Principal, key: str | None, fingerprint: str, work: Callable[[], Awaitable[Response]]
) -> Response:
    """Do the work, or answer as the first time. Raises Refused (422) when the key was used for another request.

    A refused request keeps no key: its transaction is rolled back, and it may be tried again when the reason is gone.
    """
    if key is None:
        return await work()
    kept = await idempotency.claim_key(tx, who.username, key, fingerprint, now())
    if kept is None:
        response = await work()
        await idempotency.keep_answer(tx, who.username, key, response.status_code, bytes(response.body))
        return response
    if kept["request_hash"] != fingerprint:
        raise Refused(
            "idempotency-key-reused",
            "该 Idempotency-Key 已用于另一个请求",
            "this Idempotency-Key was used for another request",
            status=422,
        )
    figures.REPEATED.inc()
    return Response(
        kept["body"], kept["status"], media_type="application/json", headers={"Idempotency-Replayed": "true"}
    )
