"""A quota card whole, as its own page shows it."""

from typing import Any

import asyncpg
from park_chassis.database import Connection
from park_judging.domain.applied_limits import PointLimits

from source_monitoring.cards import accounts, store
from source_monitoring.cards.showing import card_item, charge_items, day_items
from source_monitoring.settings import Settings


async def whole(connection: Connection, settings: Settings, row: asyncpg.Record, limits: PointLimits) -> dict[str, Any]:
    """Return a card with its charges, versions, days by both figures, and what the controller says now."""
    (one,) = await accounts.standings(connection, [row], {row["point_id"]: limits}, settings)
    said = await accounts.reported(connection, limits, one.card)
    return card_item(one, limits, said) | {
        "charges": charge_items(await store.charges(connection, row["card_id"])),
        "versions": [dict(version) for version in await store.versions(connection, row["card_id"])],
        "days": day_items(one),
    }
