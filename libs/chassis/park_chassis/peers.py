"""Calls to other services' public HTTP APIs, by name. Their addresses come from PARK_SERVICES_<NAME>_URL."""

import os
from datetime import timedelta
from typing import Any

import httpx

from park_chassis.auth import TokenIssuer, service_principal
from park_chassis.errors import Transient
from park_chassis.settings import ServiceSettings
from park_chassis.tracing import current_traceparent


class Peers:
    """One HTTP client for all peers. A caller's own token is passed on; `service_token()` is for a service's own needs."""

    def __init__(self, settings: ServiceSettings, *, timeout_s: float = 10) -> None:
        self._service = settings.service
        self._issuer = TokenIssuer(settings.auth_secret.get_secret_value())
        self._timeout_s = timeout_s
        self._client: httpx.AsyncClient | None = None

    @property
    def client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._timeout_s, trust_env=False)
        return self._client

    @staticmethod
    def url_of(service: str) -> str:
        """Return the base URL of a service by its dashed name. Raises Transient when it is not configured."""
        variable = f"PARK_SERVICES_{service.replace('-', '_').upper()}_URL"
        url = os.environ.get(variable)
        if url is None:
            raise Transient(f"{variable} is not set")
        return url.rstrip("/")

    def service_token(self) -> str:
        return self._issuer.issue(service_principal(self._service), lifetime=timedelta(minutes=5))

    async def get(self, service: str, path: str, *, token: str | None = None, params: Any = None) -> Any:
        """Return the JSON a peer answers to GET. Raises Transient when it is away or answers with an error."""
        headers = {"Authorization": f"Bearer {token or self.service_token()}"}
        if trace := current_traceparent():
            headers["traceparent"] = trace
        try:
            response = await self.client.get(self.url_of(service) + path, params=params, headers=headers)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise Transient(f"{service}{path}: {error!r}") from error
        return response.json()

    async def post(self, service: str, path: str, *, token: str | None, json: Any) -> httpx.Response:
        """Return a peer's answer to POST, refusals included. Raises Transient when it is away or fails (5xx)."""
        headers = {"Authorization": f"Bearer {token or self.service_token()}"}
        if trace := current_traceparent():
            headers["traceparent"] = trace
        try:
            response = await self.client.post(self.url_of(service) + path, json=json, headers=headers)
        except httpx.HTTPError as error:
            raise Transient(f"{service}{path}: {error!r}") from error
        if response.status_code >= 500:
            raise Transient(f"{service}{path}: {response.status_code}")
        return response

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
