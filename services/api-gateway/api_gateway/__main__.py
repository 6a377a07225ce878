"""`python -m api_gateway [serve|migrate|check|create-user|account]`."""

import sys

from park_chassis.command_line import main_for

from api_gateway.app import build
from api_gateway.settings import Settings

match sys.argv[1:]:
    case ["create-user", *arguments]:
        from api_gateway.create_user import main as create_user

        sys.exit(create_user(arguments))
    case ["account"]:
        from api_gateway.demo_accounts import main as demo_accounts

        sys.exit(demo_accounts())
    case _:
        main_for(Settings, build)
