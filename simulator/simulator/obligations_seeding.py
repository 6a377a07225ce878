"""What an enterprise of the invented park owes, over the public API: permitted quantity, self-monitoring, its monitors.

All of it is invented and of one outlet, so that what is due, what is used up and what was sampled can be seen. The plan began
last month: that month was sampled, this one is owed.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from park_schemas.park_time import at_park

from simulator.park_api import ParkApi
from simulator.park_plan import EnterpriseSite

_OUTLET = "DW001"
_COD, _AMMONIA = "w01018", "w21003"
_PERMIT = "排污许可证（虚构）第 12 页"
_LABORATORY = "云澜检测（虚构）"
_MONITORS = {_COD: "water-cod", _AMMONIA: "water-nh3n"}
_SAMPLES = {_COD: ("32", "HJ 828-2017"), _AMMONIA: ("1.21", "HJ 535-2009")}
_PERMITTED_T = {_COD: "30", _AMMONIA: "3"}


async def seed_obligations(
    api: ParkApi, person: ParkApi, owner: EnterpriseSite, *, patience_s: float = 120.0
) -> dict[str, int]:
    """State the obligations unless the plan is there; return what was made.

    `api` is signed in as an administrator, `person` as one of the enterprise, who files monitors and enters samples.
    Waits until the service that judges is up and has heard of the outlet. Raises ApiRefused, httpx.TransportError.
    """
    code = f"YL{owner.number:02d}-{_OUTLET}"
    outlet = next(one for one in await api.all_items("/points", {"q": code}) if one["code"] == code)
    point_id, enterprise_id = outlet["point_id"], outlet["enterprise_id"]
    await api.patiently(patience_s, "GET", f"/self-monitoring/points/{point_id}/factors")
    if (await api.get("/self-monitoring/plans", {"point_id": point_id}))["items"]:
        return {"unchanged": 1}
    today = at_park(datetime.now(UTC)).date()
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    for factor, kind in _MONITORS.items():
        form = {"factor": factor, "kind": kind, "reason": "按设备档案登记（虚构）"}
        await person.request("POST", f"/points/{point_id}/monitors", json=form)
    for factor, amount in _PERMITTED_T.items():
        quantity = {"enterprise_id": enterprise_id, "factor": factor, "year": today.year, "amount": amount}
        await api.request("PUT", "/permitted-quantities", json=quantity | {"unit": "t", "permit": _PERMIT})
    await api.request("POST", "/self-monitoring/plans", json=_plan(point_id, last_month))
    await person.request("POST", "/self-monitoring/results", json={"results": _results(code, last_month)})
    return {"monitors": len(_MONITORS), "quantities": len(_PERMITTED_T), "plans": 1, "results": len(_SAMPLES)}


def _plan(point_id: str, begins: date) -> dict[str, Any]:
    return {
        "point_id": point_id, "name_zh": "废水总排口自行监测", "name_en": "Self-monitoring of the waste-water outlet",
        "factors": list(_SAMPLES), "frequency": "month", "basis": _PERMIT, "valid_from": begins.isoformat(),
        "executor": "third-party", "laboratory": _LABORATORY, "cma_number": "虚构-0001",
    }  # fmt: skip


def _results(code: str, month: date) -> list[dict[str, str]]:
    sampled_at = f"{month + timedelta(days=11):%Y-%m-%d} 10:00"
    return [
        {
            "point": code, "factor": factor, "sampled_at": sampled_at, "value": value, "unit": "mg/L", "method": method,
            "sample_number": "W-1", "laboratory": _LABORATORY, "report_number": f"YL-{month:%Y%m}-05",
        }
        for factor, (value, method) in _SAMPLES.items()
    ]  # fmt: skip
