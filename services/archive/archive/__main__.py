"""`python -m archive [serve|migrate|check]`."""

from park_chassis.command_line import main_for

from archive.app import build
from archive.settings import Settings

main_for(Settings, build)
