"""Land plots (地块): a parcel with its land use, the soil bores and wells in it, and how far its soil was investigated.

ASSUMPTION: the stages of an investigation are the words of the Soil Pollution Prevention and Control Law (2018), articles 58
to 66, and HJ 25.1-2019, named from memory. They are what the officer enters; nothing is derived from them.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from msgspec import Struct
from park_chassis.sheets import cells
from park_chassis.sheets.problems import Problem
from park_chassis.sheets.row_reading import read_row
from park_chassis.sheets.sheet import Column, Sheet
from park_judging.domain.laboratory.cells import uuid_cell
from park_schemas.codes import Medium
from park_schemas.identifiers import natural_id

from quality.domain.surveys.kinds import KINDS, Labels
from quality.domain.surveys.land_boundary import Boundary, boundary_of, contains
from quality.domain.surveys.records import Site
from quality.domain.surveys.sheets import site_code

PLOT_KINDS = (Medium.SOIL, Medium.GROUNDWATER)
LAND_USES: Labels = KINDS[Medium.SOIL].categories
NOT_INVESTIGATED = "none"
INVESTIGATIONS: Labels = MappingProxyType(
    {
        NOT_INVESTIGATED: ("未开展调查", "not investigated"),
        "preliminary": ("初步调查", "preliminary survey"),
        "detailed": ("详细调查", "detailed survey"),
        "risk-assessment": ("风险评估", "risk assessment"),
        "risk-control": ("风险管控", "risk control"),
        "remediation": ("修复", "remediation"),
        "effect-assessment": ("效果评估", "assessment of the effect"),
        "released": ("已移出名录", "taken off the register"),
        "not-contaminated": ("调查结论：未受污染", "found not contaminated"),
    }
)
BACKGROUND = "up-gradient"
POSITIONS: Labels = MappingProxyType(
    {
        BACKGROUND: ("上游（背景）", "up-gradient (background)"),
        "down-gradient": ("下游", "down-gradient"),
        "side": ("两侧", "side"),
        "inside": ("地块内", "inside"),
    }
)
_MOST_SITES = 200

FIELDS = Sheet(
    title_zh="地块",
    columns=(
        Column("code", "地块编码", "code", site_code, "DK-01", required=True),
        Column("name_zh", "地块名称", "name (Chinese)", cells.text(120), "原电镀车间地块", required=True),
        Column("name_en", "英文名称", "name (English)", cells.text(120), ""),
        Column("land_use", "用地类型", "land use", cells.choice(LAND_USES), "第二类用地", required=True),
        Column("enterprise_id", "企业标识", "enterprise id", uuid_cell, ""),
        Column("enterprise_name_zh", "企业名称", "enterprise", cells.text(120), ""),
        Column("investigation", "调查情况", "investigation", cells.choice(INVESTIGATIONS), "初步调查", required=True),
        Column("investigation_source", "调查依据", "source of the state", cells.text(300), "调查报告（2026）第12号"),
        Column("note", "备注", "note", cells.text(500), ""),
    ),
)


class PlotSite(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A site that belongs to a plot. `position` is of wells only: where it lies against the flow of the groundwater."""

    site_id: UUID
    position: str = ""


