"""Duty and notification of the mock gateway: rosters with shifts, swaps and a hole; channels, contacts, templates, messages,
silences; and how alarms went (statistics)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from console_mock_answers import page, refused
from console_mock_park import Park, clock, identifier, iso
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]
UserOf = Callable[[Request], Record | None]
PARK_ZONE = timezone(timedelta(hours=8))
LANGUAGES = ("zh", "en")
KINDS = ("email", "sms", "wecom", "dingtalk", "feishu")


class Duty:
    """State of rosters and channels, and their routes."""

    def __init__(self, park: Park, user: UserOf) -> None:
        self.park, self.user = park, user
        day = clock().astimezone(PARK_ZONE).date()
        shifts = [{"name_zh": "白班", "name_en": "Day", "start": "08:00:00", "end": "20:00:00", "teams": [["officer"],
            ["inspector"]], "days": "all", "turns": "shift"},
                  {"name_zh": "夜班", "name_en": "Night", "start": "20:00:00", "end": "08:00:00",
                   "teams": [["inspector"]], "days": "all", "turns": "shift"}]  # fmt: skip
        roster = {"code": "control-room", "name_zh": "中控室值班", "name_en": "Control room",
                  "valid_from": (day - timedelta(days=30)).isoformat(),
                  "valid_to": (day + timedelta(days=60)).isoformat(), "coverage": "always",
                  "shifts": shifts}  # fmt: skip
        hole = {"starts_at": iso(clock() + timedelta(days=2)), "ends_at": iso(clock() + timedelta(days=2, hours=4))}
        swap = {
            "swap_id": identifier(42, 1),
            "starts_at": iso(clock() + timedelta(days=1)),
            "from_person": "officer",
            "to_person": "inspector",
            "reason": "培训",
        }
        self.rosters: list[Record] = [
            {"roster_id": identifier(41, 1), "version": 1, "roster": roster, "on_duty": ["officer"],
             "covered_until": iso(clock() + timedelta(days=2)), "holes": [hole],
             "swaps": [swap], "swaps_without_shift": [], "changed_at": iso(clock()), "changed_by": "officer"}
        ]  # fmt: skip
        self.channels: list[Record] = [
            {"channel_id": identifier(43, 1), "kind": "email", "name": "值班邮箱", "config": {"host": "mail.park.example",
                "port": 465, "security": "tls", "sender": "park@park.example", "username": "park"},
             "min_level": "yellow", "language": "zh", "quiet": [{"start": "22:00", "end": "07:00", "channel": "all",
                                                                 "override_from": "red"}], "active": True,
                                                                 "has_secret": True,
             "made_at": iso(clock()), "made_by": "admin", "changed_at": iso(clock())}
        ]  # fmt: skip
        self.contacts: list[Record] = [
            {"username": name, "display_name": shown, "role": role, "enterprise_id": None,
             "email": f"{name}@park.example", "phone": "13800000000", "language": "zh", "quiet": [], "active": True}
            for name, shown, role in (("officer", "王敏", "officer"), ("inspector", "李强", "inspector"))
        ]  # fmt: skip
        alarm = next(iter(park.alarms.values()))
        self.messages: list[Record] = [
            {"message_id": identifier(44, n), "channel_id": identifier(43, 1), "kind": "email", "channel_name": "值班邮箱",
             "alarm_id": alarm["alarm_id"], "recipient": "officer@park.example",
             "level": "red", "subject": alarm["title_zh"], "text": alarm["title_zh"], "state": ("delivered", "pending",
                 "dead", "dropped")[n], "attempts": n + 1,
             "next_attempt_at": iso(clock()) if n == 1 else None, "waited_for_quiet": n == 1,
             "last_attempt_at": iso(clock()), "last_error": "connection refused" if n == 2 else "",
             "receipt": "250 ok" if n == 0 else "", "made_at": iso(clock()),
             "delivered_at": iso(clock()) if n == 0 else None}
            for n in range(4)
        ]  # fmt: skip
        self.templates: list[Record] = [
            {"kind": kind, "language": language, "subject": "$level_zh $title", "text": "$title $started_at",
             "changed_at": None, "changed_by": None}
            for kind in KINDS for language in LANGUAGES
        ]  # fmt: skip
        self.silences: list[Record] = [
            {"silence_id": identifier(45, 1), "owner": "王敏", "reason": "检修", "starts_at": iso(clock()),
             "ends_at": iso(clock() + timedelta(hours=4)), "up_to": "orange",
             "enterprise_id": alarm["enterprise_id"], "subject_id": None, "rule": None, "factor": None,
             "removed_at": None}
        ]  # fmt: skip

    def routes(self, router: APIRouter) -> None:
        """Add all addresses of duty, notification and statistics."""
        for add in (
            self._roster_routes,
            self._channel_routes,
            self._message_routes,
            self._own_routes,
            self._statistics_routes,
        ):
            add(router)

    def _shifts(self, since: datetime, until: datetime) -> list[Record]:
        day, found = since.astimezone(PARK_ZONE).date() - timedelta(days=1), []
        while day <= until.astimezone(PARK_ZONE).date():
            for hour, zh, en, people in ((8, "白班", "Day", ["officer"]), (20, "夜班", "Night", ["inspector"])):
                start = datetime(day.year, day.month, day.day, hour, tzinfo=PARK_ZONE)
                if since < start + timedelta(hours=12) and start < until:
                    found.append({"starts_at": iso(start), "ends_at": iso(start + timedelta(hours=12)), "name_zh": zh,
                                  "name_en": en, "people": people,
                                  "swapped": hour == 8 and day.toordinal() % 5 == 0})  # fmt: skip
            day += timedelta(days=1)
        return found

    def _roster_routes(self, router: APIRouter) -> None:
        @router.get("/duty-rosters")
        async def rosters(request: Request) -> Record:
            return page(self.rosters, request)

        @router.get("/duty-rosters/{roster_id}/shifts")
        async def shifts(roster_id: str, request: Request) -> Record:
            since, until = (datetime.fromisoformat(request.query_params[key]) for key in ("from", "to"))
            return {"items": self._shifts(since, until), "next_cursor": None, "total": None}

        @router.post("/duty-rosters/check")
        async def check(request: Request) -> Record:
            roster = (await request.json())["roster"]
            hole = {"where": "shifts", "zh": "每日 20:00 至次日 08:00 无人值班", "en": "nobody from 20:00 to 08:00"}
            return {
                "problems": [hole] if len(roster["shifts"]) < 2 else [],
                "shifts": self._shifts(clock(), clock() + timedelta(days=7)),
            }

        @router.post("/duty-rosters")
        async def add(request: Request) -> Response:
            roster = (await request.json())["roster"]
            made = {
                **self.rosters[0],
                "roster_id": identifier(41, len(self.rosters) + 1),
                "roster": roster,
                "swaps": [],
                "holes": [],
            }
            self.rosters.append(made)
            return JSONResponse(made, 201)

        @router.put("/duty-rosters/{roster_id}")
        async def change(roster_id: str, request: Request) -> Response:
            stored = next(one for one in self.rosters if one["roster_id"] == roster_id)
            stored.update(roster=(await request.json())["roster"], version=stored["version"] + 1)
            return JSONResponse(stored)

        @router.post("/duty-rosters/{roster_id}/swaps")
        async def swap(roster_id: str, request: Request) -> Response:
            stored = next(one for one in self.rosters if one["roster_id"] == roster_id)
            stored["swaps"] = [
                *stored["swaps"],
                {"swap_id": identifier(42, len(stored["swaps"]) + 1), **await request.json()},
            ]
            return JSONResponse(stored["swaps"][-1], 201)

        @router.get("/working-calendar")
        async def calendar() -> Record:
            return {"version": 1, "calendar": {"hours": [{"start": "09:00:00", "end": "17:00:00"}], "overrides": []}}

    def _channel_routes(self, router: APIRouter) -> None:
        @router.get("/channels")
        async def channels(request: Request) -> Response:
            if "webhook:write" not in (self.user(request) or {}).get("permissions", []):
                return refused(403, "没有权限", "not permitted")
            return JSONResponse(page(self.channels, request))

        @router.post("/channels")
        async def add(request: Request) -> Response:
            body = await request.json()
            if not body.get("config"):
                return refused(422, "通道配置有误", "the channel has mistakes",
                               errors=[{"where": "config", "what": "missing", "what_zh": "必填"}])  # fmt: skip
            body.pop("secret", None)
            self.channels.append({**self.channels[0], **body, "channel_id": identifier(43, len(self.channels) + 1)})
            return JSONResponse(self.channels[-1], 201)

        @router.post("/channels/{channel_id}/test")
        async def test(channel_id: str) -> Response:
            return JSONResponse({**self.messages[0], "state": "pending"}, 202)

        @router.get("/contacts")
        async def contacts(request: Request) -> Record:
            return page(self.contacts, request)

        @router.put("/contacts/{username}")
        async def contact(username: str, request: Request) -> Record:
            self.contacts.append({"username": username, **await request.json()})
            return self.contacts[-1]

    def _message_routes(self, router: APIRouter) -> None:
        @router.get("/messages")
        async def messages(request: Request) -> Record:
            ask = request.query_params
            return page([one for one in self.messages if not ask.get("state") or one["state"] == ask["state"]], request)

        @router.post("/messages/{message_id}/resend")
        async def resend(message_id: str) -> Response:
            row = next(one for one in self.messages if one["message_id"] == message_id)
            row.update(state="pending")
            return JSONResponse(row, 202)

        @router.get("/message-templates")
        async def templates() -> Record:
            names = {"title": "告警标题 / title", "level_zh": "级别 / level", "started_at": "开始时间 / since"}
            return {"items": self.templates, "next_cursor": None, "total": None, "names": names}

        @router.put("/message-templates/{kind}/{language}")
        async def template(kind: str, language: str, request: Request) -> Record:
            row = next(one for one in self.templates if (one["kind"], one["language"]) == (kind, language))
            row.update(**await request.json(), changed_at=iso(clock()), changed_by="admin")
            return row

        @router.get("/silences")
        async def silences(request: Request) -> Record:
            return page(self.silences, request)

    def _own_routes(self, router: APIRouter) -> None:
        @router.get("/enterprises")
        async def enterprises(request: Request) -> Record:
            owners = {one["enterprise_id"]: one for one in self.park.points.values() if one["enterprise_id"]}
            rows = [
                {"enterprise_id": key, "name_zh": one["enterprise_name_zh"], "name_en": one["enterprise_name_en"]}
                for key, one in owners.items()
            ]
            return page(rows, request)

        @router.get("/notification-preferences")
        async def own() -> Record:
            return self.contacts[0]

        @router.put("/notification-preferences")
        async def change(request: Request) -> Record:
            self.contacts[0].update(await request.json())
            return self.contacts[0]

    def _statistics_routes(self, router: APIRouter) -> None:
        @router.get("/alarms/statistics")
        async def statistics(by: str = "day") -> Record:
            keys = {
                "level": ["red", "orange", "yellow", "blue"],
                "rule": ["exceedance", "offline"],
                "enterprise": [identifier(2, n) for n in range(5)],
            }
            days = [(clock().astimezone(UTC) - timedelta(days=n)).date().isoformat() for n in range(14)]
            rows = [self._row(key, n) for n, key in enumerate(keys.get(by, days))]
            return {
                "from": iso(clock() - timedelta(days=30)),
                "to": iso(clock()),
                "by": by,
                "items": rows,
                "total": self._row("", 9),
            }

    def _row(self, key: str, n: int) -> Record:
        return {"key": key, "name_zh": f"{key}", "name_en": f"{key}", "alarms": 10 + n, "red": 1, "orange": 2,
                "yellow": 3, "blue": 4 + n, "open": 2, "closed": 8,
                "judged": 6, "confirmed": 5, "false_alarms": 1, "equipment_faults": 0, "recovered": 2, "reopened": 0,
                "accuracy": 0.83, "share_confirmed": 0.5,
                "acknowledged_after_s": 240, "closed_after_s": 7200}  # fmt: skip
