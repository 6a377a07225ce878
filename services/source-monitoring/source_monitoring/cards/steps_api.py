"""HTTP of what officers do to quota cards: opened, changed, charged, charges corrected and withdrawn."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.database import Connection, Database
from park_chassis.http import json_response
from park_judging.registry import Points
from park_judging.scope import one_point

from source_monitoring.cards import desk, pages, telling
from source_monitoring.settings import Settings

Officer = Annotated[Principal, Depends(require("quota:write"))]


def router(database: Database, points: Points, settings: Settings) -> APIRouter:
    """Return the routes. Each answers with the whole card as it stands afterwards."""
    routes = APIRouter(tags=["results"])

    async def answer(tx: Connection, person: Principal, card_id: UUID, status: int = 200) -> Response:
        """Hold the outlet's cards against what is used, and answer with this one."""
        row, limits = await desk.find(tx, points, person, card_id)
        await telling.look(tx, settings, limits)
        return json_response(await pages.whole(tx, settings, row, limits), status)

    @routes.post("/quota-cards", status_code=201)
    async def opened(officer: Officer, form: desk.NewCard) -> Response:
        """Open an account of an outlet and factor over the days of a permit."""
        limits = one_point(points, officer, form.point_id)
        async with database.transaction() as tx:
            return await answer(tx, officer, await desk.open_card(tx, officer, limits, form), 201)

    @routes.put("/quota-cards/{card_id}")
    async def changed(officer: Officer, card_id: UUID, form: desk.ChangedCard) -> Response:
        """Correct an account, as a new version with its reason."""
        async with database.transaction() as tx:
            row, limits = await desk.find(tx, points, officer, card_id, for_update=True)
            await desk.change_card(tx, officer, limits, row, form)
            return await answer(tx, officer, card_id)

    @routes.post("/quota-cards/{card_id}/charges", status_code=201)
    async def charged(officer: Officer, card_id: UUID, new: desk.NewCharge) -> Response:
        """Charge the card (充值) by a document."""
        async with database.transaction() as tx:
            row, _ = await desk.find(tx, points, officer, card_id, for_update=True)
            await desk.charge(tx, officer, row, new)
            return await answer(tx, officer, card_id, 201)

    @routes.put("/quota-cards/{card_id}/charges/{charge_id}")
    async def corrected(officer: Officer, card_id: UUID, charge_id: UUID, new: desk.ChangedCharge) -> Response:
        """Correct a charge, as a new version with its reason."""
        async with database.transaction() as tx:
            row, _ = await desk.find(tx, points, officer, card_id, for_update=True)
            await desk.change_charge(tx, officer, row, charge_id, new)
            return await answer(tx, officer, card_id)

    @routes.post("/quota-cards/{card_id}/charges/{charge_id}/withdraw")
    async def withdrawn(officer: Officer, card_id: UUID, charge_id: UUID, asked: desk.WithdrawnCharge) -> Response:
        """Take a charge back; it stays on record."""
        async with database.transaction() as tx:
            row, _ = await desk.find(tx, points, officer, card_id, for_update=True)
            await desk.withdraw_charge(tx, officer, row, charge_id, asked)
            return await answer(tx, officer, card_id)

    return routes
