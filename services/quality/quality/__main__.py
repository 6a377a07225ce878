"""`python -m quality [serve|migrate|check|openapi]`."""

from park_chassis.command_line import main_for

from quality.app import build
from quality.settings import Settings

if __name__ == "__main__":
    main_for(Settings, build)
