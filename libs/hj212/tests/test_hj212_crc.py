"""The check value: printed examples, all three forms equal, and what it cannot see."""

from __future__ import annotations

import pytest
from hj212.crc import POSSIBLE_VALUES, crc16, crc16_arc, crc16_bitwise, crc16_table, crc_text
from hj212.profiles import CrcKind, check_value
from hypothesis import given
from hypothesis import strategies as st

HEAD = b"QN=20160801085857223;"
MN = b"MN=010000A8900016F000169DC0;"
CHECKS = [
    (b"", 0xFFFF, 0xFFFF),
    (b"\x00", 0x4040, 0x40BF),
    (b"A", 0x7080, 0x707F),
    (b"123456789", 0x2F80, 0x4B37),
    (HEAD + b"ST=32;CN=1062;PW=100000;" + MN + b"Flag=5;CP=&&RtdInterval=30&&", 0x1C80, 0x0759),
    (HEAD + b"ST=32;CN=1000;PW=123456;" + MN + b"Flag=5;CP=&&OverTime=5;ReCount=3&&", 0xCAC1, 0x23E9),
    (HEAD + b"ST=91;CN=9011;PW=123456;" + MN + b"Flag=4;CP=&&QnRtn=1&&", 0x1B00, 0x896F),
    (HEAD + b"ST=91;CN=9014;PW=123456;" + MN + b"Flag=4;CP=&&&&", 0x3240, 0x44BC),
    (b"QN=20240601085857223;ST=32;CN=1011;PW=123456;" + MN + b"Flag=9;CP=&&&&", 0x2200, 0xCCF4),
]


@pytest.mark.parametrize(("data", "hj212", "modbus"), CHECKS)
def test_printed_and_computed_check_values(data: bytes, hj212: int, modbus: int) -> None:
    assert crc16(data) == crc16_table(data) == crc16_bitwise(data) == hj212
    assert crc_text(data) == b"%04X" % hj212
    assert check_value(CrcKind.MODBUS_HIGH_FIRST, data) == modbus


@given(st.binary(max_size=3000))
def test_folded_form_equals_the_printed_algorithm(data: bytes) -> None:
    assert crc16(data) == crc16_bitwise(data)


@pytest.mark.parametrize("size", [*range(0, 140), 1023, 1024, 1025, 8191, 16383, 16384, 16385, 20000])
def test_folded_form_is_right_at_every_length_boundary(size: int) -> None:
    for data in (b"\xff" * size, bytes(range(256)) * (size // 256 + 1)):
        assert crc16(data[:size]) == crc16_bitwise(data[:size])


@given(st.binary(min_size=1))
def test_only_256_values_occur(data: bytes) -> None:
    assert len(POSSIBLE_VALUES) == 256
    assert crc16(data) in POSSIBLE_VALUES
    assert crc16(data) & 0xFF in {0x00, 0x01, 0x40, 0x41, 0x80, 0x81, 0xC0, 0xC1}


@given(st.binary(min_size=9, max_size=200), st.data())
def test_bytes_swapped_at_a_distance_of_eight_are_invisible(data: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(data) - 9))
    swapped = bytearray(data)
    swapped[at], swapped[at + 8] = swapped[at + 8], swapped[at]
    assert crc16(bytes(swapped)) == crc16(data)


def test_arc_is_the_ordinary_crc16() -> None:
    assert crc16_arc(b"123456789") == 0xBB3D
