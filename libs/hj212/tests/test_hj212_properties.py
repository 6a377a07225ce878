"""Properties and a short fuzz run. Invariant: a packet, NEED_DATA, a Rejected or RemoteProtocolError, nothing else.

`HJ212_FUZZ_EXAMPLES` sets the examples per property (`make fuzz` asks for many).
"""

from __future__ import annotations

import os
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
