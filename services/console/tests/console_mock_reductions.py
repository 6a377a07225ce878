"""Reductions of the mock gateway: the list of production lines, orders with their measures, reports of enterprises."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from console_mock_anomalies import ANOMALY
from console_mock_answers import page, refused
from console_mock_park import SOURCES, Park, clock, identifier, iso
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]
UserOf = Callable[[Request], Record | None]
ORDER = identifier(41, 0)
LEVELS: Record = {
    key: {
        "name_zh": zh,
        "name_en": en,
        "response": response,
        "start_zh": "预测日均 AQI>200",
        "start_en": "forecast daily AQI above 200",
        "least_share": share,
        "confidence": "medium",
    }
    for key, zh, en, response, share in (
        ("yellow", "黄色预警", "yellow warning", "Ⅲ", "0.10"),
        ("orange", "橙色预警", "orange warning", "Ⅱ", "0.20"),
        ("red", "红色预警", "red warning", "Ⅰ", "0.30"),
    )
}
GRADES: Record = {
    key: {
        "name_zh": f"{key} 级",
        "name_en": key,
        "usual_zh": "按行业要求减排",
        "usual_en": "by industry",
        "confidence": "medium",
        "voluntary": key == "A",
    }
    for key in ("A", "B", "C", "D")
}


class Reductions:
    """State of these pages: the reduction list, the orders and what enterprises say of them."""

    def __init__(self, park: Park, user: UserOf) -> None:
        self.park, self.user = park, user
        self.outlets = [one for one in park.points.values() if one["medium"] in SOURCES]
        self._said: dict[str, Record] = {}
        self._evidence: dict[str, list[Record]] = {}
        self.lines = [self._line(number) for number in range(6)]
        self.orders = [self._order(ORDER, "orange", "in-force")]

    def routes(self, router: APIRouter) -> None:
        """Add the addresses."""
        self._list_routes(router)
        self._order_routes(router)

    def _line(self, number: int) -> Record:
        outlet, grade = self.outlets[number], "ABCD"[number % 4]
        factor = outlet["factors"][0]
        return {
            "line_id": identifier(43, number),
            "version": 1,
            "enterprise_id": outlet["enterprise_id"],
            "line": f"{number + 1} 号线",
            "industry": "涂料制造",
            "grade": grade,
            "grade_zh": f"{grade} 级",
            "grade_en": grade,
            "point_id": outlet["point_id"],
            "factor": factor["factor"],
            "usual_value": None,
            "note": "",
            "author": "officer",
            "made_at": iso(clock()),
            "measures": {} if grade == "A" else {"orange": {"measure_zh": "限产 50%", "allowed_share": "0.5"}},
            "emissions": {"SO2": "120", "VOCs": "40"},
            **_names(outlet, factor),
        }

    def _order(self, order_id: str, level: str, state: str, **said: Any) -> Record:
        start = clock() - timedelta(days=1)
        return {
            "order_id": order_id,
            "title_zh": "橙色预警第 3 号",
            "title_en": "Orange warning no. 3",
            "level": level,
            "authority": "市应急指挥部",
            "document": "第3号令",
            "area": "全园区",
            "starts_at": iso(start),
            "ends_at": iso(start + timedelta(days=3)),
            "reason": "预测 AQI>200",
            "author": "officer",
            "made_at": iso(start),
            "lifted_at": None,
            "lifted_by": "",
            "lifted_reason": "",
            "withdrawn_at": None,
            "withdrawn_by": "",
            "withdrawn_reason": "",
            "state": state,
            **said,
        }

    def _measures(self) -> list[Record]:
        verdicts = ("not-kept", "not-provable", "kept", "voluntary", "kept", "pending")
        found = []
        for number, line in enumerate(self.lines):
            verdict = verdicts[number % len(verdicts)]
            proven = verdict in ("kept", "not-kept")
            keeping: Record = {
                "verdict": verdict,
                "reason_zh": "各小时均不高于允许值",
                "reason_en": "no stretch above the allowed value",
            }
            if proven:
                mean = "140" if verdict == "kept" else "280"
                keeping |= {
                    "usual": "300",
                    "usual_hours": 720,
                    "allowed": "150",
                    "mean": mean,
                    "achieved": "0.5333",
                    "hours": 20,
                    "expected_hours": 22,
                    "hours_over": 0 if verdict == "kept" else 8,
                    "until": iso(clock()),
                }
            found.append(
                {
                    **line,
                    "measure_id": identifier(44, number),
                    "allowed_share": "0.5" if proven else None,
                    "measure_zh": "限产 50%",
                    "verdict": verdict,
                    "keeping": keeping,
                    "judged_at": iso(clock()),
                    "broken": int(verdict == "not-kept"),
                    "report": self._said.get(identifier(44, number)),
                }
            )
        return found

    def _reports(self, measure_id: str) -> list[Record]:
        said = self._said.get(measure_id)
        if said is None:
            return []
        return [
            {**said, "report_id": identifier(45, 1), "made_at": iso(clock()), "evidence": self._evidence[measure_id]}
        ]

    def _list_routes(self, router: APIRouter) -> None:
        @router.get("/reduction-list")
        async def lines(request: Request) -> Record:
            wanted = request.query_params
            return page([one for one in self.lines if wanted.get("grade") in (None, one["grade"])], request)

        @router.get("/reduction-list/tables")
        async def tables() -> Record:
            return {
                "levels": LEVELS,
                "grades": GRADES,
                "pollutants": ["SO2", "NOx", "PM", "VOCs"],
                "source_zh": "环办大气函〔2020〕340号",
                "source_en": "technical guide of 2020",
            }

        @router.post("/reduction-list/imports")
        async def import_file(request: Request) -> Record:
            form = await request.form()
            dry = form["dry_run"] == "true"
            wrong = {
                "column": "grade",
                "value": "Z",
                "what_zh": "应为下列之一：A、B、C、D",
                "what_en": "must be one of: A, B, C, D",
            }
            rows = [
                {"row": 2, "status": "created", "key": "甲 / 1 号线", "errors": []},
                {"row": 3, "status": "rejected", "key": "甲 / 2 号线", "errors": [wrong]},
            ]
            return {
                "filename": "list.csv",
                "dry_run": dry,
                "stored": not dry,
                "total": 2,
                "created": 1,
                "updated": 0,
                "unchanged": 0,
                "rejected": 1,
                "columns": {"grade": {"zh": "绩效分级", "en": "performance grade"}},
                "rows": rows,
            }

        @router.get("/reduction-list/{line_id}")
        async def one(line_id: str) -> Record:
            version = {
                "version": 1,
                "body": {},
                "author": "officer",
                "reason": "",
                "made_at": iso(clock()),
                "retired": False,
            }
            return {**next(row for row in self.lines if row["line_id"] == line_id), "versions": [version]}

        @router.post("/reduction-list")
        async def add(request: Request) -> Response:
            said = await request.json()
            if any(row["line"] == said["line"] for row in self.lines):
                wrong = [
                    {"where": "line", "what": "the enterprise has this line already", "what_zh": "该企业已有同名生产线"}
                ]
                return refused(409, "该企业已有同名生产线", "the enterprise has this line already", errors=wrong)
            self.lines.append({**self._line(0), **said, "line_id": identifier(43, len(self.lines))})
            return JSONResponse(self.lines[-1], 201)

        @router.put("/reduction-list/{line_id}")
        async def change(line_id: str, request: Request) -> Record:
            row = next(row for row in self.lines if row["line_id"] == line_id)
            row |= await request.json()
            row["version"] += 1
            return row

    def _order_routes(self, router: APIRouter) -> None:
        @router.get("/reduction-orders")
        async def orders(request: Request) -> Record:
            counts = {
                "measures": 6,
                "enterprises": 6,
                "kept": 2,
                "not_kept": 1,
                "not_provable": 1,
                "pending": 1,
                "voluntary": 1,
            }
            return page([{**one, **counts} for one in self.orders], request)

        @router.post("/reduction-orders")
        async def order(request: Request) -> Response:
            said = await request.json()
            order_id = identifier(41, len(self.orders))
            self.orders.insert(
                0,
                self._order(
                    order_id,
                    said["level"],
                    "planned",
                    **{k: said[k] for k in ("title_zh", "title_en", "starts_at", "ends_at")},
                ),
            )
            return JSONResponse({"order_id": order_id, "measures": 6}, 201)

        @router.get("/reduction-orders/{order_id}")
        async def detail(order_id: str) -> Record:
            found = next(one for one in self.orders if one["order_id"] == order_id)
            counts = {"all": 6, "kept": 2, "not-kept": 1, "not-provable": 1, "pending": 1, "voluntary": 1}
            sums = [
                {
                    "pollutant": one,
                    "listed_kg": "720",
                    "ordered_kg": "240",
                    "shown_kg": "128",
                    "ordered_share": "0.3333",
                    "shown_share": "0.1778",
                    "least_share": "0.20",
                }
                for one in ("SO2", "NOx", "PM", "VOCs")
            ]
            level = LEVELS[found["level"]]
            return {
                **found,
                "level_zh": level["name_zh"],
                "level_en": level["name_en"],
                "response": level["response"],
                "summary": {"measures": counts, "enterprises": counts, "emissions": sums},
                "measures": self._measures(),
            }

        @router.get("/reduction-orders/{order_id}/measures/{measure_id}")
        async def measure(order_id: str, measure_id: str) -> Record:
            row = next(one for one in self._measures() if one["measure_id"] == measure_id)
            hour = clock().replace(minute=0, second=0, microsecond=0)
            curve = [
                [int((hour - timedelta(hours=n)).timestamp() * 1000), 300 - (n % 5) if n > 24 else 150 + n, None]
                for n in range(96, 0, -1)
            ]
            found = [
                {
                    "anomaly_id": ANOMALY,
                    "started_at": iso(hour - timedelta(hours=9)),
                    "ended_at": iso(hour - timedelta(hours=4)),
                    "state": "closed",
                    "sentence_zh": "均值为基准值的 93 %",
                    "sentence_en": "mean of 93 % of the usual value",
                }
            ]
            frames = {
                "point_id": row["point_id"],
                "period": "minute",
                "from": iso(hour - timedelta(hours=24)),
                "to": iso(hour),
            }
            return {
                **row,
                "order": self.orders[-1],
                "curve": curve,
                "found": found,
                "frames": frames,
                "reports": self._reports(measure_id),
            }

        @router.post("/reduction-orders/{order_id}/measures/{measure_id}/reports", status_code=201)
        async def report(order_id: str, measure_id: str, request: Request) -> Record:
            said = await request.json()
            told = {"done": said["done"], "seen_at": iso(clock()), "note": said["note"], "author": "officer"}
            self._said[measure_id] = {**told, "by_enterprise": False, "evidence": len(said["evidence"])}
            self._evidence[measure_id] = said["evidence"]
            return {"items": self._reports(measure_id)}

        @router.post("/reduction-orders/{order_id}/{step}")
        async def end(order_id: str, step: str, request: Request) -> Record:
            found = next(one for one in self.orders if one["order_id"] == order_id)
            said = await request.json()
            word = {"lift": "lifted", "withdraw": "withdrawn"}[step]
            found |= {
                "state": word,
                f"{word}_at": iso(clock()),
                f"{word}_by": "officer",
                f"{word}_reason": said["reason"],
            }
            return found


def _names(outlet: Record, factor: Record) -> Record:
    return {
        "enterprise_zh": outlet["enterprise_name_zh"],
        "enterprise_en": outlet["enterprise_name_en"],
        "point_zh": outlet["name_zh"],
        "point_en": outlet["name_en"],
        "point_code": outlet["code"],
        "factor_zh": factor["name_zh"],
        "factor_en": factor["name_en"],
        "unit": factor["unit"],
    }
