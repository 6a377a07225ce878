"""Whose bytes are read next: who has much unanswered waits for the others, and when too much waits, everybody waits.

    up to `busy_bytes` wait to be durable        everybody is read
    more                                         connections with more than a few unanswered frames wait for a turn
    more than `most_bytes`                       nobody is read until it is half as much

So a thousand loggers that push their backlog after an outage, without waiting for answers, do not keep one that reports a single
frame from its answer: what stands before that frame is bounded by `busy_bytes`. Turns are given in the order of waiting.
"""

from collections import deque
from collections.abc import Iterable
from typing import Protocol

FULL = "gateway-full"
OTHERS_FIRST = "others-first"
_FEW_UNANSWERED = 8


class Reader(Protocol):
    """A connection, as far as it is read or not."""

    @property
    def unanswered(self) -> int: ...

    def hold(self, reason: str) -> None: ...

    def release(self, reason: str) -> None: ...


class Turns:
    """Decides after each read. `read_bytes` is what one read brings at most."""

    def __init__(self, *, busy_bytes: int, most_bytes: int, read_bytes: int) -> None:
        self._busy_bytes = min(busy_bytes, most_bytes)
        self._most_bytes = most_bytes
        self._read_bytes = read_bytes
        self._queue: deque[Reader] = deque()
        self._is_full = False

    @property
    def is_full(self) -> bool:
        return self._is_full

    def after_read(self, reader: Reader, waiting_bytes: int, everybody: Iterable[Reader]) -> None:
        """Hold who has to wait, now that `reader` has brought what it brought."""
        if waiting_bytes > self._most_bytes and not self._is_full:
            self._is_full = True
            for each in everybody:
                each.hold(FULL)
        elif self._is_full:
            reader.hold(FULL)
        elif waiting_bytes > self._busy_bytes and reader.unanswered > _FEW_UNANSWERED:
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
        turns = 1 + (self._busy_bytes - waiting_bytes) // self._read_bytes
        while self._queue and turns:
            self._queue.popleft().release(OTHERS_FIRST)
            turns -= 1
