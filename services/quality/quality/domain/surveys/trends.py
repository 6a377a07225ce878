"""Items of a site over its campaigns, and the wells of a plot side by side: numbers as they are, no rule is made of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from msgspec import Struct
from park_standards.errors import StandardsError
from park_standards.units import convert

from quality.domain.surveys.plots import BACKGROUND
from quality.domain.surveys.records import Outcome, Result, Site, Verdict

Sample = tuple[Result, Verdict]


class TrendValue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sample of the item. `change`: from the detected value before, as a share of it (0.25 is a quarter more)."""

    result_id: UUID
    campaign_id: UUID
    sampled_at: datetime
    text: str
    unit: str
    detected: bool
    outcome: Outcome
    value: Decimal | None = None
    detection_limit: Decimal | None = None
    limit: str = ""
    grade: str = ""
    change: float | None = None


class Trend(Struct, frozen=True, kw_only=True):
    """An item of a site at one depth (soil) or averaging time (air), the oldest sample first."""

    item: str
    item_name_zh: str
    item_name_en: str
    depth: str
    averaging: str
    values: list[TrendValue]


def trends(samples: Sequence[Sample]) -> list[Trend]:
    """Return the trends of a site's results, by item."""
    series: dict[tuple[str, str, str], list[Sample]] = {}
    for result, verdict in sorted(samples, key=lambda one: (one[0].sampled_at, one[0].result_id)):
        series.setdefault((result.item, result.depth, result.averaging), []).append((result, verdict))
    return [_trend(series[key]) for key in sorted(series)]


def _trend(samples: Sequence[Sample]) -> Trend:
    first = samples[0][0]
    befores: list[Result | None] = [None, *(result for result, _ in samples[:-1])]
    return Trend(
        item=first.item,
        item_name_zh=first.item_name_zh,
        item_name_en=first.item_name_en,
        depth=first.depth,
        averaging=first.averaging,
        values=[_value(*sample, before) for sample, before in zip(samples, befores, strict=True)],
    )


def _value(result: Result, verdict: Verdict, before: Result | None) -> TrendValue:
    return TrendValue(
        result_id=result.result_id,
        campaign_id=result.campaign_id,
        sampled_at=result.sampled_at,
        text=result.text,
        unit=result.unit,
        detected=result.detected,
        outcome=verdict.outcome,
        value=result.value,
        detection_limit=result.detection_limit,
        limit=verdict.limit,
        grade=verdict.grade,
        change=None if before is None else _change(before, result),
    )


def _change(before: Result, after: Result) -> float | None:
    """Return the change between two detected values; None where one was not detected, or was 0."""
    if before.value is None or after.value is None or not before.value:
        return None
    try:
        then = convert(before.value, before.unit, after.unit)
    except StandardsError:
        return None
    return round(float((after.value - then) / then), 4)


class Well(Struct, frozen=True, kw_only=True):
    """A well of a plot; `background` lies up-gradient."""

    site_id: UUID
    code: str
    name_zh: str
    name_en: str
    position: str
    background: bool
    sampled_at: datetime | None


class WellItem(Struct, frozen=True, kw_only=True):
    """An item with its last value in each well that has one, by site."""

    item: str
    item_name_zh: str
    item_name_en: str
    values: dict[str, TrendValue]


class WellTable(Struct, frozen=True, kw_only=True):
    """Background wells first. No conclusion is drawn: the standards name no figure for the difference of wells."""

    wells: list[Well]
    items: list[WellItem]


def well_table(
    wells: Sequence[Site], positions: Mapping[UUID, str], judged: Mapping[UUID, Sequence[Sample]]
) -> WellTable:
    """Return the wells of a plot side by side, each by the campaign it was sampled in last (`judged`)."""
    ordered = sorted(wells, key=lambda one: (positions.get(one.site_id) != BACKGROUND, one.code))
    items: dict[str, WellItem] = {}
    for site in ordered:
        for result, verdict in sorted(judged.get(site.site_id, ()), key=lambda one: one[0].sampled_at):
            row = items.setdefault(
                result.item,
                WellItem(
                    item=result.item, item_name_zh=result.item_name_zh, item_name_en=result.item_name_en, values={}
                ),
            )
            row.values[str(site.site_id)] = _value(result, verdict, None)
    return WellTable(
        wells=[_well(site, positions.get(site.site_id, ""), judged.get(site.site_id, ())) for site in ordered],
        items=[items[key] for key in sorted(items)],
    )


def _well(site: Site, position: str, samples: Sequence[Sample]) -> Well:
    return Well(
        site_id=site.site_id,
        code=site.code,
        name_zh=site.name_zh,
        name_en=site.name_en,
        position=position,
        background=position == BACKGROUND,
        sampled_at=max((result.sampled_at for result, _ in samples), default=None),
    )
