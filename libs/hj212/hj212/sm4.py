"""SM4 encryption of CP as HJ 212-2025 6.4.4 prints it: ECB, whole blocks only, the rest in clear, CRC over plaintext.

The data segment is assembled and its CRC computed first; then the characters between ``CP=&&`` and the closing ``&&``
are encrypted in consecutive 16-byte blocks and the last ``length % 16`` bytes stay as they are.  The length does not
change.  No marker tells a receiver that CP is encrypted, so it is recognised by its CRC: if the CRC does not fit the
bytes as received but fits what the device's key makes of them, and that is printable text with a known beginning,
they were encrypted.  The printed examples show the ciphertext as ``{0xE4,0x3E,..}``; some senders take that, or plain
hex, literally: both are read, and named as a departure.

SM4 itself comes from `cryptography` (which binds OpenSSL), the optional extra ``hj212[sm4]``.
Sources: HJ 212-2025 6.4.4, A.2 (both examples reproduced); GB/T 32907-2016 (SM4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from .crc import crc16
from .deviations import Deviation
from .errors import LocalProtocolError
from .framing import HEAD, Opened

BLOCK: Final = 16
_CP_OPEN: Final = b"CP=&&"
_CP_CLOSE: Final = b"&&"
_MN: Final = re.compile(rb"(?:^|;)MN=([^;,=&]*);")
_LITERAL: Final = re.compile(rb"\{?(?:0[xX][0-9A-Fa-f]{2},?)+\}?")
_HEX: Final = re.compile(rb"(?:[0-9A-Fa-f]{2})+")
# What a plaintext CP may begin with: a name or code, then = (the 8-bit CRC alone would err once in 256).
_PLAUSIBLE: Final = re.compile(r"\s*[0-9A-Za-z][0-9A-Za-z_-]*\s*=")


def is_available() -> bool:
    """Whether the optional dependency is installed."""
    try:
        import cryptography  # noqa: F401
    except ImportError:
        return False
    return True


def _transform(data: bytes, key: bytes, encrypting: bool) -> bytes:
    """Run SM4-ECB over `data` (whole blocks). Raises LocalProtocolError without the extra or for a bad key."""
    if len(key) != BLOCK:
        raise LocalProtocolError(f"an SM4 key has 16 bytes, this one {len(key)}")
    try:
        from cryptography.hazmat.primitives.ciphers import Cipher, modes
        from cryptography.hazmat.primitives.ciphers.algorithms import SM4
    except ImportError as error:
        raise LocalProtocolError("SM4 needs the optional extra: pip install 'hj212[sm4]'") from error
    cipher = Cipher(SM4(key), modes.ECB())  # noqa: S305 - the standard prescribes ECB
    worker = cipher.encryptor() if encrypting else cipher.decryptor()
    return worker.update(data) + worker.finalize()


def encrypt_blocks(text: bytes, key: bytes) -> bytes:
    """Encrypt the whole 16-byte blocks of `text`; the rest stays in clear, the length stays the same."""
    whole = len(text) - len(text) % BLOCK
    return _transform(text[:whole], key, True) + text[whole:] if whole else text


def decrypt_blocks(text: bytes, key: bytes) -> bytes:
    """Undo :func:`encrypt_blocks`."""
    whole = len(text) - len(text) % BLOCK
    return _transform(text[:whole], key, False) + text[whole:] if whole else text


def encrypt_frame(frame: bytes, key: bytes) -> bytes:
    """Return a whole plaintext frame with its CP content encrypted; length and CRC stay those of the plaintext.

    Raises LocalProtocolError if `frame` is no frame with a CP.
    """
    start = frame.find(_CP_OPEN)
    if frame[:2] != HEAD or start < 0:
        raise LocalProtocolError("not a frame with a CP")
    start += len(_CP_OPEN)
    end = 6 + int(frame[2:6]) - len(_CP_CLOSE)
    if end < start or frame[end : end + 2] != _CP_CLOSE:
        raise LocalProtocolError("CP of the frame is not closed where its length says")
    return frame[:start] + encrypt_blocks(frame[start:end], key) + frame[end:]


def must_be_encrypted(cn: str) -> bool:
    """Whether CP of this upload is to be encrypted on the Internet: 2000-2999, 1014, 3020 (HJ 212-2025 6.4.4)."""
    return cn in ("1014", "3020") or (len(cn) == 4 and cn[0] == "2")


Keys = bytes | Sequence[bytes] | None
"""The key of a device, or several that may be in use (newest first, while a new one is handed over), or none."""


def open_segment(segment: bytes, declared: int, key_for: Callable[[str], Keys]) -> Opened | None:
    """Return the plaintext of an encrypted segment whose CRC is `declared`, and the departures; None if it is not one.

    `key_for` gives the keys of an MN; they are tried in turn.
    """
    start = segment.find(_CP_OPEN) + len(_CP_OPEN)
    if start < len(_CP_OPEN) or not segment.endswith(_CP_CLOSE) or len(segment) < start + 2 + BLOCK:
        return None
    match = _MN.search(segment, 0, start)
    found = key_for(match[1].decode("latin-1")) if match else None
    if not found:
        return None
    readings = _readings_of_cipher(segment[start:-2])
    for number, key in enumerate([found] if isinstance(found, bytes) else found):
        for cipher, named in readings:
            plain = decrypt_blocks(cipher, key)
            opened = segment[:start] + plain + _CP_CLOSE
            if crc16(opened) == declared and _is_plausible(plain):
                return Opened(opened, named, number)
    return None


def _readings_of_cipher(content: bytes) -> list[tuple[bytes, frozenset[Deviation]]]:
    """Return what the ciphertext may be: the bytes themselves, a {0x..} list, or hex text."""
    found: list[tuple[bytes, frozenset[Deviation]]] = [(content, frozenset())]
    as_text = frozenset({Deviation.CIPHER_AS_TEXT})
    literal = _LITERAL.match(content)
    if literal:
        digits = re.findall(rb"0[xX]([0-9A-Fa-f]{2})", literal[0])
        found.append((bytes.fromhex(b"".join(digits).decode()) + content[literal.end() :], as_text))
    hexes = _HEX.match(content)
    if hexes and len(hexes[0]) >= 2 * BLOCK:
        whole = len(hexes[0]) - len(hexes[0]) % (2 * BLOCK)
        found.append((bytes.fromhex(content[:whole].decode()) + content[whole:], as_text))
    return found


def _is_plausible(plain: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        try:
            text = plain.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.isprintable() and _PLAUSIBLE.match(text) is not None
    return False
