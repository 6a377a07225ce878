"""Answers of the mock gateway in the shapes of the HTTP contract: refusals, pages of a list, a frame's text."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]


def raw_frame(mn: str, password: str) -> str:
    """A realtime frame as a logger would have sent it."""
    head = f"##0101QN=20261122040000000;ST=32;CN=2011;PW={password};MN={mn};Flag=5"
    return f"{head};CP=&&DataTime=20261122040000;w01018-Rtd=12.1&&1A40"


def refused(status: int, zh: str, en: str, **more: Any) -> Response:
    """problem+json of the contract."""
    return JSONResponse(
        {"type": "about:blank", "title": zh, "title_en": en, "status": status, "code": "mock", **more},
        status,
        media_type="application/problem+json",
    )


def page(rows: list[Any], request: Request) -> Record:
    """The contract's list with a number as cursor."""
    limit, start = int(request.query_params.get("limit", 50)), int(request.query_params.get("cursor") or 0)
    following = start + limit
    return {
        "items": rows[start:following],
        "next_cursor": str(following) if following < len(rows) else None,
        "total": len(rows),
    }
