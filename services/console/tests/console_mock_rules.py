"""The alarm rules of the mock gateway: the policy alerting ships, its versions, a dry run that says the same each time."""

import json
from pathlib import Path
from typing import Any

from console_mock_answers import refused
from console_mock_park import clock, identifier, iso
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

NEW = ("noise", "fraud-suspicion")
"""Entries the park's policy does not have yet, as after an upgrade."""
SHIPPED = Path(__file__).resolve().parents[2] / "alerting" / "alerting" / "policies" / "grading.json"


class Rules:
    """Versions of the policy, the oldest first."""

    def __init__(self) -> None:
        self.shipped: dict[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
        self.versions: list[dict[str, Any]] = []
        earlier = [one for one in self.shipped["entries"] if one["name"] not in NEW]
        self._add({**self.shipped, "entries": earlier}, "system")

    def _add(self, policy: dict[str, Any], by: str) -> None:
        self.versions.append(
            {
                "version": len(self.versions) + 1,
                "made_at": iso(clock()),
                "made_by": by,
                "note": policy.get("note", ""),
                "policy": policy,
            }
        )

    def routes(self, router: APIRouter) -> None:
        """Add the addresses of rules."""

        @router.get("/rules")
        async def rules() -> dict[str, Any]:
            newest = self.versions[-1]
            told = [{name: one[name] for name in one if name != "policy"} for one in reversed(self.versions)]
            policy = newest["policy"]
            known = {one["name"] for one in policy["entries"]} | set(policy.get("left_out", []))
            fresh = [{"of": one["name"], "entry": one} for one in self.shipped["entries"] if one["name"] not in known]
            return {"version": newest["version"], "policy": policy, "versions": told, "new_in_release": fresh}

        @router.get("/rules/versions/{version}")
        async def version(version: int) -> dict[str, Any]:
            return self.versions[version - 1]

        @router.post("/rules/dry-run")
        async def dry_run() -> dict[str, Any]:
            differing = {
                "alarm_id": identifier(3, 0),
                "number": "AL-20261122-0001",
                "title_zh": "化学需氧量超标",
                "title_en": "COD over",
                "level": "blue",
                "would_be": "yellow",
            }
            levels = {"red": (1, 1), "orange": (2, 2), "yellow": (3, 4), "blue": (4, 3)}
            return {
                "from": iso(clock()),
                "to": iso(clock()),
                "alarms": 10,
                "levels": {name: {"were": were, "would_be": would} for name, (were, would) in levels.items()},
                "higher": 1,
                "lower": 0,
                "lacking_circumstances": 0,
                "differing": [differing],
            }

        @router.put("/rules")
        async def change(request: Request) -> Response:
            body = await request.json()
            if body.get("version") != len(self.versions):
                return refused(409, "规则已被他人更新, 请刷新后重试", "the rules have changed meanwhile")
            self._add(body["policy"], "admin")
            return JSONResponse({"version": len(self.versions), "policy": body["policy"]}, 201)
