"""Takes every frame in and writes blocks beside the hot path. Memory is bounded: beyond it frames are counted as missing.

A crash loses what has not been written yet (at most some seconds): received frames of devices are in Kafka then (their
evidence header) or come again. While the database is away, up to `most_bytes` wait.
"""

import asyncio
import logging
from datetime import UTC, datetime
from uuid import UUID

from park_chassis.database import TROUBLE, Database
from park_chassis.errors import Transient
from prometheus_client import Counter, Gauge

from hj212_gateway import evidence_store
from hj212_gateway.domain.evidence_blocks import ORIGIN, Block, Direction, Entry, Hashes, seal

__all__ = ["Direction", "EvidenceRecorder"]

log = logging.getLogger(__name__)

RECORDED = Counter("park_gateway_evidence_frames", "Frames written to evidence blocks")
MISSING = Counter("park_gateway_evidence_missing", "Frames that did not find room while the database was away")
WAITING = Gauge("park_gateway_evidence_waiting_bytes", "Bytes of frames that wait for their evidence block")

_BLOCK_BYTES = 1024 * 1024
_SEAL_EVERY_S = 2.0
_LOOK_EVERY_S = 0.2
_TROUBLE_PAUSE_S = 1.0
_ENTRY_OVERHEAD = 150
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class EvidenceRecorder:
    """`record` is called on the hot path; `run` in the background."""

    def __init__(self, database: Database, gateway: str, *, most_bytes: int) -> None:
        self._database = database
        self._gateway = gateway
        self._most_bytes = most_bytes
        self._entries: list[tuple[Direction, UUID, str, str, datetime, bytes]] = []
        self._bytes = 0
        self._missing = 0
        self._head: tuple[int, Hashes] | None = None
        self._writing = asyncio.Lock()

    def record(self, direction: Direction, connection_id: UUID, peer: str, mn: str, raw: bytes, at: datetime) -> None:
        """Take in one frame as it came or went."""
        if self._bytes > self._most_bytes:
            self._missing += 1
            MISSING.inc()
            return
        self._entries.append((direction, connection_id, peer, mn, at, raw))
        self._bytes += len(raw) + _ENTRY_OVERHEAD

    async def run(self) -> None:
        """Write blocks until cancelled."""
        waited = 0.0
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            waited += _LOOK_EVERY_S
            WAITING.set(self._bytes)
            if self._bytes >= _BLOCK_BYTES or (self._entries and waited >= _SEAL_EVERY_S):
                waited = 0.0
                await self.write()

    async def write(self) -> None:
        """Write what waits, in blocks. Raises nothing when the database is away: it goes on waiting."""
        async with self._writing:
            while self._entries:
                taken, taken_bytes = self._take()
                try:
                    await self._write_block(taken)
                except BaseException as error:
                    self._entries[:0] = taken
                    self._bytes += taken_bytes
                    self._head = None
                    if not isinstance(error, (*TROUBLE, Transient, OSError)):
                        raise
                    log.warning("evidence waits for the database", extra={"error": repr(error)})
                    await asyncio.sleep(_TROUBLE_PAUSE_S)
                    return

    def _take(self) -> tuple[list[tuple[Direction, UUID, str, str, datetime, bytes]], int]:
        count = taken_bytes = 0
        for entry in self._entries:
            count += 1
            taken_bytes += len(entry[5]) + _ENTRY_OVERHEAD
            if taken_bytes >= _BLOCK_BYTES:
                break
        taken = self._entries[:count]
        del self._entries[:count]
        self._bytes -= taken_bytes
        return taken, taken_bytes

    async def _write_block(self, taken: list[tuple[Direction, UUID, str, str, datetime, bytes]]) -> None:
        missing, self._missing = self._missing, 0
        try:
            async with self._database.transaction() as tx:
                if self._head is None:
                    self._head = await evidence_store.head(tx, self._gateway) or (0, Hashes(ORIGIN, ORIGIN))
                number, previous = self._head
                block, mns = await asyncio.to_thread(_seal, taken, self._gateway, number + 1, missing, previous)
                await evidence_store.insert_block(tx, block, mns)
        except BaseException:
            self._missing += missing
            raise
        self._head = block.header.block, block.hashes
        RECORDED.inc(len(taken))


def _seal(
    taken: list[tuple[Direction, UUID, str, str, datetime, bytes]],
    gateway: str,
    number: int,
    missing: int,
    previous: Hashes,
) -> tuple[Block, list[str]]:
    entries = [
        Entry(int(direction), connection_id.bytes, peer, mn, _microseconds(at), _qn_of(raw), raw)
        for direction, connection_id, peer, mn, at, raw in taken
    ]
    block = seal(entries, gateway=gateway, block=number, missing=missing, previous=previous)
    return block, sorted({entry.mn.replace("\x00", "\ufffd") for entry in entries})


def _microseconds(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _qn_of(raw: bytes) -> str:
    """Return the device's own time of the message: QN, 17 digits of wall time in milliseconds."""
    start = raw.find(b"QN=", 0, 200)
    found = raw[start + 3 : start + 20] if start >= 0 else b""
    return found.decode() if len(found) == 17 and found.isdigit() else ""
