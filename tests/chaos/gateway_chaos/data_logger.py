"""A data logger that keeps books: it sends, reads 9014, sends again, is cut off, and connects anew."""

import asyncio
import random
import socket
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count

from hj212 import NEED_DATA, Decoder, Edition, Fields, Packet, encode

from gateway_chaos.books import Books, SentFrame
from gateway_chaos.schedule import LoggerPlan

OVER_TIME_S = 2.0
RESENDS = 3
_WINDOW_WHILE_DEAF = 400
_CONNECT_WAITS_S = 0.05


class Mood:
    """What all loggers do at once, by order of the schedule."""

    def __init__(self) -> None:
        self.hears = asyncio.Event()
        self.hears.set()
        self.stopped = False
        self.given_up = False


class DataLogger:
    """One connection after another, until everything is answered (a resending one) or said (the other kind)."""

    def __init__(
        self, plan: LoggerPlan, mns: list[str], books: Books, mood: Mood, *, port: int, began: datetime, seed: int
    ) -> None:
        self._plan, self._books, self._mood, self._port = plan, books, mood, port
        self._chance = random.Random(seed)
        self._made = _frames(mns, began, resends=plan.resends)
        self._open: list[SentFrame] = []
        self._on_the_wire: deque[SentFrame] = deque()
        self._writer: asyncio.StreamWriter | None = None
        self._last_sent = 0.0

    async def run(self) -> None:
        """Work until done, or until the mood is to give up."""
        while not self._is_done():
            try:
                await self._connection()
            except (OSError, EOFError):
                await asyncio.sleep(_CONNECT_WAITS_S)

    def cut(self) -> None:
        """The connection breaks in the middle of a frame, from outside."""
        if self._writer is not None:
            self._tear()

    def _is_done(self) -> bool:
        return self._mood.given_up or (self._mood.stopped and not self._open)

    async def _connection(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._books.connections += 1
        self._writer, self._on_the_wire = writer, deque()
        work = [asyncio.create_task(self._send(writer)), asyncio.create_task(self._read(reader))]
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            writer.transport.abort() if self._chance.random() < 0.3 else writer.close()
            if not self._plan.resends:
                self._open.clear()  # said once is enough for this kind

    # --- out -----------------------------------------------------------------------------------------------------

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        attempts = 0
        for frame in list(self._open):
            await self._write(writer, frame)
        while not self._is_done():
            if self._is_overdue():
                attempts += 1
                if not self._plan.resends or attempts > RESENDS:
                    return
                for frame in list(self._open):
                    await self._write(writer, frame)
            elif not self._mood.stopped and len(self._open) < self._window():
                attempts = 0 if not self._open else attempts
                frame = next(self._made)
                self._open.append(frame)
                await self._write(writer, frame)
            await asyncio.sleep(self._plan.pause_s)

    def _window(self) -> int:
        return self._plan.window if self._mood.hears.is_set() else _WINDOW_WHILE_DEAF

    def _is_overdue(self) -> bool:
        return bool(self._open) and self._mood.hears.is_set() and time.monotonic() - self._last_sent > OVER_TIME_S

    async def _write(self, writer: asyncio.StreamWriter, frame: SentFrame) -> None:
        self._books.sending(frame)
        self._last_sent = time.monotonic()
        if self._chance.random() < self._plan.tears:
            self._tear(frame)
            raise ConnectionResetError
        self._on_the_wire.append(frame)
        frame.whole_sends += 1
        at = self._chance.randrange(1, len(frame.raw)) if self._plan.in_pieces else len(frame.raw)
        for piece in (frame.raw[:at], frame.raw[at:]):
            if writer.transport.is_closing():
                raise ConnectionResetError
            writer.write(piece)
            await writer.drain()

    def _tear(self, frame: SentFrame | None = None) -> None:
        """Write part of a frame, and hang up: in order, or with a reset."""
        assert self._writer is not None
        if self._writer.transport.is_closing():
            return
        if frame is None and self._plan.resends and self._open:
            frame = self._open[-1]
        if frame is not None:
            frame.torn_sends += 1
            self._writer.write(frame.raw[: self._chance.randrange(1, len(frame.raw) - 4)])
        self._writer.close() if self._chance.random() < 0.5 else self._writer.transport.abort()

    # --- in ------------------------------------------------------------------------------------------------------

    async def _read(self, reader: asyncio.StreamReader) -> None:
        decoder = Decoder()
        while True:
            await self._mood.hears.wait()
            content = await reader.read(65536)
            if not content:
                raise EOFError
            decoder.receive_data(content)
            while (found := decoder.next_packet()) is not NEED_DATA:
                if isinstance(found, Packet) and found.cn == "9014":
                    self._take_answer(found)
                elif isinstance(found, Packet):
                    self._books.complain(f"{found.mn}: command {found.cn} nobody asked for")
                else:
                    self._books.complain(f"bytes that are no frame came back: {getattr(found, 'raw', b'')[:80]!r}")

    def _take_answer(self, answer: Packet) -> None:
        """Answers come in the order of the frames of the connection, one for each."""
        if not self._on_the_wire:
            self._books.complain(f"{answer.mn}: 9014 for {answer.qn}, but nothing is unanswered on this connection")
            return
        frame = self._on_the_wire.popleft()
        if frame.key != (answer.mn, answer.qn):
            self._books.complain(f"{answer.mn}: 9014 for {answer.qn} came where {frame.key} was next on its connection")
            frame = self._books.frames.get((answer.mn, answer.qn or ""), frame)
        self._books.answered(frame)
        with suppress(ValueError):
            self._open.remove(frame)


def _frames(mns: list[str], began: datetime, *, resends: bool) -> Iterator[SentFrame]:
    """Make frames of the devices in turn; `began` is wall time of the park, each report is a second later."""
    for number in count():
        for mn in mns:
            clock = f"{began + timedelta(seconds=number):%Y%m%d%H%M%S}"
            qn = f"{clock}{number % 1000:03d}"
            cp = [{"DataTime": clock}, {"w01018-Rtd": str(number), "w01018-Flag": "N"}]
            fields = Fields(qn=qn, st="32", cn="2011", pw="123456", mn=mn, flag=5, cp=list(cp))
            yield SentFrame(mn, number, qn, encode(fields, edition=Edition.HJ_2017), resends)