class Plot(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A land parcel as it is kept; every change is a new version."""

    plot_id: UUID
    park_id: UUID
    code: str
    name_zh: str
    name_en: str
    land_use: str
    boundary: Boundary
    investigation: str
    investigation_source: str = ""
    enterprise_id: UUID | None = None
    enterprise_name_zh: str = ""
    sites: list[PlotSite] = []
    note: str = ""


class Attention(Struct, frozen=True, kw_only=True):
    """Something about a site in its plot that a person should look at; it is no error."""

    site_id: UUID
    code: str
    zh: str
    en: str


def plot_of(
    texts: Mapping[str, str],
    boundary: Any,
    members: Sequence[tuple[str, str]],
    *,
    park_id: UUID,
    sites: Mapping[str, Site],
    taken: Mapping[UUID, str],
) -> tuple[Plot | None, list[Problem]]:
    """Return the plot that a form makes, or all its problems. Its id follows from its code.

    `members` are (code of the site, position); `sites` those of the park by code; `taken` the plot (code) other sites are in.
    """
    values, problems = read_row(FIELDS, texts)
    if values.get("investigation", NOT_INVESTIGATED) != NOT_INVESTIGATED and "investigation_source" not in values:
        problems.append(Problem("investigation_source", "", "须写明调查依据", "its source is needed"))
    polygons, flaws = boundary_of(boundary)
    problems += flaws
    found, flaws = _members(members, sites, taken, values)
    problems += flaws
    if problems or polygons is None:
        return None, problems
    values.setdefault("name_en", values["name_zh"])
    plot_id = natural_id("survey-plot", values["code"])
    return Plot(plot_id=plot_id, park_id=park_id, boundary=polygons, sites=found, **values), []


def _members(
    members: Sequence[tuple[str, str]], sites: Mapping[str, Site], taken: Mapping[UUID, str], values: Mapping[str, Any]
) -> tuple[list[PlotSite], list[Problem]]:
    if len(members) > _MOST_SITES:
        return [], [Problem("sites", str(len(members)), f"点位多于 {_MOST_SITES} 个", f"more than {_MOST_SITES} sites")]
    found: list[PlotSite] = []
    problems: list[Problem] = []
    for number, (code, position) in enumerate(members):
        site = sites.get(code)
        flaw = _site_flaw(site, taken, values)
        if site is not None and site.site_id in {one.site_id for one in found}:
            flaw = ("点位重复", "is given twice")
        if flaw is not None:
            problems.append(Problem(f"sites.{number}.site", code, *flaw))
        elif site is not None and position and (site.kind is not Medium.GROUNDWATER or position not in POSITIONS):
            allowed = ", ".join(POSITIONS)
            problems.append(
                Problem(
                    f"sites.{number}.position",
                    position,
                    f"仅地下水井填写，应为 {allowed}",
                    f"is of wells only, one of: {allowed}",
                )
            )
        elif site is not None:
            found.append(PlotSite(site_id=site.site_id, position=position))
    return found, problems


def _site_flaw(site: Site | None, taken: Mapping[UUID, str], values: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return (zh, en) of why a site cannot belong to the plot, None when it can."""
    if site is None:
        return "点位不存在，请先登记点位", "there is no such site: register it first"
    if site.kind not in PLOT_KINDS:
        return "地块只含土壤和地下水点位", "a plot holds sites of soil and groundwater only"
    holder = taken.get(site.site_id)
    if holder is not None and holder != values.get("code"):
        return f"点位已属地块 {holder}", f"belongs to plot {holder} already"
    owner = values.get("enterprise_id")
    if owner is not None and site.enterprise_id != owner:
        return "点位未登记为该企业的点位", "is not registered as a site of this enterprise"
    return None


def attentions(plot: Plot, sites: Sequence[Site]) -> list[Attention]:
    """Return what a person should look at: members outside the boundary, soil judged by another land use than the plot's."""
    told = []
    positions = {one.site_id: one.position for one in plot.sites}
    for site in sites:
        outside = not contains(plot.boundary, (site.longitude, site.latitude))
        if outside and positions.get(site.site_id, "") in ("", "inside"):
            told.append(_attention(site, "点位不在地块边界内", "lies outside the boundary"))
        if site.kind is Medium.SOIL and site.category != plot.land_use:
            own, whole = LAND_USES[site.category][0], LAND_USES[plot.land_use][0]
            zh = f"点位按{own}评价，地块为{whole}"
            told.append(_attention(site, zh, f"is judged as land use {site.category}, the plot is {plot.land_use}"))
    return told


def _attention(site: Site, zh: str, en: str) -> Attention:
    return Attention(site_id=site.site_id, code=site.code, zh=zh, en=en)
