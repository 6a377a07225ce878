"""The audit log's chain: each entry's hash covers its fields and the hash before it, so no entry can be changed alone.

A mutating request gives two entries: the attempt, written before anything happens, and the outcome. An attempt
without outcome says: the platform stopped in the middle, look at the service. Cutting off the end of the chain leaves a
shorter valid chain; so an auditor notes sequence and hash of the head, and `find_break` can be asked to find them.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import msgspec

GENESIS = bytes(32)
"""The hash before the first entry."""


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log. `origin` is the peer's address; `status` the HTTP status of an outcome, else 0."""

    at: datetime
    kind: Literal["attempt", "outcome"]
    actor: str
    actor_id: UUID | None
    role: str
    action: str
    subject: str
    origin: str
    request_id: str
    status: int = 0
    result: str = ""
    attempt: int | None = None
    """Of an outcome: the sequence of its attempt."""


class ChainedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in its place: `sequence` starts at 1 and has no gaps."""

    sequence: int
    entry: AuditEntry
    hash: bytes


class ChainBreak(msgspec.Struct, frozen=True, kw_only=True):
    """The first place where the chain does not hold."""

    sequence: int
    reason: Literal["gap", "changed", "head-missing"]


def hash_of(previous: bytes, sequence: int, entry: AuditEntry) -> bytes:
    """Return the SHA-256 of the hash before, the place and all fields (time in UTC, to the microsecond)."""
    normal = msgspec.structs.replace(entry, at=entry.at.astimezone(UTC))
    return hashlib.sha256(previous + sequence.to_bytes(8, "big") + msgspec.json.encode(normal)).digest()


def append_to(previous: bytes, sequence: int, entry: AuditEntry) -> ChainedEntry:
    """Return the entry in its place after `previous`."""
    return ChainedEntry(sequence=sequence, entry=entry, hash=hash_of(previous, sequence, entry))


class ChainWalk:
    """Walk a chain from its first entry; `broken` is the first break or None, `length` and `head` where it ended."""

    def __init__(self, noted: tuple[int, bytes] | None = None) -> None:
        self.length = 0
        self.head = GENESIS
        self.broken: ChainBreak | None = None
        self._noted = noted

    def step(self, chained: ChainedEntry) -> bool:
        """Take the next entry; False once the chain is broken (the rest says nothing more)."""
        expected = self.length + 1
        if chained.sequence != expected:
            self.broken = ChainBreak(sequence=expected, reason="gap")
        elif hash_of(self.head, chained.sequence, chained.entry) != chained.hash or self._differs(chained):
            self.broken = ChainBreak(sequence=expected, reason="changed")
        else:
            self.length, self.head = chained.sequence, chained.hash
        return self.broken is None

    def finish(self) -> ChainBreak | None:
        """Return the break of the whole walk: also when the noted head lies behind the end."""
        if self.broken is None and self._noted is not None and self._noted[0] > self.length:
            self.broken = ChainBreak(sequence=self.length + 1, reason="head-missing")
        return self.broken

    def _differs(self, chained: ChainedEntry) -> bool:
        return self._noted is not None and self._noted[0] == chained.sequence and self._noted[1] != chained.hash


def find_break(chain: Iterable[ChainedEntry], noted: tuple[int, bytes] | None = None) -> ChainBreak | None:
    """Return the first break of a chain read from sequence 1, or None. `noted` is (sequence, hash) of an earlier head."""
    walk = ChainWalk(noted)
    for chained in chain:
        if not walk.step(chained):
            break
    return walk.finish()
