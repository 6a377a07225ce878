"""Every vector of the protocol reference, whole, byte by byte and with trailing bytes, under both verdicts."""

from __future__ import annotations

from pathlib import Path

import hj212
import pytest
from hj212 import STRICT, Deviation, Reason
from hj212.testing import Vector, by_id, cut, expected, feed, frame_of, keys_of, load_vectors, packets, shown

VECTORS = load_vectors(Path(__file__).parent / "data" / "vectors.jsonl")
FRAMES = [vector for vector in VECTORS if vector["kind"] not in ("stream", "reassembly")]
STREAMS = [vector for vector in VECTORS if vector["kind"] == "stream"]
REASSEMBLIES = [vector for vector in VECTORS if vector["kind"] == "reassembly"]

# Where the lenient decode says more than the vector's best effort for a malformed frame.
BEST_EFFORT = {"hj212-t17-187"}

# Accepted leniently although `strict_ok` is false: the departure is named.
TOLERATED = {
    "hj212-t25-004": {Deviation.LENGTH_WRONG, Deviation.CIPHER_AS_TEXT},
    "hj212-ns-001": {Deviation.CP_MISSING},
    "hj212-ns-015": {Deviation.CP_MISSING},
    "hj212-t17-107": {Deviation.LENGTH_WRONG},
    "hj212-t05-053": {Deviation.STARS_AFTER_CRC},
    "hj212-t05-088": {Deviation.LF_ONLY},
    "hj212-t17-145": {Deviation.LENGTH_WRONG},
    "hj212-t17-153": {Deviation.LENGTH_WRONG},
    "hj212-t17-154": {Deviation.LENGTH_WRONG},
    "hj212-t17-159": {Deviation.LENGTH_WRONG},
    "hj212-t17-163": {Deviation.NO_CRLF},
    "hj212-t17-164": {Deviation.LF_ONLY},
    "hj212-t17-165": {Deviation.CR_ONLY},
    "hj212-t17-187": {Deviation.CP_UNCLOSED},
}

# `strict_ok` of a vector speaks of the frame only; these have no deviation there, yet break the header or CP rules.
STRICT_REFUSES = {
    "hj212-t25-008": Deviation.CP_COMMA_BETWEEN_ITEMS,
    "hj212-t17-054": Deviation.CP_ITEM_TORN,  # printed erratum C.29: one code twice
    "hj212-t17-096": Deviation.PW_MISSING,
    "hj212-t17-097": Deviation.PW_MISSING,
    "hj212-t17-098": Deviation.PW_MISSING,
    "hj212-fl-001": Deviation.PW_MISSING,
    "hj212-fl-003": Deviation.PW_MISSING,
    "hj212-fl-005": Deviation.VERSION_BITS,
    "hj212-fl-006": Deviation.VERSION_BITS,
    "hj212-t25-066": Deviation.CP_NO_EQUALS,
    "hj212-t17-144": Deviation.GB18030_TEXT,
    "hj212-t17-173": Deviation.PW_MISSING,
    "hj212-t17-175": Deviation.FLAG_FORMAT,
    "hj212-t17-180": Deviation.PACKET_NUMBER,
    "hj212-t17-181": Deviation.PACKET_NUMBER,
    "hj212-t17-183": Deviation.CN_FORMAT,
    "hj212-t17-188": Deviation.CP_NO_EQUALS,
    "hj212-t17-192": Deviation.CP_EMPTY_ITEM,
}

# The vector names a deviation from the usual header that its own edition prints or allows.
STRICT_ALLOWS = {
    "hj212-t05-018": "2005 prints 9014 without MN",
    "hj212-t05-019": "2005 prints 9014 without MN",
    "hj212-t25-044": "2025: the logger of a 1001 has no MN yet",
    "hj212-t25-058": "2025: the logger of a 1001 has no MN yet",
    "hj212-sw-002": "surface-water MN are not 24 hex digits",
    "hj212-sw-006": "surface-water MN are not 24 hex digits",
}


def test_the_copy_holds_every_vector() -> None:
    assert len(VECTORS) == 257
    assert len({vector["id"] for vector in VECTORS}) == 257


def accepted_leniently(vector: Vector) -> bool:
    return bool(vector["strict_ok"]) or vector["id"] in TOLERATED


@pytest.mark.parametrize("vector", FRAMES, ids=by_id)
def test_whole_frame_decodes_to_what_the_vector_expects_or_is_refused(vector: Vector) -> None:
    frame = frame_of(vector)
    if not accepted_leniently(vector):
        with pytest.raises(hj212.RemoteProtocolError) as refusal:
            hj212.decode(frame, key_for=keys_of(vector))
        assert refusal.value.reason in Reason
        return
    packet = hj212.decode(frame, key_for=keys_of(vector))
    if vector["id"] not in BEST_EFFORT:
        assert shown(packet) == expected(vector["expect"])
    assert packet.raw == frame
    assert packet.deviations >= TOLERATED.get(vector["id"], set())


@pytest.mark.parametrize("vector", FRAMES, ids=by_id)
@pytest.mark.parametrize("trailing", [b"", b"\r\n\x00keep-alive", b"##"], ids=["alone", "noise after", "head after"])
@pytest.mark.parametrize("size", [1, 7, 1 << 16])
def test_stream_decoder_gives_the_same_packet_in_any_cut(vector: Vector, size: int, trailing: bytes) -> None:
    frame = frame_of(vector)
    decoder = hj212.Decoder(key_for=keys_of(vector))
    events = feed(decoder, cut(frame + trailing, size))
    found = packets(events)
    if accepted_leniently(vector):
        assert found == [hj212.decode(frame, key_for=keys_of(vector))]
    elif frame:
        assert all(packet.cn and packet.segment != frame[6:-6] for packet in found)
        assert any(isinstance(event, hj212.Rejected) for event in events)
    assert decoder.pending == 0


