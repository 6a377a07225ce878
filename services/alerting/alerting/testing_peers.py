"""Real local peers for the tests of channels: an HTTP receiver with scripted answers, and an SMTP server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpPeer:
    """A real HTTP server: answers with the next of `answers` (status line rest, body), then with `otherwise`."""

    url: str = ""
    answers: list[tuple[str, bytes]] = field(default_factory=list)
    otherwise: tuple[str, bytes] = ("200 OK", b"{}")
    received: list[Received] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.split("\r\n")
        method, target, _ = first.split(" ")
        pairs = (line.partition(":") for line in lines if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        parts = urlsplit(target)
        self.received.append(Received(method, parts.path, dict(parse_qsl(parts.query)), headers, body))
        status, answer = self.answers.pop(0) if self.answers else self.otherwise
        head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {len(answer)}\r\n\r\n"
        writer.write(head.encode() + answer)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def http_peer() -> AsyncIterator[HttpPeer]:
    """Give a receiver on a free port of this machine."""
    peer = HttpPeer()
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    peer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield peer
    finally:
        server.close()
