"""Passwords that are being handed over (1072): which are accepted meanwhile, and which one is in force.

    offered     the command is on its way, or nobody knows what became of it: the device may use either
    confirmed   the device has said it took the new one (9012), or has used it; the register follows, the old one still passes
                for a while, because frames may be under way

The register is the truth: a registered password that is neither the old nor the new one ends the hand-over.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

OFFERED, CONFIRMED = "offered", "confirmed"


class Handover(NamedTuple):
    """One password on its way to a device. Until `ends_at` the other of both is accepted too."""

    command_id: UUID
    mn: str
    old: str
    new: str
    state: str
    ends_at: datetime


class Credentials:
    """The hand-overs that are open, by MN; replaced as a whole when they are read again."""

    def __init__(self) -> None:
        self._open: dict[str, list[Handover]] = {}
        self._used: dict[UUID, Handover] = {}

    def put(self, handovers: Iterable[Handover]) -> None:
        """Replace what is known; the newest hand-over of a device comes last."""
        self._open = {}
        for handover in handovers:
            self._open.setdefault(handover.mn, []).append(handover)

    def accepts(self, mn: str, given: str | None, registered: str, at: datetime) -> bool:
        """Whether a password that is not the registered one passes; its use confirms an offered one."""
        for handover in self._open.get(mn, ()):
            if registered not in (handover.old, handover.new) or at >= handover.ends_at:
                continue
            if given == handover.new and handover.state == OFFERED:
                self._used[handover.command_id] = handover
            if given in (handover.old, handover.new):
                return True
        return False

    def in_force(self, mn: str, registered: str) -> str:
        """Return the password for commands to a device: a confirmed new one even before the register says so."""
        for handover in reversed(self._open.get(mn, ())):
            if handover.state == CONFIRMED and handover.old == registered:
                return handover.new
        return registered

    def take_used(self) -> list[Handover]:
        """Return the offered ones that a device has used since the last call."""
        used, self._used = list(self._used.values()), {}
        return used

    def put_back(self, used: Iterable[Handover]) -> None:
        """Take back what could not be stored."""
        self._used |= {handover.command_id: handover for handover in used}
