"""Grid cells (网格): read by all who see tasks, written by who dispatches."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.errors import NotFound
from park_chassis.http import json_response, page
from pydantic import BaseModel, ConfigDict, Field

from task_dispatch.api.callers import refuse_faults
from task_dispatch.api.parts import Parts
from task_dispatch.domain.cells import Cell, cell_errors
from task_dispatch.store import people

CellName = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,40}$")]


class CellForm(BaseModel):
    """A cell: its people, its enterprises, its boundary in degrees."""

    model_config = ConfigDict(extra="forbid")
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=100)
    leader: str = Field("", max_length=100)
    members: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(default_factory=list, max_length=100)
    enterprise_ids: list[UUID] = Field(default_factory=list, max_length=1000)
    boundary: list[tuple[float, float]] = Field(default_factory=list, max_length=1000)


def router(parts: Parts) -> APIRouter:
    """Return the routes of cells."""
    routes = APIRouter(tags=["cells"])

    @routes.get("/cells")
    async def list_cells(_: Annotated[Principal, Depends(require("task:read"))]) -> Response:
        async with parts.database.reading() as connection:
            found = await people.cells(connection)
        return json_response(page(found, None, len(found)))

    @routes.put("/cells/{cell}")
    async def put_cell(
        cell: CellName, form: CellForm, who: Annotated[Principal, Depends(require("task:dispatch"))]
    ) -> Response:
        wanted = Cell(cell=cell, **form.model_dump())
        async with parts.database.transaction() as tx:
            await people.lock_cells(tx)
            faults = cell_errors(wanted, await people.cells(tx))
            refuse_faults("bad-cell", "网格有误", "the cell contradicts itself", faults)
            await people.put_cell(tx, wanted, by=who.username, now=now())
        return json_response(wanted)

    @routes.delete("/cells/{cell}", status_code=204)
    async def remove_cell(cell: CellName, _: Annotated[Principal, Depends(require("task:dispatch"))]) -> Response:
        async with parts.database.transaction() as tx:
            if not await people.remove_cell(tx, cell):
                raise NotFound("网格", "cell", cell)
        return Response(status_code=204)

    return routes
