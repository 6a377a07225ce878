"""Contracts of events: generated files are current, nothing of the last release is broken, every example is readable."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator
from park_schemas import contracts
from park_schemas.breaking import broken_by, broken_topics
from park_schemas.catalogue import EVENT_TYPES, TOPICS
from park_schemas.envelope import Event, decode_event, encode_body, encode_headers
from park_schemas.examples import EXAMPLES

ROOT = Path(__file__).parents[2] / "contracts"


def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.schema.json").read_text(encoding="utf-8"))
    return schema


def test_the_generated_files_are_what_the_classes_say() -> None:
    assert contracts.drift(ROOT) == [], "run `make contracts`"


def test_nothing_of_the_last_release_is_broken() -> None:
    assert contracts.broken(ROOT) == [], "such a change needs a new topic version"


def test_every_event_has_an_example() -> None:
    assert EXAMPLES.keys() == EVENT_TYPES.keys()
    assert all(EXAMPLES.values())


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_every_example_is_valid_and_is_read_back_as_it_was(name: str) -> None:
    validator = Draft202012Validator(_schema(name), format_checker=Draft202012Validator.FORMAT_CHECKER)
    for body in EXAMPLES[name]:
        event: Event[Any] = Event(name, TOPICS[EVENT_TYPES[name].topic].producers[0], "key", _instant(), body)
        encoded = encode_body(body)
        validator.validate(json.loads(encoded))
        assert decode_event(encode_headers(event), encoded).body == body


@pytest.mark.parametrize("path", sorted((ROOT / "baseline").glob("*.schema.json")), ids=lambda path: path.stem)
def test_todays_readers_read_every_example_of_the_last_release(path: Path) -> None:
    name = path.name.removesuffix(".schema.json")
    for example in json.loads(path.read_text(encoding="utf-8"))["examples"]:
        read = msgspec.json.decode(json.dumps(example), type=EVENT_TYPES[name].body)
        assert isinstance(read, EVENT_TYPES[name].body)


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_a_reader_ignores_fields_it_does_not_know(name: str) -> None:
    event: Event[Any] = Event(name, "x", "key", _instant(), EXAMPLES[name][0])
    newer = {**json.loads(encode_body(event.body)), "field_of_next_year": {"deep": [1]}}
    assert decode_event(encode_headers(event), json.dumps(newer).encode()).body == event.body


def test_asyncapi_names_every_topic_message_and_party_and_all_its_references_lead_somewhere() -> None:
    document = yaml.safe_load((ROOT / "asyncapi.yaml").read_text(encoding="utf-8"))
    assert document["asyncapi"] == "3.0.0"
    assert document["channels"].keys() == TOPICS.keys()
    assert document["components"]["messages"].keys() == EVENT_TYPES.keys()
    references = list(_references(document))
    assert len(references) > len(EVENT_TYPES)
    for reference in references:
        if reference.startswith("./"):
            assert (ROOT / reference).is_file(), reference
        else:
            _follow(document, reference)
    parties = {(topic.name, service) for topic in TOPICS.values() for service in topic.consumers}
    receiving = {
        (operation["channel"]["$ref"].rpartition("/")[2], operation["tags"][0]["name"])
        for operation in document["operations"].values()
        if operation["action"] == "receive"
    }
    assert receiving == parties


_OLD: dict[str, Any] = {
    "$ref": "#/$defs/Body",
    "$defs": {
        "Body": {
            "type": "object",
            "properties": {
                "a": {"type": "string"},
                "b": {"anyOf": [{"type": "null"}, {"type": "number"}]},
                "c": {"$ref": "#/$defs/Code"},
                "d": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
            },
            "required": ["a", "d"],
        },
        "Code": {"enum": ["x", "y"]},
        "Part": {"type": "object", "properties": {"p": {"type": "string", "format": "uuid"}}, "required": ["p"]},
    },
}


def _changed(change: Any) -> dict[str, Any]:
    new: dict[str, Any] = json.loads(json.dumps(_OLD))
    change(new["$defs"])
    return new


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda defs: defs["Body"]["properties"].pop("b"), ["b: removed or renamed"]),
        (
            lambda defs: defs["Body"]["properties"].update(e=defs["Body"]["properties"].pop("b")),
            ["b: removed or renamed"],
        ),
        (lambda defs: defs["Body"]["properties"].update(a={"type": "integer"}), ["a: type was string, is integer"]),
        (
            lambda defs: defs["Body"]["properties"].update(b={"type": "number"}),
            ["b: type was null or number, is number"],
        ),
        (
            lambda defs: (
                defs["Body"]["properties"].update(n={"type": "string"}),
                defs["Body"]["required"].append("n"),
            ),
            ["n: new and required"],
        ),
        (lambda defs: defs["Body"]["required"].append("b"), ["b: was optional, is required"]),
        (lambda defs: defs["Body"]["required"].remove("a"), ["a: was required, is optional"]),
        (lambda defs: defs["Code"]["enum"].remove("y"), ["c: no longer allowed: y"]),
        (
            lambda defs: defs["Part"]["properties"]["p"].pop("format"),
            ["d[].p: type was string (uuid), is string"],
        ),
        (lambda defs: defs["Body"]["properties"].update(n={"type": "string"}), []),
        (lambda defs: defs["Code"]["enum"].append("z"), []),
    ],
)
def test_each_kind_of_breaking_change_is_found_and_said(change: Any, said: list[str]) -> None:
    assert broken_by(_OLD, _changed(change)) == said


def test_breaking_changes_of_topics_are_found() -> None:
    old = {"t.v1": {"key": "id", "partitions": 6, "compacted": False, "events": ["a", "b"]}}
    assert broken_topics(old, old) == []
    assert broken_topics(old, {}) == ["topic t.v1 is gone"]
    new = {"t.v1": {"key": "MN", "partitions": 3, "compacted": False, "events": ["a", "c"]}}
    assert len(broken_topics(old, new)) == 3


def _instant() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 3, 1, tzinfo=UTC)


def _references(node: Any) -> Any:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _follow(document: Any, reference: str) -> Any:
    assert reference.startswith("#/"), reference
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document
