"""`create-user`: make an account if it is not there. For the first administrator and the people of a demo.

The password is read from an environment variable, never from the command line, where other users of the machine see it.
Exit code 0: the account is there (made now or before); 1: refused, with the reason; 2: wrong usage.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from uuid import UUID

from park_chassis.database import Database
from park_chassis.errors import Refused
from park_schemas.codes import Role

from api_gateway.domain.permissions import SIGN_IN_ROLES
from api_gateway.settings import Settings
from api_gateway.user_administration import NewUser, UserAdministration


def main(arguments: Sequence[str]) -> int:
    """Run the command with its arguments; return the exit code."""
    options = _parser().parse_args(arguments)
    password = os.environ.get(options.password_env)
    if not password:
        sys.stderr.write(f"{options.password_env} is not set: it must hold the password of {options.username}\n")
        return 2
    new = NewUser(
        username=options.username,
        display_name=options.display_name or options.username,
        role=Role(options.role),
        password=password,
        enterprise_id=options.enterprise_id,
        must_change_password=options.must_change,
    )
    try:
        made = asyncio.run(_ensure(Settings(), new))
    except Refused as error:
        sys.stderr.write(f"{options.username}: {error.en}\n")
        return 1
    sys.stdout.write(f"{options.username}: {'created' if made else 'was there already'}\n")
    return 0


async def _ensure(settings: Settings, new: NewUser) -> bool:
    database = Database(settings.database_url.get_secret_value(), settings.schema_name, pool_size=2)
    await database.open()
    try:
        _, made = await UserAdministration(settings, database).ensure(new)
        return made
    finally:
        await database.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m api_gateway create-user", description=__doc__)
    parser.add_argument("--username", required=True)
    parser.add_argument("--role", required=True, choices=[role.value for role in SIGN_IN_ROLES])
    parser.add_argument("--password-env", required=True, help="variable that holds the password")
    parser.add_argument("--display-name", default="")
    parser.add_argument("--enterprise-id", type=UUID, default=None)
    parser.add_argument("--must-change", action="store_true", help="ask for a new password at the first sign-in")
    return parser
