"""HTTP of permitted quantities: stated, held against what was emitted, with the day they run out."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from park_judging.domain.applied_limits import PointLimits
from park_judging.registry import Points
from park_judging.scope import chosen_points, visible_points
from park_schemas.identifiers import uuid7
from park_standards.units import convert
from pydantic import Field

from source_monitoring.domain.permitted_quantity import Use
from source_monitoring.http_edge import Body, Reader
from source_monitoring.results import quantities, quantity_warnings
from source_monitoring.results.api import known_factor
from source_monitoring.settings import Settings

QuantityWriter = Annotated[Principal, Depends(require("quota:write"))]


class NewQuantity(Body):
    """A permitted yearly quantity of an outlet, or without one of the enterprise; stating it again replaces it."""

    enterprise_id: UUID
    point_id: UUID | None = None
    factor: str
    year: int = Field(ge=2000, le=2200)
    amount: Decimal = Field(gt=0)
    unit: Literal["kg", "t"] = "t"
    permit: str = Field(min_length=2, max_length=300, description="Number and clause of the permit")


def router(database: Database, points: Points, settings: Settings) -> APIRouter:
    """Return the routes. Enterprise users see their own."""
    routes = APIRouter(tags=["results"])

    @routes.get("/permitted-quantities")
    async def listed(
        reader: Reader,
        year: Annotated[int | None, Query(ge=2000, le=2200)] = None,
        enterprise_id: UUID | None = None,
        point_id: UUID | None = None,
    ) -> Response:
        """Permitted quantities with what is used of them and the day they run out at the present rate."""
        chosen = chosen_points(points, reader, enterprise_id=enterprise_id)
        enterprises = {limits.point.enterprise_id: limits for limits in chosen.values() if limits.point.enterprise_id}
        async with database.reading() as connection:
            rows = await quantities.listed(connection, [owner for owner in enterprises if owner], year)
            rows = [row for row in rows if point_id is None or row["point_id"] in {None, point_id}]
            used = await quantities.uses(connection, rows, points)
        return json_response(
            page([quantity_item(row, use, enterprises, chosen) | pace_item(row, use, settings) for row, use in used])
        )

    @routes.put("/permitted-quantities")
    async def stated(writer: QuantityWriter, new: NewQuantity) -> Response:
        """State a permitted quantity. The year so far is held against it at once."""
        limits = _checked(points, writer, new)
        row = {
            "quantity_id": uuid7(), "enterprise_id": new.enterprise_id, "point_id": new.point_id, "factor": new.factor,
            "year": new.year, "permitted_kg": convert(new.amount, new.unit, "kg"), "permit": new.permit,
            "author": writer.display_name, "stated_at": now(),
        }  # fmt: skip
        async with database.transaction() as tx:
            quantity_id = await quantities.state(tx, row)
            await quantity_warnings.look(tx, settings, points, limits, new.year)
        return json_response({**row, "quantity_id": quantity_id})

    @routes.delete("/permitted-quantities/{quantity_id}")
    async def removed(writer: QuantityWriter, quantity_id: UUID) -> Response:
        """Take a permitted quantity away; what was warned of it ends."""
        owned = {limits.point.enterprise_id: limits for limits in visible_points(points, writer).values()}
        async with database.transaction() as tx:
            if not await quantity_warnings.remove(tx, settings, points, owned, quantity_id):
                raise NotFound("许可排放量", "permitted quantity", quantity_id)
        return json_response({"quantity_id": quantity_id, "removed": True})

    return routes


def _checked(points: Points, writer: Principal, new: NewQuantity) -> PointLimits:
    """Return the point, or any of the enterprise, that the quantity is of. Raises NotFound or Refused."""
    outlets = [
        limits
        for limits in chosen_points(points, writer, enterprise_id=new.enterprise_id).values()
        if new.point_id in {None, limits.point.point_id}
    ]
    if not outlets:
        raise NotFound("企业排口", "outlet of the enterprise", new.point_id or new.enterprise_id)
    if not any(new.factor in limits.factors for limits in outlets):
        raise Refused(
            "unknown-factor", f"没有排口监测因子 {new.factor}", f"no outlet reports {new.factor}", status=422,
            errors=[{"where": "body.factor", "what": new.factor}],
        )  # fmt: skip
    return outlets[0]


def quantity_item(
    row: asyncpg.Record, use: Use, enterprises: Mapping[Any, PointLimits], chosen: Mapping[UUID, PointLimits]
) -> dict[str, Any]:
    """Return a permitted quantity with its use; masses in kg."""
    owner = enterprises[row["enterprise_id"]].point
    outlet = chosen.get(row["point_id"])
    factor = known_factor(row["factor"], chosen)
    return {
        "quantity_id": row["quantity_id"], "enterprise_id": row["enterprise_id"],
        "enterprise_name_zh": owner.enterprise_name_zh, "enterprise_name_en": owner.enterprise_name_en,
        "point_id": row["point_id"], "point_name_zh": outlet.point.name_zh if outlet else None,
        "point_name_en": outlet.point.name_en if outlet else None, "factor": row["factor"],
        "factor_name_zh": factor.name_zh if factor else row["factor"],
        "factor_name_en": factor.name_en if factor else row["factor"], "year": row["year"],
        "permitted_kg": Decimal(row["permitted_kg"]), "permit": row["permit"],
        "author": row["author"], "stated_at": row["stated_at"], "used_kg": use.used, "substituted_kg": use.substituted,
        "share": round(use.share, 6), "rate_kg_day": None if use.rate is None else round(use.rate, 6),
        "runs_out": use.runs_out, "at_year_end_kg": None if use.at_end is None else round(use.at_end, 3),
        "days": use.days, "last_day": use.last_day, "warned": [Decimal(share) for share in row["warned"]],
    }  # fmt: skip


def pace_item(row: asyncpg.Record, use: Use, settings: Settings) -> dict[str, Any]:
    """Return the use beside the linear pace; None while that says nothing yet. `ahead`: by more than the set share."""
    found = quantities.pace(row, use, settings)
    if found is None:
        return {"pace": None}
    line = 1 + settings.quantity_pace_share
    return {
        "pace": {
            "expected_kg": round(found.expected, 3), "ratio": round(found.ratio, 6), "ahead": found.ratio >= line,
            "warning": line,
        }
    }  # fmt: skip
