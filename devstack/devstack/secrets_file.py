"""The demo's own secrets: made at random on the first start, kept in its data folder, readable by us only."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(slots=True)
class DemoSecrets:
    """`role_passwords` are by database role; `password` is the demo account's; all are random."""

    auth_secret: str = field(default_factory=lambda: secrets.token_hex(32))
    password: str = field(default_factory=lambda: f"Demo-{secrets.token_hex(5)}")  # letters, digits and a sign
    api_key: str = field(default_factory=lambda: f"park_{secrets.token_hex(20)}")
    role_passwords: dict[str, str] = field(default_factory=dict)


def load_or_make(file: Path, roles: Iterable[str]) -> DemoSecrets:
    """Return the secrets in `file`, adding what is missing (a new role, or all of them the first time)."""
    known = DemoSecrets(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else DemoSecrets()
    for role in roles:
        known.role_passwords.setdefault(role, secrets.token_hex(16))
    write_private(file, json.dumps(asdict(known), indent=2))
    return known


def write_private(file: Path, text: str) -> None:
    """Write a file that only we may read, whatever the umask; never half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(".half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
        handle.write(text)
    half.replace(file)
