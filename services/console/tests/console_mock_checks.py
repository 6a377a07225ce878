"""Monitors and quota cards of the mock gateway: what is due, checks that are judged by their reading; charges and balances."""

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
STATES = ("overdue", "due", "ok", "no-record")
NAMES = ("point_id", "enterprise_id", "enterprise_name_zh", "enterprise_name_en")
KIND: Record = {
    "kind": "water-cod", "name_zh": "COD 水质自动分析仪", "name_en": "COD analyser", "media": ["waste-water", "rain-water"],
    "factors": ["w01018"],
    "requirements": [
        {"requirement": "standard-check", "name_zh": "自动标样核查", "name_en": "automatic standard-sample check",
         "interval": 24,
         "interval_unit": "h", "pass_criterion": "±10 %", "out_of_control": "> 10 %", "standard": "HJ 355-2019",
         "confidence": "from-memory"},
        {"requirement": "comparison", "name_zh": "实际水样比对", "name_en": "comparison with a real sample", "interval": 1,
         "interval_unit": "month", "pass_criterion": "", "out_of_control": "", "standard": "HJ 355-2019",
         "confidence": "from-memory"},
    ],
}  # fmt: skip


def named(point: Record) -> Record:
    """Names of a point as lists of the platform carry them."""
    return {key: point[key] for key in NAMES} | {"point_name_zh": point["name_zh"], "point_name_en": point["name_en"]}


