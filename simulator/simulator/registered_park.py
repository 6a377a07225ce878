"""What seeding leaves behind for the loggers: passwords and the limits in force, in one file of the data directory.

The limits are those the archive holds; the simulator knows no limit of its own.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.signal_model import Bounds

FILE = "park.json"


class NotSeeded(Exception):
    """The data directory has no registered park."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder / FILE} is not there: run `python -m simulator seed --data-dir {folder}` first")


@dataclass(frozen=True)
class RegisteredPark:
    """Passwords by MN, the strictest bounds by point code and factor, and the MNs of extra devices for load tests."""

    passwords: dict[str, str]
    limits: dict[str, dict[str, Bounds]]
    extra_devices: list[str]

    def save(self, folder: Path) -> None:
        """Write the file, readable by its owner only: it holds passwords."""
        folder.mkdir(parents=True, exist_ok=True)
        content = {
            "passwords": self.passwords,
            "limits": {
                point: {factor: [bounds.upper, bounds.lower] for factor, bounds in factors.items()}
                for point, factors in self.limits.items()
            },
            "extra_devices": self.extra_devices,
        }
        temporary = folder / f"{FILE}.new"
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(content), encoding="utf-8")
        os.replace(temporary, folder / FILE)

    @staticmethod
    def load(folder: Path) -> "RegisteredPark":
        """Read the file. Raises NotSeeded."""
        path = folder / FILE
        if not path.exists():
            raise NotSeeded(folder)
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        limits = {
            point: {factor: Bounds(upper, lower) for factor, (upper, lower) in factors.items()}
            for point, factors in content["limits"].items()
        }
        return RegisteredPark(content["passwords"], limits, content["extra_devices"])


def strictest(rows: list[dict[str, Any]]) -> dict[str, Bounds]:
    """Return the strictest bounds of each factor from limit rows of the API.

    The simulator sends values in the unit of the limit, so units are not converted here; a row in another unit is left out by
    the archive's own check at registration.
    """
    found: dict[str, Bounds] = {}
    for row in rows:
        before = found.get(row["factor"], Bounds())
        upper, lower = (None if row[name] is None else float(row[name]) for name in ("upper", "lower"))
        found[row["factor"]] = Bounds(
            upper if before.upper is None else before.upper if upper is None else min(before.upper, upper),
            lower if before.lower is None else before.lower if lower is None else max(before.lower, lower),
        )
    return found
