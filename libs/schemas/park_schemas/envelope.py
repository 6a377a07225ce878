"""CloudEvents 1.0 in Kafka binary mode: attributes as headers `ce_*`, a JSON body.

Source: CloudEvents Kafka protocol binding 1.0, section 3.2. Routing, tracing and duplicate checks read headers only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import msgspec

from park_schemas.catalogue import EVENT_TYPES
from park_schemas.identifiers import uuid7

Body = TypeVar("Body", bound=msgspec.Struct)
Headers = Sequence[tuple[str, bytes]]

_ENCODER = msgspec.json.Encoder(decimal_format="string")
_DECODERS = {name: msgspec.json.Decoder(event.body) for name, event in EVENT_TYPES.items()}


class ContractError(Exception):
    """A record that is not a valid event: who sent it must mend it. `reason` is for people and for the parked list."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Event(Generic[Body]):
    """One event: CloudEvents attributes, typed body, and extra headers.

    `time` is when it happened in the world (aware). `subject` is the topic's key as text. `causation_id` is the id of
    the event that led to this one; `traceparent` (W3C) is filled by the chassis.
    """

    type: str
    source: str
    subject: str
    time: datetime
    body: Body
    id: UUID = field(default_factory=uuid7)
    causation_id: UUID | None = None
    traceparent: str | None = None
    extra_headers: tuple[tuple[str, bytes], ...] = ()
    content: bytes = field(default=b"", compare=False, repr=False)
    """The body's JSON as it was read; empty for an event of our own making."""

    @property
    def topic(self) -> str:
        return EVENT_TYPES[self.type].topic


def encode_headers(event: Event[Body]) -> list[tuple[str, bytes]]:
    """Return the Kafka headers of an event."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(event.id).encode()),
        ("ce_source", event.source.encode()),
        ("ce_type", event.type.encode()),
        ("ce_time", event.time.isoformat().encode()),
        ("ce_subject", event.subject.encode()),
        ("content-type", b"application/json"),
    ]
    if event.causation_id is not None:
        headers.append(("ce_causationid", str(event.causation_id).encode()))
    if event.traceparent is not None:
        headers.append(("traceparent", event.traceparent.encode()))
    headers.extend(event.extra_headers)
    return headers


def encode_body(body: msgspec.Struct) -> bytes:
    """Return the JSON body."""
    return _ENCODER.encode(body)


def decode_event(headers: Headers, value: bytes | None) -> Event[msgspec.Struct]:
    """Return the event of a Kafka record.

    Raises ContractError when an attribute is missing, the type is not in the catalogue, or the body breaks its schema
    (the message says where). Unknown body fields and unknown headers are ignored: producers may be newer than we.
    """
    attributes = {name: content for name, content in headers if name.startswith("ce_") or name == "traceparent"}
    event_type = _attribute(attributes, "ce_type")
    decoder = _DECODERS.get(event_type)
    if decoder is None:
        raise ContractError(f"ce_type {event_type!r} is not in the catalogue")
    if value is None:
        raise ContractError(f"{event_type}: no body")
    try:
        return Event(
            type=event_type,
            source=_attribute(attributes, "ce_source"),
            subject=_attribute(attributes, "ce_subject"),
            time=datetime.fromisoformat(_attribute(attributes, "ce_time")),
            body=decoder.decode(value),
            id=UUID(_attribute(attributes, "ce_id")),
            causation_id=UUID(attributes["ce_causationid"].decode()) if "ce_causationid" in attributes else None,
            traceparent=attributes["traceparent"].decode() if "traceparent" in attributes else None,
            content=value,
            extra_headers=tuple((name, content) for name, content in headers if name not in attributes),
        )
    except (ValueError, msgspec.MsgspecError) as error:
        raise ContractError(f"{event_type}: {error}") from error


def _attribute(attributes: dict[str, bytes], name: str) -> str:
    content = attributes.get(name)
    if not content:
        raise ContractError(f"header {name} is missing")
    return content.decode()
