"""An orange warning of last night on the invented park's reduction list, over the public API: some kept to it, one did not.

The meter of a line is the flue gas flow of its stack: what a stack blew out last night is in the hours that its logger sends
at the first start. The scenario `demo` throttles the stacks in THROTTLED; the others ran on as ever. All of it is invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from park_schemas.park_time import at_park

from simulator.park_api import ParkApi
from simulator.park_plan import PointSite, point_by_code
from simulator.signal_model import SignalModel

METER = "a00000"
ORDERED, LASTED = timedelta(hours=14), timedelta(hours=11)
"""How long before the seeding the order began, and its length: inside what the loggers send of the day before."""


@dataclass(frozen=True)
class ListedSite:
    """A line of the list by the outlet that shows it: what it does at orange, the share allowed (none: nothing is measured)."""

    code: str
    line: str
    grade: str
    industry: str
    measure_zh: str
    share: str = ""
    emissions: Mapping[str, str] | None = None


THROTTLED = ("YL02-DA001", "YL05-DA002")
LINES = (
    ListedSite(
        "YL01-DA001", "常减压装置加热炉", "C", "石油炼制", "限产 50 %", "0.5", {"NOx": "310", "SO2": "96", "PM": "28"}
    ),
    ListedSite("YL02-DA001", "裂解炉", "C", "石油化工", "限产 50 %", "0.5", {"NOx": "285", "SO2": "74", "PM": "22"}),
    ListedSite("YL05-DA002", "1 号燃气锅炉", "B", "合成树脂", "降负荷至 60 %", "0.6", {"NOx": "62", "PM": "5"}),
    ListedSite("YL06-DA001", "涂布车间", "D", "涂料制造", "停止溶剂型生产线,现场核查", "", {"VOCs": "41"}),
    ListedSite("YL26-DA001", "催化剂焙烧炉", "A", "化学试剂制造", "", "", {"NOx": "33"}),
)


async def seed_reductions(api: ParkApi, *, patience_s: float = 120.0) -> dict[str, int]:
    """File the list and order what it says for orange, unless there is an order; return what was made.

    Waits until the service that judges has heard of the outlets. Raises ApiRefused, httpx.TransportError.
    """
    if (await api.patiently(patience_s, "GET", "/reduction-orders"))["items"]:
        return {"unchanged": 1}
    outlets = {one["code"]: one for one in await api.all_items("/points", {"medium": "waste-gas"})}
    for one in LINES:
        outlet = outlets[one.code]
        await api.patiently(patience_s, "GET", f"/self-monitoring/points/{outlet['point_id']}/factors")
        await api.request("POST", "/reduction-list", json=_line(one, outlet))
    made = await api.request("POST", "/reduction-orders", json=_order(at_park(datetime.now(UTC))))
    return {"lines": len(LINES), "orders": 1, "measures": made["measures"]}


def _line(one: ListedSite, outlet: Mapping[str, Any]) -> dict[str, Any]:
    asked = {"orange": {"measure_zh": one.measure_zh} | ({"allowed_share": one.share} if one.share else {})}
    meter = {"point_id": outlet["point_id"], "factor": METER, "usual_value": f"{usual_flow(one.code):.2f}"}
    return {
        "enterprise_id": outlet["enterprise_id"], "line": one.line, "grade": one.grade, "industry": one.industry,
        "measures": asked if one.measure_zh else {}, "emissions": dict(one.emissions or {}), "note": "虚构",
        **(meter if one.share else {}),
    }  # fmt: skip


def usual_flow(code: str) -> float:
    """Return the mean flow of a day on which nothing is ordered, in the unit of the outlet."""
    site = point_by_code(code)
    if site is None:
        raise KeyError(code)
    return _day_mean(site, datetime(2026, 1, 15, tzinfo=UTC))


def _day_mean(site: PointSite, day: datetime) -> float:
    model = SignalModel({})
    values = [model.sample(site, day + timedelta(minutes=10 * step)).values[METER] for step in range(144)]
    return sum(values) / len(values)


def _order(now: datetime) -> dict[str, Any]:
    start = now.replace(minute=0, second=0, microsecond=0) - ORDERED
    return {
        "title_zh": "重污染天气橙色预警Ⅱ级响应(虚构)", "title_en": "Orange warning, response II (invented)", "level": "orange",
        "authority": "云澜市重污染天气应急指挥部(虚构)", "document": "云重污染指〔2026〕第 7 号(虚构)", "area": "云澜园区",
        "starts_at": start.isoformat(), "ends_at": (start + LASTED).isoformat(),
        "reason": "预测日均 AQI>150 持续 72 小时(虚构)",
    }  # fmt: skip
