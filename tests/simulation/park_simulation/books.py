"""What happened, line by line, and the digest by which two runs are compared."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from park_schemas.park_time import at_park


@dataclass
class Books:
    """The log of a run; a line is an instant, who or what, and what happened."""

    lines: list[str] = field(default_factory=list)

    def write(self, at: datetime, *said: object) -> None:
        """Add a line."""
        self.lines.append(" ".join([f"{at_park(at):%m-%d %H:%M:%S}", *map(str, said)]))

    def digest(self) -> str:
        """Return SHA-256 of all lines."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()
