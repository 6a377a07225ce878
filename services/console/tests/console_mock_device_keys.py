"""Keys of devices in the mock gateway: some on file, one too old, one refused; a 1014 that was approved brings a new one."""

from datetime import datetime, timedelta
from typing import Any

from console_mock_answers import page, refused
from console_mock_devices import Devices
from console_mock_park import clock, identifier, iso
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]

ROTATION = timedelta(days=90)
STRONGEST = ("in-force", "confirmed", "offered", "dropped", "retired")
IN_USE = ("in-force", "confirmed")
FAILED = ("refused", "failed", "timed-out", "no-answer", "expired")
OF_COMMAND = {"sent": "offered", "succeeded": "in-force", "refused": "dropped", "failed": "dropped"}
"""What became of the key that a command carried; the mock's device uses a key as soon as it has it."""


class DeviceKeys:
    """The keys and their routes. The devices' commands are asked what became of a hand-over."""

    def __init__(self, devices: Devices) -> None:
        self.devices = devices
        mns = [one["mn"] for one in devices.park.points.values()]
        self.keys: list[Record] = [
            self._key(1, mns[3], "in-force", days=12),
            self._key(2, mns[3], "retired", days=101, ended_at=iso(clock() - timedelta(days=12))),
            self._key(3, mns[4], "in-force", days=93),
            self._key(4, mns[5], "dropped", days=2, ended_at=iso(clock() - timedelta(days=2))),
            self._key(5, mns[6], "confirmed", days=1),
        ]

    def routes(self, router: APIRouter) -> None:
        """Add every address."""

        @router.get("/device-keys")
        async def everywhere(request: Request) -> Record:
            ask = request.query_params
            found = [self._standing(one) for one in self.devices.park.points.values() if ask.get("q", "") in one["mn"]]
            kept = [
                one
                for one in found
                if ask.get("state") in (None, one["state"])
                and ask.get("handover") in (None, one["handover"])
                and (ask.get("due") != "true" or one["due"])
            ]
            return page(kept, request) | {"counts": _counts(found)}

        @router.get("/sessions/{mn}/keys")
        async def of_one(mn: str, request: Request) -> Record:
            return page(self._of(mn), request)

        @router.post("/sessions/{mn}/keys")
        async def enter(mn: str, request: Request) -> Response:
            body, who = await request.json(), self.devices.user(request) or {}
            made = self._key(len(self.keys) + 1, mn, "confirmed", days=0)
            made |= {"set_by": who["username"], "reason": body["reason"]}
            self.keys.append(made)
            return JSONResponse(made, 201)

        @router.post("/sessions/{mn}/keys/{key_id}/retire")
        async def retire(mn: str, key_id: str, request: Request) -> Response:
            body, who = await request.json(), self.devices.user(request) or {}
            found = next((one for one in self.keys if one["key_id"] == key_id and one["mn"] == mn), None)
            if found is None:
                return refused(404, "没有这个密钥", "There is no such key")
            found |= {"state": "retired", "ended_at": iso(clock()), "ended_by": who["username"]}
            found |= {"ended_reason": body["reason"], "replace_before": None}
            return JSONResponse(found)

    def _key(self, number: int, mn: str, state: str, *, days: float, **more: Any) -> Record:
        made = clock() - timedelta(days=days)
        return {
            "key_id": identifier(29, number),
            "mn": mn,
            "state": state,
            "command_id": None,
            "set_by": "admin",
            "reason": "设备验收",
            "made_at": iso(made),
            "confirmed_at": None if state in {"offered", "dropped"} else iso(made),
            "in_force_at": iso(made) if state in {"in-force", "retired"} else None,
            "ended_at": None,
            "ended_by": None,
            "ended_reason": None,
            "replace_before": iso(made + ROTATION) if state in IN_USE else None,
        } | more

    def _of(self, mn: str) -> list[Record]:
        """The keys of a device, newest first, with what its commands have become by now."""
        for command in [self.devices.now(one) for one in self.devices.commands]:
            state = OF_COMMAND.get(command["state"])
            if command["command"] == "1014" and command["mn"] == mn and state is not None:
                self._follow(command, state)
        return sorted((one for one in self.keys if one["mn"] == mn), key=lambda one: str(one["made_at"]), reverse=True)

    def _follow(self, command: Record, state: str) -> None:
        known = next((one for one in self.keys if one["command_id"] == command["command_id"]), None)
        if known is None:
            known = self._key(len(self.keys) + 1, command["mn"], state, days=0)
            known |= {"command_id": command["command_id"], "set_by": command["requested_by"]}
            known |= {"reason": command["reason"], "state": "offered"}
            self.keys.append(known)
        if known["state"] == "offered" and state == "in-force":
            for older in self.keys:
                if older["mn"] == command["mn"] and older is not known and older["state"] in IN_USE:
                    older |= {"state": "retired", "ended_at": iso(clock()), "replace_before": None}
            known |= {"state": state, "confirmed_at": iso(clock()), "in_force_at": iso(clock())}
            known |= {"replace_before": iso(clock() + ROTATION)}

    def _standing(self, point: Record) -> Record:
        mn = point["mn"]
        key = min(self._of(mn), key=lambda one: STRONGEST.index(one["state"]), default=None)
        commands = [one for one in self.devices.commands if one["mn"] == mn and one["command"] == "1014"]
        command = commands[-1] if commands else None
        handover = _handover(command) if command else None
        until = key["replace_before"] if key else None
        shown = ("key_id", "set_by", "reason", "made_at", "confirmed_at", "in_force_at", "ended_at")
        return {
            "mn": mn,
            "point_id": point["point_id"],
            "edition": "2025" if key else "2017",
            "state": key["state"] if key else "none",
            **{name: key[name] if key else None for name in shown},
            "replace_before": until,
            "due": until is not None and datetime.fromisoformat(until) < clock(),
            "handover": handover,
            "command": command if handover else None,
        }


def _handover(command: Record) -> str | None:
    if command["state"] in {"awaiting-approval", "queued", "sent"}:
        return "under-way"
    return "failed" if command["state"] in FAILED else None


def _counts(found: list[Record]) -> Record:
    return {
        "none": sum(one["state"] == "none" for one in found),
        "in_force": sum(one["state"] == "in-force" for one in found),
        "under_way": sum(one["handover"] == "under-way" for one in found),
        "failed": sum(one["handover"] == "failed" for one in found),
        "due": sum(one["due"] for one in found),
    }
