"""Under which names a person is told of alarms in the app: one rule for the list of messages and for the live stream."""

from uuid import UUID

from park_schemas.codes import Role

from park_chassis.auth import Principal

NO_ENTERPRISE = UUID(int=0)
"""An enterprise that does not exist: an enterprise account without its enterprise is told nothing."""

_ROLES_HEARD: dict[Role, tuple[str, ...]] = {
    Role.OFFICER: ("officer",),
    Role.INSPECTOR: ("inspector",),
    Role.ENTERPRISE: (),
    Role.ADMINISTRATOR: ("officer", "administrator"),
    Role.SERVICE: ("officer",),
}
"""Whose messages to a role a caller reads; administrators and services read what officers get."""


def names_told(principal: Principal) -> list[str]:
    """Return the recipients (`person:<user name>`, `role:<role>`, `enterprise:<id>`) whose messages the caller reads."""
    names = [f"person:{principal.username}", *(f"role:{role}" for role in _ROLES_HEARD[principal.role])]
    if principal.role is Role.ENTERPRISE:
        names.append(f"enterprise:{principal.enterprise_id or NO_ENTERPRISE}")
    return names
