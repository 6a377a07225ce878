"""TCP ports of the local stack: finding a free one, and refusing an occupied one with the way out."""

from __future__ import annotations

import errno
import socket

LOOPBACK = "127.0.0.1"


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
    """Return a port of the loopback interface that is free at this moment (another process may still take it)."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


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
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise PortInvalid(text, variable)
    return int(text)