@pytest.mark.parametrize("vector", [v for v in FRAMES if not accepted_leniently(v)], ids=by_id)
def test_frame_after_a_refused_one_is_not_lost(vector: Vector) -> None:
    good = frame_of(next(v for v in FRAMES if v["strict_ok"] and not v["deviations"] and v["version"] == "2017"))
    for size in (1, 1 << 16):
        found = packets(feed(hj212.Decoder(), cut(frame_of(vector) + good, size)))
        assert [packet.raw for packet in found][-1:] == [good] or found[-1].segment == good[6:-6]


@pytest.mark.parametrize("vector", FRAMES, ids=by_id)
def test_strict_profile_takes_a_vector_exactly_if_nothing_in_it_departs(vector: Vector) -> None:
    identity = vector["id"]
    departs = not vector["strict_ok"] or bool(vector["deviations"]) or identity in STRICT_REFUSES
    if departs and identity not in STRICT_ALLOWS:
        with pytest.raises(hj212.RemoteProtocolError) as refusal:
            hj212.decode(frame_of(vector), profile=STRICT, key_for=keys_of(vector))
        assert identity not in STRICT_REFUSES or STRICT_REFUSES[identity] in refusal.value.deviations
    else:
        packet = hj212.decode(frame_of(vector), profile=STRICT, key_for=keys_of(vector))
        assert packet.deviations == frozenset()


@pytest.mark.parametrize("vector", [v for v in FRAMES if v.get("qnrtn_hint")], ids=by_id)
def test_strict_refusal_carries_the_return_code_the_vector_hints_at(vector: Vector) -> None:
    with pytest.raises(hj212.RemoteProtocolError) as refusal:
        hj212.decode(frame_of(vector), profile=STRICT)
    assert refusal.value.reply_code == int(vector["qnrtn_hint"])


PROFILE_OF = {
    "CRC-16/ARC (seed 0), high byte first": "arc",
    "CRC-16/MODBUS, high byte first": "modbus-hi",
    "CRC-16/MODBUS, low byte first": "modbus-lo",
}


@pytest.mark.parametrize("vector", [v for v in FRAMES if v.get("crc_matches")], ids=by_id)
def test_other_crc_is_taken_only_by_the_device_profile_of_its_algorithm(vector: Vector) -> None:
    name = PROFILE_OF[vector["crc_matches"]]
    with pytest.raises(hj212.RemoteProtocolError) as refusal:
        hj212.decode(frame_of(vector))
    assert refusal.value.reason is Reason.CRC_MISMATCH
    assert f"{name} value" in refusal.value.message
    packet = hj212.decode(frame_of(vector), profile=hj212.PROFILES[name])
    assert shown(packet) == expected(vector["expect"])
    assert Deviation.CRC_ALGORITHM in packet.deviations


NAMED_EDITIONS = {"2005", "2017", "2025", "surface-water-2017"}


@pytest.mark.parametrize(
    "vector", [v for v in FRAMES if v["version"] in NAMED_EDITIONS and accepted_leniently(v)], ids=by_id
)
def test_edition_is_recognised(vector: Vector) -> None:
    assert hj212.decode(frame_of(vector), key_for=keys_of(vector)).edition.value == vector["version"]


@pytest.mark.parametrize("vector", FRAMES, ids=by_id)
def test_encoding_a_strict_packet_gives_its_frame_back(vector: Vector) -> None:
    try:
        packet = hj212.decode(frame_of(vector), profile=STRICT)
    except hj212.RemoteProtocolError:
        return
    assert hj212.encode(packet) == frame_of(vector)


@pytest.mark.parametrize("vector", STREAMS, ids=by_id)
@pytest.mark.parametrize("size", [1, 2, 5, 64, 1 << 16])
def test_stream_gives_its_frames_whatever_the_cut(vector: Vector, size: int) -> None:
    raw = frame_of(vector)
    decoder = hj212.Decoder()
    events = feed(decoder, cut(raw, size))
    found = packets(events)
    assert [shown(packet) for packet in found] == [expected(frame["expect"]) for frame in vector["frames"]]
    rejected = b"".join(event.raw for event in events if isinstance(event, hj212.Rejected))
    taken = sum(len(packet.raw) for packet in found)
    # Nothing vanishes: what is not in a packet or a refusal is the terminator of a packet delivered before it came.
    assert len(raw) - len(rejected) - taken in (0, *range(2, 2 * len(found) + 1, 2), *range(1, 2 * len(found), 2))


@pytest.mark.parametrize("vector", REASSEMBLIES, ids=by_id)
def test_split_packets_give_the_merged_message(vector: Vector) -> None:
    reassembler = hj212.Reassembler()
    found = [
        message
        for packet in packets(feed(hj212.Decoder(), [frame_of(vector)]))
        if (message := reassembler.receive(packet, 0.0)) is not None
    ]
    assert [message.cp for message in found] == [vector["merged_cp"]]
    assert found[0].complete
    assert reassembler.open_count == 0
