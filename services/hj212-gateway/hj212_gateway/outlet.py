"""Where records go: to Kafka, or into the spool while Kafka is away. Either way `on_done` comes when they are durable.

    DIRECT    put -> publisher -> Kafka's acknowledgement -> on_done
    SPOOLING  put -> segment file -> fsync of the group -> on_done;  replay: segment file -> publisher -> Kafka

The outlet turns to SPOOLING when a batch has waited `spool_after_s` for the broker; what was queued and not handed to the
producer moves into the spool first. It turns back when the replay has reached the end: new records then wait in memory for
the moment in which the last replayed ones are acknowledged, and follow them. So the records of a key keep their order, but for
the batch that was in flight when the broker went: its devices get no answer in time, send again, and the store keeps one.

At the bound of the spool, or on a full disk, nothing is dropped: records wait in memory, unanswered, connections are not read.
"""

import asyncio
import enum
import logging
from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple

from prometheus_client import Counter, Gauge

from hj212_gateway.publisher import Headers, OnDone, Publisher, Record
from hj212_gateway.spool_files import Place, SpooledRecord, SpoolFiles, SpoolFull, packed

log = logging.getLogger(__name__)

SPOOLING = Gauge("park_gateway_spooling", "1 while records go to the spool because Kafka is away")
SPOOL_BYTES = Gauge("park_gateway_spool_bytes", "Bytes of the spool on the disk")
SPOOLED = Counter("park_gateway_records_spooled", "Records made durable in the spool")
REPLAYED = Counter("park_gateway_records_replayed", "Records of the spool that Kafka has acknowledged since")

_WATCH_EVERY_S = 0.25
_WHEN_FULL_WAIT_S = 1.0
_REPLAY_CHUNK_BYTES = 2 * 1024 * 1024
_NEAR_THE_END = 500
_GROUP_BYTES = 4 * 1024 * 1024


class Mode(enum.Enum):
    DIRECT = "direct"
    SPOOLING = "spooling"


class _Waiting(NamedTuple):
    topic: str
    record: Record


