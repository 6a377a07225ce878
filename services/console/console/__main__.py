"""`python -m console [serve|migrate|check]`: the same words as every service; this one owns no tables."""

import json
import logging
import sys
from datetime import UTC, datetime

import uvicorn
from pydantic import ValidationError

from console.app import build
from console.settings import Settings


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, event, service."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON text."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "service": "console",
            "event": record.getMessage(),
        }
        detail = getattr(record, "detail", None)
        return json.dumps(line if detail is None else {**line, "detail": detail}, ensure_ascii=False)


def set_up_logging(log_format: str) -> None:
    """All loggers to standard error in the chosen form."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonLines() if log_format == "json" else logging.Formatter("%(asctime)s %(levelname)s console %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def serve(settings: Settings) -> int:
    """Runs until SIGTERM or SIGINT."""
    uvicorn.run(
        build(settings),
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
    )
    return 0


def migrate(_settings: Settings) -> int:
    """Nothing to do, said so that one loop over all services works."""
    print("console owns no tables")
    return 0


def check(settings: Settings) -> int:
    """Prints the settings in force."""
    print(settings.model_dump_json(indent=2))
    return 0


COMMANDS = {"serve": serve, "migrate": migrate, "check": check, "--check": check}


def main(arguments: list[str]) -> int:
    """Exit code 2 for an unknown command or wrong settings, with the reason on standard error."""
    command = arguments[0] if arguments else "serve"
    if command not in COMMANDS:
        print(f"console: unknown command {command!r}; known are {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        settings = Settings()
    except ValidationError as wrong:
        print(f"console: the settings are wrong:\n{wrong}", file=sys.stderr)
        return 2
    set_up_logging(settings.log_format)
    return COMMANDS[command](settings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
