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
_TAIL: Final = tuple(b"%04X\r\n" % value for value in _T)

POSSIBLE_VALUES: Final = frozenset(_T)
"""The 256 values an HJ 212 CRC can take; any other CRC text comes from another algorithm."""

# Folds (width in bits, mask of that width) for a message of up to 1 << k bytes, widest first; a message of n bytes
# uses entry (n - 1).bit_length().  Messages above 16 KiB take the table form (no frame is that long).
_FOLD_LIMIT: Final = 1 << 14
_FOLDS: Final = tuple(tuple((64 << j, (1 << (64 << j)) - 1) for j in range(k - 4, -1, -1)) for k in range(15))
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


def _last_index(data: bytes) -> int:
    """Return the table index of the final step (the state before it xor the last byte); `data` is not empty."""
    size = len(data)
    if size > _FOLD_LIMIT:
        register = SEED
        for byte in data[:-1]:
            register = _T[(register >> 8) ^ byte]
        return (register >> 8) ^ data[-1]
    folded = int.from_bytes(data, "big")
    for width, mask in _FOLDS[(size - 1).bit_length()]:
        folded = (folded >> width) ^ (folded & mask)
    folded ^= _SEED_LANES[size & 7]
    a, b, c, d, e, f, g, h = folded.to_bytes(8, "big")
    table = _H
    return table[table[table[table[table[table[table[a] ^ b] ^ c] ^ d] ^ e] ^ f] ^ g] ^ h


def crc16(data: bytes) -> int:
    """Return the HJ 212 check value of a data segment (first byte after the length through the closing ``&&``).

    0..65535; the empty segment gives FFFF.  Source: HJ 212-2017 appendix A.  Fast form, see the module text.
    """
    return _T[_last_index(data)] if data else SEED


def crc_text(data: bytes) -> bytes:
    """Return the four wire characters of the check value: upper-case hex, most significant digit first."""
    return _TEXT[_last_index(data)] if data else b"FFFF"


def crc_tail(data: bytes) -> bytes:
    """Return what follows a data segment in its frame: the four characters of the check value, CR, LF."""
    return _TAIL[_last_index(data)] if data else b"FFFF\r\n"


def crc16_arc(data: bytes, seed: int = 0) -> int:
    """Return CRC-16/ARC (seed 0) or, with seed FFFF, CRC-16/MODBUS: what some devices send instead."""
    register = seed
    for byte in data:
        register = (register >> 8) ^ _T[(register ^ byte) & 0xFF]
    return register
