"""Examples of deliveries to others."""

from uuid import UUID

from msgspec import Struct

from park_schemas.examples.people_and_times import AT, CLIENT
from park_schemas.exchange import DeliveryRecorded

EXAMPLES: dict[str, tuple[Struct, ...]] = {
    "exchange.delivery.recorded": (
        DeliveryRecorded(
            delivery_id=UUID("019c0000-0000-7000-8000-000000000201"),
            client_id=CLIENT,
            client_name="city-platform",
            resource="alarms",
            records=100,
            cursor_before="",
            cursor_after="MTphbGFybXM6MTAw",
            delivered_at=AT,
        ),
    ),
}
