"""Change history: what a change altered, field by field."""

from collections.abc import Mapping
from typing import Any

import msgspec

HIDDEN = "••••••"
_SECRETS = frozenset({"password"})


def changes_between(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return {field: [old, new]} of the fields that differ, as JSON values; `before` is None for a new record.

    Secrets are told as changed without their text.
    """
    plain_before = msgspec.to_builtins(dict(before or {}), str_keys=True)
    plain_after = msgspec.to_builtins(dict(after), str_keys=True)
    return {
        name: [HIDDEN if plain_before.get(name) else None, HIDDEN]
        if name in _SECRETS
        else [plain_before.get(name), value]
        for name, value in plain_after.items()
        if plain_before.get(name) != value and not (before is None and value in ("", None, []))
    }
