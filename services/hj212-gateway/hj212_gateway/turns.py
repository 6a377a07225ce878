"""Whose bytes are read next: who has much to say waits for the others, and when too much waits, everybody waits.

    up to `busy_bytes` wait to be durable        everybody is read, `read_bytes` at a time
    more                                         reads are a slice of `SLICE_BYTES`; who fills one, or has more than a few
                                                 frames unanswered, waits for a turn
    more than `most_bytes`                       nobody is read until it is half as much

So loggers that push their backlog after an outage, without waiting for answers, do not keep one that reports a single frame from
its answer: what stands before that frame is bounded by `busy_bytes` and a slice of each connection that has just begun to push
(five hundred begin in one round of the event loop). Turns are given in the order of waiting, as many as there is room for.
"""

from collections import deque
from collections.abc import Iterable
from typing import Protocol

FULL = "gateway-full"
OTHERS_FIRST = "others-first"
SLICE_BYTES = 2048
"""A frame of the standard (1036 bytes at most) never fills it; two do."""
_FEW_UNANSWERED = 8
_WEIGHT = 3
"""A record on its way weighs about three times what was read: the frame rides beside its event."""


class Reader(Protocol):
    """A connection, as far as it is read or not."""

    @property
    def unanswered(self) -> int: ...

    def hold(self, reason: str) -> None: ...

    def release(self, reason: str) -> None: ...


class Turns:
    """Decides before and after each read. `read_bytes` is what one read brings at most."""

    def __init__(self, *, busy_bytes: int, most_bytes: int, read_bytes: int) -> None:
        self._busy_bytes = min(busy_bytes, most_bytes)
        self._most_bytes = most_bytes
        self._read_bytes = read_bytes
        self._queue: deque[Reader] = deque()
        self._is_full = False

    @property
    def is_full(self) -> bool:
        return self._is_full

    def read_size(self, waiting_bytes: int) -> int:
        """Return how many bytes the next read may bring, whoever it is for."""
        return self._read_bytes if waiting_bytes <= self._busy_bytes else SLICE_BYTES

    def after_read(self, reader: Reader, filled: bool, waiting_bytes: int, everybody: Iterable[Reader]) -> None:
        """Hold who has to wait, now that `reader` has brought what it brought; `filled`: as much as it was let."""
        if waiting_bytes > self._most_bytes and not self._is_full:
            self._is_full = True
            for each in everybody:
                each.hold(FULL)
        elif self._is_full:
            reader.hold(FULL)
        elif waiting_bytes > self._busy_bytes and (filled or reader.unanswered > _FEW_UNANSWERED):
            reader.hold(OTHERS_FIRST)
            self._queue.append(reader)

    def after_progress(self, waiting_bytes: int, everybody: Iterable[Reader]) -> None:
        """Give turns: something has become durable."""
        if self._is_full and waiting_bytes < self._most_bytes // 2:
            self._is_full = False
            for each in everybody:
                each.release(FULL)
        if self._is_full or waiting_bytes >= self._busy_bytes:
            return
        turns = 1 + (self._busy_bytes - waiting_bytes) // (_WEIGHT * self._read_bytes)
        while self._queue and turns:
            self._queue.popleft().release(OTHERS_FIRST)
            turns -= 1
