"""Cursors: the place after the last record a client has taken. Opaque to clients, bound to one resource."""

import base64
import binascii
import re

_FORM = re.compile(r"1:([a-z]+):([0-9]{1,18})")
"""version ":" resource ":" sequence; eighteen digits fit a bigint."""

_LONGEST = 200


class BadCursor(ValueError):
    """A text that is not a cursor of this resource; the message says why."""


def encode(resource: str, sequence: int) -> str:
    """Return the cursor after `sequence` of a resource."""
    return base64.urlsafe_b64encode(f"1:{resource}:{sequence}".encode()).decode().rstrip("=")


def decode(resource: str, cursor: str | None) -> int:
    """Return the sequence after which to go on; no cursor means from the beginning (0). Raises BadCursor."""
    if cursor is None or cursor == "":
        return 0
    if len(cursor) > _LONGEST:
        raise BadCursor("longer than any cursor of ours")
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raise BadCursor("not one of our cursors") from None
    found = _FORM.fullmatch(text)
    if found is None:
        raise BadCursor("not one of our cursors")
    if found[1] != resource:
        raise BadCursor(f"a cursor of {found[1]}, not of {resource}")
    return int(found[2])
