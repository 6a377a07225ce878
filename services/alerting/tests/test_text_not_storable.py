"""Text no database stores is refused with a reason, not answered with a server error."""

import json

import pytest
from park_chassis.chassis import Chassis
from park_chassis.testing import asgi_client, token

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"], ids=["NUL", "half a pair"])
async def test_a_text_that_cannot_be_stored_is_refused(chassis: Chassis, text: str) -> None:
    calendar = {"calendar": {"overrides": [{"day": "2026-10-01", "is_working": True, "reason": text}]}}
    bearer = token("rule:write")
    async with asgi_client(chassis, bearer) as client:
        answer = await client.put(
            "/working-calendar", content=json.dumps(calendar), headers={"Content-Type": "application/json"}
        )
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] in {"text-not-storable", "bad-request", "invalid-request"}
