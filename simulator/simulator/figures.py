"""What the fleet has done so far, for the log line and for tests."""

from dataclasses import asdict, dataclass


@dataclass
class Figures:
    """Counts since the start; `frames` counts repeats too, `records` does not."""

    connections: int = 0
    refused_connections: int = 0
    records: int = 0
    frames: int = 0
    bytes: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    bad_crc: int = 0
    requests: int = 0
    unreadable: int = 0

    def shown(self) -> dict[str, int]:
        return asdict(self)
