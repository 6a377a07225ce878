"""The platform's end: requests to devices, answers to their uploads and notices.

Every form of the command table is served by its kind (get, set, control, notice, upload), not by code of its own.
Source: HJ 212-2017 6.4, appendix C; HJ/T 212-2005 appendix B.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from .answers import due_answer, reply
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
    Finished,
    Input,
    Memory,
    QnSequence,
    Send,
    SessionSettings,
    State,
    referred_qn,
    return_code,
)
from .sm4 import encrypt_frame

FIRST_CONNECTION: Final = ("1012", "1000", "1062", "1064", "2011", "2021")
"""Order in which a platform configures a new logger (HJ 212-2017 6.7; 2012 and 2022 where reports are unwanted)."""

KEY_COMMANDS: Final = frozenset({"1014"})
"""Requests that are encrypted.

ASSUMPTION: HJ 212-2025 6.4.4 names 1014 without a direction, so the host's 1014, which carries the new key, is encrypted
with the key in force like the device's; requests 2000-2999 and all answers are in clear. To disprove: the bytes of CP in
example C.8 of the official text, or a logger that takes the new key only in clear.
"""
_TO_DEVICE: Final = "platform->device"


@dataclass(frozen=True, slots=True)
class Peer:
    """The device a host talks to: what its requests carry in the header, and the key in force that hides a new one."""

    mn: str
    st: str
    pw: str = "123456"
    edition: Edition = Edition.HJ_2017
    key: bytes | None = field(default=None, repr=False)


class HostSession:
    """Dialogue state of a platform on one connection (one or more devices behind it)."""

    def __init__(self, settings: SessionSettings | None = None, numbers: QnSequence | None = None) -> None:
        """`numbers` may be shared by all sessions of a platform, so that a QN names one request."""
        self._settings = settings or SessionSettings()
        self._numbers = numbers or QnSequence()
        self._open: dict[str, Exchange] = {}
        self._memory = Memory(self._settings.remembered)

    @property
    def next_deadline(self) -> float | None:
        """When :meth:`tick` has something to do, in the caller's clock; None while nothing is awaited."""
        return min((exchange.deadline for exchange in self._open.values()), default=None)

    def request(self, peer: Peer, cn: str, cp: Cp = (), *, at: datetime, now: float) -> list[Action]:
        """Begin a request (get, set, control) or notice (2012, 2022) to a device; the QN is in the ``Send``.

        Raises LocalProtocolError if the peer's edition has no such command towards a device, if the same command to
        that device is still running (its data could not be told apart), or if the message breaks the edition's rules.
        """
        forms = [form for form in command_forms(cn, peer.edition) if form.direction == _TO_DEVICE]
        if not forms:
            raise LocalProtocolError(f"edition {peer.edition.value} has no command {cn} towards a device")
        if any(exchange.cn == cn and exchange.mn == peer.mn for exchange in self._open.values()):
            raise LocalProtocolError(f"command {cn} to {peer.mn} is still running")
        qn = self._numbers.next(at)
        bits = RULES[peer.edition].version_bits or 0
        fields = Fields(cn=cn, st=peer.st, mn=peer.mn, cp=cp, qn=qn, pw=peer.pw, flag=bits << 2 | ACK_BIT)
        # The device's own MN is used as it is; everything else must be right.
        frame = encode(fields, edition=peer.edition, allow={Deviation.MN_FORMAT, Deviation.MN_EMPTY})
        if peer.key is not None and cn in KEY_COMMANDS:
            frame = encrypt_frame(frame, peer.key)
        is_notice = all(form.kind == "notice" for form in forms)
        state = State.REPORTED if is_notice else State.REQUESTED
        exchange = Exchange(qn, cn, peer.mn, frame, state, self._settings.resends)
        exchange.deadline = now + self._settings.over_time_s
        self._open[qn] = exchange
        return [Send(frame, cn, qn)]

    def receive(self, packet: Packet, now: float) -> list[Action]:
        """Take a packet from the device: answers move exchanges on; uploads and notices are acknowledged, delivered.

        A repeat (same QN) is acknowledged again and delivered as repeated. Answers nobody waits for are delivered.
        """
        if packet.cn in ANSWER_COMMANDS:
            return self._take_answer(packet, now)
        actions: list[Action] = []
        due = due_answer(packet)
        if due is not None:
            actions.append(Send(reply(packet, due), due, packet.qn))
        actions.append(Deliver(packet, self._memory.repeats(packet)))
        exchange = self._exchange_of_data(packet)
        if exchange is not None:
            actions += self._advance(exchange, Input.DATA, now)
        return actions

    def tick(self, now: float) -> list[Action]:
        """Let time pass: resend, or end what was not answered. Call at :attr:`next_deadline`."""
        actions: list[Action] = []
        for exchange in list(self._open.values()):
            actions += self._settle(exchange, exchange.expire(now, self._settings.over_time_s))
        return actions

    def _take_answer(self, packet: Packet, now: float) -> list[Action]:
        exchange = self._open.get(referred_qn(packet) or "")
        happened, code = _meaning(packet)
        if exchange is None or happened is None:
            return [Deliver(packet)]
        actions = self._advance(exchange, happened, now, code)
        if packet.cn == "9012" and packet.needs_ack:
            actions.insert(0, Send(reply(packet, "9014"), "9014", packet.qn))
        return actions

    def _exchange_of_data(self, packet: Packet) -> Exchange | None:
        """Single values repeat the QN of the request; history data have their own and are told by MN and CN."""
        exchange = self._open.get(referred_qn(packet) or "")
        if exchange is not None and exchange.cn == packet.cn:
            return exchange
        for other in self._open.values():
            if other.cn == packet.cn and other.mn == packet.mn and other.state is State.RUNNING:
                return other
        return None

    def _advance(self, exchange: Exchange, happened: Input, now: float, code: int | None = None) -> list[Action]:
        return self._settle(exchange, exchange.advance(happened, now, self._settings.over_time_s, code))

    def _settle(self, exchange: Exchange, actions: list[Action]) -> list[Action]:
        if any(isinstance(action, Finished) for action in actions):
            self._open.pop(exchange.qn, None)
        return actions


def _meaning(packet: Packet) -> tuple[Input | None, int | None]:
    """Return what an answer tells an exchange, and its code."""
    if packet.cn == "9011":
        code = return_code(packet, "QnRtn")
        return (Input.READY if code == 1 else Input.REFUSED), code
    if packet.cn == "9012":
        code = return_code(packet, "ExeRtn")
        return (Input.EXECUTED if code == 1 else Input.FAILED), code
    return Input.ACKNOWLEDGED, None
