"""How a quota card stands: its charges held against what the outlet emitted, by own days or by the controller's total."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
from park_chassis.database import Connection
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_span
from park_standards.rounding import exact
from park_standards.units import convert

from source_monitoring.cards import store
from source_monitoring.domain.card_account import (
    VOLUME_UNIT,
    Card,
    CardState,
    Reconciliation,
    UsedBy,
    counter_uses,
    reconcile,
    state_of,
    valve_of,
)
from source_monitoring.domain.permitted_quantity import Use, use_of
from source_monitoring.settings import Settings

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """A card with its figures, all in its unit."""

    row: asyncpg.Record
    card: Card
    charged: Decimal
    use: Use
    state: CardState
    own: Mapping[date, tuple[Decimal, Decimal]]
    controller: Mapping[date, Decimal]
    reconciliation: Reconciliation | None

    @property
    def balance(self) -> Decimal:
        return self.charged - self.use.used


@dataclass(frozen=True, slots=True)
class Reported:
    """What the controller says at this moment. `valve`: open, closed, unknown; None where it reports none."""

    balance: Decimal | None
    valve: str | None
    valve_at: datetime | None


async def standings(
    connection: Connection, rows: Sequence[asyncpg.Record], of_point: Mapping[UUID, PointLimits], settings: Settings
) -> list[Standing]:
    """Return how cards stand, in the order of the rows."""
    charged = await store.charged(connection, [row["card_id"] for row in rows])
    return [
        await _standing(connection, row, of_point[row["point_id"]], charged.get(row["card_id"], _NONE), settings)
        for row in rows
    ]


async def _standing(
    connection: Connection, row: asyncpg.Record, limits: PointLimits, charged: Decimal, settings: Settings
) -> Standing:
    card = store.card_of(row)
    own = await _own_days(connection, limits, card)
    controller = await _controller_days(connection, limits, card)
    chosen = own if card.used_by is UsedBy.OWN else {day: (used, _NONE) for day, used in controller.items()}
    use = use_of(charged, card.period_end, chosen)
    sums = {day: measured + substituted for day, (measured, substituted) in own.items()}
    return Standing(
        row,
        card,
        charged,
        use,
        state_of(use, charged, min(settings.quantity_warning_shares)),
        own,
        controller,
        reconcile(sums, controller, settings.card_difference_share),
    )


async def _own_days(connection: Connection, limits: PointLimits, card: Card) -> dict[date, tuple[Decimal, Decimal]]:
    """The platform's own days: (measured, substituted). Volumes are the days' accumulated amounts, m3."""
    if card.unit != VOLUME_UNIT:
        return await store.masses(connection, limits.point.point_id, card)
    rows = await store.days_of_factor(connection, limits.point.point_id, card.factor, *_span(card))
    return {row["day"]: (exact(row["total"]), _NONE) for row in rows if row["total"] is not None}


async def _controller_days(connection: Connection, limits: PointLimits, card: Card) -> dict[date, Decimal]:
    factor = limits.factors.get(card.controller.total_factor)
    if factor is None:
        return {}
    rows = await store.days_of_factor(connection, limits.point.point_id, factor.factor, *_span(card))
    ends = [(row["day"], row["lowest"], row["highest"]) for row in rows if row["lowest"] is not None]
    readings = {
        day: (convert(exact(lowest), factor.unit, card.unit), convert(exact(highest), factor.unit, card.unit))
        for day, lowest, highest in ends
    }
    return counter_uses(readings)


def _span(card: Card) -> tuple[datetime, datetime]:
    return day_span(card.period_start)[0], day_span(card.period_end)[1]


async def reported(connection: Connection, limits: PointLimits, card: Card) -> Reported:
    """Return what the controller said last."""
    controller = card.controller
    wanted = [name for name in (controller.balance_factor, controller.valve_factor) if name]
    newest = await store.newest_values(connection, limits.point.point_id, wanted) if wanted else {}
    balance, factor = newest.get(controller.balance_factor), limits.factors.get(controller.balance_factor)
    valve = newest.get(controller.valve_factor)
    return Reported(
        convert(exact(balance[0]), factor.unit, card.unit) if balance and factor else None,
        valve_of(controller, valve[0] if valve else None),
        valve[1] if valve else None,
    )
