"""HTTP and WebSocket in: parse, call, shape. A file a family of routes, all under /api/v1."""

from typing import TypeVar

from park_chassis.errors import Refused
from park_chassis.paging import decode_cursor

API_ROOT = "/api/v1"

Place = TypeVar("Place", str, int)


def place_of(cursor: str | None, kind: type[Place]) -> Place | None:
    """Return the one value a cursor of ours holds, None for none. Raises Refused (422) when it holds something else."""
    place = decode_cursor(cursor)
    if place is None:
        return None
    if len(place) != 1 or type(place[0]) is not kind:
        raise Refused("bad-cursor", "cursor 无效", "the cursor is not one of this list", status=422)
    value: Place = place[0]
    return value
