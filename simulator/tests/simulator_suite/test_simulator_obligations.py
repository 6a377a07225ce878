"""What the enterprise of the demo owes: stated once, after the judging service has heard of the outlet."""

import json
from typing import Any

import httpx
import pytest
from simulator.enterprise_account import enterprise_of_the_demo
from simulator.obligations_seeding import seed_obligations
from simulator.park_api import ApiRefused, ParkApi


class Platform:
    """Answers as the gateway does; `refusals` are the answers before the judging service knows the outlet."""

    def __init__(self, *refusals: int) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.refusals = list(refusals)

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/auth/sign-in":
            return httpx.Response(200, json={"access_token": "t"})
        if request.method == "GET":
            return self._shown(path)
        self.sent.append((path, json.loads(request.content)))
        return httpx.Response(201, json={})

    def _shown(self, path: str) -> httpx.Response:
        if path.endswith("/factors") and self.refusals:
            return httpx.Response(self.refusals.pop(0), json={"code": "not-found"})
        items: list[dict[str, Any]] = {
            "/points": [{"code": "YL05-DW001", "point_id": "p-1", "enterprise_id": "e-5"}],
            "/self-monitoring/plans": [body for to, body in self.sent if to == "/self-monitoring/plans"],
        }.get(path, [])
        return httpx.Response(200, json={"items": items, "next_cursor": None})


async def seeded(platform: Platform, patience_s: float = 20) -> dict[str, int]:
    transport = httpx.MockTransport(platform.answer)
    async with (
        ParkApi("http://platform", "admin", "x", transport=transport) as api,
        ParkApi("http://platform", "enterprise", "x", transport=transport) as person,
    ):
        return await seed_obligations(api, person, enterprise_of_the_demo(), patience_s=patience_s)


async def test_obligations_are_stated_once_as_soon_as_the_outlet_is_known() -> None:
    platform = Platform(503, 404)
    assert await seeded(platform) == {"monitors": 2, "quantities": 2, "plans": 1, "results": 2}
    bodies = dict(platform.sent)
    assert {row["point"] for row in bodies["/self-monitoring/results"]["results"]} == {"YL05-DW001"}
    assert (
        bodies["/self-monitoring/plans"]["valid_from"] <= bodies["/self-monitoring/results"]["results"][0]["sampled_at"]
    )
    sent = len(platform.sent)
    assert await seeded(platform) == {"unchanged": 1}
    assert len(platform.sent) == sent


async def test_a_platform_that_never_hears_of_the_outlet_is_told_not_waited_for_without_end() -> None:
    with pytest.raises(ApiRefused):
        await seeded(Platform(*[404] * 10), patience_s=0)
