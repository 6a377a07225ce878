"""The catalogue: what each dataset is, its fields from the contract's own classes, units, rhythm, and how to pull it."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from sharing_exchange.domain.resources import RESOURCES, Resource


def catalogue(granted: Iterable[str]) -> dict[str, Any]:
    """Return the catalogue as a client sees it: all datasets, and which of them are granted to it."""
    mine = frozenset(granted)
    return {
        "datasets": [{**_dataset(resource.name), "granted": resource.name in mine} for resource in RESOURCES.values()],
        "pulling": {
            "zh": "从无 cursor 开始;每次保存 next_cursor,has_more 为 true 时立即继续,否则按更新频率再取。"
            "变更过的记录会以新 cursor 再次出现,按主键覆盖即可;同一记录可能重复出现,应按主键与 version 去重。",
            "en": "Begin without cursor; keep next_cursor of each answer; while has_more is true go on at once, else come "
            "back at the rhythm. A changed record appears again behind a new cursor: replace it by its key. A record "
            "may appear more than once: keep the highest version.",
        },
    }


@cache
def _dataset(name: str) -> dict[str, Any]:
    resource = RESOURCES[name]
    return {
        "name": name,
        "title_zh": resource.title_zh,
        "title_en": resource.title_en,
        "path": f"/exchange/v1/{name}",
        "topic": resource.topic,
        "rhythm_zh": resource.rhythm_zh,
        "rhythm_en": resource.rhythm_en,
        "fields": fields_of(resource),
        "schema": msgspec.json.schema(resource.body),
    }


def fields_of(resource: Resource) -> list[dict[str, Any]]:
    """Return name, type, requiredness and unit of each field, in the order of the contract."""
    _, components = msgspec.json.schema_components([resource.body])
    schema = components[resource.body.__name__]
    required = frozenset(schema.get("required", ()))
    return [
        {"name": name, "type": _type_of(field), "required": name in required, "unit": resource.units.get(name)}
        for name, field in schema["properties"].items()
    ]


def _type_of(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " | ".join(_type_of(one) for one in field["anyOf"])
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if field.get("type") == "array":
        return f"list of {_type_of(field.get('items', {}))}"
    kind = str(field.get("type", "any"))
    return f"{kind} ({field['format']})" if "format" in field else kind
