"""`python -m task_dispatch [serve|migrate|check]`."""

from park_chassis.command_line import main_for

from task_dispatch.app import build
from task_dispatch.settings import Settings

main_for(Settings, build)
