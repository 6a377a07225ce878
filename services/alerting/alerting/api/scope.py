"""What part of the alarms a caller sees."""

from uuid import UUID

from park_chassis.auth import Principal
from park_schemas.codes import Role

NOBODY = UUID(int=0)
"""An enterprise that does not exist: an enterprise account without its enterprise sees nothing."""


def visible_enterprise(principal: Principal) -> UUID | None:
    """Return the enterprise the caller is held to, None for the whole park."""
    if principal.role is Role.ENTERPRISE:
        return principal.enterprise_id or NOBODY
    return principal.enterprise_id


def recipients_of(principal: Principal) -> list[str]:
    """Return under which names the caller is told of alarms; administrators and services read what officers get."""
    own = f"person:{principal.username}"
    if principal.role is Role.ENTERPRISE:
        return [own, f"enterprise:{visible_enterprise(principal)}"]
    if principal.role is Role.INSPECTOR:
        return [own, "role:inspector"]
    if principal.role is Role.ADMINISTRATOR:
        return [own, "role:officer", "role:administrator"]
    return [own, "role:officer"]
