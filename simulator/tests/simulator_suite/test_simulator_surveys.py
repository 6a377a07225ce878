"""The campaigns of the demo: made once through the public API, waiting for a platform that has not heard of the park yet."""

import json
from typing import Any

import httpx
from simulator.enterprise_account import enterprise_of_the_demo
from simulator.park_api import ParkApi
from simulator.survey_seeding import PLOT_CODE, SITES, seed_surveys


class Platform:
    """Answers as the gateway does; the first site is refused while the judging service knows no park."""

    def __init__(self) -> None:
        self.kept: dict[str, list[dict[str, Any]]] = {"sites": [], "campaigns": [], "results": [], "plots": []}
        self.refusals = 1
        owner = enterprise_of_the_demo()
        self.enterprises = [{"enterprise_id": "e-5", "credit_code": owner.credit_code, "name_zh": owner.plan.name_zh}]

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/auth/sign-in":
            return httpx.Response(200, json={"access_token": "t"})
        if request.method == "GET":
            return httpx.Response(200, json={"items": self._listed(path), "next_cursor": None})
        if path == "/surveys/sites" and self.refusals:
            self.refusals -= 1
            return httpx.Response(409, json={"code": "park-unknown"})
        kind = path.rsplit("/", 1)[1]
        self.kept[kind].append(json.loads(request.content))
        return httpx.Response(201, json={"campaign_id": f"c-{len(self.kept['campaigns'])}"})

    def _listed(self, path: str) -> list[dict[str, Any]]:
        return self.enterprises if path == "/enterprises" else self.kept[path.removeprefix("/surveys/")]


async def seeded(platform: Platform) -> dict[str, int]:
    transport = httpx.MockTransport(platform.answer)
    async with ParkApi("http://platform", "admin", "x", transport=transport) as api:
        return await seed_surveys(api, enterprise_of_the_demo(), patience_s=20)


async def test_a_plot_with_its_sites_and_campaigns_is_made_once() -> None:
    platform = Platform()
    assert await seeded(platform) == {"sites": len(SITES), "campaigns": 4, "plots": 1}
    (plot,) = platform.kept["plots"]
    codes = {site["code"] for site in platform.kept["sites"]}
    assert plot["code"] == PLOT_CODE
    assert {one["site"] for one in plot["sites"]} < codes
    assert {row["site"] for batch in platform.kept["results"] for row in batch["results"]} <= codes
    assert all(one["enterprise_id"] == "e-5" for one in (*platform.kept["sites"], plot))
    before = {name: len(rows) for name, rows in platform.kept.items()}
    assert await seeded(platform) == {"unchanged": 1}
    assert {name: len(rows) for name, rows in platform.kept.items()} == before
