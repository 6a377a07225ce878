"""Anomalies, rules of outlets and records of the mock gateway: the contract's shapes, the words of the platform."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from console_mock_answers import page, refused
from console_mock_park import SOURCES, Park, clock, identifier, iso
from console_mock_series import series_of
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]
UserOf = Callable[[Request], Record | None]
ANOMALY = identifier(40, 0)
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


class Anomalies:
    """State of these pages: one document of settings, records."""

    def __init__(self, park: Park, user: UserOf) -> None:
        self.park, self.user = park, user
        self.outlets = [one for one in park.points.values() if one["medium"] in SOURCES]
        self.versions: list[Record] = []
        self.records: list[Record] = []
        self.tried = 0

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
