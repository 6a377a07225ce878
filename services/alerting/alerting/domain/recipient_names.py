"""What a policy may name: roles, `enterprise`, `duty:<roster>`, `person:<user name>`."""

import re

from park_schemas.codes import Role

DUTY, PERSON = "duty:", "person:"
_ROLES = frozenset(role.value for role in Role if role is not Role.SERVICE)
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


def is_username(text: str) -> bool:
    """Return whether a text can be the name of a user (or the code of a roster)."""
    return _USERNAME.fullmatch(text) is not None


def is_name(name: str) -> bool:
    """Return whether a policy may name this."""
    kind, _, rest = name.partition(":")
    return name in _ROLES or (f"{kind}:" in {DUTY, PERSON} and is_username(rest))
