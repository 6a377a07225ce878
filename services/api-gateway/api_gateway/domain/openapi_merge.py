"""One OpenAPI document of everything behind the door: the route table's paths as their services describe them, and our own."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from api_gateway.domain.route_match import Route
from api_gateway.domain.routes import ENVIRONMENT_JUDGE, path_at_service

Document = Mapping[str, Any]

_BRACES = re.compile(r"\{[^}]*\}")
_SCHEMA = "#/components/schemas/"


class Merged:
    """The document, and which rows of the route table no service describes."""

    def __init__(self, own: Document, *, root: str) -> None:
        self._root = root
        self.undescribed: list[str] = []
        self.paths: dict[str, dict[str, Any]] = {}
        self.schemas: dict[str, Any] = {}
        self._take_schemas(own, "api-gateway")
        for path, operations in own.get("paths", {}).items():
            self.paths[path] = _prefixed(operations, "api-gateway")

    def add_routes(self, routes: Iterable[Route], documents: Mapping[str, Document]) -> None:
        """Take each row's operations from the document of the service that answers."""
        for route in routes:
            wanted = shape_of(path_at_service(route.path))
            described = self._operations(documents.get(route.service, {}), wanted)
            if route.by_point and not described:
                described = self._operations(documents.get(ENVIRONMENT_JUDGE, {}), wanted)
            for method in route.permissions:
                operation = described.get(method.lower())
                if operation is None:
                    self.undescribed.append(f"{route.service}: {method} {path_at_service(route.path)}")
                    continue
                self._put(self._root + route.path, method, operation, route)

    def add_public(self, document: Document, prefix: str, service: str) -> None:
        """Take the paths of a service that pass the door unchanged."""
        for path, operations in document.get("paths", {}).items():
            if path.startswith(prefix):
                self.paths[path] = _prefixed(operations, service)

    def take_schemas(self, documents: Mapping[str, Document]) -> None:
        for service, document in documents.items():
            self._take_schemas(document, service)

    def document(self) -> dict[str, Any]:
        """Return the whole: every path, and of the schemas those that some path needs."""
        document: dict[str, Any] = {
            "openapi": "3.1.0",
            "info": {
                "title": "园区监管平台接口 API of the park supervision platform",
                "version": "1.0.0",
                "description": "Sign in by POST /api/v1/auth/sign-in; send the token as Bearer, or let the browser keep its "
                "cookie and send X-Requested-With: park-console with mutations. Errors are application/problem+json "
                "(RFC 9457). The exchange under /exchange/v1 takes an API key.",
            },
            "paths": dict(sorted(self.paths.items())),
            "components": {
                "schemas": {},
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                    "cookie": {"type": "apiKey", "in": "cookie", "name": "park_access"},
                    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                },
            },
            "security": [{"bearer": []}, {"cookie": []}],
        }
        document["components"]["schemas"] = self._needed(document["paths"])
        return document

    def _operations(self, document: Document, wanted: str) -> dict[str, Any]:
        for path, operations in document.get("paths", {}).items():
            if shape_of(path) == wanted:
                return dict(operations)
        # a service may describe /tasks/{task_id}/{action} where the table lists each action
        last = wanted.rpartition("/")[0] + "/{}"
        for path, operations in document.get("paths", {}).items():
            if shape_of(path) == last and path.endswith("/{action}"):
                return dict(operations)
        return {}

    def _put(self, path: str, method: str, operation: Any, route: Route) -> None:
        shown = _prefixed(operation, route.service)
        shown["operationId"] = f"{method.lower()}_{re.sub(r'[^a-z0-9]+', '_', path.lower()).strip('_')}"
        shown["tags"] = [route.service]
        shown["x-permission-any-of"] = list(route.permissions[method])
        template = {item["name"] for item in shown.get("parameters", ()) if item.get("in") == "path"}
        names = [segment[1:-1] for segment in path.split("/") if segment.startswith("{")]
        if len(template) == len(names) and template != set(names):
            path = _renamed(path, [item["name"] for item in shown["parameters"] if item.get("in") == "path"])
        elif len(template) > len(names):
            shown["parameters"] = [
                item for item in shown["parameters"] if item.get("in") != "path" or item["name"] in names
            ]
        self.paths.setdefault(path, {})[method.lower()] = shown

    def _take_schemas(self, document: Document, service: str) -> None:
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            self.schemas[f"{service}.{name}"] = _prefixed(schema, service)

    def _needed(self, node: Any) -> dict[str, Any]:
        needed: dict[str, Any] = {}
        waiting = sorted(_references(node))
        while waiting:
            name = waiting.pop()
            if name not in needed and name in self.schemas:
                needed[name] = self.schemas[name]
                waiting += sorted(_references(self.schemas[name]))
        return dict(sorted(needed.items()))


def shape_of(path: str) -> str:
    """Return a path template with the names of its parameters left out."""
    return _BRACES.sub("{}", path)


def _renamed(path: str, names: list[str]) -> str:
    rest = iter(names)
    return _BRACES.sub(lambda _: "{" + next(rest) + "}", path)


def _prefixed(node: Any, service: str) -> Any:
    """Return a copy whose schema references carry the service's name: two services may use one name for two things."""
    text = json.dumps(node).replace(_SCHEMA, f"{_SCHEMA}{service}.")
    return json.loads(text)


def _references(node: Any) -> set[str]:
    if isinstance(node, dict):
        found = {
            value.removeprefix(_SCHEMA) for name, value in node.items() if name == "$ref" and isinstance(value, str)
        }
        return found.union(*(_references(value) for value in node.values()))
    if isinstance(node, list):
        return set[str]().union(*(_references(value) for value in node))
    return set()
