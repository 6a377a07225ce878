"""Answers to a received packet, in the form of its edition, and which answer a host owes.

2005 puts the QN of the answered message into CP; 2017 and 2025 repeat it in the header.  The version bits of the
answer are those of the packet, never a fixed Flag.  Source: HJ/T 212-2005 appendix B; HJ 212-2017 6.4.2, appendix C.
"""

from __future__ import annotations

from typing import Final

from .editions import ANSWER_COMMANDS, RULES, Edition
from .encoding import BREAKS_HEADER, Fields, assemble, cp_text, header_fields
from .errors import LocalProtocolError
from .framing import build_frame
from .packet import Packet

ST_INTERACTION: Final = "91"
QN_RETURN: Final = "9011"
EXECUTION_RETURN: Final = "9012"
NOTICE_ANSWER: Final = "9013"
DATA_ANSWER: Final = "9014"

_RETURN_FIELD: Final = {QN_RETURN: "QnRtn", EXECUTION_RETURN: "ExeRtn"}

# Commands that a device sends as a notice: the host answers 9013 (4.4 of the command tables).
_NOTICES: Final[dict[Edition, frozenset[str]]] = {
    Edition.HJT_2005: frozenset({"2072"}),
    Edition.HJ_2017: frozenset({"1013"}),
    Edition.HJ_2025: frozenset({"1013", "1001", "1014", "9015"}),
    Edition.SURFACE_WATER: frozenset({"1013", "9015"}),
    Edition.UNKNOWN: frozenset({"1013", "9015"}),
}


def is_answerable(packet: Packet) -> bool:
    """Whether an answer can be written: there is a QN to refer to (2005 uploads often have none), and what the answer
    must echo (QN, CN, PW, MN) holds no separator or control character."""
    if packet.qn is None:
        return False
    return not any(BREAKS_HEADER.search(text) for text in (packet.qn, packet.cn, packet.pw or "", packet.mn))


def due_answer(packet: Packet) -> str | None:
    """Return the command a host owes to a packet from a device: "9013", "9014" or None.

    A notice is answered 9013, other packets with the ack bit 9014; answers are never answered, nor packets without
    the ack bit, nor packets that cannot be (:func:`is_answerable`).
    """
    if packet.cn in ANSWER_COMMANDS or not is_answerable(packet):
        return None
    if packet.cn in _NOTICES[packet.edition]:
        return NOTICE_ANSWER
    return DATA_ANSWER if packet.needs_ack else None


def reply(packet: Packet, command: str, *, code: int = 1) -> bytes:
    """Return the frame that answers `packet` with `command` (9011, 9012, 9013 or 9014).

    `code` is the QnRtn of 9011 or the ExeRtn of 9012 and is not used otherwise. MN and PW are echoed as received,
    however odd. Raises LocalProtocolError if `packet` has no QN or `command` is no answer.
    """
    if command not in ANSWER_COMMANDS:
        raise LocalProtocolError(f"CN {command} is no answer (9011, 9012, 9013, 9014)")
    if packet.qn is None:
        raise LocalProtocolError("a packet without QN cannot be answered: the answer has nothing to refer to")
    returned = {_RETURN_FIELD[command]: str(code)} if command in _RETURN_FIELD else {}
    if RULES[packet.edition].answers_in_cp:
        return _reply_2005(packet, command, returned)
    # Version bits are echoed; the split and ack bits of an answer are 0.
    flag = (packet.flag or 0) & 0xFC if packet.flag is not None else (RULES[packet.edition].version_bits or 0) << 2
    fields = Fields(
        cn=command,
        st=ST_INTERACTION,
        mn=None if packet.lacks_mn else packet.mn,
        cp=[returned] if returned else [],
        qn=packet.qn,
        pw=packet.pw,
        flag=flag,
    )
    return _frame(fields, packet.edition)


def _reply_2005(packet: Packet, command: str, returned: dict[str, str]) -> bytes:
    cp: list[dict[str, str]] = [{"QN": packet.qn or ""}]
    if command == DATA_ANSWER:
        cp.append({"CN": packet.cn})
        if packet.is_split:
            cp += [{"PNO": str(packet.pno)}, {"PNUM": str(packet.pnum)}]
        fields = Fields(cn=command, st=ST_INTERACTION, mn=None, pw=None, cp=cp)
        return _frame(fields, packet.edition)
    if returned:
        cp.append(returned)
    # The printed 9011 carries Flag=0, 9012 and 9013 none (HJ/T 212-2005 appendix B).
    fields = Fields(
        cn=command,
        st=ST_INTERACTION,
        mn=None if packet.lacks_mn else packet.mn,
        pw=packet.pw,
        flag=0 if command == QN_RETURN else None,
        cp=cp,
    )
    return _frame(fields, packet.edition)


def _frame(fields: Fields, edition: Edition) -> bytes:
    return build_frame(assemble(header_fields(fields, edition), cp_text(fields.cp)))
