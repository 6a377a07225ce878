"""OpenAPI of request bodies that msgspec reads: a struct's schema with everything inlined (there is no place for `$defs`)."""

from typing import Any

import msgspec


def body_of(form: type[msgspec.Struct]) -> dict[str, Any]:
    """Return what a route is told as `openapi_extra`; the struct must not refer to itself."""
    (schema,), components = msgspec.json.schema_components([form], ref_template="{name}")
    content = {"application/json": {"schema": _inlined(schema, components)}}
    return {"requestBody": {"required": True, "content": content}}


def _inlined(schema: Any, components: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(one, components) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(components[schema["$ref"]], components)
    return {key: _inlined(value, components) for key, value in schema.items()}
