"""Frames as text for people and logs: passwords and keys as stars, every other byte shown."""

import re

_SECRETS = re.compile(rb"(?<![0-9A-Za-z])((?:PW|NewPW|NewSK)\s*=)([^;,&\r\n]+)", re.IGNORECASE)


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
