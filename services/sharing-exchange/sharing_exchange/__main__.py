"""`python -m sharing_exchange [serve|migrate|check|create-client|client]`."""

import sys

from park_chassis.command_line import main_for

from sharing_exchange.app import build
from sharing_exchange.settings import Settings

match sys.argv[1:]:
    case ["create-client", *arguments]:
        from sharing_exchange.create_client import main

        sys.exit(main(arguments))
    case ["client"]:
        from sharing_exchange.create_client import DEMO_CLIENT, DEMO_KEY_VARIABLE, main

        sys.exit(main(["--name", DEMO_CLIENT, "--key-env", DEMO_KEY_VARIABLE]))
    case _:
        main_for(Settings, build)
