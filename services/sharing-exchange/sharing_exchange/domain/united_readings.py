"""Readings of one (MN, command, DataTime) that came in several frames: packets of a split message, or a frame sent again.

They are one record to whoever pulls: the union of their factors and attributes, the newer value where both have one (as
the judging services store them, docs/decisions/0006).
"""

import msgspec
from park_schemas.envelope import encode_body
from park_schemas.telemetry import Measurement, ReadingsReported

_DECODER = msgspec.json.Decoder(ReadingsReported)


def united(before: str, body: str) -> str | None:
    """Return the JSON of both, None when the new one says nothing that the old one does not."""
    old, new = _DECODER.decode(before), _DECODER.decode(body)
    measurements = _union(old.measurements, new.measurements)
    if measurements == old.measurements and new.incomplete == old.incomplete:
        return None
    return encode_body(msgspec.structs.replace(new, measurements=measurements)).decode()


def _union(old: list[Measurement], new: list[Measurement]) -> list[Measurement]:
    found = {one.factor: one for one in old}
    for one in new:
        before = found.get(one.factor)
        values = one.values if before is None else {**before.values, **one.values}
        mark = one.mark if one.mark is not None or before is None else before.mark
        found[one.factor] = Measurement(factor=one.factor, values=values, mark=mark)
    return list(found.values())
