"""The device side of the mock gateway: sessions, frames that keep coming, strangers, rejected frames, gaps, commands that run."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from console_mock_answers import page, raw_frame, refused
from console_mock_catalogue import CATALOGUE
from console_mock_park import Park, clock, identifier, iso
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]
UserOf = Callable[[Request], Record | None]

STRANGER = "99990000000001"
LOWERCASE_CRC: Record = {
    "code": "crc_lowercase",
    "clause": "6.3.1",
    "what_zh": "CRC 为小写十六进制",
    "what_en": "CRC in lower-case hex",
    "cause_zh": "固件按 %04x 输出",
    "cause_en": "printf %04x in the firmware",
    "start": -1,
    "end": -1,
}
ENDED = ("succeeded", "refused", "failed", "timed-out", "no-answer", "expired", "rejected", "cancelled", "invalid")


class Devices:
    """State of the device side and its routes. A command that was sent is answered two seconds later."""

    def __init__(self, park: Park, user: UserOf) -> None:
        self.park, self.user = park, user
        self.begun = clock()
        self.strangers: list[Record] = [self._stranger()]
        self.gaps: list[Record] = [self._gap(number) for number in range(6)]
        self.commands: list[Record] = []

    def routes(self, router: APIRouter) -> None:
        """Add every address."""
        for add in (self._session_routes, self._stranger_routes, self._other_routes, self._command_routes):
            add(router)

    # --- sessions and frames -------------------------------------------------------------------------------------

    def _sessions(self) -> list[Record]:
        return [
            {
                "mn": one["mn"],
                "state": one["device_state"] if n % 11 != 5 else "never-seen",
                "peer": f"10.1.{n}.7:40112",
                "since": iso(self.begun - timedelta(hours=5)),
                "last_frame_at": iso(clock()) if n % 11 != 5 else None,
                "frames": 8_000 + n,
                "bytes_received": 4_100_000,
                "clock_skew_s": 0.8 if n % 9 else 74.0,
                "edition": "2017",
                "registered_edition": "2017" if n % 8 != 2 else "2005",
                "deviations": {"crc_lowercase": 3} if n % 7 == 3 else {},
                "gateway": "hj212-gateway-1",
                "point_id": one["point_id"],
            }
            for n, one in enumerate(self.park.points.values())
        ]

    def _session_routes(self, router: APIRouter) -> None:
        @router.get("/sessions")
        async def sessions(request: Request) -> Record:
            return page(self._sessions(), request)

        @router.get("/sessions/{mn}")
        async def session(mn: str) -> Response:
            found = next((one for one in self._sessions() if one["mn"] == mn), None)
            if found is None:
                return refused(404, "没有这台设备", "There is no such device")
            connection = {
                "connection_id": identifier(11, 1),
                "gateway": "hj212-gateway-1",
                "peer": found["peer"],
                "opened_at": found["since"],
                "closed_at": None,
                "reason": "",
                "frames": found["frames"],
            }
            return JSONResponse(
                found
                | {
                    "realtime_interval_s": 30,
                    "minute_interval_min": 10,
                    "active": True,
                    "deviations_explained": [LOWERCASE_CRC | {"count": 3}],
                    "connections": [connection],
                    "open_commands": sum(one["mn"] == mn and one["state"] not in ENDED for one in self.commands),
                }
            )

        @router.get("/sessions/{mn}/frames")
        async def frames(mn: str, after: str | None = None) -> Record:
            newest = int((clock() - self.begun).total_seconds()) // 2 + 20
            first = int(after) if after else newest - 20
            return {"items": [self._frame(mn, number) for number in range(first, newest)], "next_cursor": str(newest)}

        @router.get("/points/{point_id}")
        async def point(point_id: str) -> Response:
            found = self.park.points.get(point_id)
            return refused(404, "没有这个点位", "There is no such point") if found is None else JSONResponse(found)

    def _frame(self, mn: str, number: int) -> Record:
        at = self.begun + timedelta(seconds=2 * (number - 20))
        sent = number % 2 == 1
        rejected = number % 10 == 4
        text = raw_frame(mn, "******") if not sent else f"##0068ST=91;CN=9014;PW=******;MN={mn};Flag=4;CP=&&&&4E11"
        return {
            "at": iso(at),
            "direction": "sent" if sent else "received",
            "connection_id": identifier(11, 1),
            "peer": "10.1.1.7:40112",
            "gateway": "hj212-gateway-1",
            "verdict": "rejected" if rejected else "accepted",
            "reason": "crc_mismatch" if rejected else None,
            "reason_zh": "CRC 校验错误",
            "reason_en": "CRC mismatch",
            "detail": "CRC 为 1A40，应为 B0C1" if rejected else None,
            "raw_text": text,
            "size": len(text),
            "edition": "2017",
            "cn": "9014" if sent else "2011",
            "cn_name_zh": "数据应答" if sent else "上传污染物实时数据",
            "cn_name_en": "Data acknowledgement" if sent else "Upload real-time pollutant data",
            "st": "91" if sent else "32",
            "st_name_zh": "系统交互" if sent else "地表水体环境污染源",
            "st_name_en": "Interaction" if sent else "Waste water source",
            "qn": f"{at:%Y%m%d%H%M%S}000",
            "data_time": None if sent else iso(at),
            "flag": 4 if sent else 5,
            "needs_ack": not sent,
            "pnum": None,
            "pno": None,
            "items": [{}] if sent else [{"w01018-Rtd": "12.1"}],
            "readings": []
            if sent or rejected
            else [
                {
                    "factor": "w01018",
                    "name_zh": "化学需氧量",
                    "name_en": "COD",
                    "unit": "mg/L",
                    "attribute": "Rtd",
                    "text": "12.1",
                    "mark": "N",
                    "mark_zh": "正常",
                    "mark_en": "normal",
                }
            ],
            "deviations": [LOWERCASE_CRC | {"start": len(text) - 4, "end": len(text)}] if number % 6 == 0 else [],
        }

    # --- strangers, rejected, gaps, evidence ---------------------------------------------------------------------

    def _stranger(self) -> Record:
        return {
            "mn": STRANGER,
            "edition": "2017",
            "first_seen": iso(clock() - timedelta(hours=2)),
            "last_seen": iso(clock()),
            "frames": 233,
            "peer": "10.1.200.4:5123",
            "last_raw_text": raw_frame(STRANGER, "******"),
            "system_type": "32",
            "has_password": True,
            "dismissed_at": None,
            "dismissed_by": None,
            "dismissed_reason": None,
        }

    def _stranger_routes(self, router: APIRouter) -> None:
        @router.get("/unknown-devices")
        async def unknown(request: Request) -> Record:
            aside = request.query_params.get("dismissed") == "true"
            return page([one for one in self.strangers if bool(one["dismissed_at"]) == aside], request)

        @router.post("/unknown-devices/{mn}/register")
        async def register(mn: str, request: Request) -> Response:
            body = await request.json()
            if body["point_id"] not in self.park.points:
                return refused(422, "没有这个点位", "There is no such point")
            self.strangers = [one for one in self.strangers if one["mn"] != mn]
            self.park.points[body["point_id"]]["mn"] = mn
            return JSONResponse({"mn": mn, **body}, 201)

        @router.post("/unknown-devices/{mn}/{step}")
        async def aside(mn: str, step: str, request: Request) -> Response:
            body = await request.json()
            for one in self.strangers:
                if one["mn"] == mn:
                    one["dismissed_at"] = iso(clock()) if step == "dismiss" else None
                    one["dismissed_by"], one["dismissed_reason"] = "admin", body.get("reason")
            return Response(status_code=204)

    def _gap(self, number: int) -> Record:
        begins = self.begun - timedelta(hours=number + 2)
        state = ("open", "fetching", "healed", "given-up", "abandoned", "open")[number]
        return {
            "gap_id": identifier(12, number),
            "mn": list(self.park.points.values())[number]["mn"],
            "command": "2051",
            "kind": "minute",
            "kind_zh": "分钟数据",
            "kind_en": "minute data",
            "begins": iso(begins),
            "ends": iso(begins + timedelta(hours=1)),
            "interval_min": 10,
            "expected": 6,
            "missing": 0 if state == "healed" else 4,
            "cause": "missing",
            "cause_zh": "未收到",
            "cause_en": "nothing came",
            "state": state,
            "reason": "no-answer" if number else None,
            "reason_zh": "无应答" if number else "",
            "reason_en": "no answer" if number else "",
            "found_at": iso(begins),
            "attempts": number,
            "next_try_at": iso(clock() + timedelta(minutes=5)),
            "command_id": None,
            "closed_at": None,
        }

    def _other_routes(self, router: APIRouter) -> None:
        @router.get("/gaps")
        async def gaps(request: Request) -> Record:
            state, mn = request.query_params.get("state"), request.query_params.get("mn")
            return page(
                [one for one in self.gaps if state in (None, one["state"]) and mn in (None, one["mn"])], request
            )

        @router.post("/gaps/{gap_id}/{step}")
        async def decide(gap_id: str, step: str) -> Record:
            found = next(one for one in self.gaps if one["gap_id"] == gap_id)
            found["state"] = "open" if step == "retry" else "abandoned"
            return found

        @router.get("/rejected")
        async def rejected(request: Request) -> Record:
            return page([self._rejected(number) for number in range(17)], request)

        @router.get("/evidence/frames")
        async def evidence(mn: str, request: Request) -> Record:
            return page([self._evidence(mn, number) for number in range(40)], request)

    def _rejected(self, number: int) -> Record:
        return {
            "id": str(number),
            "received_at": iso(self.begun - timedelta(minutes=number)),
            "peer": "10.1.3.7:40112",
            "mn": "88888880000003",
            "reason": "crc_mismatch" if number % 2 else "wrong-password",
            "detail": "CRC 为 1A40，应为 B0C1",
            "raw_hex": "2323",
            "raw_text": raw_frame("88888880000003", "000000"),
        }

    def _evidence(self, mn: str, number: int) -> Record:
        return {
            "at": iso(self.begun - timedelta(seconds=30 * number)),
            "device_time": "20261122040000000",
            "direction": "sent" if number % 2 else "received",
            "connection_id": identifier(11, 1),
            "peer": "10.1.3.7:40112",
            "mn": mn,
            "raw_text": raw_frame(mn, "123456"),
            "raw_hex": "2323",
            "gateway": "hj212-gateway-1",
            "block": 40 - number,
        }

    # --- commands ------------------------------------------------------------------------------------------------

    def _command_routes(self, router: APIRouter) -> None:
        @router.get("/commands/catalogue")
        async def catalogue(request: Request) -> Record:
            return page(list(CATALOGUE), request) | {"next_cursor": None}

        @router.get("/commands")
        async def commands(request: Request) -> Record:
            ask = request.query_params
            mn, state, command = ask.get("mn"), ask.get("state"), ask.get("command")
            shown = [self.now(one) for one in reversed(self.commands)]
            kept = [
                one
                for one in shown
                if mn in (None, one["mn"]) and state in (None, one["state"]) and command in (None, one["command"])
            ]
            return page([one for one in kept if ask.get("open") != "true" or one["state"] not in ENDED], request)

        @router.post("/commands")
        async def ask(request: Request) -> Response:
            body, who = await request.json(), self.user(request) or {}
            kind = next(one for one in CATALOGUE if one["command"] == body["command"])
            made = {
                "command_id": body.get("command_id") or identifier(13, len(self.commands)),
                "mn": body["mn"],
                "command": body["command"],
                "name_zh": kind["name_zh"],
                "name_en": kind["name_en"],
                "parameters": [{name: value} for name, value in body["parameters"].items()],
                "reason": body["reason"],
                "requested_by": who.get("username"),
                "requested_by_id": who.get("user_id"),
                "created_at": iso(clock()),
                "expires_at": iso(clock() + timedelta(seconds=body["expires_in_s"])),
                "state": "awaiting-approval" if kind["needs_approval"] else "sent",
                "sent_at": None if kind["needs_approval"] else iso(clock()),
                "attempts": 1,
                "finished_at": None,
                "code": None,
                "detail": "",
                "items": [],
                "decided_by": None,
                "decided_at": None,
                "transcript": [],
            }
            self.commands.append(made)
            return JSONResponse(made, 202)

        @router.get("/commands/{command_id}")
        async def one(command_id: str) -> Response:
            found = self._found(command_id)
            return refused(404, "没有这条命令", "There is no such command") if found is None else JSONResponse(found)

        @router.post("/commands/{command_id}/{step}")
        async def decide(command_id: str, step: str, request: Request) -> Response:
            found, who = self._found(command_id), self.user(request) or {}
            if found is None:
                return refused(404, "没有这条命令", "There is no such command")
            if step != "cancel" and found["requested_by_id"] == who.get("user_id"):
                return refused(403, "须由另一人批准", "another person than who asked has to approve")
            found["state"] = {"approve": "sent", "reject": "rejected", "cancel": "cancelled"}[step]
            found["decided_by"], found["decided_at"] = who.get("username"), iso(clock())
            found["sent_at" if step == "approve" else "finished_at"] = iso(clock())
            return JSONResponse(found)

    def _found(self, command_id: str) -> Record | None:
        found = next((one for one in self.commands if one["command_id"] == command_id), None)
        return None if found is None else self.now(found)

    def now(self, command: Record) -> Record:
        """The command as it is by now: answered two seconds after it went."""
        if command["state"] == "sent" and clock() - datetime.fromisoformat(command["sent_at"]) > timedelta(seconds=2):
            text = raw_frame(command["mn"], "******")
            command |= {"state": "succeeded", "finished_at": iso(clock()), "code": 1, "request_id": "20261122040000000"}
            command["transcript"] = [
                {"at": command["sent_at"], "direction": "sent", "cn": command["command"], "raw_text": text},
                {"at": iso(clock()), "direction": "received", "cn": "9012", "raw_text": text},
            ]
        return command
