"""Cursor paging: a page is asked for by the place after the last row seen, so new rows never shift it."""

import base64
import binascii
import json
from typing import Annotated, Any

from fastapi import Query

from park_chassis.errors import Refused

MAX_LIMIT = 500

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Most items of a page")]
Cursor = Annotated[str | None, Query(description="next_cursor of the page before; absent for the first")]


def page(items: list[Any], next_cursor: str | None = None, total: int | None = None) -> dict[str, Any]:
    """Return the shape of every list answer."""
    return {"items": items, "next_cursor": next_cursor, "total": total}


def encode_cursor(*place: Any) -> str:
    """Return an opaque cursor for a place in an order (JSON values, datetimes as text)."""
    return base64.urlsafe_b64encode(json.dumps(place, default=str).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> list[Any] | None:
    """Return the place of a cursor, None for none. Raises Refused (422) when it is not one of ours."""
    if cursor is None:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise Refused("bad-cursor", "cursor 无效", "the cursor is not valid", status=422) from error
    if not isinstance(place, list):
        raise Refused("bad-cursor", "cursor 无效", "the cursor is not valid", status=422)
    return place