class Outlet:
    """The one way out of the gateway. Everything but the file work runs on the event loop."""

    def __init__(
        self,
        publishers: Mapping[str, Publisher],
        files: SpoolFiles | None,
        *,
        spool_after_s: float,
        on_progress: Callable[[], None],
    ) -> None:
        self._publishers = publishers
        self._files = files
        self._spool_after_s = spool_after_s
        self._on_progress = on_progress
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._holding = False
        self._writing = asyncio.Lock()
        self._woken = asyncio.Event()
        self.mode = Mode.SPOOLING if files is not None and not files.is_drained else Mode.DIRECT
        SPOOLING.set(self.mode is Mode.SPOOLING)

    @property
    def waiting_bytes(self) -> int:
        """Bytes of records that are not durable yet."""
        return self._waiting_bytes + sum(publisher.waiting_bytes for publisher in self._publishers.values())

    @property
    def spool_bytes(self) -> int:
        return self._files.bytes_held if self._files is not None else 0

    def put(self, topic: str, key: bytes, value: bytes, headers: Headers, on_done: OnDone) -> None:
        """Queue one record; `on_done` is called from the event loop when it is durable."""
        if self.mode is Mode.DIRECT:
            self._publishers[topic].put(key, value, headers, on_done)
            return
        size = len(value) + 200 + sum(len(content) for _, content in headers)
        self._hold_back(_Waiting(topic, Record(key, value, headers, on_done, size)))

    async def open(self) -> None:
        """Learn the partitions of every topic."""
        for publisher in self._publishers.values():
            await publisher.open()

    async def run(self) -> None:
        """Watch the broker, spool and replay, until cancelled."""
        if self._files is None:
            await asyncio.Event().wait()
        writer = asyncio.create_task(self._write_groups())
        try:
            while True:
                await asyncio.sleep(_WATCH_EVERY_S)
                if writer.done():
                    writer.result()
                if self.mode is Mode.DIRECT and self._is_stalled():
                    self._begin_spooling()
                elif self.mode is Mode.SPOOLING and not self._is_stalled():
                    await self._replay()
        finally:
            writer.cancel()

    async def drain(self, *, patience_s: float) -> None:
        """Wait until everything is durable, at most so long."""
        until = asyncio.get_running_loop().time() + patience_s
        if self.mode is Mode.DIRECT:
            waits = (publisher.drain(patience_s=patience_s) for publisher in self._publishers.values())
            await asyncio.gather(*waits)
        self._holding = False
        while self._waiting and self._files is not None and asyncio.get_running_loop().time() < until:
            if not await self._write_group():
                await asyncio.sleep(_WATCH_EVERY_S)

    def close(self) -> None:
        if self._files is not None:
            self._files.close()

    # --- into the spool ------------------------------------------------------------------------------------------

    def _is_stalled(self) -> bool:
        return any(publisher.stalled_s > self._spool_after_s for publisher in self._publishers.values())

    def _begin_spooling(self) -> None:
        log.warning("Kafka does not answer: records go to the spool")
        self._set_mode(Mode.SPOOLING)
        for topic, publisher in self._publishers.items():
            for record in publisher.take_back():
                self._hold_back(_Waiting(topic, record))

    def _hold_back(self, waiting: _Waiting) -> None:
        self._waiting.append(waiting)
        self._waiting_bytes += waiting.record.size
        self._woken.set()

    async def _write_groups(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._waiting and self.mode is Mode.SPOOLING and not self._holding:
                if not await self._write_group():
                    await asyncio.sleep(_WHEN_FULL_WAIT_S)

    async def _write_group(self) -> bool:
        """Make the oldest waiting records durable together; False when the spool takes no more."""
        assert self._files is not None  # noqa: S101 - only called when there is a spool
        async with self._writing:
            return self._holding or await self._write(self._next_group())

    async def _write(self, group: list[_Waiting]) -> bool:
        assert self._files is not None  # noqa: S101 - only called when there is a spool
        blobs = [packed(SpooledRecord(topic, r.key, r.value, list(r.headers))) for topic, r in group]
        try:
            await asyncio.to_thread(self._files.append, blobs)
        except SpoolFull as error:
            log.error("the spool takes no more, frames are not answered", extra={"reason": str(error)})
            self._waiting.extendleft(reversed(group))
            return False
        SPOOLED.inc(len(group))
        SPOOL_BYTES.set(self._files.bytes_held)
        for _, record in group:
            self._waiting_bytes -= record.size
            record.on_done(True)
        self._on_progress()
        return True

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        size = 0
        while self._waiting and size < _GROUP_BYTES:
            waiting = self._waiting.popleft()
            size += waiting.record.size
            group.append(waiting)
        return group

    # --- out of the spool ----------------------------------------------------------------------------------------

    async def _replay(self) -> None:
        """Bring the spool to Kafka in order, then turn back to DIRECT."""
        assert self._files is not None  # noqa: S101 - only called when there is a spool
        while True:
            while not self._files.is_drained:
                records, place = await asyncio.to_thread(self._files.read, _REPLAY_CHUNK_BYTES)
                # Near the end new records wait in memory: else it is never reached while frames keep coming.
                self._hold(len(records) < _NEAR_THE_END)
                await self._publish(records)
                await self._forget(place)
                REPLAYED.inc(len(records))
            self._hold(True)
            async with self._writing:  # a group may be on its way to the disk
                if self._files.is_drained:
                    break
        self._hold(False)
        self._finish_with_waiting()
        self._set_mode(Mode.DIRECT)
        log.warning("Kafka has everything of the spool: records go straight to it again")
        self._on_progress()

    def _hold(self, hold: bool) -> None:
        self._holding = hold
        if not hold:
            self._woken.set()

    async def _publish(self, records: list[SpooledRecord]) -> None:
        """Publish and wait for the acknowledgement of all; a broker that goes away again is waited for here."""
        left = len(records)
        all_done = asyncio.Event()

        def done(_: bool) -> None:
            nonlocal left
            left -= 1
            if not left:
                all_done.set()

        for record in records:
            self._publishers[record.topic].put(record.key, record.value, record.headers, done)
        while records and not all_done.is_set():
            try:
                await asyncio.wait_for(all_done.wait(), self._spool_after_s)
            except TimeoutError:
                self._hold(False)

    async def _forget(self, place: Place) -> None:
        assert self._files is not None  # noqa: S101 - only called when there is a spool
        await asyncio.to_thread(self._files.forget_before, place)
        SPOOL_BYTES.set(self._files.bytes_held)

    def _finish_with_waiting(self) -> None:
        """What still waits in memory follows the last replayed record."""
        while self._waiting:
            topic, record = self._waiting.popleft()
            self._waiting_bytes -= record.size
            self._publishers[topic].put(record.key, record.value, record.headers, record.on_done)

    def _set_mode(self, mode: Mode) -> None:
        self.mode = mode
        SPOOLING.set(mode is Mode.SPOOLING)
        self._woken.set()
