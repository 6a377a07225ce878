"""Which headers cross the door in each direction.

Source: RFC 9110 7.6.1 (connection headers belong to one hop), RFC 9110 7.8, W3C Trace Context.
"""

from collections.abc import Iterable

Header = tuple[bytes, bytes]

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_NOT_IN = _HOP_BY_HOP | {
    b"host",
    b"cookie",
    b"authorization",
    b"x-request-id",
    b"x-forwarded-for",
    b"x-forwarded-proto",
    b"x-forwarded-host",
    b"forwarded",
    b"content-length",
}
"""Set anew by the door, or not meant for services: a session cookie must not leave it."""

_NOT_OUT = _HOP_BY_HOP | {b"server", b"date", b"set-cookie"}


def request_headers(headers: Iterable[Header], *, keep: frozenset[bytes] = frozenset()) -> list[Header]:
    """Return the caller's headers that a service may see; names in `keep` pass although they are listed."""
    kept = list(headers)
    dropped = (_NOT_IN | _named_by_connection(kept)) - keep
    return [(name, value) for name, value in kept if name.lower() not in dropped]


def response_headers(headers: Iterable[Header]) -> list[Header]:
    """Return the service's headers that the caller may see. Services set no cookies; only the door does."""
    kept = list(headers)
    dropped = _NOT_OUT | _named_by_connection(kept)
    return [(name, value) for name, value in kept if name.lower() not in dropped]


def _named_by_connection(headers: list[Header]) -> frozenset[bytes]:
    return frozenset(
        item.strip().lower() for name, value in headers if name.lower() == b"connection" for item in value.split(b",")
    )
