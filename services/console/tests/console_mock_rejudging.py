"""Stations judged again, of the mock gateway: an order goes on by a day each time it is asked for."""

from datetime import date
from typing import Any

from console_mock_answers import page, refused
from console_mock_park import Park, clock, identifier, iso
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]
STATION = identifier(1, 64)
ORDER = identifier(61, 0)


class Rejudging:
    """State of orders and their routes."""

    def __init__(self, park: Park) -> None:
        self.park = park
        self.orders = [self._order(STATION, {"from": "2026-10-01", "to": "2026-10-03", "reason": "限值登记有误"})]
        self.orders[0] |= {
            "state": "done",
            "days_done": 2,
            "periods": 50,
            "changed": 2,
            "withdrawn": 1,
            "finished_at": iso(clock()),
        }

    def _order(self, point_id: str, asked: Record) -> Record:
        point = self.park.points[point_id]
        days = (date.fromisoformat(asked["to"]) - date.fromisoformat(asked["from"])).days
        return {
            "rejudgement_id": identifier(61, len(getattr(self, "orders", ()))), "point_id": point_id,
            "point_name_zh": point["name_zh"], "point_name_en": point["name_en"], **asked, "author": "王敏",
            "started_at": iso(clock()), "finished_at": None, "state": "queued", "days": days, "days_done": 0,
            "periods": 0, "changed": 0, "told": 0, "withdrawn": 0, "failure": None,
        }  # fmt: skip

    def routes(self, router: APIRouter) -> None:
        """Add the addresses."""

        @router.get("/rejudgements")
        async def listed(request: Request, point_id: str) -> Record:
            found = [one for one in reversed(self.orders) if one["point_id"] == point_id]
            answer = page([dict(one) for one in found], request)
            for one in found:
                _go_on(one)
            return answer

        @router.get("/rejudgements/{order_id}/differences")
        async def differences(order_id: str, request: Request, period: str = "") -> Record:
            return page([one for one in self._differences() if period in ("", one["period"])], request)

        @router.post("/points/{point_id}/rejudgements")
        async def start(point_id: str, request: Request) -> Response:
            asked = await request.json()
            if asked["reason"] == "冲突":
                return refused(409, "该站点有尚未完成的重新判定", "the station is being judged again already")
            self.orders.append(self._order(point_id, asked))
            return JSONResponse(self.orders[-1], 202)

    def _differences(self) -> list[Record]:
        factor = self.park.points[STATION]["factors"][0]
        named = {"factor": factor["factor"], "factor_name_zh": factor["name_zh"], "factor_name_en": factor["name_en"]}
        changes = [named | {"field": "limit", "before": "75", "after": "150"},
                   named | {"field": "compliant", "before": False, "after": True},
                   named | {"field": "ratio", "before": 1.2, "after": 0.6}]  # fmt: skip
        grade = {
            "kind": "aqi",
            "value": "121",
            "level": 3,
            "name_zh": "轻度污染",
            "name_en": "lightly polluted",
            "primary": [],
        }
        return [
            {"period": "hour", "period_start": "2026-10-01T01:00:00+08:00", "revision": 2, "grade": grade,
             "grade_before": grade, "changes": changes},
            {"period": "day", "period_start": "2026-10-02T00:00:00+08:00", "revision": 2,
             "grade": grade | {"value": "98", "level": 2, "name_zh": "良", "name_en": "good"}, "grade_before": grade,
             "changes": []},
        ]  # fmt: skip


def _go_on(order: Record) -> None:
    if order["state"] in {"queued", "running"}:
        done = order["days_done"] + 1
        over = done >= order["days"]
        order |= {"state": "done" if over else "running", "days_done": done, "periods": 25 * done, "changed": 1}
