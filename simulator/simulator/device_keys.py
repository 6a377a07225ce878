"""SM4 keys of the loggers that encrypt (HJ 212-2025 6.4.4): entered through the API, changed by the host's 1014."""

import json
import os
import secrets
import string
from pathlib import Path

from simulator.park_api import ParkApi
from simulator.park_plan import points

FILE = "keys.json"
_LETTERS = string.ascii_letters + string.digits
_EDITION = "2025"


class DeviceKeys:
    """{MN: 16 bytes in hex}, in a file readable by its owner only, written whole and swapped in at each change."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._keys: dict[str, str] = json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else {}

    def of(self, mn: str) -> bytes | None:
        """Return the key a logger encrypts with, None for one that speaks in clear."""
        found = self._keys.get(mn)
        return bytes.fromhex(found) if found is not None else None

    def put(self, mn: str, key: bytes) -> None:
        """Remember a logger's key."""
        self._keys[mn] = key.hex()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(self._keys), encoding="utf-8")
        os.replace(temporary, self._path)


async def enter_keys(api: ParkApi, keys: DeviceKeys, count: int) -> dict[str, int]:
    """Let the first `count` loggers of 2025 encrypt: one without a key gets a random one, entered through the API.

    Return how many were entered and how many had one. Raises park_api.ApiRefused (a logger that is not registered).
    """
    done = {"entered": 0, "known": 0}
    for site in [site for site in points() if site.edition == _EDITION][:count]:
        if keys.of(site.mn) is not None:
            done["known"] += 1
            continue
        text = "".join(secrets.choice(_LETTERS) for _ in range(16))
        body = {"key": text, "reason": "simulator"}
        await api.request("POST", f"/sessions/{site.mn}/keys", json=body)
        keys.put(site.mn, text.encode())
        done["entered"] += 1
    return done
