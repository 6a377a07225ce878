"""Lists of what was set aside, of several services as one: pure joins over plain JSON values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from park_chassis.paging import encode_cursor

Json = dict[str, Any]


def merged(answers: Mapping[str, Json], limit: int) -> Json:
    """Return up to `limit` items, seen last first, each with its `service`, and the cursor of the place after them.

    `parked` is the longer of the waiting lines: a frame of an unknown point waits in both services. None for readers
    who may not know of it.
    """
    items = [{**item, "service": service} for service, answer in answers.items() for item in answer["items"]]
    items.sort(key=_place, reverse=True)
    is_cut = len(items) > limit or any(answer["next_cursor"] for answer in answers.values())
    shown = items[:limit]
    parked = [answer["parked"] for answer in answers.values() if answer["parked"] is not None]
    return {
        "items": shown,
        "next_cursor": encode_cursor(shown[-1]["last_seen"], shown[-1]["set_aside_id"]) if is_cut and shown else None,
        "total": None,
        "limits_not_applied": [one for answer in answers.values() for one in answer["limits_not_applied"]],
        "parked": max(parked, default=None),
    }


def _place(item: Json) -> tuple[datetime, str]:
    return datetime.fromisoformat(item["last_seen"]), str(item["set_aside_id"])
