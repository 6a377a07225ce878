"""The data logger's end: uploads and notices that must be acknowledged, and requests to be answered.

Messages that want an answer leave one at a time within their lane: a lane is the uploads of the device, or the answer
sequence of one request; the next message of a lane waits for the answer to the one before (HJ 212-2017 C.50).
Source: HJ 212-2017 6.4, appendix C; HJ/T 212-2005 appendix B; HJ 212-2025 8 (heartbeat, RF).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from .answers import is_answerable, reply
from .codes import command_forms
from .deviations import Deviation
from .editions import ACK_BIT, ANSWER_COMMANDS, RULES, Edition
from .encoding import Cp, Fields, encode
from .errors import LocalProtocolError
from .packet import Packet
from .session import (
    Action,
    Deliver,
    Exchange,
    Execute,
    Finished,
    Input,
    Memory,
    QnSequence,
    Send,
    SessionSettings,
    State,
    referred_qn,
)
from .sm4 import encrypt_frame, must_be_encrypted
from .splitting import split_fields


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the device is, on the wire; with a `key` (2025) it encrypts what is to be encrypted."""

    mn: str
    st: str
    pw: str = "123456"
    edition: Edition = Edition.HJ_2017
    key: bytes | None = field(default=None, repr=False)


_FROM_DEVICE: Final = "device->platform"
_TO_DEVICE: Final = "platform->device"

Check = Callable[[Packet, Identity], bool]


def _is_known(packet: Packet, me: Identity) -> bool:
    return any(form.direction == _TO_DEVICE for form in command_forms(packet.cn, me.edition))


# QnRtn in the order a request is judged (HJ 212-2017 table 7); the first that fails decides.
REQUEST_CHECKS: Final[tuple[tuple[int, Check], ...]] = (
    (3, lambda packet, me: packet.pw == me.pw),
    (4, lambda packet, me: packet.mn == me.mn),
    (5, lambda packet, me: packet.st == me.st),
    (6, lambda packet, me: me.edition is Edition.HJT_2005 or packet.edition is me.edition),
    (7, lambda packet, me: packet.qn is not None and Deviation.QN_FORMAT not in packet.deviations),
    (8, _is_known),
)
_CODES_2005: Final = frozenset({1, 2, 3})


