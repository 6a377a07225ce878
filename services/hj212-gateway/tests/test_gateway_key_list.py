"""The list of keys of all devices, and a key ended by hand, over a real gateway and its database."""

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from park_chassis.testing import token
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord

if TYPE_CHECKING:
    from conftest import Field

pytestmark = pytest.mark.integration

WRITER = ("device:write", "device:read")
PLAIN = "FirstKey01234567"


def device(mn: str, *, edition: str = "2025") -> DeviceRecord:
    return DeviceRecord(mn=mn, password="123456", point_id=uuid7(), park_id=uuid7(), edition=edition)


async def test_all_devices_are_listed_with_their_keys_and_no_key_is_ever_shown(gateway: "Field") -> None:
    tag = uuid4().hex[:12].upper()  # the register knows devices of other tests, too
    first, second = device(f"{tag}A"), device(f"{tag}B", edition="2017")
    await gateway.register(first)
    await gateway.register(second)
    async with gateway.service.client(token(*WRITER, username="zhang")) as client:
        entered = await client.post(f"/sessions/{first.mn}/keys", json={"key": PLAIN, "reason": "commissioned"})
        assert entered.status_code == 201
        answer = await client.get("/device-keys", params={"q": tag})
        listed = answer.json()
        assert PLAIN not in answer.text
        assert "sealed" not in answer.text
        assert [(one["mn"], one["state"], one["handover"]) for one in listed["items"]] == [
            (first.mn, "confirmed", None),
            (second.mn, "none", None),
        ]
        row = listed["items"][0]
        assert (row["set_by"], row["reason"], row["due"]) == ("zhang", "commissioned", False)
        assert listed["counts"] == {"none": 1, "in_force": 0, "under_way": 0, "failed": 0, "due": 0}
        pages = (await client.get("/device-keys", params={"q": tag, "limit": 1})).json()
        assert (len(pages["items"]), pages["total"]) == (1, 2)
        rest = (await client.get("/device-keys", params={"q": tag, "limit": 1, "cursor": pages["next_cursor"]})).json()
        assert [one["mn"] for one in rest["items"]] == [second.mn]
        assert rest["next_cursor"] is None
        for question, mns in (
            ({"state": "none"}, [second.mn]),
            ({"edition": "2025"}, [first.mn]),
            ({"q": second.mn.lower()}, [second.mn]),
            ({"due": "true"}, []),
            ({"handover": "failed"}, []),
        ):
            found = (await client.get("/device-keys", params={"q": tag} | question)).json()
            assert [one["mn"] for one in found["items"]] == mns, question
        table = await client.get("/device-keys", params={"q": tag, "format": "csv"})
        assert first.mn in table.text
        assert PLAIN not in table.text


async def test_a_key_is_ended_by_hand_once_with_who_and_why(gateway: "Field") -> None:
    one = device(uuid4().hex[:24].upper())
    await gateway.register(one)
    path = f"/sessions/{one.mn}/keys"
    async with gateway.service.client(token(*WRITER, username="zhang")) as client:
        key_id = (await client.post(path, json={"key": PLAIN, "reason": "commissioned"})).json()["key_id"]
        unexplained = await client.post(f"{path}/{key_id}/retire", json={"reason": ""})
        assert unexplained.status_code == 422
        ended = await client.post(f"{path}/{key_id}/retire", json={"reason": "seen by a stranger"})
        assert ended.status_code == 200
        shown = ended.json()
        assert (shown["state"], shown["ended_by"], shown["ended_reason"]) == ("retired", "zhang", "seen by a stranger")
        assert (shown["replace_before"], PLAIN in ended.text, "sealed" in shown) == (None, False, False)
        again = await client.post(f"{path}/{key_id}/retire", json={"reason": "once more"})
        assert (again.status_code, again.json()["code"]) == (409, "key-ended")
        of_another = await client.post(f"/sessions/NOBODY/keys/{key_id}/retire", json={"reason": "x"})
        assert of_another.status_code == 404
        assert (await client.get(path)).json()["items"][0]["ended_reason"] == "seen by a stranger"
        assert (await client.get("/device-keys", params={"q": one.mn})).json()["items"][0]["state"] == "retired"
    async with gateway.service.client(token("device:read")) as reader:
        refused = await reader.post(f"{path}/{key_id}/retire", json={"reason": "x"})
        assert refused.status_code == 403
