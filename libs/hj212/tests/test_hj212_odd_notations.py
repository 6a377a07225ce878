"""Odd notations of lengths, CRCs, terminators and credentials: tolerated and named, or not answered."""

from __future__ import annotations

import re

import hj212
import pytest
from hj212 import (
    NEED_DATA,
    PROFILES,
    STRICT,
    Decoder,
    Edition,
    Fields,
    HostSession,
    Packet,
    Rejected,
)
from hj212.crc import crc_text
from hj212.framing import build_frame
from hj212.testing import feed, packets

GOOD = hj212.encode(
    Fields("2011", "32", "010000A8900016F000169DC0", [{"DataTime": "20260301000000"}], "20260301000000001", flag=5),
    edition=Edition.HJ_2017,
)


@pytest.mark.parametrize("tail", [b"", b"\r", b"\n", b"\r\n", b"**\r\n"])
def test_every_terminator_is_tolerated_between_frames(tail: bytes) -> None:
    frame = GOOD[:-2] + tail
    events = feed(Decoder(), [frame + frame + GOOD])
    assert [event.segment for event in events if isinstance(event, Packet)] == [GOOD[6:-6]] * 3
    assert not [event for event in events if isinstance(event, Rejected)]


def test_late_terminator_is_swallowed_and_a_missing_one_counted() -> None:
    decoder = Decoder()
    decoder.receive_data(GOOD[:-2])
    assert isinstance(decoder.next_packet(), Packet)
    decoder.receive_data(b"\r")
    assert decoder.next_packet() is NEED_DATA
    decoder.receive_data(b"\n" + GOOD[:-2])
    assert isinstance(decoder.next_packet(), Packet)
    decoder.receive_data(GOOD)
    assert isinstance(decoder.next_packet(), Packet)
    assert decoder.late_missing_terminators == 1
    assert decoder.flush() == []


@pytest.mark.parametrize("value", [0x0000, 0x0140, 0x0780])
def test_crc_without_leading_zeros_is_named(value: int) -> None:
    for number in range(100_000):
        segment = (
            b"QN=20260301000000001;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&A=%d&&" % number
        )
        if crc_text(segment) == b"%04X" % value:
            break
    frame = b"##%04d%b%X\r\n" % (len(segment), segment, value)
    assert hj212.Deviation.CRC_UNPADDED in hj212.decode(frame).deviations
    assert packets(feed(Decoder(), [frame[at : at + 1] for at in range(len(frame))]))[0].segment == segment
    assert re.fullmatch(rb"[0-9A-F]{1,3}", frame[6 + len(segment) : -2])


def test_length_of_three_digits_is_tolerated_and_named() -> None:
    segment = b"ST=32;CN=2011;PW=123456;MN=88888880000001;CP=&&DataTime=20260301000000&&"
    frame = b"##%d%b%b\r\n" % (len(segment), segment, crc_text(segment))
    frame = b"##0" + frame[2:]
    assert len(segment) < 100
    for pieces in ([frame], [frame[at : at + 1] for at in range(len(frame))]):
        (packet,) = packets(feed(Decoder(), pieces))
        assert packet.deviations == {hj212.Deviation.LENGTH_3_DIGITS}
    with pytest.raises(hj212.RemoteProtocolError):
        hj212.decode(frame, profile=STRICT)


def test_profile_without_crc_still_wants_the_segment_closed_where_its_length_says() -> None:
    data = GOOD[:60] + GOOD + GOOD[:-6] + b"0000\r\n"
    found = packets(feed(Decoder(PROFILES["no-crc"]), [data]))
    assert [packet.segment for packet in found] == [GOOD[6:-6]] * 2
    assert hj212.Deviation.CRC_UNCHECKED in found[1].deviations


def test_cn_that_would_break_out_of_its_place_is_not_answered() -> None:
    packet = hj212.decode(
        build_frame(b"QN=20260301000000001;ST=32;CN=2011##;PW=123456;MN=88888880000001;Flag=1;CP=&&&&")
    )
    assert hj212.due_answer(packet) is None


@pytest.mark.parametrize("pw", ["12 456", "#2345", "a\x7fb"])
def test_packet_whose_credentials_cannot_be_echoed_is_not_answered(pw: str) -> None:
    segment = f"QN=20260301000000001;ST=32;CN=2011;PW={pw};MN=010000A8900016F000169DC0;Flag=5;CP=&&&&"
    packet = hj212.decode(build_frame(segment.encode()))
    assert not hj212.is_answerable(packet)
    assert hj212.due_answer(packet) is None
    assert [type(action) for action in HostSession().receive(packet, 0.0)] == [hj212.Deliver]
