"""Tasks around the tasks, of the mock gateway: kinds (those task-dispatch ships), plans with what they will make, scores."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from console_mock_answers import page, refused
from console_mock_park import Park, clock, identifier, iso
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]
UserOf = Callable[[Request], Record | None]
SHIPPED = Path(__file__).resolve().parents[2] / "task-dispatch" / "task_dispatch" / "policies"
USUAL: Record = {
    "order_fields": [], "fields": [], "photos": {}, "evidence": {}, "steps": [], "clocks": [],
    "work_by": ["inspector"], "verified_by": "officer", "documents": [],
    "from_alarms": False, "retired": False, "source": "", "note": "", "version": 1,
}  # fmt: skip


class Tasking:
    """State of kinds and plans, and their routes."""

    def __init__(self, park: Park, user: UserOf) -> None:
        self.park, self.user = park, user
        shipped: list[Record] = json.loads((SHIPPED / "kinds.json").read_text(encoding="utf-8"))
        known: list[Record] = json.loads((SHIPPED / "clock_presets.json").read_text(encoding="utf-8"))
        presets = {one["preset"]: one["clocks"] for one in known}
        self.kinds: list[Record] = [
            {**USUAL, **one, "clocks": presets.get(one.get("clock_preset", ""), one.get("clocks", []))}
            for one in shipped
        ]
        self.plans: list[Record] = [self._plan(n) for n in range(3)]
        self.delegations: list[Record] = []

    def _plan(self, number: int) -> Record:
        due = (clock() + timedelta(days=20 + number)).date().isoformat()
        return {
            "plan_id": identifier(51, number), "version": 1, "name_zh": f"{'ABC'[number]} 类企业例行检查",
            "name_en": f"Class {'ABC'[number]} inspection", "kind": "inspection",
            "cycle": ("quarter", "half-year", "year")[number], "first_due": due, "round": number, "lead_days": 15,
            "priority": "blue", "enterprise_class": "ABC"[number],
            "enterprise_id": None, "enterprise_name_zh": "", "subject_id": None, "subject_name_zh": "",
            "subject_name_en": "", "assignee": "inspector", "assignee_name": "李强",
            "assignee_role": None, "details": {}, "active": number != 2, "next_due": due,
            "next_fires_at": iso(clock() + timedelta(days=5 + number)),
        }  # fmt: skip

    def _coming(self, plan: Record) -> list[Record]:
        keys = (
            "plan_id",
            "name_zh",
            "name_en",
            "kind",
            "enterprise_name_zh",
            "enterprise_class",
            "assignee",
            "assignee_name",
            "assignee_role",
        )
        return [
            {**{key: plan[key] for key in keys}, "round": n, "fires_at": iso(clock() + timedelta(days=90 * n + 5)),
             "due_on": (clock() + timedelta(days=90 * n + 20)).date().isoformat(),
             "due_at": iso(clock() + timedelta(days=90 * n + 20))}
            for n in range(3)
        ]  # fmt: skip

    def routes(self, router: APIRouter) -> None:
        """Add all addresses. They go before those of one task: `/tasks/scores` is no task."""
        for add in (self._kind_routes, self._plan_routes, self._score_routes):
            add(router)

    def _kind_routes(self, router: APIRouter) -> None:
        @router.get("/task-kinds")
        async def kinds() -> Record:
            return {"items": self.kinds, "next_cursor": None, "total": len(self.kinds)}

        @router.post("/task-kinds/check")
        async def check(request: Request) -> Record:
            body = await request.json()
            errors = (
                []
                if body.get("name_zh")
                else [{"where": "name_zh", "what": "a name is needed", "what_zh": "请填写名称"}]
            )
            return {"holds": not errors, "errors": errors}

        @router.get("/task-kinds/{kind}")
        async def kind(kind: str) -> Response:
            found = next((one for one in self.kinds if one["kind"] == kind), None)
            if found is None:
                return refused(404, "没有这种任务", "There is no such kind")
            return JSONResponse(
                {
                    **found,
                    "versions": [
                        {"version": found["version"], "made_at": iso(clock()), "made_by": "system", "note": ""}
                    ],
                }
            )

        @router.put("/task-kinds/{kind}")
        async def change(kind: str, request: Request) -> Response:
            body = await request.json()
            found = next((one for one in self.kinds if one["kind"] == kind), None)
            if found is None:
                self.kinds.append({**USUAL, **body})
                return JSONResponse(self.kinds[-1], 201)
            found.update(body, version=found["version"] + 1)
            return JSONResponse(found)

    def _plan_routes(self, router: APIRouter) -> None:
        @router.get("/plans")
        async def plans(request: Request) -> Record:
            active = request.query_params.get("active")
            return page([one for one in self.plans if not active or one["active"] is (active == "true")], request)

        @router.get("/plans/preview")
        async def preview(request: Request) -> Record:
            return page([one for plan in self.plans if plan["active"] for one in self._coming(plan)], request)

        @router.post("/plans")
        async def add(request: Request) -> Response:
            body = await request.json()
            self.plans.append({**self._plan(0), **body, "plan_id": identifier(51, len(self.plans))})
            return JSONResponse(self.plans[-1], 201)

        @router.get("/plans/{plan_id}")
        async def plan(plan_id: str) -> Record:
            found = next(one for one in self.plans if one["plan_id"] == plan_id)
            task = next(iter(self.park.tasks.values()))
            made = {
                "round": 0,
                "due_on": found["first_due"],
                "made_at": iso(clock()),
                "task_id": task["task_id"],
                "number": task["number"],
                "state": task["state"],
            }
            return {**found, "rounds": [made], "coming": self._coming(found)}

        @router.put("/plans/{plan_id}")
        async def change(plan_id: str, request: Request) -> Response:
            found = next(one for one in self.plans if one["plan_id"] == plan_id)
            body = await request.json()
            if body.get("version") != found["version"]:
                return refused(409, "计划已被他人修改", "the plan has changed meanwhile")
            found.update(body, version=found["version"] + 1)
            return JSONResponse(found)

    def _score_routes(self, router: APIRouter) -> None:
        @router.get("/tasks/scores")
        async def scores(request: Request, by: str = "person") -> Record:
            names = {
                "person": [("inspector", "李强"), ("officer", "王敏")],
                "cell": [("north", "北片网格")],
                "enterprise": [(identifier(2, 0), "华宸石化")],
            }
            rows = [{"key": key, "name": name, "tasks": 12, "closed": 9, "on_time": 8, "returned": 1, "urged": 1,
                     "timeliness": 92.5, "quality": 88.0, "score": 90.7}
                    for key, name in names[by]]  # fmt: skip
            return page(rows, request) | {
                "from": iso(clock() - timedelta(days=30)),
                "to": iso(clock()),
                "rules": {"timeliness_share": 0.6, "source": "园区考核办法"},
            }

        @router.get("/tasks/scores/tasks")
        async def scored(request: Request) -> Record:
            late = {"of": "timeliness", "points": 7.5, "what_zh": "反馈超时 2 小时", "what_en": "reported 2 h late"}
            rows = [{"task_id": one["task_id"], "number": one["number"], "kind": one["kind"],
                     "title_zh": one["title_zh"], "state": one["state"], "closed_at": None, "timeliness": 92.5,
                     "quality": 100, "score": 95.5,
                     "deductions": [late]} for one in list(self.park.tasks.values())[:3]]  # fmt: skip
            return page(rows, request)

        @router.get("/delegations")
        async def delegations(request: Request) -> Record:
            return page(self.delegations, request)

        @router.get("/cells")
        async def cells(request: Request) -> Record:
            return page([], request)
