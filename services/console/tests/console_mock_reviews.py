"""Data review of the mock gateway: days in their four states, hours in layers, marks, what was set aside, replays."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from console_mock_answers import page, refused
from console_mock_evidence import EvidenceFiles
from console_mock_park import Park, clock, identifier, iso
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]
UserOf = Callable[[Request], Record | None]

SOURCES = ("waste-water", "waste-gas", "rain-water")
DAYS = 3
NEXT = {"review": "reviewed", "approve": "approved", "return": "checked", "reopen": "checked"}
MAY: dict[str, list[str]] = {
    "raw": [],
    "checked": ["review"],
    "reviewed": ["approve", "return"],
    "approved": ["reopen"],
}
REPLAY_NEXT = {"adopt": "adopted", "leave": "left", "cancel": "cancelled"}
REPLAY_MAY: dict[str, list[str]] = {"running": ["cancel"], "done": ["adopt", "leave"]}
MARK_TYPES: tuple[Record, ...] = (
    {
        "key": "maintenance", "kind": "equipment", "name_zh": "设备维护", "name_en": "Maintenance", "scope": "自动监测设备",
        "scope_en": "Monitors", "effect": "数据无效", "effect_zh": "数据无效", "cap": "每年 30 小时", "cap_zh": "每年 30 小时",
        "source": "2019 年第 50 号公告", "confidence": "from-memory",
    },
    {
        "key": "stopped", "kind": "condition", "name_zh": "停运", "name_en": "Stopped", "scope": "生产设施",
        "scope_en": "Production",
        "effect": "不参与达标判定", "effect_zh": "不参与达标判定", "cap": "无", "cap_zh": "无", "source": "HJ 75-2017",
        "confidence": "official",
    },
)  # fmt: skip


_BEGUN = clock()
"""The calendar stands still while the tests run: addresses are made when they are collected, days when a park is, and
midnight may lie between."""


def park_day(days_ago: int) -> str:
    """A day of the park's calendar, some days ago."""
    return (_BEGUN + timedelta(hours=8) - timedelta(days=days_ago)).date().isoformat()


