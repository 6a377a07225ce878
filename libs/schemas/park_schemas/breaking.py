"""What a change of a contract breaks: today's schemas held against those of the last release.

Within a topic version only optional fields may be added. A removed, renamed, retyped or newly required field, a field that
is no longer required, a code that is no longer allowed, an event that is gone or travels on another topic: each breaks
somebody who reads or replays what was published. Such a change needs a new topic version.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def broken_by(old: Schema, new: Schema) -> list[str]:
    """Return a sentence for each thing that a new event schema breaks of the old one, empty when nothing."""
    return sorted(set(_compare(old, new, "", (old.get("$defs", {}), new.get("$defs", {})), frozenset())))


def broken_topics(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return what today's topics break of the last release's: {topic: {key, partitions, compacted, events}}."""
    problems = []
    for name, before in old.items():
        after = new.get(name)
        if after is None:
            problems.append(f"topic {name} is gone")
            continue
        problems += [
            f"topic {name}: {trait} was {before[trait]!r}, is {after[trait]!r}"
            for trait in ("key", "compacted")
            if before[trait] != after[trait]
        ]
        if after["partitions"] < before["partitions"]:
            problems.append(f"topic {name}: {before['partitions']} partitions cannot become {after['partitions']}")
        gone = [event for event in before["events"] if event not in after["events"]]
        problems += [f"topic {name}: event {event} is gone or travels elsewhere" for event in gone]
    return problems


def _compare(old: Schema, new: Schema, where: str, defs: tuple[Schema, Schema], seen: frozenset[str]) -> Iterator[str]:
    old_name, old = _resolve(old, defs[0])
    _, new = _resolve(new, defs[1])
    if old_name in seen:
        return
    seen |= {old_name} if old_name else frozenset()
    old_kind, new_kind = _kind(old, defs[0]), _kind(new, defs[1])
    if old_kind != new_kind:
        yield f"{where or 'body'}: type was {old_kind}, is {new_kind}"
        return
    gone = sorted(set(map(str, old.get("enum", ()))) - set(map(str, new.get("enum", ()))))
    if gone:
        yield f"{where or 'body'}: no longer allowed: {', '.join(gone)}"
    if "items" in old and isinstance(old["items"], Mapping):
        yield from _compare(old["items"], new.get("items", {}), f"{where}[]", defs, seen)
    if isinstance(old.get("additionalProperties"), Mapping):
        yield from _compare(
            old["additionalProperties"], new.get("additionalProperties", {}), f"{where}{{}}", defs, seen
        )
    for before, after in zip(_variants(old), _variants(new), strict=False):
        yield from _compare(before, after, where, defs, seen)
    yield from _compare_fields(old, new, where, defs, seen)


def _compare_fields(
    old: Schema, new: Schema, where: str, defs: tuple[Schema, Schema], seen: frozenset[str]
) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    was_required, is_required = set(old.get("required", ())), set(new.get("required", ()))
    for name, field in before.items():
        place = f"{where}.{name}" if where else name
        if name not in after:
            yield f"{place}: removed or renamed"
            continue
        yield from _compare(field, after[name], place, defs, seen)
        if name in was_required and name not in is_required:
            yield f"{place}: was required, is optional"
        if name not in was_required and name in is_required:
            yield f"{place}: was optional, is required"
    for name in after.keys() - before.keys():
        if name in is_required:
            yield f"{f'{where}.{name}' if where else name}: new and required"


def _resolve(schema: Schema, defs: Schema) -> tuple[str, Schema]:
    reference = schema.get("$ref")
    if reference is None:
        return "", schema
    name = str(reference).rpartition("/")[2]
    return name, defs[name]


def _kind(schema: Schema, defs: Schema) -> str:
    """Return a type as text: what may stand in the place, formats told apart, order of variants not."""
    _, schema = _resolve(schema, defs)
    if variants := _variants(schema):
        return " or ".join(sorted(_kind(variant, defs) for variant in variants))
    kind = schema.get("type") or ("string" if _is_text(schema.get("enum", ())) else "any")
    return f"{kind} ({schema['format']})" if "format" in schema else str(kind)


def _is_text(codes: Any) -> bool:
    return bool(codes) and all(isinstance(code, str) for code in codes)


def _variants(schema: Schema) -> list[Schema]:
    return sorted(schema.get("anyOf", ()), key=lambda variant: str(variant.get("$ref", variant.get("type", ""))))
