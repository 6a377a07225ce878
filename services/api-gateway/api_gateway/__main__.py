"""`python -m api_gateway [serve|migrate|check|create-user]`."""

import sys

from park_chassis.command_line import main_for

from api_gateway.app import build
from api_gateway.settings import Settings

if len(sys.argv) > 1 and sys.argv[1] == "create-user":
    from api_gateway.create_user import main

    sys.exit(main(sys.argv[2:]))
main_for(Settings, build)
