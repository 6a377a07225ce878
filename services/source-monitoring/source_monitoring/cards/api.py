"""HTTP of quota cards, reading: accounts with balance and forecast, charges, reconciliation with the controller."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.database import Database
from park_chassis.export import Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_judging.scope import chosen_points

from source_monitoring.cards import accounts, desk, pages, store
from source_monitoring.cards.showing import COLUMNS, card_item
from source_monitoring.domain.card_account import CardState
from source_monitoring.http_edge import Reader, place_of_day
from source_monitoring.settings import Settings

Shown = tuple[accounts.Standing, PointLimits]


def router(database: Database, points: Points, settings: Settings) -> APIRouter:
    """Return the routes. Enterprise users see the cards of their own outlets."""
    routes = APIRouter(tags=["results"])

    async def found(
        reader: Principal, point_id: UUID | None, enterprise_id: UUID | None, state: CardState | None, on: date | None
    ) -> tuple[list[Shown], dict[str, int]]:
        chosen = chosen_points(points, reader, point_id=point_id, enterprise_id=enterprise_id)
        async with database.reading() as connection:
            rows = await store.listed(connection, chosen, on)
            all_of_them = await accounts.standings(connection, rows, chosen, settings)
        counts = {one.value: sum(found.state is one for found in all_of_them) for one in CardState}
        return [(one, chosen[one.row["point_id"]]) for one in all_of_them if state in {None, one.state}], counts

    @routes.get("/quota-cards")
    async def cards(
        reader: Reader,
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        state: CardState | None = None,
        on: Annotated[date | None, Query(description="Only cards whose time holds this day")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """Cards with balance, forecast and reconciliation, the newest time first, and how many stand in each state."""
        every, counts = await found(reader, point_id, enterprise_id, state, on)
        after = place_of_day(cursor)
        left = [one for one in every if after is None or _is_behind(one[0], after)]
        shown = left[:limit]
        following = encode_cursor(*_place(shown[-1][0])) if len(left) > limit else None
        return json_response(
            page([card_item(one, limits, None) for one, limits in shown], following, len(every)) | {"counts": counts}
        )

    @routes.get("/quota-cards/export")
    async def export(
        reader: Reader,
        file_format: Annotated[Format, Query(alias="format")] = "csv",
        point_id: UUID | None = None,
        enterprise_id: UUID | None = None,
        state: CardState | None = None,
        on: date | None = None,
    ) -> Response:
        """The same as a table."""
        every, _ = await found(reader, point_id, enterprise_id, state, on)
        items = [card_item(one, limits, None) for one, limits in every]
        return table_response(file_format, "总量卡 quota cards", COLUMNS, items)

    @routes.get("/quota-cards/{card_id}")
    async def card(reader: Reader, card_id: UUID) -> Response:
        """A card with its charges, versions, and its days by both figures."""
        async with database.reading() as connection:
            row, limits = await desk.find(connection, points, reader, card_id)
            return json_response(await pages.whole(connection, settings, row, limits))

    return routes


def _place(one: accounts.Standing) -> tuple[str, str]:
    return one.card.period_end.isoformat(), str(one.row["card_id"])


def _is_behind(one: accounts.Standing, place: tuple[date, UUID]) -> bool:
    """In the order of the list: the latest end first, then by id."""
    day, card_id = place
    end = one.card.period_end
    return end < day or (end == day and one.row["card_id"] > card_id)
