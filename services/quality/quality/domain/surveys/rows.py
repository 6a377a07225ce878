"""Rows of text (of a form, a file, or mended ones) to sites and judged results, or to every problem they have."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from park_chassis.sheets.problems import BadCell, Problem
from park_chassis.sheets.row_reading import read_row
from park_judging.domain.laboratory.cells import has_clock, time_problems, unit_problems
from park_judging.domain.laboratory.measured import Measured, measured
from park_schemas.codes import Medium
from park_schemas.identifiers import natural_id

from quality.domain.surveys.items import Item, item_of
from quality.domain.surveys.judging import verdict_of
from quality.domain.surveys.kinds import AMBIENT_NOISE, CONSTRUCTION_NOISE, FARMLAND, KINDS, NOISE_ZONES, category_of
from quality.domain.surveys.records import Campaign, Result, Site, Verdict
from quality.domain.surveys.sheets import RESULTS, SITES


@dataclass(frozen=True, slots=True)
class Judged:
    """A result with its verdict."""

    result: Result
    verdict: Verdict


def site_of(texts: Mapping[str, str], park_id: UUID) -> tuple[Site | None, list[Problem]]:
    """Return the site that a row makes, or all its problems. Its id follows from its code."""
    values, problems = read_row(SITES, texts)
    kind = values.get("kind")
    if kind == Medium.NOISE:
        standard = values.setdefault("noise_standard", AMBIENT_NOISE)
        if standard == CONSTRUCTION_NOISE:
            values.setdefault("category", "all")
    if kind == Medium.SURFACE_WATER:
        values.setdefault("water_body", "river")
    problems += _stray_fields(kind, values)
    if kind is not None:
        values["category"], more = _category(kind, values)
        problems += more
    if problems:
        return None, problems
    values["kind"] = Medium(values["kind"])
    values.setdefault("name_en", values["name_zh"])
    return Site(site_id=natural_id("survey-site", values["code"]), park_id=park_id, **values), []


def _stray_fields(kind: str | None, values: Mapping[str, Any]) -> list[Problem]:
    owners = {"noise_standard": Medium.NOISE, "water_body": Medium.SURFACE_WATER}
    return [
        Problem(name, str(values[name]), "该类别点位不应填写", "is not a field of this kind of site")
        for name, owner in owners.items()
        if name in values and kind is not None and kind != owner
    ]


def _category(kind: str, values: Mapping[str, Any]) -> tuple[str, list[Problem]]:
    given = values.get("category", "")
    rules = KINDS[kind]
    if not given:
        flaw = Problem("category", "", f"{rules.title_zh} 必填", f"{rules.title_en} is required")
        return "", [flaw] if rules.needed else []
    category = category_of(kind, given)
    allowed = "、".join(f"{name}({labels[0]})" for name, labels in rules.categories.items())
    if category is None:
        return "", [
            Problem("category", given, f"{rules.title_zh}应为下列之一：{allowed}", f"must be one of: {allowed}")
        ]
    zones = NOISE_ZONES.get(values.get("noise_standard", ""), frozenset({category}))
    if category not in zones:
        return "", [Problem("category", given, "该噪声标准无此功能区", "this noise standard has no such zone")]
    return category, []


def result_of(
    texts: Mapping[str, str], campaign: Campaign, sites: Mapping[str, Site], at: datetime
) -> tuple[Judged | None, list[Problem]]:
    """Return the judged result of a row of a campaign, or all problems of the row.

    `sites` are those of the park by code; `at` is now: no sample is taken in the future.
    """
    values, problems = read_row(RESULTS, texts)
    kind = campaign.kind
    site, item = sites.get(values.get("site", "")), item_of(kind, values.get("item", ""))
    problems += _of_site(values, site, kind) + _of_item(values, item)
    problems += _of_time(values, texts.get("sampled_at", ""), kind, at) + _of_kind(values, site, item, kind)
    if item is not None:
        values["unit"], more = _unit(values, item, {problem.column for problem in problems})
        problems += more
    read: Measured | None = None
    if item is not None and "value" in values:
        try:
            read = measured(values["value"], values.get("detection_limit"), sensory=item.sensory)
        except BadCell as flaw:
            problems.append(Problem("value", values["value"][:200], flaw.what_zh, flaw.what_en))
        else:
            problems += _sign(read, item)
    if problems or site is None or item is None or read is None:
        return None, problems
    result = _result(campaign, site, item, values, read)
    return Judged(result, verdict_of(site, result)), []


def _of_site(values: Mapping[str, Any], site: Site | None, kind: Medium) -> list[Problem]:
    code = values.get("site")
    if code is None:
        return []
    if site is None:
        return [Problem("site", code, "点位不存在，请先登记点位", "there is no such site: register it first")]
    if site.kind != kind:
        return [
            Problem("site", code, f"点位类别为 {site.kind}，与监测活动不符", f"is a site of {site.kind}, not {kind}")
        ]
    return []


def _of_item(values: Mapping[str, Any], item: Item | None) -> list[Problem]:
    if "item" not in values or item is not None:
        return []
    return [Problem("item", values["item"], "未知的监测项目", "unknown item for this kind of survey")]


def _of_time(values: Mapping[str, Any], cell: str, kind: Medium, at: datetime) -> list[Problem]:
    problems = time_problems(values.get("sampled_at"), cell, at)
    if not problems and kind is Medium.NOISE and "sampled_at" in values and not has_clock(cell):
        return [Problem("sampled_at", cell, "噪声须写明时分，以区分昼夜", "noise needs the time of day: day or night")]
    return problems


def _of_kind(values: Mapping[str, Any], site: Site | None, item: Item | None, kind: Medium) -> list[Problem]:
    problems = []
    if kind is Medium.AMBIENT_AIR and "averaging" not in values:
        problems.append(Problem("averaging", "", "环境空气须填取值时间", "ambient air needs its averaging time"))
    if kind is not Medium.AMBIENT_AIR and "averaging" in values:
        problems.append(Problem("averaging", values["averaging"], "仅环境空气填写", "is a field of ambient air only"))
    farmland = site is not None and site.kind is Medium.SOIL and site.category in FARMLAND
    if farmland and item is not None and item.key != "pH" and "ph" not in values:
        problems.append(Problem("ph", "", "农用地须填土壤 pH", "farmland needs the pH of its soil"))
    return problems


def _unit(values: Mapping[str, Any], item: Item, flawed: set[str]) -> tuple[str, list[Problem]]:
    given: str | None = values.get("unit")
    if "unit" in flawed:
        return item.unit, []
    return given or item.unit, unit_problems(given, item.unit, item.name_zh)


def _sign(read: Measured, item: Item) -> list[Problem]:
    if read.value is None or read.value >= 0 or item.unit in {"degC", "mV", "V"}:
        return []
    return [Problem("value", read.text, "不应为负值", "must not be negative")]


def _result(campaign: Campaign, site: Site, item: Item, values: Mapping[str, Any], read: Measured) -> Result:
    sampled_at, depth, averaging = values["sampled_at"], values.get("depth", ""), values.get("averaging", "")
    sample = values.get("sample_number", "")
    key = (campaign.campaign_id, site.site_id, item.key, sampled_at.timestamp(), depth, averaging, sample)
    kept = ("method", "sample_number", "depth", "averaging", "background", "ph", "frequent", "note")
    return Result(
        result_id=natural_id("survey-result", *key),
        campaign_id=campaign.campaign_id,
        site_id=site.site_id,
        kind=campaign.kind,
        item=item.key,
        item_name_zh=item.name_zh,
        item_name_en=item.name_en,
        sampled_at=sampled_at,
        text=read.text,
        unit=values["unit"],
        detected=read.detected,
        value=read.value,
        detection_limit=read.detection_limit,
        **{name: values[name] for name in kept if name in values},
    )
