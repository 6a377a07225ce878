"""Asking a Kafka broker whether it serves, with nothing but a socket.

A broker listens before it may serve ("fenced"). It serves when a Metadata answer lists a broker.
Wire: int32 size; request header v1 = api key 3, version 1, correlation id, nullable client id; body = array of topic
names (empty: none). Answer v1: correlation id, array of brokers, ... (Kafka protocol guide, "Metadata API (Key: 3)").
"""

from __future__ import annotations

import socket
import struct

_METADATA, _VERSION, _CORRELATION = 3, 1, 1
_CLIENT = b"devstack"
_TIMEOUT_S = 1.0


def broker_answers(host: str, port: int) -> bool:
    """Say whether a broker at host:port is open for clients; never raises for a broker that is not there."""
    body = struct.pack(f">hhih{len(_CLIENT)}si", _METADATA, _VERSION, _CORRELATION, len(_CLIENT), _CLIENT, 0)
    try:
        with socket.create_connection((host, port), timeout=_TIMEOUT_S) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            answer = _exactly(connection, 12)
    except OSError:
        return False
    _size, correlation, brokers = struct.unpack(">iii", answer)
    return bool(correlation == _CORRELATION and brokers >= 1)


def _exactly(connection: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        piece = connection.recv(count - len(received))
        if not piece:
            raise ConnectionResetError("the broker closed the connection")
        received += piece
    return received
