"""The HJ 212 check value, its wire text, and the wrong ones that devices send.

HJ 212-2017 appendix A calls it "ANSI CRC16", yet it is neither CRC-16/ARC nor CRC-16/MODBUS: before each byte the
high byte of the register moves down and the low byte is *lost*.  :func:`crc16_bitwise` is the printed algorithm.

Why a whole message folds into a handful of operations
------------------------------------------------------
Let ``T`` be the ordinary CRC-16/ARC table.  A step is ``reg = T[(reg >> 8) ^ b]``, so only the high byte ``h`` of the
register is state: ``h' = H[h ^ b]`` with ``H[x] = T[x] >> 8``.  ``H`` is linear over GF(2) (a CRC table is), hence

    h_n = L^n h_0  xor  L^n b_1  xor  L^(n-1) b_2  xor ... xor  L b_n        (L: the 8x8 bit matrix of H)

and ``L^8`` is the identity.  Bytes whose distance to the end is equal modulo 8 therefore pass through the same power
of ``L`` and may be xor-ed together *first*.  So: read the message as one big integer, fold it onto its own low half
until 64 bits are left (each fold is a shift, a mask and a xor over what remains), xor the seed into the lane of the
first byte, and run the eight remaining bytes through ``H``.  A message that does not fill its lanes behaves as one
with zero bytes in front, and these change nothing: the seed enters at the first real byte, and ``H[0] = 0``.

Consequence for users: the check has 256 possible values (:data:`POSSIBLE_VALUES`), passes 1 random error in 256, and
cannot see two bytes swapped at a distance of a multiple of 8.
Source: HJ 212-2017 appendix A (C code and printed frame, CRC 1C80); HJ/T 212-2005 appendix A.
"""

from __future__ import annotations

from typing import Final

SEED: Final = 0xFFFF
POLYNOMIAL: Final = 0xA001


def _arc_entry(index: int) -> int:
    value = index
    for _ in range(8):
        value = (value >> 1) ^ POLYNOMIAL if value & 1 else value >> 1
    return value


_T: Final = tuple(_arc_entry(index) for index in range(256))
_H: Final = tuple(value >> 8 for value in _T)
_TEXT: Final = tuple(b"%04X" % value for value in _T)
TAILS: Final = tuple(b"&&%04X\r\n" % value for value in _T)
"""The end of a frame by :func:`last_index`: the closing ``&&`` of its segment, the check value, CR, LF."""

POSSIBLE_VALUES: Final = frozenset(_T)
"""The 256 values an HJ 212 CRC can take; any other CRC text comes from another algorithm."""

# Folds (width in bits, mask of that width) of a message of up to 16 KiB down to 1024 bytes, widest first.  Longer
# messages take the table form (no frame is that long).
_FOLD_LIMIT: Final = 1 << 14
_UNROLLED: Final = 1 << 10
_WIDE_FOLDS: Final = tuple((width, (1 << width) - 1) for width in (65536, 32768, 16384, 8192))
_LOW_2048: Final = (1 << 2048) - 1
_LOW_512: Final = (1 << 512) - 1
_LOW_64: Final = (1 << 64) - 1
_from_bytes: Final = int.from_bytes  # looked up once: it is called for every frame
# The seed in the lane of the first byte, by message length modulo 8.
_SEED_LANES: Final = tuple(0xFF << ((8 * size - 8) & 63) for size in range(8))


def crc16_bitwise(data: bytes) -> int:
    """Return the check value computed bit by bit, as HJ 212-2017 appendix A prints it (slow; the reference)."""
    register = SEED
    for byte in data:
        register = (register >> 8) ^ byte
        for _ in range(8):
            carry = register & 1
            register >>= 1
            if carry:
                register ^= POLYNOMIAL
    return register


def crc16_table(data: bytes) -> int:
    """Return the same value with one table step per byte."""
    register = SEED
    for byte in data:
        register = _T[(register >> 8) ^ byte]
    return register


def last_index(data: bytes) -> int:
    """Return the table index of the final step (the state before it xor the last byte); `data` is not empty."""
    size = len(data)
    if size > _FOLD_LIMIT:
        register = SEED
        for byte in data[:-1]:
            register = _T[(register >> 8) ^ byte]
        return (register >> 8) ^ data[-1]
    folded = _from_bytes(data, "big")
    if size > _UNROLLED:
        for width, mask in _WIDE_FOLDS:
            folded = (folded >> width) ^ (folded & mask)
    # From 1024 bytes on written out: a loop costs a quarter more.  A fold without mask leaves rubbish above its width,
    # which no later fold brings down into the part that counts; a mask only keeps the numbers short, so not each has one.
    folded ^= folded >> 4096
    folded = (folded ^ folded >> 2048) & _LOW_2048
    folded ^= folded >> 1024
    folded = (folded ^ folded >> 512) & _LOW_512
    folded ^= folded >> 256
    folded ^= folded >> 128
    folded = (folded ^ folded >> 64) & _LOW_64 ^ _SEED_LANES[size & 7]
    a, b, c, d, e, f, g, h = folded.to_bytes(8, "big")
    table = _H
    return table[table[table[table[table[table[table[a] ^ b] ^ c] ^ d] ^ e] ^ f] ^ g] ^ h


def crc16(data: bytes) -> int:
    """Return the HJ 212 check value of a data segment (first byte after the length through the closing ``&&``).

    0..65535; the empty segment gives FFFF.  Source: HJ 212-2017 appendix A.  Fast form, see the module text.
    """
    return _T[last_index(data)] if data else SEED


def crc_text(data: bytes) -> bytes:
    """Return the four wire characters of the check value: upper-case hex, most significant digit first."""
    return _TEXT[last_index(data)] if data else b"FFFF"


def crc16_arc(data: bytes, seed: int = 0) -> int:
    """Return CRC-16/ARC (seed 0) or, with seed FFFF, CRC-16/MODBUS: what some devices send instead."""
    register = seed
    for byte in data:
        register = (register >> 8) ^ _T[(register ^ byte) & 0xFF]
    return register
