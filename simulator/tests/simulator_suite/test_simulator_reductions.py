"""The response of last night: filed and ordered once, and what the loggers send of it keeps or breaks the order as meant."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from simulator.effects import Effects
from simulator.park_api import ParkApi
from simulator.park_plan import point_by_code
from simulator.reduction_seeding import LASTED, LINES, METER, ORDERED, THROTTLED, seed_reductions, usual_flow
from simulator.scenario import load_scenario
from simulator.signal_model import SignalModel


class Platform:
    """Answers as the gateway does."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/auth/sign-in":
            return httpx.Response(200, json={"access_token": "t"})
        if request.method == "POST":
            self.sent.append((path, json.loads(request.content)))
            return httpx.Response(201, json={"measures": 5})
        points = [{"code": one.code, "point_id": f"p-{one.code}", "enterprise_id": f"e-{one.code}"} for one in LINES]
        orders = [body for to, body in self.sent if to == "/reduction-orders"]
        items = {"/points": points, "/reduction-orders": orders}.get(path, [])
        return httpx.Response(200, json={"items": items, "next_cursor": None})


async def test_the_list_is_filed_and_ordered_once() -> None:
    platform = Platform()
    async with ParkApi("http://platform", "admin", "x", transport=httpx.MockTransport(platform.answer)) as api:
        assert await seed_reductions(api, patience_s=20) == {"lines": 5, "orders": 1, "measures": 5}
        assert await seed_reductions(api, patience_s=20) == {"unchanged": 1}
    assert len(platform.sent) == 6
    order = dict(platform.sent)["/reduction-orders"]
    begun, ended = (datetime.fromisoformat(order[key]) for key in ("starts_at", "ends_at"))
    assert ended - begun == LASTED
    assert ended < datetime.now(UTC)


def test_the_throttled_stacks_keep_the_order_and_the_other_one_does_not() -> None:
    start = datetime(2026, 11, 22, 13, 40, tzinfo=UTC)
    model = SignalModel({}, effects=Effects(load_scenario("demo").effects(start)))
    begun = start.replace(minute=0) - ORDERED
    for one in LINES:
        site = point_by_code(one.code)
        assert site is not None
        if one.share:
            hours = [
                model.sample(site, begun + timedelta(hours=n)).values[METER]
                for n in range(2, LASTED // timedelta(hours=1))
            ]
            kept = all(value <= 1.05 * float(one.share) * usual_flow(one.code) for value in hours)
            assert kept == (one.code in THROTTLED), one.code
