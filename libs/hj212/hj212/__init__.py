"""HJ/T 212-2005, HJ 212-2017 and HJ 212-2025: the wire protocol of Chinese environmental monitoring, both ends.

Sans-I/O: bytes in, values out; no socket, clock, log or thread inside.

    packet = hj212.decode(frame)                 # one whole frame
    decoder = hj212.Decoder()                    # a stream
    frame = hj212.encode(fields, edition=...)    # always strict
    answer = hj212.reply(packet, "9014")         # in the form of the packet's edition
"""

from . import codes, sm4
from .answers import due_answer, is_answerable, reply
from .crc import crc16
from .data_area import Group, Reading
from .decoder import NEED_DATA, Decoder, NeedData, Rejected
from .decoding import decode
from .deviations import FACTS, Deviation, DeviationFact
from .editions import Edition, detect_edition
from .encoding import Fields, encode, encode_unchecked
from .errors import Hj212Error, LocalProtocolError, Reason, RemoteProtocolError
from .packet import Packet
from .profiles import LENIENT, PROFILES, STRICT, CrcKind, Profile
from .reassembly import Message, Reassembler
from .session import (
    Deliver,
    Execute,
    Finished,
    Outcome,
    QnSequence,
    Send,
    SessionSettings,
)
from .session_device import DeviceSession, Identity
from .session_host import HostSession, Peer
from .splitting import split_fields

__version__ = "0.1.0"

__all__ = [
    "FACTS",
    "LENIENT",
    "NEED_DATA",
    "PROFILES",
    "STRICT",
    "CrcKind",
    "Decoder",
    "Deliver",
    "Deviation",
    "DeviationFact",
    "DeviceSession",
    "Edition",
    "Execute",
    "Fields",
    "Finished",
    "Group",
    "Hj212Error",
    "HostSession",
    "Identity",
    "LocalProtocolError",
    "Message",
    "NeedData",
    "Outcome",
    "Packet",
    "Peer",
    "Profile",
    "QnSequence",
    "Reading",
    "Reason",
    "Reassembler",
    "Rejected",
    "RemoteProtocolError",
    "Send",
    "SessionSettings",
    "codes",
    "crc16",
    "decode",
    "detect_edition",
    "due_answer",
    "encode",
    "encode_unchecked",
    "is_answerable",
    "reply",
    "sm4",
    "split_fields",
]
