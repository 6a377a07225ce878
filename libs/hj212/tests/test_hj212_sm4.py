"""SM4 on CP: the two printed examples, the ways ciphertext is sent, and what must not be taken for ciphertext."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import hj212
import pytest
from hj212 import Decoder, Deviation, Edition, Reason, Rejected
from hj212.session import Action
from hj212.sm4 import decrypt_blocks, encrypt_blocks, encrypt_frame, must_be_encrypted
from hj212.testing import cut, feed, frame_of, keys_of, load_vectors, packets
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("cryptography")

VECTORS = load_vectors(Path(__file__).parent / "data" / "vectors.jsonl")
PRINTED = [vector for vector in VECTORS if vector["kind"] == "encrypted"]
LITERAL = next(vector for vector in VECTORS if vector["id"] == "hj212-t25-004")
KEY = b"0" * 16


def test_block_cipher_is_sm4_of_gb_t_32907() -> None:
    block = bytes.fromhex("0123456789abcdeffedcba9876543210")
    assert encrypt_blocks(block, block).hex() == "681edf34d206965e86b3e94f536e4246"


@pytest.mark.parametrize("vector", PRINTED, ids=lambda vector: str(vector["id"]))
def test_printed_example_encrypts_and_decrypts(vector: dict[str, str]) -> None:
    plain = vector["plaintext"].encode()
    assert encrypt_frame(plain, bytes.fromhex(vector["sm4_key_hex"])) == frame_of(vector)
    packet = hj212.decode(frame_of(vector), key_for=keys_of(vector))
    assert packet.encrypted
    assert packet.segment == plain[6:-6]
    assert packet.deviations == frozenset()
    assert packet.raw == frame_of(vector)


def test_plaintext_from_a_device_with_a_key_is_taken_as_plaintext() -> None:
    plain = PRINTED[0]["plaintext"].encode()
    packet = hj212.decode(plain, key_for=lambda _mn: KEY)
    assert not packet.encrypted
    assert packet.raw == plain


def test_ciphertext_without_a_key_is_refused_as_encrypted() -> None:
    for key_for in (None, lambda _mn: None, lambda _mn: b"1" * 16):
        with pytest.raises(hj212.RemoteProtocolError) as refusal:
            hj212.decode(frame_of(PRINTED[0]), key_for=key_for)
        assert refusal.value.reason is Reason.ENCRYPTED


def test_several_keys_are_tried_in_turn_and_the_packet_says_which_opened_it() -> None:
    old, new = b"1" * 16, KEY
    for keys, number in (((new, old), 0), ((old, new), 1), ([b"2" * 16, old, new], 2)):
        packet = hj212.decode(frame_of(PRINTED[0]), key_for=lambda _mn, keys=keys: keys)  # type: ignore[misc]
        assert (packet.encrypted, packet.key_number) == (True, number)
    in_clear = hj212.decode(PRINTED[0]["plaintext"].encode(), key_for=lambda _mn: (old, new))
    assert in_clear.key_number is None
    with pytest.raises(hj212.RemoteProtocolError) as refusal:
        hj212.decode(frame_of(PRINTED[0]), key_for=lambda _mn: ())
    assert refusal.value.reason is Reason.ENCRYPTED


# --- both ends --------------------------------------------------------------------------------------------------

AT = datetime(2026, 3, 1, 12, 0, 0)  # noqa: DTZ001 - wall time of a device
WHO = hj212.Identity("010000A8900016F000169DC0", "32", edition=Edition.HJ_2025, key=KEY)
REPORT = [{"DataTime": "20260301120000"}, {"w01018-Rtd": "35.2", "w01018-Flag": "N"}]


def sent(actions: list[Action]) -> list[bytes]:
    return [action.frame for action in actions if isinstance(action, hj212.Send)]


def test_a_device_with_a_key_encrypts_its_data_and_its_wish_for_a_key_and_nothing_else() -> None:
    session = hj212.DeviceSession(WHO)
    report = sent(session.upload("2011", REPORT, at=AT, now=0.0, ack=False))[0]
    wish = sent(session.notify("1014", [{"SKCreateTime": "20260301120000000"}], at=AT, now=0.0))[0]
    assert b"w01018" not in report
    assert b"SKCreateTime" not in wish
    assert [hj212.decode(frame, key_for=lambda _mn: KEY).encrypted for frame in (report, wish)] == [True, True]
    plain = hj212.DeviceSession(WHO).notify("1013", [{"PolId": "w01018"}, {"PolId": "w21003"}], at=AT, now=0.0)
    assert b"PolId=w01018" in sent(plain)[0]
    assert "key" not in repr(WHO)


def test_a_host_hides_a_new_key_under_the_one_in_force_and_asks_for_data_in_clear() -> None:
    peer = hj212.Peer(WHO.mn, "32", edition=Edition.HJ_2025, key=KEY)
    new = [{"SKCreateTime": "20260301120000000", "NewSK": "abcdefgh01234567"}]
    frame = sent(hj212.HostSession().request(peer, "1014", new, at=AT, now=0.0))[0]
    assert b"NewSK" not in frame
    packet = hj212.decode(frame, key_for=lambda _mn: KEY)
    assert packet.value("NewSK") == "abcdefgh01234567"
    session = hj212.DeviceSession(WHO)
    actions = session.receive(packet, 0.0)
    assert [hj212.decode(answer).cn for answer in sent(actions)] == ["9011"]
    assert any(isinstance(action, hj212.Execute) for action in actions)
    data = sent(hj212.HostSession().request(peer, "2011", at=AT, now=0.0))[0]
    assert not hj212.decode(data).encrypted
    without = hj212.Peer(WHO.mn, "32", edition=Edition.HJ_2025)
    assert b"NewSK=" in sent(hj212.HostSession().request(without, "1014", new, at=AT, now=0.0))[0]
    assert "key" not in repr(peer)


def test_key_is_asked_for_by_the_mn_of_the_header() -> None:
    asked: list[str] = []

    def key_for(mn: str) -> bytes:
        asked.append(mn)
        return KEY

    hj212.decode(frame_of(PRINTED[0]), key_for=key_for)
    assert set(asked) == {"010000A8900016F000169DC0"}


def test_literal_notation_is_read_and_named() -> None:
    packet = hj212.decode(frame_of(LITERAL), key_for=keys_of(LITERAL))
    assert packet.encrypted
    assert {Deviation.CIPHER_AS_TEXT, Deviation.LENGTH_WRONG} <= packet.deviations
    with pytest.raises(hj212.RemoteProtocolError):
        hj212.decode(frame_of(LITERAL), profile=hj212.STRICT, key_for=keys_of(LITERAL))


def test_hex_notation_is_read_and_named() -> None:
    raw = frame_of(PRINTED[1])
    head, _, rest = raw.partition(b"CP=&&")
    content, tail = rest[:-8], rest[-8:]
    whole = len(content) - len(content) % 16
    odd = head + b"CP=&&" + content[:whole].hex().upper().encode() + content[whole:] + tail
    packet = hj212.decode(odd, key_for=lambda _mn: KEY)
    assert packet.segment == PRINTED[1]["plaintext"].encode()[6:-6]
    assert Deviation.CIPHER_AS_TEXT in packet.deviations


@pytest.mark.parametrize("size", [1, 16, 100, 1 << 16])
def test_stream_of_ciphertext_frames_is_cut_by_length_only(size: int) -> None:
    stream = b"".join(frame_of(vector) for vector in PRINTED) * 3
    found = packets(feed(Decoder(key_for=lambda _mn: KEY), cut(stream, size)))
    assert [packet.segment for packet in found] == [vector["plaintext"].encode()[6:-6] for vector in PRINTED] * 3


contents = st.text(alphabet="abc0123.", max_size=300).map(lambda text: f"DataTime=20260301000000;w01018-Info={text}9")


@settings(max_examples=60, deadline=None)
@given(contents, st.binary(min_size=16, max_size=16))
def test_any_frame_survives_encryption(content: str, key: bytes) -> None:
    fields = hj212.Fields(
        "3020",
        "32",
        "010000A8900016F000169DC0",
        [dict([pair.split("=")]) for pair in content.split(";")],
        "20260301000000001",
        flag=9,
    )
    plain = hj212.encode(fields, edition=Edition.HJ_2025)
    sealed = encrypt_frame(plain, key)
    assert len(sealed) == len(plain)
    assert sealed[-6:] == plain[-6:]
    packet = hj212.decode(sealed, key_for=lambda _mn: key)
    assert packet.segment == plain[6:-6]
    found = feed(Decoder(), [sealed, plain])
    assert packets(found)[-1].segment == plain[6:-6]
    # Without a key it is refused, unless a block happens to be nothing but text and its CRC to fit.
    assert isinstance(found[0], Rejected) or found[0].segment == sealed[6:-6]


@given(st.binary(max_size=100), st.binary(min_size=16, max_size=16))
def test_blocks_keep_the_length_and_the_rest_in_clear(text: bytes, key: bytes) -> None:
    sealed = encrypt_blocks(text, key)
    assert len(sealed) == len(text)
    assert sealed[len(text) - len(text) % 16 :] == text[len(text) - len(text) % 16 :]
    assert decrypt_blocks(sealed, key) == text


def test_commands_to_be_encrypted_are_those_of_6_4_4() -> None:
    assert [cn for cn in ("1013", "1014", "2000", "2011", "2999", "3019", "3020", "9014") if must_be_encrypted(cn)] == [
        "1014",
        "2000",
        "2011",
        "2999",
        "3020",
    ]


def test_key_of_another_size_and_a_frame_without_cp_are_refused_locally() -> None:
    with pytest.raises(hj212.LocalProtocolError, match="16 bytes"):
        encrypt_blocks(b"0" * 16, b"short")
    for bad in (b"", b"##0004&&&&FFFF\r\n", b"##0012CP=&&&&"):
        with pytest.raises(hj212.LocalProtocolError):
            encrypt_frame(bad, KEY)
