"""Services against contracts/: subscriptions against the table of topics, APIs against contracts/openapi and the route table."""

import ast
import importlib.util
import json
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from openapi_spec_validator import validate
from park_schemas.catalogue import EVENT_TYPES, TOPICS

ROOT = Path(__file__).parents[2]


def _load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("park_openapi_tool", ROOT / "tools" / "openapi.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = _load_tool()


@cache
def _documents() -> dict[str, dict[str, Any]]:
    documents: dict[str, dict[str, Any]] = TOOL.documents()
    return documents


@pytest.mark.parametrize("service", sorted(TOOL.SERVICES))
def test_a_service_reads_exactly_the_topics_the_table_says(service: str) -> None:
    expected = {topic.name for topic in TOPICS.values() if service in topic.consumers}
    assert TOOL.chassis_of(TOOL.SERVICES[service]).subscriptions() == expected


@pytest.mark.parametrize("service", sorted(TOOL.SERVICES))
def test_a_service_names_only_event_types_it_may_send_or_handles(service: str) -> None:
    package = ROOT / "services" / service / TOOL.SERVICES[service]
    named = {
        node.value
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in EVENT_TYPES
    }
    may_send = {name for name, event in EVENT_TYPES.items() if service in TOPICS[event.topic].producers}
    reads = TOOL.chassis_of(TOOL.SERVICES[service]).subscriptions()
    handles = {name for name, event in EVENT_TYPES.items() if event.topic in reads}
    assert named <= may_send | handles


def test_every_party_of_the_table_is_a_service() -> None:
    parties = {name for topic in TOPICS.values() for name in (*topic.producers, *topic.consumers)}
    assert parties <= set(TOOL.SERVICES)
    assert all(topic.producers for topic in TOPICS.values())


@pytest.mark.parametrize("service", sorted(TOOL.SERVICES))
def test_an_api_is_described_validly_and_the_description_is_current(service: str) -> None:
    document = _documents()[service]
    validate(document)
    written = json.loads((ROOT / "contracts" / "openapi" / f"{service}.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(document)), "run `make contracts`"


def test_the_one_document_is_valid_and_current() -> None:
    document, _ = TOOL.merged(_documents())
    validate(document)
    assert json.loads(TOOL.MERGED.read_text(encoding="utf-8")) == document, "run `make contracts`"
    assert "/api/v1/auth/sign-in" in document["paths"]
    assert "/exchange/v1/{resource}" in document["paths"]


def test_every_row_of_the_route_table_leads_to_something_a_service_describes() -> None:
    _, undescribed = TOOL.merged(_documents())
    assert [row for row in undescribed if "/parked" not in row] == []


_BEHIND_A_COMPOSITION = {
    ("source-monitoring", "/latest"): "api-gateway merges both judges",
    ("quality", "/latest"): "api-gateway merges both judges",
    ("source-monitoring", "/set-aside"): "api-gateway merges both judges",
    ("quality", "/set-aside"): "api-gateway merges both judges",
    ("quality", "/points/{}/series"): "by the medium of the point",
    ("quality", "/points/{}/frames"): "by the medium of the point",
    ("quality", "/points/{}/assessments"): "by the medium of the point",
    ("task-dispatch", "/tasks/{}/{}"): "the table lists each action with its permission",
}


def test_every_path_a_service_describes_is_reachable_behind_the_door() -> None:
    from api_gateway.domain.openapi_merge import shape_of
    from api_gateway.domain.routes import ROUTES, path_at_service

    reachable = {
        (route.service, shape_of(path_at_service(route.path)), method.lower())
        for route in ROUTES
        for method in route.permissions
    }
    missing = [
        f"{service}: {method} {path}"
        for service, document in _documents().items()
        for path, operations in document["paths"].items()
        for method in operations
        if service != "api-gateway"
        and not path.startswith("/exchange/")
        and (service, shape_of(path), method) not in reachable
        and (service, shape_of(path)) not in _BEHIND_A_COMPOSITION
    ]
    assert missing == [], "add a row to services/api-gateway/api_gateway/domain/routes.py"
