"""A platform's HJ 212 port for tests: decodes everything, answers as a host must, and can be told to fall silent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import hj212


@dataclass
class FakeHost:
    """What came in, in order; `silent` stops the answers, `send` writes to the line of an MN."""

    packets: list[hj212.Packet] = field(default_factory=list)
    rejected: list[hj212.Rejected] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    silent: bool = False
    connections: int = 0
    port: int = 0
    key: bytes | None = None
    lines: dict[str, asyncio.StreamWriter] = field(default_factory=dict)

    def said(self, command: str, mn: str | None = None) -> list[hj212.Packet]:
        """Return the packets of a command, of one device or of all."""
        return [packet for packet in self.packets if packet.cn == command and mn in (None, packet.mn)]

    def send(self, mn: str, frame: bytes) -> None:
        self.lines[mn].write(frame)

    def ask(self, mn: str, fields: hj212.Fields) -> None:
        self.send(mn, hj212.encode_unchecked(fields, hj212.Edition.HJ_2017))

    def drop_all(self) -> None:
        """Cut every line at once."""
        for line in self.lines.values():
            line.transport.abort()

    async def until(self, condition: Callable[[], bool], within_s: float = 90) -> None:
        """Wait for a condition; fails after the deadline."""
        async with asyncio.timeout(within_s):
            while not condition():
                await asyncio.sleep(0.01)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        decoder = hj212.Decoder(key_for=lambda _: self.key)
        try:
            while data := await reader.read(65536):
                decoder.receive_data(data)
                while not isinstance(event := decoder.next_packet(), hj212.NeedData):
                    self._take(event, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    def _take(self, event: hj212.Packet | hj212.Rejected, writer: asyncio.StreamWriter) -> None:
        if isinstance(event, hj212.Rejected):
            self.rejected.append(event)
            return
        self.packets.append(event)
        self.lines[event.mn] = writer
        due = hj212.due_answer(event)
        if due is not None and not self.silent:
            self.acknowledged.append(event.qn or "")
            writer.write(hj212.reply(event, due))


@asynccontextmanager
async def fake_host() -> AsyncIterator[FakeHost]:
    """Give a listening host; its `port` is free before and after."""
    host = FakeHost()
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        host.drop_all()
        server.close()
