"""What a person can set for the demo, from the environment.

PARK_DEMO_DIR    data folder, default .local
PARK_HTTP_HOST   address of the console and the API, default 127.0.0.1
PARK_HTTP_PORT   their port, default 8080
PARK_HJ212_HOST  address the data loggers connect to, default 127.0.0.1
PARK_HJ212_PORT  their port, default 9212
PARK_DEMO_WITHOUT    names of services and one-shots to leave out, separated by commas
PARK_DEVSTACK_TABLE  module with another table of services, default devstack.services
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devstack.ports import LOOPBACK, port_from, require_free

HTTP_PORT, HJ212_PORT = "PARK_HTTP_PORT", "PARK_HJ212_PORT"


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """The demo's folder (absolute) and its two public addresses."""

    folder: Path
    http_host: str
    http_port: int
    hj212_host: str
    hj212_port: int
    without: frozenset[str] = frozenset()
    table: str = "devstack.services"

    @property
    def status_file(self) -> Path:
        """Where the supervisor writes what runs."""
        return self.folder / "status.json"

    @property
    def demo_file(self) -> Path:
        """Where addresses and the account are written once all is ready."""
        return self.folder / "demo.json"

    def require_free_ports(self) -> None:
        """Raise PortOccupied when one of the two public ports is taken."""
        require_free(self.http_port, HTTP_PORT, self.http_host)
        require_free(self.hj212_port, HJ212_PORT, self.hj212_host)


def settings_from(environment: Mapping[str, str]) -> DemoSettings:
    """Read the settings. Raises PortInvalid."""
    return DemoSettings(
        folder=Path(environment.get("PARK_DEMO_DIR") or ".local").resolve(),
        http_host=environment.get("PARK_HTTP_HOST") or LOOPBACK,
        http_port=port_from(environment.get(HTTP_PORT) or "8080", HTTP_PORT),
        hj212_host=environment.get("PARK_HJ212_HOST") or LOOPBACK,
        hj212_port=port_from(environment.get(HJ212_PORT) or "9212", HJ212_PORT),
        without=frozenset(filter(None, environment.get("PARK_DEMO_WITHOUT", "").replace(" ", "").split(","))),
        table=environment.get("PARK_DEVSTACK_TABLE") or "devstack.services",
    )


def address_to_call(host: str) -> str:
    """Return the address a client on this machine uses for a server that listens on `host`."""
    return LOOPBACK if host in {"0.0.0.0", "::", ""} else host
