"""HTTP of what forms may hold: kinds with categories and items, the columns of the sheets, the choices of plots and wells.

The tables of the domain are the only list of these words; pages ask for them.
"""

from typing import Any

from fastapi import APIRouter, Response
from park_chassis.errors import NotFound
from park_chassis.http import json_response
from park_judging.sheet_imports.api import columns_of
from park_schemas.codes import SURVEY_MEDIA, Medium

from quality.domain.surveys.items import items
from quality.domain.surveys.kinds import (
    AVERAGINGS,
    KIND_LABELS,
    KINDS,
    NOISE_STANDARDS,
    NOISE_ZONES,
    WATER_BODIES,
    Labels,
)
from quality.domain.surveys.plots import INVESTIGATIONS, POSITIONS
from quality.domain.surveys.sheets import SHEETS
from quality.surveys.edge import Reader


def router() -> APIRouter:
    """Return the routes; they tell nothing of a park."""
    routes = APIRouter(prefix="/surveys", tags=["surveys"])

    @routes.get("/choices")
    async def choices(_: Reader) -> Response:
        """Kinds with their categories, and every other closed list of sites, results and plots; the columns of the sheets."""
        return json_response(
            {
                "kinds": [_kind(kind) for kind in KINDS],
                "noise_standards": [
                    one | {"zones": sorted(NOISE_ZONES[one["key"]])} for one in _listed(NOISE_STANDARDS)
                ],
                "water_bodies": _listed(WATER_BODIES),
                "averagings": _listed(AVERAGINGS),
                "investigations": _listed(INVESTIGATIONS),
                "positions": _listed(POSITIONS),
                "sheets": {name: columns_of(sheet) for name, sheet in SHEETS.items()},
            }
        )

    @routes.get("/items/{kind}")
    async def items_of(_: Reader, kind: Medium) -> Response:
        """What can be measured in a survey of a kind, those with limits first; `unit` is that of the limits."""
        if kind not in SURVEY_MEDIA:
            raise NotFound("监测类别", "kind of survey", kind)
        return json_response({"items": list(items(kind).values())})

    return routes


def _kind(kind: str) -> dict[str, Any]:
    rules = KINDS[kind]
    return {
        "key": kind,
        "name_zh": KIND_LABELS[kind][0],
        "category_zh": rules.title_zh,
        "category_en": rules.title_en,
        "category_needed": rules.needed,
        "categories": _listed(rules.categories),
    }


def _listed(labels: Labels) -> list[dict[str, str]]:
    """Return keys with their first Chinese word, and the English one where the table has it."""
    return [
        {
            "key": key,
            "name_zh": next((one for one in names if not one.isascii()), key),
            "name_en": next((one for one in names if one.isascii()), ""),
        }
        for key, names in labels.items()
    ]
