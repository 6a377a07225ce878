"""Anomalies, rules of outlets, records and reductions of the mock gateway: the contract's shapes, the words of the platform."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from console_mock_answers import page, refused
from console_mock_park import Park, clock, identifier, iso, series_of
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]
UserOf = Callable[[Request], Record | None]
ANOMALY, ORDER = identifier(40, 0), identifier(41, 0)
SOURCES = ("waste-water", "waste-gas", "rain-water")
RULES: tuple[tuple[str, str, str, str, tuple[tuple[str, ...], ...]], ...] = (
    (
        "AN12",
        "含氧量偏高",
        "O2 high while running",
        "facts.baseline_oxygen",
        (
            ("highest", "含氧量上限", "highest oxygen", "%", "19", "5", "25"),
            ("at_least_min", "至少持续", "lasts at least", "min", "30", "1", "1440"),
        ),
    ),
    (
        "AN24",
        "产污-治污联动",
        "production and treatment interlock",
        "signals.production",
        (("running", "生产运行的判定比例", "share of rated that is running", "", "0.15", "0", "1"),),
    ),
    (
        "AN35",
        "人工比对不一致",
        "online vs manual",
        "records.manual-result",
        (("share", "允许偏差", "allowed deviation", "", "0.3", "0", "5"),),
    ),
    ("AN06", "突变", "jump", "", (("sigmas", "标准差倍数", "sigmas", "", "3", "1", "20"),)),
)
"""(id, names, what it lacks, parameters: name, names, unit, default, bounds)."""

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


class Anomalies:
    """State of these pages: one document of settings, records, the reduction list, orders."""

    def __init__(self, park: Park, user: UserOf) -> None:
        self.park, self.user = park, user
        self.outlets = [one for one in park.points.values() if one["medium"] in SOURCES]
        self.versions: list[Record] = []
        self.records: list[Record] = []
        self.tried = 0
        self._said: dict[str, Record] = {}
        self._evidence: dict[str, list[Record]] = {}
        self.lines = [self._line(number) for number in range(6)]
        self.orders = [self._order(ORDER, "orange", "in-force")]

    # --- anomalies and rules ---------------------------------------------------------------------------------------

    def _anomaly(self, number: int) -> Record:
        outlet, start = self.outlets[number], clock() - timedelta(hours=5 + number)
        factor = outlet["factors"][0]
        return {
            "anomaly_id": identifier(40, number),
            "point_id": outlet["point_id"],
            "point_zh": outlet["name_zh"],
            "point_en": outlet["name_en"],
            "enterprise_id": outlet["enterprise_id"],
            "enterprise_zh": outlet["enterprise_name_zh"],
            "enterprise_en": outlet["enterprise_name_en"],
            "rule_id": "AN06",
            "rule_zh": "突变",
            "rule_en": "jump",
            "factor": factor["factor"],
            "factor_zh": factor["name_zh"],
            "factor_en": factor["name_en"],
            "state": "open" if number % 2 else "closed",
            "severity": ("alarm", "warn", "info")[number % 3],
            "started_at": iso(start),
            "ended_at": iso(start + timedelta(hours=1)),
            "closed_at": None,
            "sentence_zh": "由 31.2 突变为 58.4",
            "sentence_en": "jumped from 31.2 to 58.4",
            "evidence": {"value": "58.4", "limit": "50"},
            "parameters": {"sigmas": "3"},
            "evidence_shown": [{"name": "value", "name_zh": "数值", "name_en": "value", "value": "58.4"}],
            "parameters_shown": [
                {"name": "sigmas", "name_zh": "标准差倍数", "name_en": "sigmas", "unit": "", "value": "3"}
            ],
            "occurrences": 1,
            "settings_version": 0,
            "opened_at": iso(start),
            "updated_at": iso(start),
            "feedback": None,
            "feedback_reason": "",
            "feedback_by": "",
            "feedback_at": None,
            "frames": {
                "point_id": outlet["point_id"],
                "period": "minute",
                "from": iso(start),
                "to": iso(start + timedelta(hours=1)),
            },
        }

    def _settings(self, point_id: str) -> Record:
        body = self.versions[0]["body"] if self.versions else {"rules": {}, "signals": {}, "facts": {}}
        return {
            "point_id": point_id,
            "version": len(self.versions),
            "rules": [_rule(row, body["rules"]) for row in RULES],
            "signals": body["signals"],
            "facts": body["facts"],
            "versions": self.versions,
            "known_signals": {
                "production": {"zh": "生产设施用电或工况", "en": "power or state of production"},
                "load": {"zh": "生产负荷", "en": "production load"},
                "analyser": {"zh": "分析仪示值", "en": "value shown by the analyser"},
                "twin": {"zh": "对比排口同因子", "en": "same factor of another outlet"},
            },
            "known_facts": {
                "baseline_oxygen": {
                    "zh": "基准氧含量",
                    "en": "reference oxygen",
                    "unit": "%",
                    "of_factor": False,
                    "form": "number",
                },
                "range": {
                    "zh": "量程上限",
                    "en": "upper range",
                    "unit": "unit of the factor",
                    "of_factor": True,
                    "form": "number",
                },
            },
        }

    def routes(self, router: APIRouter) -> None:
        """Add the addresses."""
        self._anomaly_routes(router)
        self._rule_routes(router)
        self._list_routes(router)
        self._order_routes(router)

    def _anomaly_routes(self, router: APIRouter) -> None:
        @router.get("/anomalies")
        async def anomalies(request: Request) -> Record:
            return page([self._anomaly(number) for number in range(5)], request)

        @router.get("/anomalies/precision")
        async def precision() -> Record:
            return {
                "items": [
                    {
                        "rule_id": "AN06",
                        "rule_zh": "突变",
                        "rule_en": "jump",
                        "anomalies": 5,
                        "confirmed": 3,
                        "false": 1,
                        "precision": 0.75,
                    }
                ],
                "next_cursor": None,
                "total": 1,
            }

        @router.get("/anomalies/{anomaly_id}")
        async def anomaly(anomaly_id: str) -> Record:
            found = {**self._anomaly(0), "anomaly_id": anomaly_id}
            outlet, end = self.outlets[0], clock()
            span = (end - timedelta(hours=8), end)
            curves = series_of(self.park, outlet["point_id"], [found["factor"]], "minute", span, 200)
            return {
                **found,
                "window": {"from": found["started_at"], "to": found["ended_at"]},
                "evidence_series": curves,
            }

    def _rule_routes(self, router: APIRouter) -> None:
        @router.get("/points/{point_id}/anomaly-rules")
        async def shown(point_id: str) -> Record:
            return self._settings(point_id)

        @router.put("/points/{point_id}/anomaly-rules")
        async def change(point_id: str, request: Request) -> Response:
            said = await request.json()
            if said["based_on"] != len(self.versions):
                return refused(409, "设置已被他人修改", "changed meanwhile", code="version-conflict")
            body = {key: said[key] for key in ("rules", "signals", "facts")}
            self.versions.insert(
                0,
                {
                    "version": len(self.versions) + 1,
                    "author": "admin",
                    "reason": said["reason"],
                    "made_at": iso(clock()),
                    "body": body,
                },
            )
            return JSONResponse(self._settings(point_id))

        @router.post("/points/{point_id}/anomaly-rules/try")
        async def try_out(point_id: str, request: Request) -> Record:
            said, found = await request.json(), self._anomaly(0)
            self.tried += 1
            item = {
                key: found[key]
                for key in (
                    "rule_id",
                    "rule_zh",
                    "rule_en",
                    "factor",
                    "factor_zh",
                    "factor_en",
                    "severity",
                    "started_at",
                    "ended_at",
                    "sentence_zh",
                    "sentence_en",
                )
            } | {"change": "gone", "told": True}
            return {
                "from": iso(clock()),
                "to": iso(clock()),
                "days": said["days"],
                "based_on": 0,
                "before": 1,
                "found": 0,
                "counts": {"new": 0, "gone": 1, "same": 0},
                "items": [item],
                "states": [],
            }

        @router.get("/points/{point_id}/equipment-records")
        async def records(point_id: str, request: Request) -> Record:
            kind = request.query_params.get("kind")
            return page([one for one in self.records if not kind or one["kind"] == kind], request)

        @router.post("/points/{point_id}/equipment-records")
        async def add(point_id: str, request: Request) -> Response:
            said = await request.json()
            usual = {"factor": "", "name": "", "value": None, "work_order": "", "passed": None}
            self.records.insert(
                0,
                {
                    **usual,
                    **said,
                    "content": said.get("text", ""),
                    "record_id": identifier(42, len(self.records)),
                    "point_id": point_id,
                    "source": "person",
                    "author": "officer",
                    "recorded_at": iso(clock()),
                },
            )
            return JSONResponse({"record_id": self.records[0]["record_id"]}, 201)

    # --- reductions ------------------------------------------------------------------------------------------------

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


def _rule(row: tuple[str, str, str, str, tuple[tuple[str, ...], ...]], settings: Record) -> Record:
    rule_id, zh, en, needs, parameters = row
    own = settings.get(rule_id, {})
    state = {
        "factor": "",
        "state": "not-applicable" if needs else "judged",
        "reason_zh": "未填写" if needs else "",
        "reason_en": "not filed" if needs else "",
        "needs": needs,
        "ran_at": iso(clock()),
    }
    return {
        "rule_id": rule_id,
        "name_zh": zh,
        "name_en": en,
        "severity": "alarm",
        "finds_zh": "判定内容",
        "finds_en": "what it finds",
        "basis_zh": "行业实践",
        "basis_en": "practice",
        "confidence": "secondary",
        "runs": "hourly",
        "enabled": own.get("enabled", True),
        "reason": own.get("reason", ""),
        "parameters": [
            {
                "name": name,
                "name_zh": p_zh,
                "name_en": p_en,
                "unit": unit,
                "default": default,
                "lowest": low,
                "highest": high,
                "whole": False,
                "value": own.get("parameters", {}).get(name, default),
                "changed": name in own.get("parameters", {}),
            }
            for name, p_zh, p_en, unit, default, low, high in parameters
        ],
        "states": [state],
    }


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
