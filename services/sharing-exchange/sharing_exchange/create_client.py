"""`create-client` and `client`: make a client of the exchange if it is not there.

create-client --name NAME [--resources a,b] [--key-env VAR]   without a variable a key is made and printed, once
client                                                        the demo's client with the key of PARK_DEMO_API_KEY
Exit code 0: there (made now or before); 1: refused, with the reason; 2: wrong usage.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence

from park_chassis.database import Database
from park_chassis.errors import Refused

from sharing_exchange.client_administration import DEFAULT_REQUESTS_PER_MINUTE, ClientAdministration
from sharing_exchange.domain.resources import RESOURCES
from sharing_exchange.settings import Settings

DEMO_CLIENT, DEMO_KEY_VARIABLE = "demo", "PARK_DEMO_API_KEY"


def main(arguments: Sequence[str]) -> int:
    """Run the command with its arguments; return the exit code."""
    options = _parser().parse_args(arguments)
    key = None
    if options.key_env is not None:
        key = os.environ.get(options.key_env)
        if not key:
            sys.stderr.write(f"{options.key_env} is not set: it must hold the API key of {options.name}\n")
            return 2
    try:
        said = asyncio.run(_make(Settings(), options.name, options.resources.split(","), key))
    except Refused as error:
        sys.stderr.write(f"{options.name}: {error.en}\n")
        return 1
    sys.stdout.write(f"{options.name}: {said}\n")
    return 0


async def _make(settings: Settings, name: str, resources: list[str], key: str | None) -> str:
    database = Database(settings.database_url.get_secret_value(), settings.schema_name, pool_size=2)
    await database.open()
    try:
        administration = ClientAdministration(database)
        if key is not None:
            return "created" if await administration.ensure(name, resources, key=key) else "was there already"
        _, made = await administration.create(name, resources, DEFAULT_REQUESTS_PER_MINUTE, by="command-line")
        return f"created, its key is {made}"
    finally:
        await database.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sharing_exchange create-client", description=__doc__)
    parser.add_argument("--name", required=True)
    parser.add_argument("--resources", default=",".join(RESOURCES), help="names separated by commas")
    parser.add_argument("--key-env", default=None, help="variable that holds the key")
    return parser
