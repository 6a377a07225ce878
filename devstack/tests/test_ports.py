"""Occupied and wrong ports are told with the variable that changes them."""

from __future__ import annotations

import socket

import pytest
from devstack.ports import LOOPBACK, PortInvalid, PortOccupied, free_port, port_from, require_free


def test_occupied_port_is_refused_naming_the_port_and_its_variable() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortOccupied, match=rf"端口 {port} 已被占用.*PARK_HTTP_PORT={port + 1}"):
            require_free(port, "PARK_HTTP_PORT")


def test_free_port_passes_and_is_not_given_twice() -> None:
    ports = {free_port() for _ in range(50)}
    assert len(ports) == 50
    for port in ports:
        require_free(port, "PARK_HTTP_PORT")


@pytest.mark.parametrize("text", ["", "abc", "0", "65536", "-1", "80.5", "８０"])
def test_text_that_is_no_port_is_refused_with_its_variable(text: str) -> None:
    with pytest.raises(PortInvalid, match="PARK_HJ212_PORT"):
        port_from(text, "PARK_HJ212_PORT")
