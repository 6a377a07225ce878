"""What tests of this library, and of programs that use it, need: streams in pieces, and the vector file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from .decoder import Decoder, Event, NeedData
from .packet import Packet

Vector = dict[str, Any]
"""One line of a vectors.jsonl (fields: see the protocol reference it was made with)."""


def load_vectors(path: Path) -> list[Vector]:
    """Read a vector file: one JSON object a line."""
    # Not splitlines(): ciphertext holds U+0085 and its like.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def by_id(vector: Vector) -> str:
    """Name a vector in a test report."""
    return str(vector["id"])


def frame_of(vector: Vector) -> bytes:
    """Return the bytes of a vector."""
    return str(vector["raw"]).encode(vector.get("encoding") or "utf-8")


def keys_of(vector: Vector) -> Callable[[str], bytes | None] | None:
    """Return the key look-up a vector needs, None if it is not encrypted."""
    text = vector.get("sm4_key_hex")
    if not text:
        return None
    key = bytes.fromhex(text)
    return lambda _mn: key


def shown(packet: Packet) -> dict[str, Any]:
    """Return a packet in the words of the vectors."""
    return {
        "qn": packet.qn,
        "st": packet.st,
        "cn": packet.cn,
        "pw": packet.pw,
        "mn": packet.mn,
        "flag": packet.flag,
        "pnum": packet.pnum,
        "pno": packet.pno,
        "rf": packet.rf,
        "cp": packet.cp,
    }


def expected(expect: dict[str, Any]) -> dict[str, Any]:
    """Return what a vector expects in the words of :func:`shown`: an absent MN is empty, an absent CP has no items."""
    rf = expect.get("rf")
    return {
        **{name: expect.get(name) for name in ("qn", "st", "cn", "pw", "flag", "pnum", "pno")},
        "mn": expect.get("mn") or "",
        "rf": None if rf is None else int(rf),
        "cp": expect.get("cp") or [],
    }


def drain(decoder: Decoder) -> list[Event]:
    """Return every event the decoder can give now."""
    found: list[Event] = []
    while not isinstance(event := decoder.next_packet(), NeedData):
        found.append(event)
    return found


def feed(decoder: Decoder, pieces: Iterable[bytes]) -> list[Event]:
    """Return all events of a stream given in pieces, its end included."""
    found: list[Event] = []
    for piece in pieces:
        decoder.receive_data(piece)
        found += drain(decoder)
    return found + decoder.flush()


def cut(data: bytes, size: int) -> list[bytes]:
    """Cut a stream into reads of `size` bytes."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def packets(events: Iterable[Event]) -> list[Packet]:
    """Return the packets among events."""
    return [event for event in events if isinstance(event, Packet)]
