"""The books of the data loggers: every frame that was sent, how often, and when it was answered.

Moments are numbers of one counter, not times: "a was answered before b was sent" is then certain.
"""

import itertools
from dataclasses import dataclass, field

Key = tuple[str, str]
"""MN and QN of a frame."""


@dataclass(slots=True, eq=False)
class SentFrame:
    """One frame. `whole_sends` counts the times all of its bytes were written; a torn one counts in `torn_sends`."""

    mn: str
    number: int
    qn: str
    raw: bytes
    resends: bool
    first_sent: int = 0
    whole_sends: int = 0
    torn_sends: int = 0
    answered: int | None = None

    @property
    def body(self) -> bytes:
        """The frame without CR LF: where these come in a packet of their own, the decoder has delivered the frame before."""
        return self.raw[:-2]

    @property
    def key(self) -> Key:
        return self.mn, self.qn


@dataclass
class Books:
    """Shared by all loggers of a schedule; one thread only."""

    frames: dict[Key, SentFrame] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    answers: int = 0
    connections: int = 0
    _moments: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def sending(self, frame: SentFrame) -> None:
        """Note a frame before its first byte is written."""
        if not frame.first_sent:
            frame.first_sent = next(self._moments)
            self.frames[frame.key] = frame

    def answered(self, frame: SentFrame) -> None:
        """Note a 9014 after it was read."""
        self.answers += 1
        if frame.answered is None:
            frame.answered = next(self._moments)

    def complain(self, what: str) -> None:
        """Note what a logger saw that must not be."""
        self.complaints.append(what)

    @property
    def unanswered(self) -> list[SentFrame]:
        """Return the frames that a resending logger has no answer for."""
        return [frame for frame in self.frames.values() if frame.resends and frame.answered is None]
