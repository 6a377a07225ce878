"""HTTP: what the standards library offers for limits and factors; read-only, the same for every park."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.errors import Refused
from park_chassis.http import json_response, page
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor
from park_schemas.park_time import PARK_TIME_ZONE
from park_standards.errors import UnknownStandard
from park_standards.factors import factors
from park_standards.limit import Limit as StandardLimit
from park_standards.limit import Subject
from park_standards.limits import all_limits, in_force, resolve_standard, standards

from archive.domain.limit_rules import AVERAGING_OF_STANDARD

MayRead = Annotated[Principal, Depends(require("point:read"))]


def router() -> APIRouter:
    """Return the routes of the standards library."""
    routes = APIRouter()

    @routes.get("/standards")
    async def list_standards(_: MayRead) -> Response:
        return json_response(page(list(standards())))

    @routes.get("/standards/factors")
    async def list_factors(_: MayRead, medium: str | None = None, q: str | None = None) -> Response:
        found = [
            {"factor": one.code, "name_zh": one.name_zh, "name_en": one.name_en, "medium": one.medium,
             "unit": one.unit, "decimals": one.decimals}
            for one in factors().values()
            if (medium is None or one.medium == medium)
            and (q is None or q.casefold() in f"{one.code} {one.name_zh} {one.name_en}".casefold())
        ]  # fmt: skip
        return json_response(page(found, None, len(found)))

    _add_limits(routes)
    return routes


def _add_limits(routes: APIRouter) -> None:
    @routes.get("/standards/limits")
    async def list_limits(
        _: MayRead,
        factor: Annotated[str | None, Query(description="HJ 212-2017 factor code")] = None,
        standard: Annotated[str | None, Query(description="Full name or short reference, e.g. GB18918-1A")] = None,
        level: str | None = None,
        subject: Subject | None = None,
        scope: Annotated[str | None, Query(description="Part of the industry or source of the row")] = None,
        current: Annotated[bool, Query(description="Only rows in force today")] = True,
        limit: Limit = 200,
        cursor: Cursor = None,
    ) -> Response:
        if standard is not None:
            standard, named_level = _resolved(standard, _today() if current else None)
            level = level or named_level or None
        rows = [
            row for row in all_limits()
            if (factor is None or row.key == factor)
            and (standard is None or row.standard == standard)
            and (level is None or row.level.upper() == level.upper())
            and (subject is None or row.subject is subject)
            and (scope is None or scope in row.scope)
        ]  # fmt: skip
        if current:
            rows = list(in_force(rows, _today()))
        place = decode_cursor(cursor)
        start = int(place[0]) if place else 0
        more = encode_cursor(start + limit) if start + limit < len(rows) else None
        return json_response(page([_shape(row) for row in rows[start : start + limit]], more, len(rows)))


def _today() -> date:
    return now().astimezone(PARK_TIME_ZONE).date()


def _resolved(standard: str, at: date | None) -> tuple[str, str]:
    try:
        return resolve_standard(standard, at)
    except UnknownStandard as error:
        raise Refused("unknown-standard", f"没有标准 {standard}", str(error), status=422) from error


def _shape(row: StandardLimit) -> dict[str, Any]:
    """Return a row of the library with what a limit at a point would take from it."""
    averaging = AVERAGING_OF_STANDARD.get(row.averaging)
    return {
        "standard_limit_id": row.limit_id,
        "factor": row.factor_code,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "standard": row.standard,
        "clause": row.clause,
        "level": row.level,
        "scope": row.scope,
        "discharge": row.discharge,
        "subject": row.subject,
        "kind": row.kind,
        "op": row.op,
        "upper": row.upper if row.lower is not None else (row.value if row.op == "<=" else None),
        "lower": row.lower if row.lower is not None else (row.value if row.op == ">=" else None),
        "text": row.text,
        "unit": row.unit,
        "averaging": averaging,
        "averaging_of_standard": row.averaging,
        "basis": row.basis,
        "baseline_oxygen": row.baseline_oxygen,
        "stack_height_m": row.stack_height_m,
        "condition": row.condition,
        "effective_from": row.effective_from,
        "effective_to": row.effective_to,
        "confidence": row.confidence,
        "source": row.source,
        "item_no": row.item_no,
        "cas_number": row.cas_number,
        "reference_state": row.reference_state,
        "note": row.note,
    }
