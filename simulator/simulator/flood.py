"""Load: frames as fast as the acknowledgements come, and a record of every frame sent and every 9014 received.

Record file (text, one line a fact, tab separated): `sent MN QN DataTime nanoseconds` and `acked MN QN nanoseconds`,
nanoseconds of the machine's clock. `sent` is written before the frame leaves, so a frame that is acked is always also sent.
A frame whose connection broke before its 9014 is sent again on the next connection with the same QN and DataTime, and
recorded as `sent` again.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

import hj212
from park_schemas.park_time import PARK_TIME_ZONE

from simulator.noise import smooth

_FACTORS = (
    ("w01018", 120.0, 1), ("w21003", 9.0, 2), ("w21011", 1.1, 2), ("w21001", 21.0, 2), ("w01001", 7.4, 2), ("w00000", 6.0, 2),
)  # fmt: skip

_REACH_BACK = timedelta(days=2)


@dataclass
class FloodFigures:
    """What the flood did; times in seconds."""

    sent: int = 0
    acked: int = 0
    repeated: int = 0
    reconnects: int = 0
    seconds: float = 0.0
    round_trips_s: list[float] = field(default_factory=list)

    def shown(self) -> dict[str, float]:
        """Return the figures for people: frames a second, p50 and p99 of frame to 9014 in milliseconds."""
        ordered = sorted(self.round_trips_s)
        figures: dict[str, float] = {
            "sent": self.sent,
            "acked": self.acked,
            "repeated": self.repeated,
            "reconnects": self.reconnects,
            "seconds": round(self.seconds, 2),
            "acked_per_s": round(self.acked / self.seconds, 1) if self.seconds else 0.0,
        }
        if ordered:
            figures["ack_p50_ms"] = round(ordered[len(ordered) // 2] * 1000, 2)
            figures["ack_p99_ms"] = round(ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000, 2)
        return figures


@dataclass
class Waiting:
    """A frame on its way."""

    qn: str
    data_time: str
    content: bytes
    sent_ns: int = 0


class FloodLine(asyncio.Protocol):
    """One connection of one device: keeps `window` frames on their way until its share is acknowledged."""

    def __init__(
        self,
        mn: str,
        frames: Iterator[Waiting],
        window: int,
        record: TextIO,
        figures: FloodFigures,
        done: asyncio.Event,
    ) -> None:
        self.mn = mn
        self.done = done
        self._frames = frames
        self._window = window
        self._record = record
        self._figures = figures
        self._waiting: dict[str, Waiting] = {}
        self._again: deque[Waiting] = deque()
        self._decoder = hj212.Decoder()
        self._transport: asyncio.Transport | None = None
        self.lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        self._decoder = hj212.Decoder()
        self.lost.clear()
        self._fill()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._figures.reconnects += not self.done.is_set()
        self._again.extend(self._waiting.values())
        self._waiting.clear()
        self.lost.set()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._decoder.receive_data(data)
        while not isinstance(event := self._decoder.next_packet(), hj212.NeedData):
            if isinstance(event, hj212.Packet) and event.cn == "9014" and event.qn:
                self._acknowledged(event.qn)
        self._fill()

    def _acknowledged(self, qn: str) -> None:
        waiting = self._waiting.pop(qn, None)
        if waiting is None:
            return
        now_ns = time.time_ns()
        self._record.write(f"acked\t{self.mn}\t{qn}\t{now_ns}\n")
        self._figures.acked += 1
        self._figures.round_trips_s.append((now_ns - waiting.sent_ns) / 1e9)

    def _fill(self) -> None:
        out = []
        while self._transport is not None and len(self._waiting) < self._window:
            waiting = self._again.popleft() if self._again else next(self._frames, None)
            if waiting is None:
                break
            self._figures.repeated += waiting.sent_ns != 0
            waiting.sent_ns = time.time_ns()
            self._record.write(f"sent\t{self.mn}\t{waiting.qn}\t{waiting.data_time}\t{waiting.sent_ns}\n")
            self._waiting[waiting.qn] = waiting
            self._figures.sent += 1
            out.append(waiting.content)
        if out and self._transport is not None:
            self._transport.write(b"".join(out))
        if not self._waiting and not self._again:
            self.done.set()


def frames_of(mn: str, password: str, count: int, begin: datetime) -> Iterator[Waiting]:
    """Yield `count` realtime frames of a device, one a second of DataTime from `begin`; each asks for its 9014."""
    numbers = hj212.QnSequence()
    for number in range(count):
        at = (begin + timedelta(seconds=number)).astimezone(PARK_TIME_ZONE)
        data_time = at.strftime("%Y%m%d%H%M%S")
        groups: list[dict[str, str]] = [{"DataTime": data_time}]
        for place, (code, level, decimals) in enumerate(_FACTORS):
            value = level * (1 + 0.1 * smooth(place, at.timestamp(), 600))
            groups.append({f"{code}-Rtd": f"{value:.{decimals}f}", f"{code}-Flag": "N"})
        qn = numbers.next(at.replace(tzinfo=None))
        fields = hj212.Fields("2011", "32", mn, cp=groups, qn=qn, pw=password, flag=5)
        yield Waiting(qn, data_time, hj212.encode_unchecked(fields, hj212.Edition.HJ_2017))


async def flood(
    devices: list[tuple[str, str]],
    frames: int,
    host: str,
    port: int,
    record_path: Path,
    *,
    begin: datetime,
    window: int = 1,
    patience_s: float = 600,
) -> FloodFigures:
    """Send `frames` frames over one connection for each of `devices` (MN, password); return the figures when all are acked.

    DataTime counts up by a second a frame from `begin`, on every device the same. Broken connections are made again.
    Raises TimeoutError after `patience_s` seconds without an end.
    """
    figures = FloodFigures()
    record_path.parent.mkdir(parents=True, exist_ok=True)
    share, rest = divmod(frames, len(devices))
    started = time.monotonic()
    with record_path.open("a", encoding="ascii", buffering=1 << 16) as record:
        async with asyncio.timeout(patience_s), asyncio.TaskGroup() as tasks:
            for number, (mn, password) in enumerate(devices):
                count = share + (number < rest)
                line = FloodLine(mn, frames_of(mn, password, count, begin), window, record, figures, asyncio.Event())
                tasks.create_task(_keep(line, host, port))
    figures.seconds = time.monotonic() - started
    return figures


class DataTimes:
    """Gives each flood its own stretch of DataTime, remembered in a file, so that no two frames ever share MN and DataTime."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def take(self, seconds: int, now: datetime) -> datetime:
        """Return where a flood of so many seconds of DataTime begins; the next one begins where it ends."""
        begin = (now - _REACH_BACK).replace(microsecond=0)
        if self._path.exists():
            begin = max(begin, datetime.fromisoformat(self._path.read_text(encoding="ascii").strip()))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text((begin + timedelta(seconds=seconds)).isoformat(), encoding="ascii")
        return begin


async def _keep(line: FloodLine, host: str, port: int) -> None:
    while not line.done.is_set():
        try:
            await asyncio.get_running_loop().create_connection(lambda: line, host, port)
        except OSError:
            await asyncio.sleep(0.2)
            continue
        ended = {asyncio.ensure_future(line.done.wait()), asyncio.ensure_future(line.lost.wait())}
        _, pending = await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        if line.lost.is_set() and not line.done.is_set():
            await asyncio.sleep(0.2)
    line.close()
