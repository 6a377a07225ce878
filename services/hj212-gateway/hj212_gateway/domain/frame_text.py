"""Frames as text for people and logs: passwords and keys as stars, every other byte shown."""

import re

from hj212 import Packet
from hj212.framing import build_frame

_SECRETS = re.compile(rb"(?<![0-9A-Za-z])((?:PW|NewPW|NewSK)\s*=)([^;,&\r\n]+)", re.IGNORECASE)


_MN = re.compile(rb";MN=([^;,=&\r\n]{1,40});")


def mn_in(raw: bytes) -> str | None:
    """Return the MN that bytes which are no readable frame claim in their header, None without one."""
    found = _MN.search(raw, 0, 200)
    return found[1].decode("latin-1") if found else None


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
