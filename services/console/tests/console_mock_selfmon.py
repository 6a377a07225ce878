"""Manual monitoring of the mock gateway: two plans, what they owe, results with verdicts, one comparison, a row set aside."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from console_mock_answers import page, refused
from console_mock_evidence import EvidenceFiles
from console_mock_park import Park, clock, identifier, iso
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]
UserOf = Callable[[Request], Record | None]
ROOT = "/self-monitoring"
FREQUENCIES = (("day", "每日一次", "daily"), ("month", "每月一次", "monthly"), ("quarter", "每季度一次", "quarterly"))
COLUMNS = (
    ("point", "排口编码", "outlet", True),
    ("factor", "监测因子", "factor", True),
    ("sampled_at", "采样时间", "sampled at", True),
    ("sampled_until", "采样结束", "sampled until", False),
    ("averaging", "取值时间", "averaging", False),
    ("value", "结果", "value", True),
    ("unit", "单位", "unit", False),
    ("converted", "折算值", "converted value", False),
    ("detection_limit", "检出限", "detection limit", False),
    ("method", "分析方法", "method", False),
    ("sample_number", "样品编号", "sample number", False),
    ("flow", "采样时流量(m3/h)", "flow m3/h", False),
    ("load", "生产负荷(%)", "load %", False),
    ("laboratory", "检测机构", "laboratory", False),
    ("cma_number", "CMA证书编号", "CMA number", False),
    ("report_number", "报告编号", "report number", False),
    ("report_file", "报告附件", "report file", False),
    ("note", "备注", "note", False),
)


def made(version: int = 1, reason: str = "") -> Record:
    return {"version": version, "author": "王敏", "reason": reason, "made_at": iso(clock())}


class SelfMonitoring:
    """State of plans, dues, results and set-aside rows, and their routes."""

    def __init__(self, park: Park, user: UserOf, files: EvidenceFiles) -> None:
        self.files = files
        self.user = user
        self.outlet = next(iter(park.points.values()))
        self.factors = [
            {
                "factor": one["factor"],
                "name_zh": one["name_zh"],
                "name_en": one["name_en"],
                "unit": one["unit"],
                "limited": not place,
            }
            for place, one in enumerate(self.outlet["factors"])
        ]
        self.plans = [
            self._plan(1, "废水季度监测", "Waste water, quarterly", "quarter"),
            self._plan(2, "废水月度监测", "Waste water, monthly", "month"),
        ]
        self.explanations: dict[str, Record] = {}
        self.results = [self._result(1, "61", "over", "submitted"), self._result(2, "<4", "compliant", "accepted")]
        self.imports: list[Record] = []
        self.aside = [self._aside()]

    def _outlet(self) -> Record:
        one = self.outlet
        return {
            "point_id": one["point_id"],
            "code": one["code"],
            "point_name_zh": one["name_zh"],
            "point_name_en": one["name_en"],
            "enterprise_id": one["enterprise_id"],
            "enterprise_name_zh": one["enterprise_name_zh"],
            "enterprise_name_en": one["enterprise_name_en"],
        }

    def _plan(self, number: int, zh: str, en: str, frequency: str) -> Record:
        words = next(one for one in FREQUENCIES if one[0] == frequency)
        named = [{name: one[name] for name in ("factor", "name_zh", "name_en")} for one in self.factors[:2]]
        return {
            "plan_id": identifier(61, number),
            **self._outlet(),
            "name_zh": zh,
            "name_en": en,
            "factors": [one["factor"] for one in named],
            "factor_names": named,
            "frequency": frequency,
            "frequency_zh": words[1],
            "frequency_en": words[2],
            "times": 1,
            "averaging": "instant",
            "basis": "9132…001P",
            "valid_from": "2026-01-01",
            "valid_to": None,
            "report_within_days": 10,
            "sampling_method": "HJ 91.1-2019",
            "analysis_method": "HJ 828-2017",
            "executor": "third-party",
            "laboratory": "CTL",
            "cma_number": "2310…",
            "note": "",
            **made(),
        }

    def _dues(self) -> list[Record]:
        today = (clock() + timedelta(hours=8)).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=8)
        rows = []
        for number, (state, back) in enumerate((("overdue", 9), ("done", 6), ("due", -2), ("exempt", 4))):
            plan, key = self.plans[number % 2], identifier(62, number)
            lacking = plan["factor_names"] if state in {"overdue", "due"} else []
            rows.append(
                {
                    **{
                        name: plan[name]
                        for name in (*self._outlet(), "plan_id", "frequency", "frequency_zh", "frequency_en", "times")
                    },
                    "plan_name_zh": plan["name_zh"],
                    "plan_name_en": plan["name_en"],
                    "start": iso(today - timedelta(days=back + 3 + number)),
                    "end": iso(today - timedelta(days=back)),
                    "due_at": iso(today - timedelta(days=back)),
                    "state": state,
                    "factors": plan["factor_names"],
                    "lacking": lacking,
                    "samples": 0 if lacking else 1,
                    "done_at": iso(today - timedelta(days=back + 1)) if state == "done" else None,
                    "late": False,
                    "exempt_because": "stopped" if state == "exempt" else "",
                    "explanation": self.explanations.get(key),
                }
            )
        return rows

    def _result(self, number: int, text: str, outcome: str, state: str) -> Record:
        factor, sampled = self.factors[0], clock() - timedelta(days=number)
        return {
            "result_id": identifier(63, number),
            **self._outlet(),
            "factor": factor["factor"],
            "factor_name_zh": factor["name_zh"],
            "factor_name_en": factor["name_en"],
            "sampled_at": iso(sampled),
            "sampled_until": None,
            "averaging": "instant",
            "text": text,
            "unit": factor["unit"],
            "converted": None,
            "detection_limit": None,
            "method": "HJ 828-2017",
            "sample_number": f"W-{number}",
            "flow": "120",
            "load": "85",
            "laboratory": "CTL",
            "cma_number": "",
            "report_number": f"JC-{number}",
            "report_file": "",
            "note": "",
            "state": state,
            "entered_at": iso(sampled),
            "decided_by": None,
            "decided_at": None,
            "decision_reason": None,
            "allowed": ["accept", "reject"] if state == "submitted" else [],
            "verdict": {
                "outcome": outcome,
                "zh": f"手工监测 {text}，限值 50。",
                "en": f"Manual monitoring: {text}, limit 50.",
                "limit": "50",
                "unit": factor["unit"],
                "standard": "GB 31571-2015",
                "clause": "表1",
                "confidence": "secondary",
            },
            **made(),
        }

    def _comparison(self) -> Record:
        one = self.results[0]
        since = clock() - timedelta(days=1, minutes=30)
        pair = {
            "result_id": one["result_id"],
            "since": iso(since),
            "until": iso(since + timedelta(hours=1)),
            "manual": "61",
            "unit": "mg/L",
            "automatic": "44.2",
            "values": 6,
        }
        return {
            **self._outlet(),
            "factor": one["factor"],
            "factor_name_zh": one["factor_name_zh"],
            "factor_name_en": one["factor_name_en"],
            "day": iso(since)[:10],
            "outcome": "failed",
            "accepted": False,
            "zh": "1 对数据相对误差 27.54 %，允许 20 %，不合格（HJ 355-2019）。",
            "en": "relative error of 1 pairs 27.54 %, permitted 20 %: failed (HJ 355-2019).",
            "pairs": [pair],
            "monitor": "COD",
            "kind": "relative-error",
            "error": "27.54",
            "tolerance": "20",
            "unit": "%",
            "standard": "HJ 355-2019",
            "confidence": "from-memory",
            "made_at": iso(clock()),
        }

    def _aside(self) -> Record:
        return {
            "set_aside_id": identifier(65, 1),
            "import_id": identifier(64, 1),
            "sheet": "results",
            "enterprise_id": None,
            "row": 3,
            "reason": "bad-value",
            "texts": {"point": "P001", "factor": "氨氮", "sampled_at": "2026-11-01", "value": "ND"},
            "mended": None,
            "state": "open",
            "settled_at": None,
            "settled_by": None,
            "outcome": None,
            "filename": "结果.xlsx",
            "imported_at": iso(clock()),
            "imported_by": "王敏",
            "sheet_title": "自行监测结果",
            "problems": [
                {
                    "column": "value",
                    "value": "ND",
                    "what_zh": "未检出时须给出检出限",
                    "what_en": "the detection limit has to be given",
                }
            ],
        }

    def routes(self, router: APIRouter) -> None:
        """Add all addresses of manual monitoring."""
        for add in (self._plan_routes, self._due_routes, self._result_routes, self._sheet_routes):
            add(router)

    def _plan_routes(self, router: APIRouter) -> None:
        @router.get(f"{ROOT}/choices")
        async def choices() -> Record:
            columns = [
                {
                    "name": name,
                    "name_zh": zh,
                    "name_en": en,
                    "required": must,
                    "example": "",
                    "note_zh": "",
                    "note_en": "",
                }
                for name, zh, en, must in COLUMNS
            ]
            frequencies = [{"key": key, "name_zh": zh, "name_en": en} for key, zh, en in FREQUENCIES]
            return {"frequencies": frequencies, "sheets": {"results": columns}}

        @router.get(ROOT + "/points/{point_id}/factors")
        async def factors(point_id: str) -> Record:
            return {"items": self.factors, "next_cursor": None, "total": len(self.factors)}

        @router.get(f"{ROOT}/plans")
        async def plans(request: Request) -> Record:
            return page(self.plans, request)

        @router.post(f"{ROOT}/plans")
        async def state_plan(request: Request) -> Response:
            body = await request.json()
            if not body["basis"]:
                return refused(422, "表单有误", "the form has errors")
            plan = self._plan(len(self.plans) + 1, body["name_zh"], body["name_en"], body["frequency"])
            self.plans.insert(0, plan | {"basis": body["basis"], "factors": body["factors"]})
            return JSONResponse(self.plans[0], 201)

        @router.get(ROOT + "/plans/{plan_id}")
        async def plan(plan_id: str) -> Record:
            found = next(one for one in self.plans if one["plan_id"] == plan_id)
            return found | {"versions": [{**made(), "body": {}}]}

    def _due_routes(self, router: APIRouter) -> None:
        @router.get(f"{ROOT}/dues")
        async def dues(request: Request) -> Record:
            rows = self._dues()
            counts = {
                state: sum(one["state"] == state for one in rows)
                for state in ("upcoming", "due", "overdue", "done", "exempt")
            }
            wanted = request.query_params.get("state")
            return page([one for one in rows if not wanted or one["state"] == wanted], request) | {"counts": counts}

        @router.post(f"{ROOT}/explanations")
        async def explain(request: Request) -> Response:
            body = await request.json()
            row = next(
                n
                for n, one in enumerate(self._dues())
                if (one["plan_id"], one["start"]) == (body["plan_id"], body["period_start"])
            )
            found = {
                "explanation_id": identifier(62, row),
                "reason": body["reason"],
                "evidence": self.files.rows(body["evidence"]),
                "state": "submitted",
                "author": "王敏",
                "created_at": iso(clock()),
                "decided_by": None,
                "decided_at": None,
                "decision_reason": None,
            }
            self.explanations[identifier(62, row)] = found
            return JSONResponse(found, 201)

        @router.post(ROOT + "/explanations/{explanation_id}/{step}")
        async def decide(explanation_id: str, step: str) -> Record:
            self.explanations[explanation_id]["state"] = {"accept": "accepted", "reject": "rejected"}[step]
            return self.explanations[explanation_id]

        @router.get(f"{ROOT}/statistics")
        async def statistics(request: Request) -> Record:
            counts = {"owed": 8, "on_time": 6, "late": 1, "overdue": 1, "exempt": 1, "pending": 2, "rate": 0.75}
            return {
                "items": [{"period_start": "2026-10-01", **self._outlet(), **counts}],
                "next_cursor": None,
                "total": None,
            }

    def _result_routes(self, router: APIRouter) -> None:
        @router.get(f"{ROOT}/results")
        async def results(request: Request) -> Record:
            counts = {
                name: sum(one["verdict"]["outcome"] == name for one in self.results) for name in ("over", "compliant")
            }
            return page(self.results, request) | {"counts": counts}

        @router.post(f"{ROOT}/results")
        async def enter(request: Request) -> Response:
            body = (await request.json())["results"]
            wrong = [
                {"where": f"results.{place}.value", "what": "is not a number", "what_zh": "不是数字"}
                for place, one in enumerate(body)
                if not one["value"].strip("<L").replace(".", "").isdigit()
            ]
            if wrong:
                return refused(422, "表单有误", "the form has errors", errors=wrong)
            found = [
                self._result(len(self.results) + 1 + place, one["value"], "compliant", "submitted")
                | {"evidence": self.files.rows(one["evidence"])}
                for place, one in enumerate(body)
            ]
            self.results[:0] = found
            return JSONResponse({"items": found}, 201)

        @router.get(ROOT + "/results/{result_id}")
        async def result(result_id: str) -> Record:
            found = next(one for one in self.results if one["result_id"] == result_id)
            return found | {"versions": [{**made(found["version"]), "body": {"text": found["text"]}}]}

        @router.post(ROOT + "/results/{result_id}/{step}")
        async def step(result_id: str, step: str, request: Request) -> Record:
            found = next(one for one in self.results if one["result_id"] == result_id)
            state = {"accept": "accepted", "reject": "rejected", "withdraw": "withdrawn"}[step]
            found |= {"state": state, "allowed": [], "decided_by": "王敏", "decided_at": iso(clock())}
            return found

        @router.get(f"{ROOT}/comparisons")
        async def comparisons(request: Request) -> Record:
            return page([self._comparison()], request)

    def _sheet_routes(self, router: APIRouter) -> None:
        @router.get(f"{ROOT}/imports")
        async def imports(request: Request) -> Record:
            return page(self.imports, request)

        @router.post(f"{ROOT}/imports")
        async def take(request: Request) -> Record:
            form = await request.form()
            rows = [
                {
                    "row": 2,
                    "status": "created",
                    "key": "P001",
                    "outcome": "compliant",
                    "verdict_zh": "符合",
                    "verdict_en": "keeps it",
                },
                {"row": 3, "status": "rejected", "key": "P001", "errors": self.aside[0]["problems"]},
            ]
            report = {
                "import_id": identifier(64, len(self.imports) + 2),
                "sheet": "results",
                "enterprise_id": None,
                "filename": "结果.xlsx",
                "dry_run": form["dry_run"] == "true",
                "all_or_nothing": False,
                "stored": form["dry_run"] != "true",
                "imported_at": iso(clock()),
                "imported_by": "王敏",
                "total": 2,
                "accepted": 1,
                "rejected": 1,
                "rows": rows,
            }
            self.imports.insert(0, report)
            return report

        @router.get(f"{ROOT}/set-aside")
        async def aside(request: Request) -> Record:
            wanted = request.query_params.get("state")
            counts = {
                state: sum(one["state"] == state for one in self.aside) for state in ("open", "mended", "dismissed")
            }
            return page([one for one in self.aside if not wanted or one["state"] == wanted], request) | {
                "counts": counts
            }

        @router.post(ROOT + "/set-aside/{set_aside_id}/{step}")
        async def settle(set_aside_id: str, step: str) -> Record:
            found = self.aside[0]
            found |= {
                "state": {"mend": "mended", "dismiss": "dismissed"}[step],
                "settled_by": "王敏",
                "settled_at": iso(clock()),
            }
            return found | {
                "report": {"row": 3, "status": "created", "key": "P001", "verdict_zh": "符合", "verdict_en": "keeps it"}
            }
