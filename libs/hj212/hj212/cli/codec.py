"""``decode`` and ``encode``."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from ..decoder import Decoder, Event, NeedData, Rejected
from ..decoding import KeyFor
from ..editions import Edition
from ..encoding import Cp, Fields
from ..encoding import encode as encode_fields
from ..errors import LocalProtocolError
from ..packet import Packet
from ..profiles import PROFILES

_READ: Final = 1 << 16


def chunks(path: Path | None) -> Iterator[bytes]:
    """Read a file, or standard input, in pieces as they come."""
    if path is None:
        source = cast(io.BufferedReader, sys.stdin.buffer)
        while chunk := source.read1(_READ):
            yield chunk
        return
    with path.open("rb") as file:
        while chunk := file.read(_READ):
            yield chunk


def events(options: argparse.Namespace) -> Iterator[Event]:
    """Decode the input of `options` with its profile and keys."""
    decoder = Decoder(PROFILES[options.profile], key_for=key_for(options))
    for chunk in chunks(options.file):
        decoder.receive_data(chunk)
        while not isinstance(event := decoder.next_packet(), NeedData):
            yield event
    yield from decoder.flush()


def key_for(options: argparse.Namespace) -> KeyFor | None:
    """Return the look-up for the keys given as --key MN=HEX."""
    keys = dict(options.key)
    return keys.get if keys else None


def described(packet: Packet) -> dict[str, Any]:
    """Return a packet as plain JSON values; times are naive wall time, numbers keep their text."""
    at = packet.data_time
    return {
        "edition": packet.edition.value,
        **packet.fields,
        **packet.extra,
        "data_time": at.isoformat() if at else None,
        "cp": packet.cp,
        "readings": [reading._asdict() for reading in packet.readings()],
        "deviations": sorted(packet.deviations),
        **({"encrypted": True} if packet.encrypted else {}),
    }


def decode(options: argparse.Namespace) -> int:
    """Print one JSON object per packet and per refusal; 1 if anything but noise was refused."""
    status = 0
    for event in events(options):
        if isinstance(event, Rejected):
            status = status or int(event.reason.value != "noise")
            shown = {"rejected": event.reason.value, "message": event.message, "raw": event.raw.decode("latin-1")}
        else:
            shown = described(event)
        sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
    return status


_FIELDS: Final = {
    "QN": "qn",
    "ST": "st",
    "CN": "cn",
    "PW": "pw",
    "MN": "mn",
    "Flag": "flag",
    "PNUM": "pnum",
    "PNO": "pno",
    "RF": "rf",
}
_NUMBERS: Final = frozenset({"flag", "pnum", "pno", "rf"})


def _cp(value: object) -> Cp:
    """Check that `value` is a list of objects whose values are texts or lists of texts."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise TypeError("cp is not a list of objects")
    for item in value:
        for key, text in item.items():
            texts = text if isinstance(text, list) else [text]
            if not all(isinstance(one, str) for one in texts):
                raise TypeError(f"cp value of {key} is neither a text nor a list of texts")
    return value


def fields_of(record: dict[str, Any]) -> Fields:
    """Return the fields of a JSON object as ``decode`` prints it. Raises LocalProtocolError if it is none."""
    try:
        named = {attribute: record[name] for name, attribute in _FIELDS.items() if record.get(name) is not None}
        values = {name: int(value) if name in _NUMBERS else str(value) for name, value in named.items()}
        given: dict[str, Any] = {"mn": None, "pw": None, **values, "cp": _cp(record.get("cp", []))}
        return Fields(**given)
    except (TypeError, ValueError, AttributeError) as error:
        raise LocalProtocolError(f"not a packet: {error}") from error


def encode(options: argparse.Namespace) -> int:
    """Write the frame of each JSON line; 1 if any was refused (said on standard error, the others are written)."""
    status = 0
    text = b"".join(chunks(options.file)).decode("utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise LocalProtocolError("not a JSON object")
            edition = Edition(record.get("edition", options.edition))
            sys.stdout.buffer.write(encode_fields(fields_of(record), edition=edition))
        except (LocalProtocolError, ValueError) as error:
            sys.stderr.write(f"line {number}: {error}\n")
            status = 1
    sys.stdout.buffer.flush()
    return status