class Checks:
    """State of monitors, their checks and of quota cards, with their routes."""

    def __init__(self, park: Park, user: UserOf, files: EvidenceFiles) -> None:
        self.files = files
        self.park, self.user = park, user
        self.outlets = [one for one in park.points.values() if one["medium"] == "waste-water"]
        self.checks: list[Record] = [self._check(n) for n in range(3)]
        self.monitors: list[Record] = [self._monitor(self.outlets[0], n) for n in range(2)]
        self.cards: dict[str, Record] = {}
        for number, state in enumerate(("ok", "low", "empty")):
            self._open(self.outlets[number], f"660012{number}", state)

    def _check(self, number: int) -> Record:
        outcome = ("pass", "out-of-control", "pass")[number]
        figures = {"monitor": "water analyser", "check": "standard sample", "drift": ("1.2", "14.0", "-2.0")[number],
                   "absolute": None,
                   "reference": "50", "measured": ("50.6", "57", "49")[number], "full_scale": None}  # fmt: skip
        return {
            "check_id": identifier(25, number), "factor": "w01018", "at": iso(clock() - timedelta(days=number + 1)),
            "kind": "standard sample",
            "requirement": "standard-check", "outcome": outcome, "figures": figures, "note": "", "author": "企业环保员",
            "evidence": [{"kind": "log", "reference": "BY-12"}], "recorded_at": iso(clock()),
        }  # fmt: skip

    def _monitor(self, outlet: Record, number: int) -> Record:
        return {
            "monitor_id": identifier(26, number), "point_id": outlet["point_id"], "factor": "w01018",
            "kind": KIND["kind"],
            "kind_zh": KIND["name_zh"], "kind_en": KIND["name_en"],
            "since": iso(clock() - timedelta(days=200 - number)), "until": None,
            "reason": "备案", "author": "王敏", "filed_at": iso(clock()), "voided_at": iso(clock()) if number else None,
            "voided_by": "王敏" if number else None, "void_reason": "误登记" if number else None,
        }  # fmt: skip

    def _due(self, outlet: Record, number: int) -> Record:
        need, state = KIND["requirements"][number % 2], STATES[number % 4]
        left = {"overdue": -6, "due": 5, "ok": 400}.get(state)
        return {
            **named(outlet), "factor": "w01018", "factor_name_zh": "化学需氧量", "factor_name_en": "COD",
            "monitor_id": identifier(26, 100 + number), "kind": KIND["kind"], "kind_zh": KIND["name_zh"],
            "kind_en": KIND["name_en"],
            "requirement": need["requirement"], "requirement_zh": need["name_zh"], "requirement_en": need["name_en"],
            **{key: need[key] for key in ("interval", "interval_unit", "standard", "confidence")},
            "last_pass": None if left is None else iso(clock() - timedelta(hours=24)),
            "due_at": None if left is None else iso(clock() + timedelta(hours=left)), "state": state,
        }  # fmt: skip

    def _open(self, outlet: Record, number: str, state: str) -> Record:
        card_id = identifier(27, len(self.cards) + 1)
        year = clock().year
        used = {"ok": 400, "low": 930, "empty": 1010}[state]
        day = clock().date() - timedelta(days=2)
        charge = {
            "charge_id": identifier(28, len(self.cards) * 10), "version": 1, "amount": "1000",
            "document_number": f"环总量〔{year}〕{number}",
            "charged_on": f"{year}-01-05", "note": "年度核定", "withdrawn": False, "author": "王敏", "reason": "",
            "made_at": iso(clock()),
        }  # fmt: skip
        self.cards[card_id] = {
            **named(outlet), "card_id": card_id, "version": 1, "factor": "w01018", "factor_name_zh": "化学需氧量",
            "factor_name_en": "COD",
            "unit": "kg", "card_number": number, "period_start": f"{year}-01-01", "period_end": f"{year}-12-31",
            "used_by": "own",
            "controller": {"total_factor": "w00000", "balance_factor": "", "valve_factor": "", "valve_open": "",
                           "valve_closed": ""},
            "note": "", "charged": "1000", "used": str(used), "substituted": "4.5", "balance": str(1000 - used),
            "share": str(used / 1000),
            "rate_day": "3.1", "runs_out": f"{year}-12-18" if state == "low" else None, "at_end": "1050",
            "last_day": day.isoformat(),
            "state": state, "author": "王敏", "made_at": iso(clock()), "reported_balance": "68.2", "valve": "open",
            "valve_at": iso(clock()),
            "reconciliation": {"own": str(used), "controller": str(used * 1.2), "difference": str(used * 0.2),
                               "share": "0.2", "days": 20,
                               "tolerance": "0.1", "differs": True} if state == "low" else None,
            "charges": [{**charge, "versions": [charge]}], "versions": [{"version": 1, "author": "王敏", "reason": "",
                "made_at": iso(clock())}],
            "days": [{"day": (day - timedelta(days=n)).isoformat(), "own": "3.1", "controller": "3.7" if n else None,
                      "difference": "0.6" if n else None} for n in range(5)],
        }  # fmt: skip
        return self.cards[card_id]

    def routes(self, router: APIRouter) -> None:
        """Add all addresses of monitors and cards."""
        for add in (self._check_routes, self._monitor_routes, self._card_routes, self._charge_routes):
            add(router)

    def _check_routes(self, router: APIRouter) -> None:
        @router.get("/checks/due")
        async def due(request: Request) -> Record:
            ask = request.query_params
            rows = [self._due(outlet, number) for number, outlet in enumerate(self.outlets[:6])]
            rows = [one for one in rows if not ask.get("point_id") or one["point_id"] == ask["point_id"]]
            counts = {state: sum(one["state"] == state for one in rows) for state in STATES}
            return page([one for one in rows if not ask.get("state") or one["state"] == ask["state"]], request) | {
                "counts": counts
            }

        @router.get("/points/{point_id}/checks")
        async def checks(point_id: str, request: Request) -> Record:
            failed = self.checks[1]
            spans = {
                "w01018": [{"start": failed["at"], "end": self.checks[0]["at"]}, {"start": None, "end": failed["at"]}]
            }
            return page(self.checks, request) | {
                "out_of_control": spans,
                "overdue": {"w01018": [{"start": failed["at"], "end": None}]},
                "due": [],
            }

        @router.post("/points/{point_id}/checks")
        async def record(point_id: str, request: Request) -> Response:
            body = await request.json()
            figures = {
                key: body.get(key) for key in ("monitor", "check", "reference", "measured", "full_scale", "absolute")
            }
            outcome = body.get("outcome")
            if outcome is None:
                base = float(body["reference"] if body["monitor"] == "water analyser" else body["full_scale"])
                if base <= 0:
                    return refused(
                        422,
                        "填写有误",
                        "mistakes",
                        errors=[{"where": "body.full_scale", "what": "above 0", "what_zh": "应大于 0"}],
                    )
                figures["drift"] = str((float(body["measured"]) - float(body["reference"])) / base * 100)
                outcome = "out-of-control" if abs(float(figures["drift"])) > 10 else "pass"
            row = {**self._check(0), "check_id": identifier(25, len(self.checks) + 10), "figures": {"drift": None,
                **figures}, "outcome": outcome,
                   **{key: body[key] for key in ("factor", "kind", "at", "note")},
                   "evidence": self.files.rows(body["evidence"])}  # fmt: skip
            self.checks.insert(0, row)
            return JSONResponse(row, 201)

    def _monitor_routes(self, router: APIRouter) -> None:
        @router.get("/monitor-kinds")
        async def kinds() -> Record:
            return {"items": [KIND], "next_cursor": None, "total": None}

        @router.get("/points/{point_id}/monitors")
        async def monitors(point_id: str, request: Request) -> Record:
            return page(self.monitors, request)

        @router.post("/points/{point_id}/monitors")
        async def file(point_id: str, request: Request) -> Response:
            made = {
                **self._monitor(self.park.points[point_id], 0),
                "monitor_id": identifier(26, 10 + len(self.monitors)),
                "reason": (await request.json())["reason"],
            }
            self.monitors.insert(0, made)
            return JSONResponse(made, 201)

        @router.post("/monitors/{monitor_id}/void")
        async def void(monitor_id: str, request: Request) -> Record:
            row = next(one for one in self.monitors if one["monitor_id"] == monitor_id)
            row.update(voided_at=iso(clock()), voided_by="王敏", void_reason=(await request.json())["reason"])
            return {"monitor_id": monitor_id, "voided": True}

    def _card_routes(self, router: APIRouter) -> None:
        @router.get("/quota-cards")
        async def cards(request: Request) -> Record:
            state = request.query_params.get("state")
            rows = list(self.cards.values())
            counts = {one: sum(card["state"] == one for card in rows) for one in ("ok", "low", "empty")}
            listed = [{**one, "days": len(one["days"])} for one in rows if state in {None, one["state"]}]
            return page(listed, request) | {"counts": counts}

        @router.get("/quota-cards/{card_id}")
        async def card(card_id: str) -> Record:
            return self.cards[card_id]

        @router.post("/quota-cards")
        async def open_card(request: Request) -> Response:
            body = await request.json()
            if any(
                one["point_id"] == body["point_id"] and one["factor"] == body["factor"] for one in self.cards.values()
            ):
                return refused(
                    409,
                    "该排口该因子在此期间已有总量卡",
                    "the outlet has a card of this factor over some of these days",
                )
            return JSONResponse(self._open(self.park.points[body["point_id"]], body["card_number"], "ok"), 201)

        @router.put("/quota-cards/{card_id}")
        async def change(card_id: str, request: Request) -> Record:
            body, row = await request.json(), self.cards[card_id]
            row.update({key: body[key] for key in ("card_number", "note", "used_by")}, version=row["version"] + 1)
            return row

    def _charge_routes(self, router: APIRouter) -> None:
        @router.post("/quota-cards/{card_id}/charges")
        async def charge(card_id: str, request: Request) -> Response:
            row, body = self.cards[card_id], await request.json()
            if any(one["document_number"] == body["document_number"] for one in row["charges"]):
                return refused(409, "该文号已登记", "the document is known")
            made = {**row["charges"][0], **body, "charge_id": identifier(28, 500 + len(row["charges"])), "version": 1}
            row["charges"] = [{**made, "versions": [made]}, *row["charges"]]
            self._count(row)
            return JSONResponse(row, 201)

        @router.post("/quota-cards/{card_id}/charges/{charge_id}/withdraw")
        async def withdraw(card_id: str, charge_id: str) -> Record:
            row = self.cards[card_id]
            next(one for one in row["charges"] if one["charge_id"] == charge_id).update(withdrawn=True)
            self._count(row)
            return row

    def _count(self, row: Record) -> None:
        charged = sum(float(one["amount"]) for one in row["charges"] if not one["withdrawn"])
        row.update(charged=str(charged), balance=str(charged - float(row["used"])))
