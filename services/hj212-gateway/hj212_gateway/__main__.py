"""`python -m hj212_gateway [serve|migrate|check]`, and `python -m hj212_gateway verify PACKAGE`, which needs no settings."""

import sys

from park_chassis.command_line import main_for

if sys.argv[1:2] == ["verify"]:
    from hj212_gateway.verify_command import verify_command

    sys.exit(verify_command(sys.argv[2:]))

from hj212_gateway.app import build
from hj212_gateway.settings import Settings

main_for(Settings, build)
