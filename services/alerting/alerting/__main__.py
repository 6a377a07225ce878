"""`python -m alerting [serve|migrate|check]`."""

from park_chassis.command_line import main_for

from alerting.app import build
from alerting.settings import Settings

main_for(Settings, build)