class Reviews:
    """State of data review and its routes. Steps move a day; a replay is done the second time it is looked at."""

    def __init__(self, park: Park, user: UserOf, files: EvidenceFiles) -> None:
        self.files = files
        self.park, self.user = park, user
        self.outlets = [one for one in park.points.values() if one["medium"] in SOURCES]
        states = ("checked", "reviewed", "approved", "raw", "checked", "checked")
        self.days: dict[tuple[str, str], Record] = {}
        for number, outlet in enumerate(self.outlets[:24]):
            for ago in range(1, DAYS + 1):
                day = park_day(ago)
                self.days[outlet["point_id"], day] = self._day(outlet, day, states[(number + ago) % len(states)])
        self.marks = [self._mark(number) for number in range(4)]
        self.set_aside = [self._set_aside(number) for number in range(3)]
        self.replays: dict[str, Record] = {}
        self._replay([self.outlets[0]], changed=2, state="done")
        self._replay(self.outlets[:3], changed=0, state="left")

    def _day(self, outlet: Record, day: str, state: str) -> Record:
        issue = {"code": "over-limit", "zh": "小时均值超标", "en": "hourly mean over its limit",
                 "factor": outlet["factors"][0]["factor"], "hours": [8, 9, 14]}  # fmt: skip
        return {
            "point_id": outlet["point_id"], "day": day, "state": state, "version": 2, "final": state == "approved",
            "approved_version": 2 if state == "approved" else None, "point_code": outlet["code"],
            "point_name_zh": outlet["name_zh"], "point_name_en": outlet["name_en"], "medium": outlet["medium"],
            "enterprise_id": outlet["enterprise_id"], "enterprise_name_zh": outlet["enterprise_name_zh"],
            "enterprise_name_en": outlet["enterprise_name_en"], "issues": [issue] if state == "checked" else [],
            "changed_at": iso(clock()), "reviewed_by": "李强" if state in {"reviewed", "approved"} else None,
            "approved_by": "王敏" if state == "approved" else None, "digest": sha256(day.encode()).hexdigest(),
            "allowed": MAY[state],
        }  # fmt: skip

    def _factor(self, outlet: Record, index: int, hour: int) -> Record:
        factor = outlet["factors"][index]
        limit = next((one["upper"] for one in outlet["limits"] if one["factor"] == factor["factor"]), None)
        over = index == 0 and hour in {8, 9, 14}
        mean = float(limit or 20) * (1.2 if over else 0.6)
        return {
            "factor": factor["factor"], "unit": factor["unit"], "valid": hour != 3,
            "valid_count": 0 if hour == 3 else 6,
            "expected_count": 6, "mean": f"{mean:.2f}", "raw": f"{mean:.2f}", "mark": "N", "reported": f"{mean:.2f}",
            "baseline": "valid", "verdict": "missing" if hour == 3 else "valid",
            "reason": "no-data" if hour == 3 else "normal",
            "condition_mark": "stopped" if hour == 5 else "", "in_time": hour != 4, "exempt": hour == 5,
            "emission": "1.25", **({"limit": limit, "compliant": not over, "ratio": mean / float(limit),
                                    "standard": "GB 18918-2002",
                                   "clause": "表1"} if limit else {}),
        }  # fmt: skip

    def _assessment(self, outlet: Record, period: str, start: str, hour: int) -> Record:
        factors = [self._factor(outlet, index, hour) for index in range(len(outlet["factors"]))]
        return {"point_id": outlet["point_id"], "period": period, "period_start": start, "revision": 2,
                "made_at": iso(clock()),
                "factors": factors}  # fmt: skip

    def detail(self, row: Record) -> Record:
        """A day with its hours, steps and a correction that was withdrawn."""
        outlet, day = self.park.points[row["point_id"]], row["day"]
        hours = [self._assessment(outlet, "hour", f"{day}T{hour:02d}:00:00+08:00", hour) for hour in range(24)]
        step = {"step": 1, "version": 1, "action": "check", "from_state": "raw", "to_state": "checked", "actor": "",
                "reason": "",
                "evidence": [], "digest": row["digest"], "at": iso(clock())}  # fmt: skip
        correction = {
            "correction_id": identifier(21, 1), "factor": outlet["factors"][0]["factor"],
            "hour_start": hours[8]["period_start"],
            "kind": "invalidate", "value": None, "reason": "校准期间", "evidence": [{"kind": "log", "reference": "L-7"}],
            "author": "李强",
            "created_at": iso(clock()), "withdrawn_at": None, "withdrawn_by": None, "withdrawal_reason": None,
        }  # fmt: skip
        return {**row, "steps": [step], "corrections": [correction], "hours": hours,
                "day_result": self._assessment(outlet, "day", f"{day}T00:00:00+08:00", 0)}  # fmt: skip

    def _mark(self, number: int) -> Record:
        outlet, kind = self.outlets[number], MARK_TYPES[number % 2]
        state = ("submitted", "accepted", "rejected", "submitted")[number]
        start = clock() - timedelta(days=number + 1)
        found = (
            [{"code": "flow", "zh": "标记停运期间仍有流量", "en": "flow while marked as stopped"}]
            if number == 3
            else []
        )
        return {
            "mark_id": identifier(22, number), "point_id": outlet["point_id"], "point_name_zh": outlet["name_zh"],
            "point_name_en": outlet["name_en"], "enterprise_id": outlet["enterprise_id"],
            "enterprise_name_zh": outlet["enterprise_name_zh"], "enterprise_name_en": outlet["enterprise_name_en"],
            "type": kind["key"], "kind": kind["kind"], "name_zh": kind["name_zh"], "name_en": kind["name_en"],
            "factors": [],
            "start": iso(start), "end": iso(start + timedelta(hours=2)), "reason": "季度保养",
            "evidence": [{"kind": "document", "reference": "WX-2026-11"}] if number != 3 else [],
            "evidence_due": park_day(-10),
            "evidence_overdue": number == 3, "state": state, "late": number == 3, "counts": state == "accepted",
            "contradictions": found, "author": "企业环保员", "created_at": iso(start),
            "decided_by": None if state == "submitted" else "王敏",
            "decided_at": None if state == "submitted" else iso(clock()), "decision_reason": None,
            "allowed": ["accept", "reject"] if state == "submitted" else [],
        }  # fmt: skip

    def _set_aside(self, number: int) -> Record:
        outlet, reason = self.outlets[number], ("unknown-factor", "time-in-future", "time-before-device")[number]
        what = {"unknown-factor": ("未登记因子", "unknown factor"), "time-in-future": ("数据时间超前", "time in the future"),
                "time-before-device": ("早于投运日期", "before it was in service")}[reason]  # fmt: skip
        return {
            "set_aside_id": identifier(23, number), "service": "source-monitoring", "point_id": outlet["point_id"],
            "point_name_zh": outlet["name_zh"], "point_name_en": outlet["name_en"], "mn": outlet["mn"],
            "reason": reason,
            "what_zh": what[0], "what_en": what[1], "factor": "w99999" if number == 0 else "", "frames": 12 + number,
            "first_time": iso(clock() - timedelta(hours=5)), "last_time": iso(clock() - timedelta(hours=1)),
            "first_seen": iso(clock() - timedelta(hours=5)), "last_seen": iso(clock()),
            "example": {"command": "2011", "data_time": iso(clock()), "values": {"Rtd": "1.5"}}, "open": True,
            "settled_at": None, "settled_by": None, "outcome": None,
        }  # fmt: skip

    def _replay(self, outlets: list[Record], *, changed: int, state: str, **asked: Any) -> Record:
        replay_id = identifier(24, len(self.replays) + 1)
        day = park_day(1)
        names = [{key: one[key.removeprefix("point_")] for key in ("point_name_zh", "point_name_en")}
                 | {key: one[key] for key in ("enterprise_name_zh",
                                              "enterprise_name_en")} for one in outlets]  # fmt: skip
        stored = sha256(b"stands").hexdigest()
        row = {
            "replay_id": replay_id, "state": state, "rules": "today", "reason": "限值更新后核对", "author": "王敏",
            "started_at": iso(clock()), "finished_at": iso(clock()),
            "digest": sha256(b"other").hexdigest() if changed else stored,
            "stored_digest": stored, "points": len(outlets), "points_done": len(outlets), "points_failed": 0,
            "days": len(outlets), "days_done": len(outlets), "periods": 25 * len(outlets), "changed": changed,
            "adopted": None,
            "outdated": None, "from": day, "to": park_day(0), "first_point": names[0], **asked,
        }  # fmt: skip
        self.replays[replay_id] = {
            **row, "approved_days": 1 if changed else 0,
            "outlets": [{**name, "point_id": one["point_id"], "finished_at": iso(clock()), "failure": None,
                         "days_done": 1,
                         "periods": 25, "changed": changed if one is outlets[0] else 0, "adopted": None,
                         "outdated": None,
                         "approved_days": 0} for name, one in zip(names, outlets, strict=True)],
            "factors": [{"factor": "w01018", "differs": changed, "factor_name_zh": "化学需氧量",
                         "factor_name_en": "COD"}] if changed else [],
            "steps": [{"step": 1, "action": "start", "actor": "王敏", "reason": row["reason"], "at": iso(clock())}],
            "same": [],
        }  # fmt: skip
        return self.replays[replay_id]

    def _shown(self, replay: Record) -> Record:
        return {
            **replay,
            "allowed": [one for one in REPLAY_MAY.get(replay["state"], []) if one != "adopt" or replay["changed"]],
        }

    def differences(self, replay: Record) -> list[Record]:
        """What differs: hours of the first outlet, of which a stricter limit changed the verdict."""
        first = replay["outlets"][0]
        side = {"unit": "mg/L", "mean": "44.0", "converted_mean": None, "verdict": "valid", "reason": "normal",
                "emission": "1.2",
                "substituted": None}  # fmt: skip
        return [
            {
                **{key: first[key] for key in ("point_id", "point_name_zh", "point_name_en", "enterprise_name_zh",
                                               "enterprise_name_en")},
                "period": "hour", "period_start": f"{replay['from']}T{8 + n:02d}:00:00+08:00", "against": 1,
                "adopted_revision": 2 if replay["state"] == "adopted" else None, "factor": "w01018",
                "factor_name_zh": "化学需氧量",
                "factor_name_en": "COD", "before": {**side, "limit": "50", "compliant": True},
                "after": {**side, "limit": "40", "compliant": False},
                "changes": [{"field": "limit", "before": "50", "after": "40"}, {"field": "compliant", "before": True,
                    "after": False}],
            }
            for n in range(replay["changed"])
        ]  # fmt: skip

    def routes(self, router: APIRouter) -> None:
        """Add all addresses of data review."""
        for add in (self._review_routes, self._mark_routes, self._set_aside_routes, self._replay_routes):
            add(router)

    def _review_routes(self, router: APIRouter) -> None:
        @router.get("/reviews")
        async def reviews(request: Request) -> Record:
            ask = request.query_params
            rows = [one for one in self.days.values()
                    if (not ask.get("point_id") or one["point_id"] == ask["point_id"])
                    and (not ask.get("with_issues") or one["issues"])]  # fmt: skip
            counts = {state: sum(one["state"] == state for one in rows) for state in MAY}
            rows = [one for one in rows if not ask.get("state") or one["state"] == ask["state"]]
            return page(sorted(rows, key=lambda one: one["day"], reverse=True), request) | {"counts": counts}

        @router.post("/reviews/batch")
        async def batch(request: Request) -> Record:
            body = await request.json()
            items = []
            for item in body["items"]:
                taken = self._step(self.days[item["point_id"], item["day"]], body["action"])
                problem = (
                    {}
                    if taken
                    else {"code": "step-not-allowed", "what_zh": "当前状态不能执行此操作", "what_en": "not possible"}
                )
                items.append({"point_id": item["point_id"], "day": item["day"], "taken": taken, **problem})
            return {"items": items, "next_cursor": None, "total": None}

        @router.get("/reviews/{point_id}/{day}")
        async def one(point_id: str, day: str) -> Response:
            row = self.days.get((point_id, day))
            return JSONResponse(self.detail(row)) if row else refused(404, "没有这个审核日", "There is no such day")

        @router.post("/reviews/{point_id}/{day}/{step}")
        async def step(point_id: str, day: str, step: str) -> Response:
            row = self.days[point_id, day]
            return (
                JSONResponse(row)
                if self._step(row, step)
                else refused(409, "当前状态不能执行此操作", "Not possible in this state")
            )

        @router.get("/points/{point_id}/versions")
        async def versions(point_id: str, start: str) -> Record:
            factor = self._factor(self.park.points[point_id], 0, 8)
            change = {"factor": factor["factor"], "field": "mean", "before": "31.00", "after": factor["mean"]}
            rows = [{"revision": 1, "made_at": iso(clock()), "factors": [factor], "differences": []},
                    {"revision": 2, "made_at": iso(clock()), "factors": [factor], "differences": [change]}]  # fmt: skip
            return {"items": rows, "next_cursor": None, "total": None}

        @router.post("/points/{point_id}/corrections")
        async def correct(point_id: str, request: Request) -> Response:
            body = await request.json()
            if not body["evidence"]:
                return refused(
                    422, "请附证明材料", "evidence is needed", errors=[{"where": "body.evidence", "what": "missing"}]
                )
            return JSONResponse({"correction_id": identifier(21, 2), "point_id": point_id, **body}, 201)

        @router.post("/corrections/{correction_id}/withdraw")
        async def withdraw(correction_id: str) -> Record:
            return {"correction_id": correction_id}

    def _step(self, row: Record, step: str) -> bool:
        if step not in MAY[row["state"]]:
            return False
        state = NEXT[step]
        row.update(state=state, version=row["version"] + 1, final=state == "approved", allowed=MAY[state])
        return True

    def _mark_routes(self, router: APIRouter) -> None:
        @router.get("/mark-types")
        async def types() -> Record:
            return {"items": list(MARK_TYPES), "next_cursor": None, "total": None}

        @router.get("/marks")
        async def marks(request: Request) -> Record:
            ask = request.query_params
            return page([one for one in self.marks if (not ask.get("state") or one["state"] == ask["state"])
                         and (not ask.get("point_id") or one["point_id"] == ask["point_id"])], request)  # fmt: skip

        @router.post("/marks/{mark_id}/{step}")
        async def decide(mark_id: str, step: str, request: Request) -> Record:
            mark = next(one for one in self.marks if one["mark_id"] == mark_id)
            body = await request.json()
            if step == "evidence":
                mark["evidence"] = [*mark["evidence"], *self.files.rows(body["evidence"])]
            else:
                mark.update(state={"accept": "accepted", "reject": "rejected", "withdraw": "withdrawn"}[step],
                            allowed=[],
                            decided_by="王敏", decision_reason=body["reason"])  # fmt: skip
            return mark

        @router.get("/points/{point_id}/mark-caps")
        async def caps(point_id: str) -> Record:
            cap = {"name": "维护", "name_zh": "维护、故障等标记", "name_en": "Maintenance, faults", "types": ["maintenance"],
                   "period": "year", "cap_hours": 30, "used_hours": 25.5,
                   "each_hours": 6, "too_long": 0, "near": True, "exceeded": False,
                   "confidence": "from-memory"}  # fmt: skip
            return {"items": [cap], "next_cursor": None, "total": None}

        @router.post("/points/{point_id}/marks")
        async def set_mark(point_id: str, request: Request) -> Response:
            body = await request.json()
            if datetime.fromisoformat(body["end"]) > clock():
                return refused(422, "时段有误", "The period is wrong",
                               errors=[{"where": "body.end", "what": "lies in the future",
                                        "what_zh": "不能晚于现在"}])  # fmt: skip
            self.marks.insert(0, {**self._mark(0), "mark_id": identifier(22, 90 + len(self.marks)),
                                  "point_id": point_id,
                                  "evidence": self.files.rows(body["evidence"]),
                                  **{key: body[key] for key in ("start", "end", "reason", "factors")}})  # fmt: skip
            return JSONResponse(self.marks[0], 201)

    def _set_aside_routes(self, router: APIRouter) -> None:
        @router.get("/set-aside")
        async def listed(request: Request) -> Record:
            ask = request.query_params
            rows = [one for one in self.set_aside if (not ask.get("reason") or one["reason"] == ask["reason"])
                    and (not ask.get("open") or one["open"] is (ask["open"] == "true"))]  # fmt: skip
            outlet = self.outlets[4]
            limit = {"point_id": outlet["point_id"], "point_name_zh": outlet["name_zh"], "limit_id": "X/1",
                     "service": "source-monitoring",
                     "factor": outlet["factors"][0]["factor"], "reason": "kg/h does not fit mg/m3"}  # fmt: skip
            return page(rows, request) | {"limits_not_applied": [limit], "parked": 2}

        @router.post("/services/{service}/set-aside/{set_aside_id}/{step}")
        async def settle(service: str, set_aside_id: str, step: str, request: Request) -> Response:
            row = next(one for one in self.set_aside if one["set_aside_id"] == set_aside_id)
            if step == "run-again" and row["reason"] == "unknown-factor":
                return refused(409, "监测点仍未登记因子 w99999", "the point still has no factor w99999")
            row.update(open=False, settled_at=iso(clock()), settled_by="王敏", outcome="2 h")
            return JSONResponse({"set_aside_id": set_aside_id, "hours": 2})

    def _replay_routes(self, router: APIRouter) -> None:
        @router.get("/replays")
        async def listed(request: Request) -> Record:
            ask = request.query_params
            rows = [
                one for one in reversed(self.replays.values()) if not ask.get("state") or one["state"] == ask["state"]
            ]
            return page([self._shown(one) for one in rows], request)

        @router.post("/replays")
        async def start(request: Request) -> Response:
            body = await request.json()
            chosen = [one for one in self.outlets if one["point_id"] in body.get("point_ids", [])] or self.outlets
            asked = {key: body[key] for key in ("from", "to", "rules", "reason")}
            made = self._replay(
                chosen,
                changed=2,
                state="running",
                days_done=0,
                digest=None,
                stored_digest=None,
                finished_at=None,
                **asked,
            )
            return JSONResponse(self._shown(made), 202)

        @router.get("/replays/{replay_id}")
        async def one(replay_id: str) -> Response:
            row = self.replays.get(replay_id)
            if row is None:
                return refused(404, "没有这次重算", "There is no such replay")
            shown = self._shown(row)
            if row["state"] == "running":  # done when it is looked at the next time
                row.update(state="done", days_done=row["days"], digest=sha256(b"other").hexdigest(),
                           stored_digest=sha256(b"stands").hexdigest(), finished_at=iso(clock()))  # fmt: skip
            return JSONResponse(shown)

        @router.get("/replays/{replay_id}/differences")
        async def differences(replay_id: str, request: Request) -> Record:
            return page(self.differences(self.replays[replay_id]), request)

        @router.post("/replays/{replay_id}/{step}")
        async def step(replay_id: str, step: str, request: Request) -> Record:
            row, body = self.replays[replay_id], await request.json()
            row.update(state=REPLAY_NEXT[step], adopted=row["changed"] if step == "adopt" else None)
            row["steps"] = [*row["steps"], {"step": len(row["steps"]) + 1, "action": step, "actor": "王敏",
                                            "reason": body["reason"], "at": iso(clock())}]  # fmt: skip
            return self._shown(row)
