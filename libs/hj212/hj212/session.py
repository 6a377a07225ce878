"""What both ends of a dialogue share: actions, settings, QN numbers, and the two state tables.

A session is a pure state machine: packets and the time come in as arguments, frames to send, things to tell the
application and the next deadline come out as data.  `now` is seconds of any monotonic clock; `at` is naive wall time,
needed only to number new messages.

Request (host to device, HJ 212-2017 6.4.2)      Upload or notice (either way)
    request -> 9011 -> [data ...] -> 9012            message -> 9014 (data) or 9013 (notice)

No answer within OverTime: the same frame (same QN) again, ReCount times, then the link counts as dead.  After 9011 the
next message must come within OverTime, or the command has failed.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from .packet import Packet


class Outcome(enum.StrEnum):
    """How an exchange ended."""

    SUCCESS = "success"
    REFUSED = "refused"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    NO_ANSWER = "no_answer"


class Send(NamedTuple):
    """Put this frame on the wire."""

    frame: bytes
    cn: str
    qn: str | None


class Deliver(NamedTuple):
    """A packet for the application. `repeated`: the peer sent it again (same QN), it was delivered before."""

    packet: Packet
    repeated: bool = False


class Execute(NamedTuple):
    """A request the device accepted (9011 is on its way): carry it out, then call ``DeviceSession.finish``."""

    request: Packet


class Finished(NamedTuple):
    """An exchange this side began has ended. `code` is the QnRtn or ExeRtn that decided it, if one did."""

    qn: str
    cn: str
    outcome: Outcome
    code: int | None = None


Action = Send | Deliver | Execute | Finished


class LinkTimes(NamedTuple):
    """OverTime in seconds and ReCount of one bearer."""

    over_time_s: float
    resends: int


LINK_TIMES: Final[dict[str, LinkTimes]] = {
    "GPRS": LinkTimes(10, 3),
    "CDMA": LinkTimes(10, 3),
    "ADSL": LinkTimes(5, 3),
    "PSTN": LinkTimes(5, 3),
    "SMS": LinkTimes(30, 3),
    "NB-IoT": LinkTimes(30, 5),
}
"""HJ/T 212-2005 and HJ 212-2017 table 1; NB-IoT from HJ 212-2025 table 1. CN 1000 changes them on a device."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """Timeouts of one session; the defaults are those of a GPRS link."""

    over_time_s: float = LINK_TIMES["GPRS"].over_time_s
    resends: int = LINK_TIMES["GPRS"].resends
    remembered: int = 64
    """How many QN of received messages are kept to recognise repeats."""


class QnSequence:
    """Message numbers: strictly increasing, 17 digits, wall time in milliseconds (HJ 212-2017 table 3).

    A number taken within the same millisecond, or after the clock was set back, counts on from the last one.
    """

    def __init__(self) -> None:
        self._last = datetime(1, 1, 1)  # noqa: DTZ001 - naive wall time, as on the wire

    def next(self, at: datetime) -> str:
        """Return the number for a message made at wall time `at`."""
        moment = at.replace(microsecond=at.microsecond // 1000 * 1000)
        if moment <= self._last:
            moment = self._last + timedelta(milliseconds=1)
        self._last = moment
        return f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}"


# --- the state tables -------------------------------------------------------------------------------------------


class State(enum.Enum):
    """Where an exchange that this side began stands."""

    REQUESTED = "requested"  # a request is out, 9011 awaited
    RUNNING = "running"  # 9011 said ready: data or 9012 awaited
    REPORTED = "reported"  # an upload or notice is out, 9014 or 9013 awaited
    ENDED = "ended"


class Input(enum.Enum):
    """What can happen to an exchange."""

    READY = "9011 QnRtn=1"
    REFUSED = "9011, other QnRtn"
    DATA = "data of the request"
    EXECUTED = "9012 ExeRtn=1"
    FAILED = "9012, other ExeRtn"
    ACKNOWLEDGED = "9013 or 9014"
    LATE = "OverTime passed, resends left"
    LOST = "OverTime passed, no resend left"


class Step(enum.Enum):
    """What an exchange does on its way to the next state."""

    NOTHING = "nothing"
    WAIT_AGAIN = "start OverTime again"
    DELIVER = "deliver the packet, start OverTime again"
    RESEND = "send the same frame again"
    SUCCEED = "end: success"
    REFUSE = "end: refused"
    FAIL = "end: failed"
    TIME_OUT = "end: execution timed out"
    GIVE_UP = "end: no answer, link dead"


_S, _I, _P = State, Input, Step

TRANSITIONS: Final[dict[tuple[State, Input], tuple[State, Step]]] = {
    (_S.REQUESTED, _I.READY): (_S.RUNNING, _P.WAIT_AGAIN),
    (_S.REQUESTED, _I.REFUSED): (_S.ENDED, _P.REFUSE),
    # Devices that skip 9011 exist; their data or result stands for it.
    (_S.REQUESTED, _I.DATA): (_S.RUNNING, _P.DELIVER),
    (_S.REQUESTED, _I.EXECUTED): (_S.ENDED, _P.SUCCEED),
    (_S.REQUESTED, _I.FAILED): (_S.ENDED, _P.FAIL),
    (_S.REQUESTED, _I.LATE): (_S.REQUESTED, _P.RESEND),
    (_S.REQUESTED, _I.LOST): (_S.ENDED, _P.GIVE_UP),
    # The answer to a request that was sent again because the first answer was slow.
    (_S.RUNNING, _I.READY): (_S.RUNNING, _P.WAIT_AGAIN),
    (_S.RUNNING, _I.REFUSED): (_S.RUNNING, _P.NOTHING),
    (_S.RUNNING, _I.DATA): (_S.RUNNING, _P.DELIVER),
    (_S.RUNNING, _I.EXECUTED): (_S.ENDED, _P.SUCCEED),
    (_S.RUNNING, _I.FAILED): (_S.ENDED, _P.FAIL),
    (_S.RUNNING, _I.LATE): (_S.ENDED, _P.TIME_OUT),
    (_S.RUNNING, _I.LOST): (_S.ENDED, _P.TIME_OUT),
    (_S.REPORTED, _I.ACKNOWLEDGED): (_S.ENDED, _P.SUCCEED),
    (_S.REPORTED, _I.LATE): (_S.REPORTED, _P.RESEND),
    (_S.REPORTED, _I.LOST): (_S.ENDED, _P.GIVE_UP),
}

ENDINGS: Final[dict[Step, Outcome]] = {
    _P.SUCCEED: Outcome.SUCCESS,
    _P.REFUSE: Outcome.REFUSED,
    _P.FAIL: Outcome.FAILED,
    _P.TIME_OUT: Outcome.TIMED_OUT,
    _P.GIVE_UP: Outcome.NO_ANSWER,
}


class Exchange:
    """One message of this side that is awaiting its answer."""

    __slots__ = ("cn", "deadline", "frame", "mn", "qn", "resends_left", "state")

    def __init__(self, qn: str, cn: str, mn: str, frame: bytes, state: State, resends: int) -> None:
        self.qn = qn
        self.cn = cn
        self.mn = mn
        self.frame = frame
        self.state = state
        self.resends_left = resends
        self.deadline = 0.0

    def advance(self, happened: Input, now: float, over_time_s: float, code: int | None = None) -> list[Action]:
        """Take one input; what the table does not list for this state is ignored."""
        state, step = TRANSITIONS.get((self.state, happened), (self.state, Step.NOTHING))
        self.state = state
        if step in ENDINGS:
            return [Finished(self.qn, self.cn, ENDINGS[step], code)]
        if step is not Step.NOTHING:
            self.deadline = now + over_time_s
        if step is Step.RESEND:
            self.resends_left -= 1
            return [Send(self.frame, self.cn, self.qn)]
        return []

    def expire(self, now: float, over_time_s: float) -> list[Action]:
        """Take the passing of time."""
        if now < self.deadline:
            return []
        return self.advance(Input.LATE if self.resends_left > 0 else Input.LOST, now, over_time_s)


class Memory:
    """The last messages received, to recognise repeats. A message without QN (2005 uploads) is never a repeat."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._seen: dict[tuple[str, str, str, int | None], None] = {}

    def repeats(self, packet: Packet) -> bool:
        """Note `packet` and tell whether it was noted before."""
        if packet.qn is None:
            return False
        key = (packet.mn, packet.cn, packet.qn, packet.pno)
        if key in self._seen:
            return True
        self._seen[key] = None
        if len(self._seen) > self._size:
            self._seen.pop(next(iter(self._seen)))
        return False


def referred_qn(packet: Packet) -> str | None:
    """Return the QN an answer refers to: the header's (2017, 2025), or the one inside CP (2005)."""
    return packet.qn or packet.value("QN")


def return_code(packet: Packet, field: str) -> int | None:
    """Return QnRtn or ExeRtn as a number, None if absent or no number."""
    text = packet.value(field)
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 4 else None
