"""Who may do what: one literal table from role to permissions, and what part of the data a person sees."""

from enum import StrEnum

from park_schemas.codes import Role


class DataScope(StrEnum):
    """The part of the park a person sees. Services filter their rows by it; the live stream does so here."""

    PARK = "park"
    ENTERPRISE = "enterprise"
    OWN_TASKS = "own-tasks"


_READS = frozenset(
    {
        "map:read",
        "point:read",
        "reading:read",
        "alarm:read",
        "task:read",
        "archive:read",
        "device:read",
        "exchange:read",
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.OFFICER: _READS
    | {
        "alarm:acknowledge",
        "alarm:close",
        "task:create",
        "task:dispatch",
        "task:verify",
        "task:cancel",
        "archive:write",
        "archive:import",
        "mark:write",
        "mark:review",
        "data:review",
        "data:approve",
        "data:correct",
        "data:replay",
        "quota:write",
        "campaign:write",
        "command:approve",
    },
    Role.INSPECTOR: frozenset(
        {
            "map:read",
            "point:read",
            "reading:read",
            "alarm:read",
            "alarm:acknowledge",
            "task:read",
            "task:work",
            "archive:read",
            "data:review",
        }
    ),
    Role.ENTERPRISE: frozenset(
        {
            "map:read",
            "point:read",
            "reading:read",
            "alarm:read",
            "alarm:acknowledge",
            "task:read",
            "task:work",
            "archive:read",
            "mark:write",
        }
    ),
    Role.ADMINISTRATOR: _READS
    | {
        "user:write",
        "user:read",
        "archive:write",
        "archive:import",
        "device:write",
        "command:approve",
        "rule:write",
        "webhook:write",
        "client:write",
        "audit:read",
        "parked:read",
        "parked:replay",
        "data:replay",
        "quota:write",
        "campaign:write",
    },
    Role.SERVICE: _READS | {"user:read", "parked:read"},
}

ROLE_SCOPE: dict[Role, DataScope] = {
    Role.OFFICER: DataScope.PARK,
    Role.INSPECTOR: DataScope.OWN_TASKS,
    Role.ENTERPRISE: DataScope.ENTERPRISE,
    Role.ADMINISTRATOR: DataScope.PARK,
    Role.SERVICE: DataScope.PARK,
}

SIGN_IN_ROLES = (Role.OFFICER, Role.INSPECTOR, Role.ENTERPRISE, Role.ADMINISTRATOR)
"""Roles a person can have; `service` belongs to processes only."""


def permissions_of(role: Role) -> frozenset[str]:
    """Return the permissions of a role; a role without a row has none."""
    return ROLE_PERMISSIONS.get(role, frozenset())
