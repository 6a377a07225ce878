"""Manual campaigns of the invented park, over the public API: a land plot with bores and wells, and noise at its fence.

All values are invented; one well is over its class and one bore above a screening value, so that verdicts, findings and a trend
can be seen. Limits are those of the platform: nothing of a standard is written here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from park_schemas.park_time import at_park

from simulator.park_api import ParkApi
from simulator.park_map import degrees, in_plot
from simulator.park_plan import EnterpriseSite

PLOT_CODE = "DK-05"
_COLUMN, _ROW = 4, 0
_EAST, _NORTH = (0.06, 0.46), (0.08, 0.58)
"""The land plot, as parts of the enterprise's plot on the map, from its south-west corner."""
_LABORATORY = "云澜检测（虚构）"


@dataclass(frozen=True)
class SurveySite:
    """A site to sample: `east` and `north` as the plot's; `position` of wells only."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    category: str
    east: float
    north: float
    position: str = ""


SITES = (
    SurveySite("YL05-S1", "土壤", "表面处理车间钻孔", "Bore at the plating shop", "第二类用地", 0.15, 0.45),
    SurveySite("YL05-S2", "土壤", "危废暂存间钻孔", "Bore at the hazardous-waste store", "第二类用地", 0.35, 0.30),
    SurveySite("YL05-S3", "土壤", "厂区空地钻孔", "Bore on open ground", "第二类用地", 0.25, 0.15),
    SurveySite("YL05-GW0", "地下水", "上游背景井", "Up-gradient well", "Ⅲ", 0.20, 0.62, "up-gradient"),
    SurveySite("YL05-GW1", "地下水", "车间下游井", "Well below the shop", "Ⅲ", 0.18, 0.25, "down-gradient"),
    SurveySite("YL05-GW2", "地下水", "厂界下游井", "Well at the fence", "Ⅲ", 0.30, 0.10, "down-gradient"),
    SurveySite("YL05-N1", "噪声", "东厂界", "East fence", "3", 0.97, 0.50),
)
_PLOT_SITES = tuple(site for site in SITES if site.kind != "噪声")

Values = Mapping[str, Mapping[str, str]]
"""{code of the site: {item: result as the laboratory wrote it}}."""

_SOIL: Values = {
    "YL05-S1": {"镍": "1250", "铬(六价)": "2.1", "铜": "860", "砷": "18.2", "镉": "3.4"},
    "YL05-S2": {"镍": "210", "铬(六价)": "<0.5", "铜": "143", "砷": "12.6", "镉": "0.8"},
    "YL05-S3": {"镍": "46", "铬(六价)": "<0.5", "铜": "38", "砷": "9.7", "镉": "0.2"},
}
_WATER_BEFORE: Values = {
    "YL05-GW0": {"镍": "<0.006", "氨氮": "0.12", "耗氧量": "1.4", "pH": "7.3"},
    "YL05-GW1": {"镍": "0.015", "氨氮": "0.21", "耗氧量": "2.1", "pH": "6.9"},
    "YL05-GW2": {"镍": "<0.006", "氨氮": "0.18", "耗氧量": "1.8", "pH": "7.1"},
}
_WATER: Values = {
    "YL05-GW0": {"镍": "<0.006", "氨氮": "0.11", "耗氧量": "1.3", "pH": "7.2"},
    "YL05-GW1": {"镍": "0.034", "氨氮": "0.24", "耗氧量": "2.3", "pH": "6.8"},
    "YL05-GW2": {"镍": "0.009", "氨氮": "0.19", "耗氧量": "1.9", "pH": "7.0"},
}
_UNITS: Mapping[str, str] = {"soil": "mg/kg", "groundwater": "mg/L"}
_METHODS: Mapping[str, str] = {"soil": "HJ 491-2019", "groundwater": "HJ 776-2015"}


async def seed_surveys(api: ParkApi, owner: EnterpriseSite, *, patience_s: float = 120.0) -> dict[str, int]:
    """Register plot and campaigns unless the plot is there; return what was made.

    Waits until the service that judges is up and has heard of the park. Raises ApiRefused, httpx.TransportError.
    """
    if (await api.patiently(patience_s, "GET", "/surveys/plots", params={"q": PLOT_CODE}))["items"]:
        return {"unchanged": 1}
    known = next(one for one in await api.all_items("/enterprises") if one["credit_code"] == owner.credit_code)
    enterprise = {"enterprise_id": known["enterprise_id"], "enterprise_name_zh": known["name_zh"]}
    there = {one["code"] for one in await api.all_items("/surveys/sites")}
    for site in SITES:
        if site.code not in there:
            await api.patiently(patience_s, "POST", "/surveys/sites", json=_site_form(site) | enterprise)
    campaigns = await _campaigns(api)
    await api.request("POST", "/surveys/plots", json=_plot_form(owner) | enterprise)
    return {"sites": len(SITES), "campaigns": campaigns, "plots": 1}


async def _campaigns(api: ParkApi) -> int:
    """Make the campaigns with their results; return how many."""
    plans: Sequence[tuple[str, str, str, int, Values]] = (
        ("soil", "土壤自行监测（第三季度）", "Soil, third quarter", 40, _SOIL),
        ("groundwater", "地下水自行监测（第二季度）", "Groundwater, second quarter", 130, _WATER_BEFORE),
        ("groundwater", "地下水自行监测（第三季度）", "Groundwater, third quarter", 38, _WATER),
    )
    for kind, name_zh, name_en, days_ago, values in plans:
        day = at_park(datetime.now(UTC) - timedelta(days=days_ago)).date().isoformat()
        rows = [
            {
                "site": site, "item": item, "sampled_at": f"{day} 10:00", "value": text,
                **({} if item == "pH" else {"unit": _UNITS[kind], "method": _METHODS[kind]}),
                **({"depth": "0-0.5m"} if kind == "soil" else {}),
            }
            for site, items in values.items() for item, text in items.items()
        ]  # fmt: skip
        await _campaign(api, kind, name_zh, name_en, day, rows)
    night = at_park(datetime.now(UTC) - timedelta(days=12)).date().isoformat()
    rows = [
        {"site": "YL05-N1", "item": "Leq", "sampled_at": f"{night} {clock}", "value": text, "unit": "dB(A)"}
        for clock, text in (("10:00", "61.5"), ("15:00", "62.8"), ("22:30", "53.6"), ("23:30", "52.9"))
    ]
    await _campaign(api, "noise", "厂界噪声监测", "Noise at the fence", night, rows)
    return len(plans) + 1


async def _campaign(
    api: ParkApi, kind: str, name_zh: str, name_en: str, day: str, rows: Sequence[Mapping[str, str]]
) -> None:
    form = {"kind": kind, "name_zh": name_zh, "name_en": name_en, "planned_on": day, "laboratory": _LABORATORY}
    made = await api.request("POST", "/surveys/campaigns", json=form)
    await api.request("POST", f"/surveys/campaigns/{made['campaign_id']}/results", json={"results": list(rows)})


def _site_form(site: SurveySite) -> dict[str, Any]:
    longitude, latitude = degrees(*in_plot(_COLUMN, _ROW, site.east, site.north))
    form = {
        "code": site.code, "kind": site.kind, "name_zh": site.name_zh, "name_en": site.name_en, "category": site.category,
        "longitude": longitude, "latitude": latitude,
    }  # fmt: skip
    return form | ({"noise_standard": "GB 12348-2008"} if site.kind == "噪声" else {})


def _plot_form(owner: EnterpriseSite) -> dict[str, Any]:
    (west, east), (south, north) = _EAST, _NORTH
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    ring = [list(degrees(*in_plot(_COLUMN, _ROW, *corner))) for corner in corners]
    return {
        "code": PLOT_CODE,
        "name_zh": f"{owner.plan.name_zh}原表面处理车间地块",
        "name_en": f"Former plating shop of {owner.plan.name_en}",
        "land_use": "第二类用地",
        "boundary": {"type": "Polygon", "coordinates": [ring]},
        "investigation": "preliminary",
        "investigation_source": "初步调查报告（虚构）2026 年第 3 号",
        "sites": [{"site": site.code, "position": site.position} for site in _PLOT_SITES],
    }
