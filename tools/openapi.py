"""Write contracts/openapi/<service>.json of every service, and the one document that api-gateway serves.

`python tools/openapi.py [--check]`: with --check nothing is written, and drift ends with exit code 1. Nothing is connected: each
service's app is built with settings that lead nowhere.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = ROOT / "contracts" / "openapi"
MERGED = ROOT / "services" / "api-gateway" / "api_gateway" / "openapi.json"

SERVICES: dict[str, str] = {
    "archive": "archive",
    "hj212-gateway": "hj212_gateway",
    "source-monitoring": "source_monitoring",
    "quality": "quality",
    "alerting": "alerting",
    "task-dispatch": "task_dispatch",
    "sharing-exchange": "sharing_exchange",
    "api-gateway": "api_gateway",
}
"""Every service with an API of its own (the console serves files)."""

NOWHERE: dict[str, str] = {
    "PARK_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere",
    "PARK_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
    "PARK_AUTH_SECRET": "only to describe the API, signs nothing",
    "PARK_EVIDENCE_DIR": "nowhere",
}


def chassis_of(package: str) -> Any:
    """Return a service's chassis, built but not connected."""
    before = dict(os.environ)
    os.environ.update(NOWHERE)
    try:
        settings = import_module(f"{package}.settings").Settings()
    finally:
        os.environ.clear()
        os.environ.update(before)
    return import_module(f"{package}.app").build(settings)


def documents() -> dict[str, dict[str, Any]]:
    """Return the OpenAPI document of every service by its name."""
    return {service: chassis_of(package).http_app().openapi() for service, package in SERVICES.items()}


def merged(described: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    """Return the one document, and the rows of the route table that no service describes."""
    from api_gateway.api import API_ROOT
    from api_gateway.domain.openapi_merge import Merged
    from api_gateway.domain.routes import ROUTES

    others = {service: document for service, document in described.items() if service != "api-gateway"}
    one = Merged(described["api-gateway"], root=API_ROOT)
    one.take_schemas(others)
    one.add_routes(ROUTES, others)
    one.add_public(others["sharing-exchange"], "/exchange/v1/", "sharing-exchange")
    return one.document(), one.undescribed


def files() -> dict[Path, str]:
    """Return every generated file: path and text."""
    described = documents()
    result = {CONTRACTS / f"{service}.json": _text(document) for service, document in described.items()}
    result[MERGED] = _text(merged(described)[0])
    return result


def drift() -> list[str]:
    """Return which generated files are missing or old."""
    return [
        f"{path.relative_to(ROOT)}: not what the service says"
        for path, text in files().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        problems = drift()
        for problem in problems:
            print(problem, file=sys.stderr)
        return 1 if problems else 0
    written = 0
    for path, text in files().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written += 1
    print(f"openapi: {written} files written")
    return 0


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.exit(main())
