"""Properties and a short fuzz run. Invariant: a packet, NEED_DATA, a Rejected or RemoteProtocolError, nothing else.

`HJ212_FUZZ_EXAMPLES` sets the examples per property (`make fuzz` asks for many).
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from typing import Any

import hj212
import pytest
from hj212 import (
    LENIENT,
    NEED_DATA,
    PROFILES,
    STRICT,
    Decoder,
    DeviceSession,
    Edition,
    Fields,
    HostSession,
    Identity,
    Packet,
    Rejected,
)
from hj212.crc import crc_text
from hj212.data_area import groups_of, parse_items, readings_of
from hj212.decoder import NOISE_CHUNK, Event
from hj212.decoding import _QUICK_SLOTS, _read_in_python, quick_packet
from hj212.editions import MAX_SEGMENT
from hj212.framing import build_frame
from hj212.layouts import COMPILE_AT, MAX_HINTS, MAX_LAYOUTS, _hints, _layouts, cut, read
from hj212.segment import Header, read_header
from hj212.speed import SPEED
from hj212.testing import drain, feed, packets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("HJ212_FUZZ_EXAMPLES", "60"))
fuzzed = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# --- what a strict sender may say -------------------------------------------------------------------------------

codes = st.sampled_from(["w01018", "w21003", "a34013", "a21026", "011", "B01", "Leq"])
numbers = st.from_regex(r"-?[0-9]{1,5}(\.[0-9]{1,4})?", fullmatch=True)
moments = st.datetimes(min_value=datetime(1990, 1, 1)).map(  # noqa: DTZ001 - naive, as on the wire
    lambda at: at.strftime("%Y%m%d%H%M%S")
)


@st.composite
def items(draw: st.DrawFn) -> list[dict[str, str | list[str]]]:
    cp: list[dict[str, str | list[str]]] = [{"DataTime": draw(moments).rjust(14, "0")}]
    for code in draw(st.lists(codes, unique=True, max_size=5)):
        attributes = draw(st.lists(st.sampled_from(["Rtd", "Avg", "Min", "Max", "Cou"]), unique=True, min_size=1))
        group: dict[str, str | list[str]] = {f"{code}-{attribute}": draw(numbers) for attribute in attributes}
        if draw(st.booleans()):
            group[f"{code}-Flag"] = draw(st.sampled_from("NFMSDCTB"))
        cp.append(group)
    return cp


@st.composite
def strict_fields(draw: st.DrawFn) -> tuple[Fields, Edition]:
    edition = draw(st.sampled_from([Edition.HJT_2005, Edition.HJ_2017, Edition.HJ_2025]))
    bits = {Edition.HJT_2005: 0, Edition.HJ_2017: 4, Edition.HJ_2025: 8}[edition]
    total = draw(st.one_of(st.none(), st.integers(1, 9)))
    fields = Fields(
        cn=draw(st.sampled_from(["2011", "2051", "2061", "2031"])),
        st=draw(st.sampled_from(["22", "31", "32"])),
        mn="88888880000001" if edition is Edition.HJT_2005 else draw(st.from_regex(r"[0-9A-F]{24}", fullmatch=True)),
        cp=draw(items()),
        qn=draw(st.from_regex(r"[0-9]{17}", fullmatch=True)),
        pw=draw(st.from_regex(r"[0-9a-zA-Z]{6}", fullmatch=True)),
        flag=bits | draw(st.integers(0, 1)) | (2 if total else 0),
        pnum=total,
        pno=draw(st.integers(1, total)) if total else None,
        rf=1 if edition is Edition.HJ_2025 and draw(st.booleans()) else None,
    )
    return fields, edition


@fuzzed
@given(strict_fields())
def test_encode_then_decode_then_encode_is_identity(drawn: tuple[Fields, Edition]) -> None:
    fields, edition = drawn
    frame = hj212.encode(fields, edition=edition)
    packet = hj212.decode(frame, profile=STRICT)
    assert packet.edition is edition
    assert (packet.qn, packet.cn, packet.st, packet.mn, packet.pw) == (
        fields.qn,
        fields.cn,
        fields.st,
        fields.mn,
        fields.pw,
    )
    assert (packet.flag, packet.pnum, packet.pno, packet.rf) == (fields.flag, fields.pnum, fields.pno, fields.rf)
    assert packet.cp == fields.cp
    assert hj212.encode(packet) == frame


@fuzzed
@given(strict_fields())
def test_quick_and_clear_reader_agree(drawn: tuple[Fields, Edition]) -> None:
    fields, edition = drawn
    frame = hj212.encode(fields, edition=edition)
    for _ in range(COMPILE_AT + 2):
        packet = hj212.decode(frame)
        clear = parse_items(packet.cp_text)
        assert packet.cp == groups_of(clear.groups)
        assert packet.readings() == readings_of(clear.groups)
        assert packet.deviations == clear.deviations


# What one device and command may send next: the same keys, other keys, or values that a pattern could misread.
NEXT = st.lists(
    st.sampled_from(
        [
            "DataTime=20260301000000;w01018-Rtd=1.5,w01018-Flag=N",
            "DataTime=20260301000000;w01018-Rtd=,w01018-Flag=N",
            "DataTime=20260301000000;w01018-Rtd=1.5 ,w01018-Flag=N",
            "DataTime=20260301000000;w01018-Rtd=1=5,w01018-Flag=N",
            "DataTime=20260301000000;w01018-Rtd=//a;b//,w01018-Flag=N",
            "DataTime=20260301000000;w01018-Rtd=1.5;w01018-Flag=N",
            "DataTime=20260301000000;w01018-Rtd=1.5,w01018-Flag=N;",
            "DataTime=20261301000000;w21003-Rtd=1.5,w21003-Flag=N",
            "DataTime=2026030100000;w01018-Rtd=1.5,w01018-Flag=N",
            "w01018-Rtd=1.5\n",
            "w01018-Rtd=1.5",
            "w01018-Rtd=1,w01018-Rtd=2",
        ]
    ),
    max_size=40,
)


@fuzzed
@given(NEXT)
def test_hints_never_change_what_is_read(texts: list[str]) -> None:
    hint_cn = "2051"
    for text in texts * 2:
        clear = parse_items(text)
        tokens = cut(text.encode(), 0, len(text), ("MN", "2051"))
        if tokens is not None:
            assert tokens[0].groups(tokens[1]) == groups_of(clear.groups)
            assert tokens[0].deviations(tokens[1]) == clear.deviations
            assert tokens[0].readings(tokens[1]) == readings_of(clear.groups)
            assert read(b"<" + text.encode() + b">", 1, len(text) + 1, ("MN", hint_cn)) == readings_of(clear.groups)


cp_texts = st.text(alphabet="w01018-RtdFlagNDataTime=;, /&.9\u6e05", max_size=80)


@fuzzed
@given(cp_texts)
def test_any_cp_text_is_read_equally_by_both_readers(text: str) -> None:
    clear = parse_items(text)
    assert all(reading.text for reading in readings_of(clear.groups))
    hint_cn = "2011"
    for _ in range(COMPILE_AT + 2):  # learned, from the cache, by its own pattern
        tokens = cut(text.encode(), 0, len(text), ("MN", "2011")) if text.isascii() else None
        if tokens is not None:
            assert tokens[0].groups(tokens[1]) == groups_of(clear.groups)
            assert tokens[0].deviations(tokens[1]) == clear.deviations
            assert tokens[0].readings(tokens[1]) == readings_of(clear.groups)
            assert read(b"<" + text.encode() + b">", 1, len(text) + 1, ("MN", hint_cn)) == readings_of(clear.groups)
    assert len(_layouts) <= MAX_LAYOUTS
    assert len(_hints) <= MAX_HINTS


# --- streams ----------------------------------------------------------------------------------------------------

GOOD = hj212.encode(
    Fields("2011", "32", "010000A8900016F000169DC0", [{"DataTime": "20260301000000"}], "20260301000000001", flag=5),
    edition=Edition.HJ_2017,
)
hostile = st.one_of(
    st.just(GOOD),
    st.just(GOOD[:-2]),
    st.just(GOOD[:40]),
    st.just(GOOD.replace(b"2026", b"2027")),
    st.just(b"##0999"),
    st.just(b"##9999QN="),
    st.just(b"####"),
    st.just(b"&&1C80\r\n"),
    st.just(b"\r\n"),
    st.binary(max_size=30),
    st.text(alphabet="#0123&;=,CPMNQ\r\n", max_size=30).map(str.encode),
)
streams = st.lists(hostile, max_size=12).map(b"".join)


@fuzzed
@given(streams, st.lists(st.integers(1, 60), min_size=1, max_size=20), st.sampled_from(sorted(PROFILES)))
def test_any_cut_of_any_stream_gives_the_same_packets(data: bytes, sizes: list[int], name: str) -> None:
    pieces: list[bytes] = []
    at = 0
    while at < len(data):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[at : at + size])
        at += size
    profile = PROFILES[name]
    whole = packets(feed(Decoder(profile), [data]))
    assert packets(feed(Decoder(profile), pieces)) == whole
    assert packets(feed(Decoder(profile), [data[at : at + 1] for at in range(len(data))])) == whole


@fuzzed
@given(streams)
def test_nothing_of_a_stream_vanishes_and_nothing_comes_twice(data: bytes) -> None:
    decoder = Decoder()
    events = feed(decoder, [data])
    assert b"".join(event.raw for event in events) == data
    assert decoder.pending == 0


@fuzzed
@given(streams)
def test_good_frame_after_any_bytes_is_found(data: bytes) -> None:
    # A line feed first: bytes that already claim the next ones as their own text could otherwise include the frame.
    events = feed(Decoder(), [data, b"\r\n", GOOD])
    assert packets(events)[-1].segment == GOOD[6:-6]


@fuzzed
@given(st.one_of(streams, st.binary(max_size=200)), st.sampled_from(sorted(PROFILES)))
def test_decode_raises_only_remote_protocol_errors(data: bytes, name: str) -> None:
    try:
        packet = hj212.decode(data, profile=PROFILES[name])
    except hj212.RemoteProtocolError:
        return
    exercise(packet)


def exercise(packet: Packet) -> None:
    """Every public property of any packet can be read."""
    assert packet.raw
    assert isinstance(packet.cp, list)
    assert isinstance(packet.deviations, frozenset)
    for reading in packet.readings():
        assert reading.number is None or str(reading.number)
    assert packet.data_time is None or packet.data_time.tzinfo is None
    assert packet.needs_ack in (True, False)
    assert packet.fields["CN"] == packet.cn
    if hj212.is_answerable(packet):
        assert hj212.decode(hj212.reply(packet, "9014")).cn == "9014"
    for session in (HostSession(), DeviceSession(Identity("010000A8900016F000169DC0", "32"))):
        for action in session.receive(packet, 0.0):
            if isinstance(action, hj212.Send):
                assert hj212.decode(action.frame).cn == action.cn
    assert hj212.Reassembler().receive(packet, 0.0) is None or not packet.is_split or packet.pnum == 1


segments = st.text(alphabet="QNSTCMPWFlagU=;,&0123456789CPDataTime-w Rtd\u6e05\x00", max_size=120)


@fuzzed
@given(segments, st.booleans())
def test_segment_with_right_crc_is_a_packet_or_an_error(text: str, as_gb: bool) -> None:
    frame = build_frame(b"CN=2011;" + text.encode("gb18030" if as_gb else "utf-8"))
    try:
        packet = hj212.decode(frame)
    except hj212.RemoteProtocolError:
        return
    exercise(packet)


@pytest.mark.parametrize("filler", [b"x", b"#", b"##", b"##0999", b"##4096A", b"##99", b"&&1C80\n", b"\r\n"])
def test_memory_stays_bounded_under_endless_rubbish(filler: bytes) -> None:
    decoder = Decoder()
    taken = 0
    for _ in range(2000):
        decoder.receive_data(filler * 20)
        for event in drain(decoder):
            assert isinstance(event, Rejected)
            taken += len(event.raw)
        assert decoder.pending <= LENIENT.max_segment + NOISE_CHUNK + 64
        assert len(decoder._buffer) <= LENIENT.max_segment + NOISE_CHUNK + 64
    assert taken + decoder.pending == 2000 * 20 * len(filler)


def test_one_byte_reads_cost_no_more_looks_than_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    judge = Decoder._judge

    def counted(self: Decoder, at: int, final: bool) -> Event | None:
        nonlocal looks
        looks += 1
        return judge(self, at, final)

    monkeypatch.setattr(Decoder, "_judge", counted)
    decoder = Decoder()
    for at in range(len(GOOD)):
        decoder.receive_data(GOOD[at : at + 1])
        decoder.next_packet()
    assert looks <= 6
    assert decoder.next_packet() is NEED_DATA


# --- reassembly -------------------------------------------------------------------------------------------------


def part(number: int, total: int, same_qn: bool, hour: int = 8) -> Packet:
    cp = [{"DataTime": f"202603010{hour}0000"}, {f"w0100{number}-Avg": f"{number}.5"}]
    qn = "20260301085857534" if same_qn else f"2026030108585753{number}"
    fields = Fields("2061", "32", "010000A8900016F000169DC0", cp, qn, flag=7, pnum=total, pno=number)
    return hj212.decode(hj212.encode(fields, edition=Edition.HJ_2017))


@fuzzed
@given(st.integers(2, 6), st.booleans(), st.data())
def test_reassembly_under_any_order_and_repetition_gives_one_message(
    total: int, same_qn: bool, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(1, total + 1)))
    repeats = data.draw(st.lists(st.sampled_from(order), max_size=6))
    arrivals = list(order)
    for number in repeats:
        arrivals.insert(data.draw(st.integers(0, len(arrivals))), number)
    reassembler = hj212.Reassembler()
    found = [m for number in arrivals if (m := reassembler.receive(part(number, total, same_qn), 1.0)) is not None]
    assert [message.complete for message in found] == [True]
    assert [reading.text for reading in found[0].readings()] == [f"{number}.5" for number in range(1, total + 1)]
    assert reassembler.expire(1e9) == []


@fuzzed
@given(st.permutations([(hour, number) for hour in (7, 8, 9) for number in (1, 2, 3)]))
def test_interleaved_messages_do_not_mix(arrivals: list[tuple[int, int]]) -> None:
    reassembler = hj212.Reassembler()
    found = [m for hour, n in arrivals if (m := reassembler.receive(part(n, 3, True, hour), 0.0)) is not None]
    assert len(found) == 3
    for message in found:
        assert len({packet.value("DataTime") for packet in message.packets}) == 1


def test_message_that_never_completes_comes_out_marked_incomplete() -> None:
    reassembler = hj212.Reassembler(wait_s=40)
    assert reassembler.receive(part(2, 3, False), 100.0) is None
    assert reassembler.next_deadline == 140.0
    assert reassembler.expire(139.9) == []
    (message,) = reassembler.expire(140.0)
    assert message.missing == (1, 3)
    assert not message.complete


def test_reassembler_is_bounded_and_gives_the_oldest_out_incomplete() -> None:
    reassembler = hj212.Reassembler(max_open=2)
    for hour in range(3):
        reassembler.receive(part(1, 2, True, hour), float(hour))
    assert reassembler.open_count == 2
    (message,) = reassembler.expire(3.0)
    assert message.packets[0].value("DataTime") == "20260301000000"


# --- the CRC of long frames in the odd notations ----------------------------------------------------------------


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


@fuzzed
@given(
    st.one_of(streams, st.binary(max_size=40), st.just(GOOD), segments.map(str.encode).map(build_frame)),
    st.integers(-5, 5000),
)
def test_both_quick_readers_agree_on_frames(data: bytes, limit: int) -> None:
    assert slots_of(quick_packet(data, limit)) == slots_of(_read_in_python(data, limit))


def slots_of(packet: Packet | None) -> list[object] | None:
    """Return everything a packet holds; both readers must fill every slot, and alike."""
    return None if packet is None else [getattr(packet, name) for name in _QUICK_SLOTS]


# Parts of a header, right and wrong; drawn independently, so that most drafts have one or two odd parts.
HEADER_PARTS = (
    (["QN=20260301000000001;", ""], ["QN=2026030100000001;", "QN=2026030100000000a;", "QN=", "QN=20260301000000001"]),
    (["ST=32;", "ST=21;", "ST=A1;"], ["ST=3;", "ST=a1;", "st=32;", ""]),
    (["CN=2011;"], ["CN=201;", "CN=20111;", "CN=9O14;"]),
    (["PW=123456;", "PW=aB3456;"], ["PW=12345;", "PW=12_456;", "PW=;"]),
    (["MN=010000A8900016F000169DC0;", "MN=88888880000001;"], ["MN=010000a8900016F000169DC0;", "MN=888888;", "MN=;"]),
    (["", *(f"Flag={flag};" for flag in range(12))], ["Flag=12;", "Flag=05;", "Flag=1000;", "Flag=;", "Flag=x;"]),
    (["", "", "PNUM=3;PNO=2;", "PNUM=1234;PNO=0001;"], ["PNUM=3;", "PNO=1;", "PNUM=2;PNO=3;", "PNUM=3;PNO=0;", "PNUM=3;PNO=;"]),
    (["", "", "RF=1;"], ["RF=0;", "RF=11;", "RF=;", "RF=1"]),
    (["CP=&&", "CP=&&DataTime=20260301000000", "CP=&&" + "A=1;" * 260], ["CP=&", "CP=", "", "CP=&&\u6e05"]),
    (["&&"], ["&", "", "&& "]),
)  # fmt: skip
drafts = st.tuples(*(st.sampled_from(right * 3 + wrong) for right, wrong in HEADER_PARTS)).map("".join)


@fuzzed
@given(drafts, st.sampled_from([-1, 100, 1024, 4096]))
def test_both_quick_readers_agree_on_headers_and_with_the_clear_one(text: str, limit: int) -> None:
    frame = build_frame(text.encode())
    packet = quick_packet(frame, limit)
    assert slots_of(packet) == slots_of(_read_in_python(frame, limit))
    if packet is not None:
        clear = read_header(packet.segment)
        quick = Header(*(getattr(packet, slot) for slot in _QUICK_SLOTS[:15]))
        long = {hj212.Deviation.SEGMENT_TOO_LONG} if len(packet.segment) > MAX_SEGMENT else frozenset()
        assert quick == clear._replace(fields=None, deviations=clear.deviations | long)
        assert clear.deviations <= {hj212.Deviation.CP_TOO_LONG}


@pytest.mark.skipif(SPEED is None, reason="the accelerator is not built")
def test_accelerator_refuses_wrong_arguments() -> None:
    assert SPEED is not None
    plan = SPEED.Plan((b"A=", b";w1-Rtd="), (("w1", "Rtd", 1, -1, -1, -1),))
    assert plan.values(b"A=1;w1-Rtd=2", 0, 12) == ("1", "2", None)
    assert plan.values(b"A=1;w1-Rtd=2", 0, 11) is None
    wrong: list[tuple[object, ...]] = [
        (),
        ((), ()),
        ((b"",), ((1,),)),
        (("A=",), ()),
        ((b"A=",), (("a", "b", 1, -1, -1, -1),)),
    ]
    for arguments in wrong:
        with pytest.raises((TypeError, ValueError)):
            SPEED.Plan(*arguments)  # type: ignore[arg-type]
    for start, stop in ((-1, 3), (5, 3), (0, 99)):
        with pytest.raises(ValueError, match="outside"):
            plan.values(b"A=1;w1-Rtd=2", start, stop)
    with pytest.raises(TypeError):
        plan.readings(b"A=1;w1-Rtd=2", 0, 12, int)  # type: ignore[arg-type]
    make: Any = SPEED.Reader
    good: tuple[Any, ...] = (Packet, _QUICK_SLOTS, (), {}, "ascii", (frozenset(),) * 4, 1024)
    row = (("4", False, False, True, True, False), (Edition.HJ_2017, 4, 950))
    for at, odd in (
        (0, 5),
        (0, int),
        (1, ()),
        (1, ("cp", *_QUICK_SLOTS[1:])),
        (2, (1,)),
        (2, (row, row)),
        (2, ((("99", *row[0][1:]), row[1]),)),
        (2, ((("\u6e05", *row[0][1:]), row[1]),)),
        (4, 5),
        (5, ()),
        (6, "x"),
    ):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            make(*good[:at], odd, *good[at + 1 :])
    reader = make(*good)
    assert reader.read(GOOD, 1024) is None  # it was given no combination at all
    with pytest.raises(TypeError):
        reader.read("text", 5)
