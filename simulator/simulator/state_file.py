"""What the loggers remember between runs: up to which interval each kind of record has been delivered."""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path


class StateFile:
    """{MN: {command: start of the last delivered interval}}, written whole and swapped in, so a crash leaves the old one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sent: dict[str, dict[str, datetime]] = {}
        self._changed = False
        if path.exists():
            content: Mapping[str, Mapping[str, str]] = json.loads(path.read_text(encoding="utf-8"))
            self._sent = {
                mn: {command: datetime.fromisoformat(at) for command, at in records.items()}
                for mn, records in content.items()
            }

    def last_sent(self, mn: str, command: str) -> datetime | None:
        """Return the start of the newest delivered interval."""
        return self._sent.get(mn, {}).get(command)

    def delivered(self, mn: str, command: str, start: datetime) -> None:
        """Remember a delivered interval; older ones do not set it back."""
        records = self._sent.setdefault(mn, {})
        if command not in records or records[command] < start:
            records[command] = start
            self._changed = True

    def save(self) -> None:
        """Write what has changed."""
        if not self._changed:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        content = {
            mn: {command: at.isoformat() for command, at in records.items()} for mn, records in self._sent.items()
        }
        temporary = self._path.with_suffix(".new")
        temporary.write_text(json.dumps(content, indent=0), encoding="utf-8")
        os.replace(temporary, self._path)
        self._changed = False