class DeviceSession:
    """Dialogue state of one device on one connection."""

    def __init__(
        self, identity: Identity, settings: SessionSettings | None = None, numbers: QnSequence | None = None
    ) -> None:
        self.identity = identity
        self._settings = settings or SessionSettings()
        self._numbers = numbers or QnSequence()
        self._lanes: dict[str, deque[Exchange | Send]] = {}
        self._memory = Memory(self._settings.remembered)
        self._returned: dict[str, int] = {}

    @property
    def next_deadline(self) -> float | None:
        """When :meth:`tick` has something to do, in the caller's clock; None while nothing is awaited."""
        return min((lane[0].deadline for lane in self._lanes.values() if isinstance(lane[0], Exchange)), default=None)

    @property
    def waiting(self) -> int:
        """Messages that are out without an answer, or queued behind one."""
        return sum(len(lane) for lane in self._lanes.values())

    # --- the device speaks first --------------------------------------------------------------------------------

    def upload(
        self, cn: str, cp: Cp = (), *, at: datetime, now: float, ack: bool = True, resend: bool = False
    ) -> list[Action]:
        """Send a report, split into packets if it is too long. `ack`: ask for 9014 and send again until it comes.

        `resend` marks a supplementary upload (2025: RF=1; no mark before). Raises LocalProtocolError if the edition
        has no such upload or the message breaks its rules.
        """
        self._require_form(cn, ("upload",))
        fields = self._fields(cn, cp, ack, at)
        if resend and RULES[self.identity.edition].resend_field:
            fields = replace(fields, rf=1)
        parts = split_fields(fields, self.identity.edition)
        numbered = [parts[0], *(replace(part, qn=self._numbers.next(at)) for part in parts[1:])]
        return self._queue("upload", [self._message(part, ack) for part in numbered], now)

    def notify(self, cn: str, cp: Cp = (), *, at: datetime, now: float) -> list[Action]:
        """Send a notice or heartbeat (1013, 2072; 2025: 1001, 1014, 9015), to be answered by 9013."""
        self._require_form(cn, ("notice", "interaction"))
        return self._queue("upload", [self._message(self._fields(cn, cp, True, at), True)], now)

    def _fields(self, cn: str, cp: Cp, ack: bool, at: datetime) -> Fields:
        me = self.identity
        flag = (RULES[me.edition].version_bits or 0) << 2 | (ACK_BIT if ack else 0)
        return Fields(cn=cn, st=me.st, mn=me.mn, cp=cp, qn=self._numbers.next(at), pw=me.pw, flag=flag)

    def _require_form(self, cn: str, kinds: tuple[str, ...]) -> None:
        forms = command_forms(cn, self.identity.edition)
        if not any(form.direction == _FROM_DEVICE and form.kind in kinds for form in forms):
            raise LocalProtocolError(
                f"edition {self.identity.edition.value} has no {'/'.join(kinds)} {cn} from a device"
            )

    def _message(self, fields: Fields, wants_answer: bool) -> Exchange | Send:
        frame = encode(
            fields, edition=self.identity.edition, allow={Deviation.MN_FORMAT, Deviation.MN_EMPTY, Deviation.PW_FORMAT}
        )
        if self.identity.key is not None and must_be_encrypted(fields.cn):
            frame = encrypt_frame(frame, self.identity.key)
        if not wants_answer or fields.qn is None:
            return Send(frame, fields.cn, fields.qn)
        return Exchange(fields.qn, fields.cn, self.identity.mn, frame, State.REPORTED, self._settings.resends)

    # --- the host speaks ----------------------------------------------------------------------------------------

    def receive(self, packet: Packet, now: float) -> list[Action]:
        """Take a packet from the host: requests get 9011 (and ``Execute``), notices 9013, answers end exchanges."""
        if packet.cn in ANSWER_COMMANDS:
            return self._take_answer(packet, now)
        if packet.qn is None or not is_answerable(packet):
            return [Deliver(packet)]
        forms = command_forms(packet.cn, self.identity.edition)
        if any(form.direction == _TO_DEVICE and form.kind == "notice" for form in forms):
            repeated = self._memory.repeats(packet)
            return [Send(reply(packet, "9013"), "9013", packet.qn), Deliver(packet, repeated)]
        if self._memory.repeats(packet):
            # The host missed our 9011: say it again, but do not execute twice.
            return [self._handshake(packet, self._returned.get(packet.qn, 1))]
        code = self._judge(packet)
        self._returned[packet.qn] = code
        if len(self._returned) > self._settings.remembered:
            self._returned.pop(next(iter(self._returned)))
        actions: list[Action] = [self._handshake(packet, code)]
        if code == 1:
            actions.append(Execute(packet))
        return actions

    def finish(
        self,
        request: Packet,
        result: int = 1,
        data: Sequence[Cp] = (),
        *,
        at: datetime,
        now: float,
        own_numbers: bool = False,
        ack: bool = False,
    ) -> list[Action]:
        """Send the data of a request and its 9012 with ExeRtn `result`.

        `own_numbers`: history data, each message with a QN of its own; otherwise (a single value) the QN of the
        request. `ack`: each data message waits for its 9014.
        """
        me = self.identity
        messages: list[Exchange | Send] = []
        for cp in data:
            fields = self._fields(request.cn, self._with_qn(cp, request, own_numbers), ack, at)
            if not own_numbers:
                fields = replace(fields, qn=None if RULES[me.edition].answers_in_cp else request.qn)
            for part in split_fields(fields, me.edition):
                qn = self._numbers.next(at) if own_numbers and part.pno not in (None, 1) else part.qn
                messages.append(self._message(replace(part, qn=qn), ack))
        messages.append(Send(reply(request, "9012", code=result), "9012", request.qn))
        return self._queue(f"request {request.qn}", messages, now)

    def _with_qn(self, cp: Cp, request: Packet, own_numbers: bool) -> Cp:
        if own_numbers or not RULES[self.identity.edition].answers_in_cp:
            return cp
        return [{"QN": request.qn or ""}, *cp]

    def _judge(self, packet: Packet) -> int:
        for code, holds in REQUEST_CHECKS:
            if not holds(packet, self.identity):
                # HJ/T 212-2005 knows only ready, refused and password error.
                return code if self.identity.edition is not Edition.HJT_2005 or code in _CODES_2005 else 2
        return 1

    def _handshake(self, packet: Packet, code: int) -> Send:
        return Send(reply(packet, "9011", code=code), "9011", packet.qn)

    def _take_answer(self, packet: Packet, now: float) -> list[Action]:
        qn = referred_qn(packet)
        for name, lane in list(self._lanes.items()):
            head = lane[0]
            if isinstance(head, Exchange) and head.qn == qn and packet.cn in ("9013", "9014"):
                actions = head.advance(Input.ACKNOWLEDGED, now, self._settings.over_time_s)
                lane.popleft()
                return actions + self._run(name, now)
        return [Deliver(packet)]

    # --- lanes and time -----------------------------------------------------------------------------------------

    def _queue(self, name: str, messages: list[Exchange | Send], now: float) -> list[Action]:
        lane = self._lanes.get(name)
        if lane is not None:
            lane.extend(messages)
            return []
        self._lanes[name] = deque(messages)
        return self._run(name, now)

    def _run(self, name: str, now: float) -> list[Action]:
        """Send from a lane up to and including the first message that must be answered."""
        lane = self._lanes[name]
        actions: list[Action] = []
        while lane:
            head = lane[0]
            if isinstance(head, Exchange):
                head.deadline = now + self._settings.over_time_s
                actions.append(Send(head.frame, head.cn, head.qn))
                return actions
            actions.append(head)
            lane.popleft()
        del self._lanes[name]
        return actions

    def tick(self, now: float) -> list[Action]:
        """Let time pass: send again, or give up a message and go on with the next of its lane."""
        actions: list[Action] = []
        for name, lane in list(self._lanes.items()):
            head = lane[0]
            if not isinstance(head, Exchange):
                continue
            happened = head.expire(now, self._settings.over_time_s)
            actions += happened
            if any(isinstance(action, Finished) for action in happened):
                lane.popleft()
                actions += self._run(name, now)
        return actions
