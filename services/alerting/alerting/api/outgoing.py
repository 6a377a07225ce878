"""What lists of messages and deliveries have in common: pages by when they were made, and what may not be sent again."""

from collections.abc import Sequence
from typing import Any

from fastapi import Response
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import encode_cursor, page


def newest_first(found: Sequence[dict[str, Any]], limit: int, key: str) -> Response:
    """Return a page of what was made, newest first; `key` names the id that tells rows of one instant apart."""
    last = found[-1] if len(found) == limit else None
    return json_response(page(list(found), encode_cursor(last["made_at"].isoformat(), last[key]) if last else None))


def refuse_unless_sent_again(state: str | None, what: tuple[str, str], over: tuple[str, str], sought: object) -> None:
    """Refuse by the state in which something was found that is to be sent again; names are (Chinese, English)."""
    if state is None:
        raise NotFound(*what, sought)
    if state == "delivered":
        raise Refused("already-delivered", f"该{what[0]}已送达, 无需重发", f"this {what[1]} has been taken already")
    if state == "removed":
        raise Refused(f"{over[1]}-removed", f"该{over[0]}已删除", f"its {over[1]} was removed")
