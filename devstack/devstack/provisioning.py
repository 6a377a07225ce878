"""One database, one schema and one login role a service: asked of the chassis, which knows how."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

from devstack.process import ProcessSpec
from devstack.services import DATABASE_NAME

MODULE = "park_chassis.provisioning"


def provision_spec(admin_url: str, passwords: Mapping[str, str], *, depends_on: tuple[str, ...]) -> ProcessSpec:
    """Return the one-shot that makes the database, roles and schemas; running it again changes nothing."""
    environment = {"PARK_ADMIN_DATABASE_URL": admin_url, "PARK_DATABASE_NAME": DATABASE_NAME}
    roles = {f"PARK_ROLE_PASSWORD_{role.upper()}": password for role, password in passwords.items()}
    return ProcessSpec(
        name="provision",
        argv=(sys.executable, "-m", MODULE),
        env=environment | roles,
        one_shot=True,
        depends_on=depends_on,
    )


def platform_url(admin_url: str) -> str:
    """Return the administrator's URL of the platform's database."""
    return urlunsplit(urlsplit(admin_url)._replace(path=f"/{DATABASE_NAME}"))


def role_url(admin_url: str, role: str, password: str) -> str:
    """Return the URL by which a role logs in to the platform's database on the administrator's server."""
    parts = urlsplit(admin_url)
    server = parts.netloc.rpartition("@")[2]
    login = f"{quote(role, safe='')}:{quote(password, safe='')}@{server}"
    return urlunsplit(parts._replace(netloc=login, path=f"/{DATABASE_NAME}"))
