"""`python -m source_monitoring [serve|migrate|check|openapi]`."""

from park_chassis.command_line import main_for

from source_monitoring.app import build
from source_monitoring.settings import Settings

if __name__ == "__main__":
    main_for(Settings, build)
