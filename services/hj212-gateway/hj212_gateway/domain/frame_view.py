"""One frame as people read it: decoded, named, its deviations explained, its secrets masked."""

from collections.abc import Iterable, Sequence
from typing import Any

from hj212 import FACTS, LENIENT, Deviation, Packet, Reading, RemoteProtocolError, codes, decode
from hj212.cli.lint import explain
from hj212.code_types import CommandForm
from park_schemas.park_time import PARK_TIME_ZONE

from hj212_gateway.domain.command_request import masked
from hj212_gateway.domain.deviation_texts import DEVIATIONS_ZH, REASONS_EN, REASONS_ZH
from hj212_gateway.domain.frame_text import masked_text

_NOTHING: dict[str, Any] = {
    "edition": None,
    "cn": None,
    "cn_name_zh": "",
    "cn_name_en": "",
    "st": None,
    "st_name_zh": "",
    "st_name_en": "",
    "qn": None,
    "data_time": None,
    "flag": None,
    "needs_ack": False,
    "encrypted": False,
    "pnum": None,
    "pno": None,
    "items": [],
    "readings": [],
}


def frame_view(
    raw: bytes, *, refused: tuple[str, str] | None = None, is_sent: bool = False, keys: Sequence[bytes] = ()
) -> dict[str, Any]:
    """Return what there is to say about a frame. `refused`: reason and detail with which the gateway turned it away.

    `keys` are those its device has had: they open what came encrypted.

    A command may have a form each way (a request, and the data that answer): `is_sent` says which way it went.

    Bytes that are no frame get the decoder's reason. Never raises.
    """
    try:
        packet = decode(raw, profile=LENIENT, key_for=lambda _: keys)
    except RemoteProtocolError as error:
        reason, detail = refused or (error.reason.value, error.message)
        return _NOTHING | _judged(raw, reason, detail) | {"deviations": explained(error.deviations)}
    return _content(packet, is_sent) | _judged(raw, *(refused or (None, "")))


def explained(deviations: Iterable[Deviation]) -> list[dict[str, Any]]:
    """Return the clause, meaning and usual cause of each deviation."""
    return [explanation(deviation) for deviation in sorted(deviations)]


def explanation(deviation: Deviation) -> dict[str, Any]:
    """Return the clause, meaning and usual cause of a deviation, in both languages."""
    fact, zh = FACTS[deviation], DEVIATIONS_ZH[deviation]
    clause = fact.clause if fact.clause.startswith("HJ") else f"HJ 212-2017 {fact.clause}"
    return {
        "code": deviation.value,
        "clause": clause,
        "what_zh": zh.what,
        "what_en": fact.meaning,
        "cause_zh": zh.cause,
        "cause_en": fact.cause,
        "start": -1,
        "end": -1,
    }


def _judged(raw: bytes, reason: str | None, detail: str) -> dict[str, Any]:
    return {
        "verdict": "rejected" if reason else "accepted",
        "reason": reason,
        "reason_zh": REASONS_ZH.get(reason or "", reason or ""),
        "reason_en": REASONS_EN.get(reason or "", reason or ""),
        "detail": detail,
        "raw_text": masked_text(raw),
        "size": len(raw),
    }


def _content(packet: Packet, is_sent: bool) -> dict[str, Any]:
    system = codes.system_type(packet.st)
    form = _form(packet, "platform->device" if is_sent else "device->platform")
    return {
        "edition": packet.edition.value,
        "cn": packet.cn,
        "cn_name_zh": form.name_zh if form else "",
        "cn_name_en": form.name_en if form else "",
        "st": packet.st,
        "st_name_zh": system.name_zh if system else "",
        "st_name_en": system.name_en if system else "",
        "qn": packet.qn,
        "data_time": packet.data_time.replace(tzinfo=PARK_TIME_ZONE).isoformat() if packet.data_time else None,
        "flag": packet.flag,
        "needs_ack": packet.needs_ack,
        "encrypted": packet.encrypted,
        "pnum": packet.pnum,
        "pno": packet.pno,
        "items": masked(packet.cp),
        "readings": [_reading(reading, packet) for reading in packet.readings()],
        "deviations": _deviations(packet),
    }


def _form(packet: Packet, direction: str) -> CommandForm | None:
    forms = codes.command_forms(packet.cn, packet.edition) or codes.command_forms(packet.cn)
    return next((form for form in forms if form.direction == direction), next(iter(forms), None))


def _reading(reading: Reading, packet: Packet) -> dict[str, Any]:
    factor = codes.factor(reading.factor_code, packet.edition)
    mark = codes.mark(reading.mark, packet.edition) if reading.mark else None
    return {
        "factor": reading.factor_code,
        "name_zh": factor.name_zh if factor else "",
        "name_en": factor.name_en if factor else "",
        "unit": factor.unit if factor else "",
        "attribute": reading.attribute,
        "text": reading.text,
        "mark": reading.mark,
        "mark_zh": mark.name_zh if mark else "",
        "mark_en": mark.name_en if mark else "",
    }


def _deviations(packet: Packet) -> list[dict[str, Any]]:
    """Explain each deviation, with the bytes it is about where it has a place (lint of libs/hj212)."""
    if not packet.deviations:
        return []
    places = {finding.name: (finding.start, finding.end) for finding in explain(packet, LENIENT).findings}
    shown = explained(packet.deviations)
    for one in shown:
        one["start"], one["end"] = places.get(one["code"], (-1, -1))
    return shown
