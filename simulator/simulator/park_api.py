"""The public HTTP API as a person uses it: sign in, ask, send. Errors are told with what the server said."""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

_NOT_YET = frozenset(
    {httpx.codes.NOT_FOUND, httpx.codes.CONFLICT, httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE}
)


class ApiRefused(Exception):
    """The server answered with an error; the text has the request, the status and what the server said."""

    def __init__(self, method: str, path: str, response: httpx.Response) -> None:
        self.status = response.status_code
        try:
            body = response.json()
        except ValueError:
            body = {}
        self.code = str(body.get("code", "")) if isinstance(body, dict) else ""
        said = _said(body) or response.text[:300]
        super().__init__(f"{method} {path}: {response.status_code} {said}")


def _said(body: Any) -> str:
    if not isinstance(body, dict):
        return ""
    lines = [str(body.get("title_en") or body.get("detail") or "")]
    lines += [f"{error.get('where')}: {error.get('what')}" for error in body.get("errors", [])[:10]]
    return "; ".join(line for line in lines if line)


class ParkApi:
    """A signed-in person. Signs in again by itself when the token has run out. Use as an async context manager."""

    def __init__(
        self, url: str, username: str, password: str, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.username = username
        self._password = password
        self._client = httpx.AsyncClient(base_url=url, timeout=60, trust_env=False, transport=transport)

    async def __aenter__(self) -> Self:
        await self.sign_in()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def sign_in(self) -> None:
        """Get an access token. Raises ApiRefused (wrong password) or httpx.TransportError (nobody there)."""
        body = {"username": self.username, "password": self._password}
        response = await self._client.post("/auth/sign-in", json=body)
        if response.is_error:
            raise ApiRefused("POST", "/auth/sign-in", response)
        self._client.headers["Authorization"] = f"Bearer {response.json()['access_token']}"

    async def request(self, method: str, path: str, **arguments: Any) -> Any:
        """Return the JSON of an answer. Raises ApiRefused."""
        response = await self._client.request(method, path, **arguments)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            await self.sign_in()
            response = await self._client.request(method, path, **arguments)
        if response.is_error:
            raise ApiRefused(method, path, response)
        return response.json() if response.content else None

    async def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        return await self.request("GET", path, params=params)

    async def patiently(self, patience_s: float, method: str, path: str, **arguments: Any) -> Any:
        """Ask until the service behind the gateway is up and has heard of what is asked for; it refuses until then.

        Raises ApiRefused: refused for another reason, or still after `patience_s`.
        """
        deadline = asyncio.get_running_loop().time() + patience_s
        while True:
            try:
                return await self.request(method, path, **arguments)
            except ApiRefused as refused:
                if refused.status not in _NOT_YET or asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.5)

    async def all_items(self, path: str, params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return every item of a paged list."""
        items: list[dict[str, Any]] = []
        cursor = None
        while True:
            asked = {**(params or {}), "limit": 500, **({"cursor": cursor} if cursor else {})}
            answer = await self.get(path, asked)
            items += answer["items"]
            cursor = answer.get("next_cursor")
            if not cursor:
                return items
