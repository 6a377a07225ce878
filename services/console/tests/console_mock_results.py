"""Results of the mock gateway: totals against the permit, months of outlets, transmission, stations, ranking, rose."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from console_mock_answers import page, refused
from console_mock_park import Park, clock, identifier, iso
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]
UserOf = Callable[[Request], Record | None]
DIRECTIONS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
DIRECTIONS_ZH = ("北", "北东北", "东北", "东东北", "东", "东东南", "东南", "南东南", "南",
                 "南西南", "西南", "西西南", "西", "西西北", "西北", "北西北")  # fmt: skip


def month(back: int) -> str:
    """The first day of a month, some months ago."""
    today = (clock() + timedelta(hours=8)).date()
    number = today.year * 12 + today.month - 1 - back
    return f"{number // 12}-{number % 12 + 1:02d}-01"


class Results:
    """State of targets and permitted quantities, and the routes of results."""

    def __init__(self, park: Park, user: UserOf) -> None:
        self.park, self.user = park, user
        self.outlet = next(iter(park.points.values()))
        self.year = int(month(0)[:4])
        self.quantities = [self._quantity(number, share) for number, share in enumerate(("0.62", "0.93", "1.08"))]
        self.targets: dict[tuple[str, int], list[Record]] = {}

    def _quantity(self, number: int, share: str) -> Record:
        factor = self.outlet["factors"][number % 3]
        used = float(share) * 2000
        return {
            "quantity_id": identifier(31, number), "enterprise_id": self.outlet["enterprise_id"],
            "enterprise_name_zh": self.outlet["enterprise_name_zh"],
            "enterprise_name_en": self.outlet["enterprise_name_en"],
            "point_id": self.outlet["point_id"] if number else None,
            "point_name_zh": self.outlet["name_zh"] if number else None,
            "point_name_en": self.outlet["name_en"] if number else None, "factor": factor["factor"],
            "factor_name_zh": factor["name_zh"], "factor_name_en": factor["name_en"], "year": self.year,
            "permitted_kg": "2000",
            "permit": "9132…001P 表 3", "author": "王敏", "stated_at": iso(clock()), "used_kg": f"{used:.1f}",
            "substituted_kg": "12.5",
            "share": share, "rate_kg_day": "6.2", "runs_out": f"{self.year}-12-09" if number == 1 else None,
            "at_year_end_kg": "2150",
            "days": 300, "last_day": month(0), "warned": ["0.8"] if float(share) > 0.8 else [],
            "pace": {"expected_kg": f"{used / 1.25:.3f}", "ratio": "1.250000" if number else "0.910000", "ahead": bool(number),
                     "warning": "1.2"},
        }  # fmt: skip

    def routes(self, router: APIRouter) -> None:
        """Add all addresses of results."""
        for add in (
            self._outlet_routes,
            self._transmission_routes,
            self._station_routes,
            self._wind_routes,
            self._target_routes,
        ):
            add(router)

    def _outlet_routes(self, router: APIRouter) -> None:
        @router.get("/permitted-quantities")
        async def quantities(request: Request) -> Record:
            return page(
                [
                    one
                    for one in self.quantities
                    if str(one["year"]) == request.query_params.get("year", str(self.year))
                ],
                request,
            )

        @router.put("/permitted-quantities")
        async def state(request: Request) -> Response:
            body = await request.json()
            if body["factor"] == "w00000":
                return refused(422, "不能按流量核定总量", "no quantity of a flow",
                               errors=[{"where": "body.factor", "what": "not a mass", "what_zh": "不是污染物"}])  # fmt: skip
            self.quantities.append({**self._quantity(0, "0.1"), "quantity_id": identifier(31, len(self.quantities)),
                                    "permit": body["permit"],
                                    "permitted_kg": str(float(body["amount"]) * 1000)})  # fmt: skip
            return JSONResponse(self.quantities[-1])

        @router.delete("/permitted-quantities/{quantity_id}")
        async def drop(quantity_id: str) -> Record:
            self.quantities = [one for one in self.quantities if one["quantity_id"] != quantity_id]
            return {"quantity_id": quantity_id, "removed": True}

        @router.get("/emissions")
        async def emissions(request: Request) -> Record:
            rows = [{"factor": one["factor"], "factor_name_zh": one["name_zh"], "factor_name_en": one["name_en"],
                     "emission_kg": "1200",
                     "substituted_kg": "30", "total_kg": "1230",
                     "days": 300} for one in self.outlet["factors"][:3]]  # fmt: skip
            return page(rows, request)

        @router.get("/points/{point_id}")
        async def point(point_id: str) -> Response:
            found = self.park.points.get(point_id)
            return JSONResponse(found) if found else refused(404, "没有这个点位", "There is no such point")

        @router.get("/points/{point_id}/results/versions")
        async def versions(point_id: str, request: Request) -> Record:
            factor = self.park.points[point_id]["factors"][0]["factor"]
            change = {"factor": factor, "field": "mean", "before": "30.10", "after": "31.25"}
            rows = [
                {"revision": n + 1, "made_at": iso(clock()), "factors": [], "differences": [change] if n else []}
                for n in range(2)
            ]
            return page(rows, request)

        @router.get("/points/{point_id}/results")
        async def results(point_id: str, request: Request, period: str = "month") -> Record:
            rows = [
                {
                    "period": period, "period_start": month(back), "revision": 1 + back % 2, "made_at": iso(clock()),
                    "days": 30,
                    "final_days": 30 if back else 12, "final": bool(back),
                    "factors": [{"factor": one["factor"], "unit": one["unit"], "valid": True, "valid_count": 29,
                                 "expected_count": 30,
                                 "mean": "31.25", "limit": "50", "compliant": True, "emission": "412.7",
                                 "substituted": "3.1"}
                                for one in self.park.points[point_id]["factors"]],
                }
                for back in range(6, -1, -1)
            ]  # fmt: skip
            return page(rows, request)

    def _transmission_routes(self, router: APIRouter) -> None:
        @router.get("/transmission")
        async def transmission(request: Request) -> Record:
            rows = [
                {
                    "point_id": one["point_id"], "point_name_zh": one["name_zh"], "point_name_en": one["name_en"],
                    "enterprise_id": one["enterprise_id"], "enterprise_name_zh": one["enterprise_name_zh"],
                    "enterprise_name_en": one["enterprise_name_en"], "expected": 744, "received": 744 - 9 * n,
                    "in_time": 700, "valid": 690,
                    "stopped": 4, "transmission_rate": f"{1 - 0.02 * n:.3f}", "instant_rate": "0.95",
                    "validity_rate": "0.96",
                    "effective_rate": f"{0.97 - 0.03 * n:.3f}", "completeness": "0.99", "level": ("ok", "warning",
                        "serious")[min(n, 2)],
                }
                for n, one in enumerate(list(self.park.points.values())[:6])
            ]  # fmt: skip
            thresholds = {"warning": "0.95", "serious": "0.9", "completeness": "0.995"}
            return page(rows, request) | {"from": month(0), "to": month(-1), "thresholds": thresholds}

        @router.get("/points/{point_id}/transmission/losses")
        async def losses(point_id: str, request: Request) -> Record:
            rows = [{"factor": self.park.points[point_id]["factors"][0]["factor"],
                     "hour_start": f"{month(0)}T{3 + n:02d}:00:00+08:00",
                     "verdict": "missing", "reason": "no-data", "mark": "", "condition_mark": "", "equipment_mark": "",
                     "excused": n == 1}
                    for n in range(3)]  # fmt: skip
            return page(rows, request)

    def _station_routes(self, router: APIRouter) -> None:
        @router.get("/points/{point_id}/statistics")
        async def statistics(point_id: str, request: Request, span: str = "month") -> Record:
            station = self.park.points[point_id]
            return page([self._span(station, span, month(back)) for back in range(5, -1, -1)], request)

        @router.get("/stations/ranking")
        async def ranking(request: Request, medium: str = "ambient-air") -> Record:
            stations = [one for one in self.park.points.values() if one["medium"] == medium]
            rows = [{"point_id": one["point_id"], "name_zh": one["name_zh"], "name_en": one["name_en"],
                     "value": f"{3.1 + n * 0.3:.2f}",
                     "value_before": "3.40", "complete": n != 1, "place": n + 1, "place_before": len(stations) - n}
                    for n, one in enumerate(stations)]  # fmt: skip
            return page(rows, request) | {"start": month(0)}

    def _span(self, station: Record, span: str, start: str) -> Record:
        factors = [
            {"factor": one["factor"], "name_zh": one["name_zh"], "name_en": one["name_en"], "unit": one["unit"],
             "valid_days": 29,
             "needed_days": 27, "days": 30, "complete": True, "over_days": n, "mean": f"{20 + n}.5", "minimum": "8",
             "maximum": "61",
             "percentile": "48", "percentile_share": "0.95"}
            for n, one in enumerate(station["factors"])
        ]  # fmt: skip
        change = {
            "name": "index",
            "now": "3.2",
            "then": "3.0",
            "difference": "0.2",
            "percent": "6.7",
            "comparable": True,
        }
        mean = {
            **change,
            "name": station["factors"][0]["factor"],
            "now": "20.5",
            "then": "18.0",
            "percent": "13.9",
            "comparable": False,
        }
        grade = {
            "kind": "aqi",
            "value": "72",
            "level": 2,
            "name_zh": "良",
            "name_en": "Good",
            "primary": [station["factors"][0]["factor"]],
        }
        bounds = (self.targets.get((station["point_id"], int(start[:4]))) or [{"bounds": {}}])[0]["bounds"]
        targets = [
            {"measure": key, "bound": bound, "value": "3.2", "kept": float(bound) >= 3.2}
            for key, bound in bounds.items()
        ]
        return {
            "statistics": {"span": span, "start": start, "end": start, "days_with_data": 30, "factors": factors,
                           "grade": grade, "index": "3.2",
                           "index_note_zh": "", "index_note_en": "", "good_days": 26, "graded_days": 30, "good_share": "0.867"},
            "against_year_before": [change], "against_period_before": [change, mean], "targets": targets,
        }  # fmt: skip

    def _wind_routes(self, router: APIRouter) -> None:
        @router.get("/points/{point_id}/rose")
        async def rose(point_id: str, factor: str) -> Record:
            sectors = [{"direction": one, "direction_zh": DIRECTIONS_ZH[n], "hours": 20 + n,
                        "frequency": 0.05 + n / 500,
                        "mean": 20.0 + n * 3, "maximum": 60.0 + n, "wind_speed": 2.4} for n,
                        one in enumerate(DIRECTIONS)]  # fmt: skip
            calm = {
                "direction": "calm",
                "direction_zh": "静风",
                "hours": 40,
                "frequency": 0.06,
                "mean": 33.0,
                "maximum": 70.0,
                "wind_speed": 0.1,
            }
            return {
                "factor": factor,
                "unit": "ug/m3",
                "from": month(1),
                "to": month(0),
                "rose": {"hours": 690, "sectors": sectors, "calm": calm},
            }

        @router.get("/points/{point_id}/correlation")
        async def correlation(point_id: str, factor: str, request: Request) -> Record:
            codes = factor.split(",")
            rows = [
                {"first": one, "second": other, "r": 0.62, "pairs": 700}
                for n, one in enumerate(codes)
                for other in codes[n + 1 :]
            ]
            return page(rows, request)

    def _target_routes(self, router: APIRouter) -> None:
        @router.get("/points/{point_id}/targets")
        async def targets(point_id: str, year: int) -> Record:
            versions = self.targets.get((point_id, year), [])
            newest = versions[0] if versions else {"version": 0, "bounds": {}}
            return {"year": year, "version": newest["version"], "bounds": newest["bounds"], "versions": versions}

        @router.put("/points/{point_id}/targets")
        async def set_targets(point_id: str, request: Request) -> Response:
            body = await request.json()
            versions = self.targets.setdefault((point_id, body["year"]), [])
            if body["based_on"] != len(versions):
                return refused(
                    409, "目标已被他人修改,请刷新后重试", "the targets were changed meanwhile: read them again"
                )
            wrong = [{"where": measure, "what": f"{bound!r} is no number above 0", "what_zh": f"{bound} 不是正数"}
                     for measure, bound in body["bounds"].items() if not float(bound) > 0]  # fmt: skip
            if wrong:
                return refused(422, "目标有误", "the targets have mistakes", errors=wrong)
            made = {
                "version": len(versions) + 1,
                "bounds": body["bounds"],
                "author": "officer",
                "reason": body["reason"],
                "made_at": iso(clock()),
            }
            versions.insert(0, made)
            return JSONResponse({"year": body["year"], "version": made["version"], "bounds": made["bounds"]})
