"""`python -m hj212_gateway [serve|migrate|check]`."""

from park_chassis.command_line import main_for

from hj212_gateway.app import build
from hj212_gateway.settings import Settings

main_for(Settings, build)
