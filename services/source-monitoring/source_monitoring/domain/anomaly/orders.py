"""What an order to reduce says."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct


class ReductionOrder(Struct, frozen=True, kw_only=True):
    """One measure of one outlet: from `starts_at` to `ends_at` at most `allowed_share` of its usual `factor` (power or flow)."""

    order_id: UUID
    point_id: UUID
    title_zh: str
    title_en: str
    level: str
    measure_zh: str
    starts_at: datetime
    ends_at: datetime
    factor: str
    allowed_share: str
