"""The command line of every service: `python -m <package> [serve|migrate|check|openapi]`."""

import gc
import json
import sys
from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from park_chassis.settings import ServiceSettings

Settings = TypeVar("Settings", bound=ServiceSettings)


def main_for(
    settings_class: type[Settings], build: "Callable[[Settings], object]", *, package: str | None = None
) -> None:
    """Run the command that the arguments name; exit 2 with every problem listed when the settings are not valid."""
    command = sys.argv[1] if len(sys.argv) > 1 else "serve"
    if command not in _COMMANDS:
        sys.exit(f"unknown command {command!r}; one of: {', '.join(_COMMANDS)}")
    try:
        settings = settings_class()
    except ValidationError as error:
        for problem in error.errors():
            name = ".".join(map(str, problem["loc"]))
            sys.stderr.write(f"PARK_{name.upper()}: {problem['msg']}\n")
        sys.exit(2)
    _COMMANDS[command](settings, build, package or settings.schema_name)


def _serve(settings: Settings, build: "Callable[[Settings], object]", _package: str) -> None:
    import uvloop

    from park_chassis.chassis import Chassis

    chassis = build(settings)
    assert isinstance(chassis, Chassis)  # noqa: S101 - late import keeps `check` light
    # A batch of events is some 10^5 small objects without cycles: with the default thresholds the collector walks them over
    # and over, which costs more than decoding them (three times the CPU a frame, measured by bench/frame_cost.py).
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    uvloop.run(chassis.serve())


def _migrate(settings: Settings, _build: "Callable[[Settings], object]", package: str) -> None:
    from park_chassis.migrations import migrate

    head = migrate(settings.database_url.get_secret_value(), package, settings.schema_name)
    sys.stdout.write(f"{settings.service}: schema at revision {head}\n")


def _check(settings: Settings, _build: "Callable[[Settings], object]", _package: str) -> None:
    sys.stdout.write(json.dumps(settings.shown(), ensure_ascii=False, indent=2) + "\n")


_COMMANDS: dict[str, Callable[..., None]] = {"serve": _serve, "migrate": _migrate, "check": _check}
