"""PROXY protocol version 2: the header a load balancer puts before the first byte of a connection.

Source: HAProxy, "The PROXY protocol", section 2.2: 12 bytes of signature, version and command, family and transport, two bytes
of length, addresses, further TLVs (skipped).
"""

import socket
import struct
from typing import NamedTuple

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
_FIXED = 16
_MOST_BYTES = _FIXED + 2048
_ADDRESSES = {0x11: (socket.AF_INET, 4), 0x21: (socket.AF_INET6, 16)}


class BadProxyHeader(Exception):
    """The connection came from a trusted balancer but does not begin with a PROXY v2 header."""


class ProxyHeader(NamedTuple):
    """`size` bytes of header; `address` and `port` of the client, None for the balancer's own health checks (LOCAL)."""

    size: int
    address: str | None
    port: int


def read_proxy_header(data: bytes) -> ProxyHeader | None:
    """Return the header at the beginning of a connection, None when more bytes are needed. Raises BadProxyHeader."""
    if not data.startswith(SIGNATURE[: len(data)]):
        raise BadProxyHeader("no PROXY v2 signature")
    if len(data) < _FIXED:
        return None
    version_command, family, length = struct.unpack("!BBH", data[12:_FIXED])
    size = _FIXED + length
    if version_command >> 4 != 2 or version_command & 0xF > 1:
        raise BadProxyHeader(f"version and command {version_command:#04x} are not known")
    if size > _MOST_BYTES:
        raise BadProxyHeader(f"{length} bytes of addresses are too many")
    if len(data) < size:
        return None
    known = _ADDRESSES.get(family)
    if version_command & 0xF == 0 or known is None:
        return ProxyHeader(size, None, 0)
    kind, width = known
    if length < 2 * width + 4:
        raise BadProxyHeader("addresses are cut short")
    source = data[_FIXED : _FIXED + width]
    (port,) = struct.unpack("!H", data[_FIXED + 2 * width : _FIXED + 2 * width + 2])
    return ProxyHeader(size, socket.inet_ntop(kind, source), port)
