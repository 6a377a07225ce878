"""Passwords and keys inside commands: made when nobody gives one, sealed while they are stored, opened when they are sent."""

import secrets
import string
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from park_chassis.secret_box import PREFIX, SecretBox

from hj212_gateway.domain.command_request import CpItems
from hj212_gateway.domain.command_table import SECRETS

_LETTERS = string.ascii_letters + string.digits
_KEY_CHARACTERS = 16


class CommandSecrets:
    """Between what people ask and what the database holds; each secret is bound to its command."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box

    def sealed(self, command_id: UUID, items: Sequence[Mapping[str, Any]]) -> CpItems:
        """Return CP items as they are stored."""
        return [
            {name: self._box.seal(str(value), _owner(command_id)) if name in SECRETS else value for name, value in one}
            for one in (item.items() for item in items)
        ]

    def opened(self, command_id: UUID, items: Sequence[Mapping[str, Any]]) -> CpItems:
        """Return CP items as they are sent. Raises SecretUnreadable. What an earlier version stored in clear stays."""
        return [
            {
                name: self._box.open(value, _owner(command_id)) if str(value).startswith(PREFIX) else value
                for name, value in item.items()
            }
            for item in items
        ]


def with_new_key(command: str, items: Sequence[Mapping[str, Any]]) -> CpItems:
    """Return CP items with a key for 1014 when none is given: 16 random letters and digits (6.4.4: not regular)."""
    filled: CpItems = [dict(item) for item in items]
    if command == "1014" and not any("NewSK" in item for item in filled):
        filled = filled or [{}]
        filled[0]["NewSK"] = "".join(secrets.choice(_LETTERS) for _ in range(_KEY_CHARACTERS))
    return filled


def _owner(command_id: UUID) -> str:
    return f"command:{command_id}"
