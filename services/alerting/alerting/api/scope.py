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
