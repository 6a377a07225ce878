"""TCP ports of the local stack: finding a free one, and refusing an occupied one with the way out."""

from __future__ import annotations

import errno
import secrets
import socket

LOOPBACK = "127.0.0.1"
_FIRST, _COUNT = 20_000, 12_000
_handed_out: set[int] = set()


class PortOccupied(Exception):
    """A port we were told to use is taken; `variable` is the environment variable that changes it."""

    def __init__(self, port: int, variable: str) -> None:
        self.port, self.variable = port, variable
        super().__init__(
            f"端口 {port} 已被占用；请先停止占用它的程序，或换一个端口：{variable}={port + 1}\n"
            f"Port {port} is in use; stop what uses it, or choose another one: {variable}={port + 1}"
        )


class PortInvalid(Exception):
    """An environment variable that should hold a port holds something else."""

    def __init__(self, text: str, variable: str) -> None:
        super().__init__(
            f"{variable}={text!r} 不是 1–65535 之间的端口号 / {variable}={text!r} is not a port number (1-65535)"
        )


def free_port() -> int:
    """Return a port of the loopback interface that is free at this moment and was not handed out before.

    It is taken below the range from which the kernel gives ports to outgoing connections (32768 and up): a server
    that is killed and restarted must not find its port taken by somebody's client connection.
    """
    while True:
        port = _FIRST + secrets.randbelow(_COUNT)
        if port in _handed_out:
            continue
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        _handed_out.add(port)
        return port


def require_free(port: int, variable: str, host: str = LOOPBACK) -> None:
    """Raise PortOccupied unless `port` can be listened on at `host`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a closing connection does not occupy a port
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                raise PortOccupied(port, variable) from error
            raise


def port_from(text: str, variable: str) -> int:
    """Parse a port number. Raises PortInvalid."""
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 65_535:
        raise PortInvalid(text, variable)
    return int(text)
