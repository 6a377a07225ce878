"""The load client: many data loggers in one process, frames prepared beforehand, answers counted and timed.

Answers leave in the order of the frames of a connection, so the n-th answer belongs to the n-th frame; a frame is
resent by nobody here, an answer that never comes shows as missing in the report.
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from hj212 import Edition, Fields, encode

_MIDNIGHT = datetime(2026, 11, 22)  # noqa: DTZ001 - wall time of a device
FACTORS = ("w00000", "w01001", "w01010", "w01018", "w21003", "w21011", "w21001", "w01012", "w01014", "w20116")


def report(mn: str, number: int, password: str = "123456", *, factors: tuple[str, ...] = FACTORS) -> bytes:  # noqa: S107
    """Return a realtime report that wants an answer; `number` makes QN and DataTime differ (seconds of one day)."""
    hour, rest = divmod(number % 86_400, 3600)
    clock = f"20261122{hour:02d}{rest // 60:02d}{rest % 60:02d}"
    cp = [
        {"DataTime": clock},
        *({f"{code}-Rtd": f"{number % 97}.{number % 10}", f"{code}-Flag": "N"} for code in factors),
    ]
    fields = Fields(qn=f"{clock}{number % 1000:03d}", st="32", cn="2011", pw=password, mn=mn, flag=5, cp=cp)
    return encode(fields, edition=Edition.HJ_2017)


def history(mn: str, number: int, password: str = "123456", *, factors: tuple[str, ...] = FACTORS) -> bytes:  # noqa: S107
    """Return the 10-minute record `number` before midnight, as a logger sends it after an outage: mean, least and most."""
    at = _MIDNIGHT - timedelta(minutes=10 * (number + 1))
    value = f"{number % 97}.{number % 10}"
    cp = [
        {"DataTime": f"{at:%Y%m%d%H%M%S}"},
        *({f"{code}-Min": value, f"{code}-Avg": value, f"{code}-Max": value, f"{code}-Flag": "N"} for code in factors),
    ]
    qn = f"{_MIDNIGHT + timedelta(seconds=number):%Y%m%d%H%M%S}{number % 1000:03d}"
    fields = Fields(qn=qn, st="32", cn="2051", pw=password, mn=mn, flag=5, cp=cp)
    return encode(fields, edition=Edition.HJ_2017)


@dataclass
class Tally:
    """What all loggers saw together. Latencies in seconds."""

    sent: int = 0
    answered: int = 0
    lost_connections: int = 0
    latencies: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


class Logger(asyncio.Protocol):
    """One connection. `window` frames are kept in flight while `running`; 0 means that only `send_one` sends.

    The frames are sent over and over, or once each (`once`).
    """

    def __init__(self, frames: list[bytes], tally: Tally, window: int = 0, *, once: bool = False) -> None:
        self._frames = frames
        self._tally = tally
        self._window = window
        self._once = once
        self._sent_at: deque[float] = deque()
        self._next = 0
        self._tail = b""
        self.running = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        if self.running:
            self._tally.lost_connections += 1
        self.transport = None

    def start(self) -> None:
        self.running = True
        self._send(self._window)

    def send_one(self) -> None:
        self._send(1)

    def _send(self, count: int) -> None:
        frames, many = self._frames, len(self._frames)
        count = min(count, many - self._next) if self._once else count
        if self.transport is None or count <= 0:
            return
        at = time.perf_counter()
        self.transport.write(b"".join([frames[(self._next + n) % many] for n in range(count)]))
        self._next += count
        self._sent_at.extend([at] * count)
        self._tally.sent += count

    def data_received(self, data: bytes) -> None:
        data = self._tail + data
        ends = data.rfind(b"\r\n") + 2
        count = data.count(b";CN=9014;", 0, ends)
        self._tail = data[ends:]
        at = time.perf_counter()
        latencies, sent_at = self._tally.latencies, self._sent_at
        for _ in range(min(count, len(sent_at))):
            latencies.append(at - sent_at.popleft())
        self._tally.answered += count
        if self.running and self._window:
            self._send(count)


async def connect(port: int, loggers: list[Logger], *, at_once: int = 200) -> float:
    """Open all connections; return how many a second came about."""
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    for start in range(0, len(loggers), at_once):
        group = loggers[start : start + at_once]
        await asyncio.gather(*(loop.create_connection(partial(_itself, one), "127.0.0.1", port) for one in group))
    return len(loggers) / (time.perf_counter() - began)


def _itself(logger: Logger) -> Logger:
    return logger
