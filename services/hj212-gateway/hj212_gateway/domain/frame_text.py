"""Frames as text for people and logs: passwords and keys as stars, every other byte shown."""

import re

from hj212 import Packet, RemoteProtocolError, decode
from hj212.framing import build_frame

_SECRETS = re.compile(rb"(?<![0-9A-Za-z])((?:PW|NewPW|NewSK)\s*=)([^;,&\r\n]+)", re.IGNORECASE)


def header_of(raw: bytes) -> Packet | None:
    """Return the header of a frame whose CP nobody can read, as a packet without data; None when that cannot be read either."""
    place = raw.find(b";CP=&&")
    try:
        return decode(build_frame(raw[6:place] + b";CP=&&&&")) if place > 0 else None
    except RemoteProtocolError:
        return None


def in_clear(packet: Packet) -> bytes:
    """Return the frame of a packet with its CP in clear: as received, or built anew from what the key opened."""
    return build_frame(packet.segment) if packet.encrypted else packet.raw


def without_secrets(raw: bytes) -> bytes:
    """Return the bytes with the values of PW, NewPW and NewSK replaced by as many stars (places stay what they are)."""
    return _SECRETS.sub(lambda found: found[1] + b"*" * len(found[2]), raw)


def masked_text(raw: bytes) -> str:
    """Return a frame as text: UTF-8, else GB18030 (which devices send), secrets masked, what is no text as \\xNN."""
    hidden = without_secrets(raw)
    for encoding in ("utf-8", "gb18030"):
        try:
            return hidden.decode(encoding)
        except UnicodeDecodeError:
            continue
    return hidden.decode("utf-8", "backslashreplace")
