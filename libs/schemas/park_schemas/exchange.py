"""What the exchange handed out. Key: client id."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct


class DeliveryRecorded(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when a client pulled a page of a resource."""

    delivery_id: UUID
    client_id: UUID
    client_name: str
    resource: str
    records: int
    cursor_before: str
    cursor_after: str
    delivered_at: datetime
