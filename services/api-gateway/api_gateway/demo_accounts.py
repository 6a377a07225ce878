"""`account`: the people of a demo, all with the password of PARK_DEMO_PASSWORD. Not for a park in production.

One person cannot close a loop alone (the one who works a task does not verify it), so a demo has an officer
(PARK_DEMO_USERNAME), an administrator and two inspectors. The person of an enterprise comes with the enterprises (simulator).
"""

import asyncio
import os
import sys
from collections.abc import Mapping

from park_chassis.database import Database
from park_chassis.errors import Refused
from park_schemas.codes import Role

from api_gateway.settings import Settings
from api_gateway.user_administration import NewUser, UserAdministration

_STAFF: tuple[tuple[str, str, Role], ...] = (
    ("admin", "系统管理员", Role.ADMINISTRATOR),
    ("inspector", "网格员 王磊", Role.INSPECTOR),
    ("inspector2", "网格员 李敏", Role.INSPECTOR),
)


def people_of_demo(environment: Mapping[str, str]) -> list[NewUser]:
    """Return the accounts a demo wants. Raises KeyError naming the variable that is missing."""
    password = environment["PARK_DEMO_PASSWORD"]
    wanted = [(environment["PARK_DEMO_USERNAME"], "值班员 陈静", Role.OFFICER), *_STAFF]
    return [
        NewUser(
            username=name,
            display_name=display_name,
            role=role,
            password=password,
            must_change_password=False,
        )
        for name, display_name, role in {row[0]: row for row in reversed(wanted)}.values()
    ]


def main() -> int:
    """Make the accounts that are not there; return the exit code (2: a variable is missing, 1: refused)."""
    try:
        people = people_of_demo(os.environ)
    except KeyError as error:
        sys.stderr.write(f"account: {error}\n")
        return 2
    try:
        made = asyncio.run(_ensure(Settings(), people))
    except Refused as error:
        sys.stderr.write(f"account: {error.en}\n")
        return 1
    sys.stdout.write(f"accounts: {len(people)} wanted, {made} created\n")
    return 0


async def _ensure(settings: Settings, people: list[NewUser]) -> int:
    database = Database(settings.database_url.get_secret_value(), settings.schema_name, pool_size=2)
    await database.open()
    try:
        administration = UserAdministration(settings, database)
        return sum([(await administration.ensure(new))[1] for new in people])
    finally:
        await database.close()
