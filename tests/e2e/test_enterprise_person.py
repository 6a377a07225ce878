"""The person of an enterprise as the demo has one: made over the public API, sees the own enterprise and nothing else."""

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from simulator.enterprise_account import ensure_enterprise_account
from simulator.park_api import ParkApi

if TYPE_CHECKING:
    from conftest import Outlet, Stack

pytestmark = pytest.mark.integration


async def test_a_person_of_an_enterprise_is_made_once_and_sees_only_the_own_outlets(
    stack: "Stack", outlet: "Outlet", other_outlet: "Outlet"
) -> None:
    url, password, name = stack.access["api_url"], stack.access["password"], f"enterprise-{uuid4().hex[:8]}"
    async with ParkApi(url, "admin", password) as admin:
        enterprise = await admin.get(f"/enterprises/{outlet.enterprise_id}")
        made = [
            await ensure_enterprise_account(admin, url, enterprise["credit_code"], name, password) for _ in range(2)
        ]
    assert made == [True, False]
    async with stack.signed_in(name) as person:
        points = (await person.get("/points", params={"limit": 500})).json()["items"]
        assert [one["point_id"] for one in points] == [outlet.point_id]
        assert (await person.get(f"/points/{other_outlet.point_id}")).status_code in {403, 404}
        answer = (await person.get("/latest", params={"point_id": other_outlet.point_id})).json()
        assert not answer.get("items")
        assert (await person.post("/enterprises", json={})).status_code == 403
