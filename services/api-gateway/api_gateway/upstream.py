"""Asking the other services: whole answers for compositions, streamed ones for routing.

What goes wrong is sorted: the service is away (503, named), it took too long (504), its answer is passed on as it is.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from park_chassis.errors import NotFound, Refused, Transient
from park_chassis.peers import Peers
from park_chassis.tracing import current_traceparent

from api_gateway import figures

Params = Mapping[str, Any] | list[tuple[str, Any]] | None


class ServiceAway(Exception):
    """A service did not answer, or answered that it cannot. `service` is its dashed name."""

    def __init__(self, service: str, why: str, *, timed_out: bool = False) -> None:
        super().__init__(f"{service}: {why}")
        self.service = service
        self.why = why
        self.timed_out = timed_out


@dataclass
class Parts:
    """Answers of a composition by name, and the services that were away."""

    answers: dict[str, Any] = field(default_factory=dict)
    unavailable: list[str] = field(default_factory=list)

    def items(self, name: str) -> list[Any]:
        """Return the items of a list answer, empty when its service was away."""
        answer = self.answers.get(name)
        return list(answer.get("items", [])) if isinstance(answer, dict) else []


class Upstream:
    """One HTTP client with a bounded pool for all services."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._client: httpx.AsyncClient | None = None

    @property
    def client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=httpx.Timeout(15, connect=2, pool=5),
                limits=httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=4),
                headers={"accept-encoding": "identity", "user-agent": "park-api-gateway"},
                trust_env=False,
                follow_redirects=False,
            )
        return self._client

    def service_token(self) -> str:
        return self._peers.service_token()

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def send(
        self,
        service: str,
        method: str,
        path: str,
        *,
        query: bytes = b"",
        headers: Sequence[tuple[bytes, bytes]] = (),
        content: AsyncIterator[bytes] | None = None,
        timeout_s: float = 15,
    ) -> httpx.Response:
        """Send a request and return as soon as the answer's headers are there; its body is still to be streamed.

        A request without body to a connection that the service had just closed is sent once more. Raises ServiceAway.
        """
        attempts = 2 if content is None and method in {"GET", "HEAD"} else 1
        base = httpx.URL(self._url_of(service))
        target = base.path.rstrip("/").encode() + path.encode() + (b"?" + query if query else b"")
        url = base.copy_with(raw_path=target)
        began = time.perf_counter()
        for attempt in range(1, attempts + 1):
            request = self.client.build_request(
                method, url, headers=list(headers), content=content, timeout=httpx.Timeout(timeout_s, connect=2, pool=5)
            )
            try:
                response = await self.client.send(request, stream=True)
            except httpx.TimeoutException as error:
                self._count(service, "timeout")
                raise ServiceAway(service, repr(error), timed_out=True) from error
            except httpx.TransportError as error:
                if attempt == attempts:
                    self._count(service, "away")
                    raise ServiceAway(service, repr(error)) from error
            else:
                self._count(service, f"{response.status_code // 100}xx")
                figures.FORWARD_SECONDS.labels(service).observe(time.perf_counter() - began)
                return response
        raise AssertionError("the last attempt returns or raises")

    async def ask(self, service: str, path: str, *, token: str, params: Params = None) -> Any:
        """Return the JSON a service answers to GET.

        Raises ServiceAway for no answer or 5xx, NotFound for 404, Refused with the service's own words for other 4xx.
        """
        headers = {"authorization": f"Bearer {token}"}
        if trace := current_traceparent():
            headers["traceparent"] = trace
        try:
            response = await self.client.get(self._url_of(service) + path, params=params, headers=headers)
        except httpx.HTTPError as error:
            self._count(service, "away")
            raise ServiceAway(service, repr(error)) from error
        self._count(service, f"{response.status_code // 100}xx")
        if response.status_code >= 500:
            raise ServiceAway(service, f"answered {response.status_code}")
        body = _json_of(response, service)
        if response.status_code == 404:
            raise NotFound("", "resource", path)
        if response.status_code >= 400:
            raise Refused(
                body.get("code", "refused"),
                body.get("title", "请求被拒绝"),
                body.get("detail", f"{service} refused the request"),
                status=response.status_code,
            )
        return body

    async def ask_all(self, service: str, path: str, *, token: str, params: dict[str, Any], most: int = 5000) -> Any:
        """Return {"items": [...]} of all pages of a list, up to `most` items."""
        items: list[Any] = []
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            answer = await self.ask(service, path, token=token, params={"limit": 500, **params, **more})
            items.extend(answer.get("items", []))
            cursor = answer.get("next_cursor")
            if cursor is None or len(items) >= most:
                return {"items": items}

    def _url_of(self, service: str) -> str:
        try:
            return self._peers.url_of(service)
        except Transient as error:
            raise ServiceAway(service, str(error)) from error

    @staticmethod
    def _count(service: str, result: str) -> None:
        figures.FORWARDED.labels(service, result).inc()


async def gather_parts(questions: Mapping[str, tuple[str, Awaitable[Any]]]) -> Parts:
    """Ask all at once; {name: (service, question)}. A service that is away becomes a named gap, other errors are raised."""
    names = list(questions)
    outcomes = await asyncio.gather(*(question for _, question in questions.values()), return_exceptions=True)
    parts = Parts()
    for name, outcome in zip(names, outcomes, strict=True):
        if isinstance(outcome, ServiceAway):
            figures.PARTS_AWAY.labels(outcome.service).inc()
            if outcome.service not in parts.unavailable:
                parts.unavailable.append(outcome.service)
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            parts.answers[name] = outcome
    return parts


def _json_of(response: httpx.Response, service: str) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise ServiceAway(service, "answered something that is not JSON") from error
