"""HTTP to addresses that people typed in: the name is looked up each time, the connection goes to the checked address."""

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit

import httpx

from alerting.domain.address_guard import BadTarget, checked_address, checked_url

READ_AT_MOST = 2048


@dataclass(frozen=True)
class Reply:
    """Status and first bytes of an answer, or why there was none."""

    status: int | None
    body: bytes = b""
    error: str = ""


def guarded_client(timeout_s: float, connections: int) -> httpx.AsyncClient:
    """Return an HTTP client for receivers: no redirects, no proxy of the environment, one timeout."""
    return httpx.AsyncClient(
        timeout=timeout_s,
        follow_redirects=False,
        trust_env=False,
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=0),
    )


async def send(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    content: bytes,
    headers: dict[str, str],
    *,
    allow_private: bool,
    timeout_s: float,
) -> Reply:
    """Send one request to the very address that was checked, so a name cannot point elsewhere a moment later."""
    try:
        async with asyncio.timeout(timeout_s):
            request = await _request(client, method, url, content, headers, allow_private=allow_private)
            response = await client.send(request, stream=True)
            try:
                body = await _first_bytes(response)
            finally:
                await response.aclose()
    except BadTarget as error:
        return Reply(None, error=str(error))
    except TimeoutError:
        return Reply(None, error=f"no answer within {timeout_s:g} s")
    except (httpx.HTTPError, OSError) as error:
        return Reply(None, error=f"{type(error).__name__}: {error}")
    return Reply(response.status_code, body)


async def _request(
    client: httpx.AsyncClient, method: str, url: str, content: bytes, headers: dict[str, str], *, allow_private: bool
) -> httpx.Request:
    host, port = checked_url(url)
    address = await resolved(host, port, allow_private=allow_private)
    parts = urlsplit(url)
    netloc = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return client.build_request(
        method,
        urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, "")),
        content=content,
        headers={"Host": parts.netloc.rpartition("@")[2], "User-Agent": "park-platform-alerting", **headers},
        extensions={"sni_hostname": host} if parts.scheme == "https" and not _is_address(host) else {},
    )


async def resolved(host: str, port: int, *, allow_private: bool) -> str:
    """Resolve a host and return its first address. Raises BadTarget if any of its addresses is not allowed."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    every = [checked_address(str(info[4][0]), allow_private=allow_private) for info in found]
    return every[0]


async def _first_bytes(response: httpx.Response) -> bytes:
    received = b""
    async for chunk in response.aiter_bytes():
        received += chunk
        if len(received) >= READ_AT_MOST:
            break
    return received[:READ_AT_MOST]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
