"""Silences, inhibition and escalation chains: who is told, who is not, and that nobody is forgotten."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from alerting.domain.muting import Silence, mute_of
from alerting.domain.policy import shipped_policy
from alerting.store.policies import PolicyCache
from alerting.testing import ENTERPRISE, NOON, OUTLET, finding
from alerting.timers import Timers
from park_chassis.chassis import Chassis
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.testing import asgi_client, token
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, AlarmState, Period, Role

POLICY = shipped_policy()


def alarm(level: AlarmLevel = AlarmLevel.YELLOW, rule: str = "exceedance") -> Alarm:
    shown = finding(1.8)
    return Alarm(
        alarm_id=UUID(int=1), version=1, number="AL", park_id=shown.park_id, rule=rule, level=level, state=AlarmState.ACTIVE,
        title_zh="", title_en="", subject_id=OUTLET, subject_name_zh="", subject_name_en="", medium=shown.medium,
        started_at=NOON, last_seen_at=NOON, raised_at=NOON, changed_at=NOON, occurrences=1, finding_id=shown.finding_id,
        enterprise_id=ENTERPRISE, factor="a21026",
    )  # fmt: skip


def silence(**fields: Any) -> Silence:
    wide = {
        "silence_id": UUID(int=5),
        "owner": "zhang",
        "reason": "检修",
        "starts_at": NOON,
        "up_to": AlarmLevel.ORANGE,
    }
    return Silence(**{**wide, "ends_at": NOON + timedelta(hours=2), **fields})


@pytest.mark.parametrize(
    ("fields", "minutes", "level", "muted"),
    [
        ({"subject_id": OUTLET}, 0, AlarmLevel.YELLOW, True),
        ({"enterprise_id": ENTERPRISE, "factor": "a21026"}, 119, AlarmLevel.ORANGE, True),
        ({"subject_id": OUTLET}, 120, AlarmLevel.YELLOW, False),
        ({"subject_id": OUTLET}, -1, AlarmLevel.YELLOW, False),
        ({"subject_id": OUTLET}, 0, AlarmLevel.RED, False),
        ({"subject_id": OUTLET, "factor": "a21002"}, 0, AlarmLevel.YELLOW, False),
        ({"rule": "offline"}, 0, AlarmLevel.YELLOW, False),
    ],
    ids=["matches", "two fields", "over", "not begun", "above its level", "another factor", "another rule"],
)
def test_a_silence_mutes_what_matches_while_it_lasts_up_to_its_level(
    fields: dict[str, Any], minutes: int, level: AlarmLevel, muted: bool
) -> None:
    mute = mute_of(alarm(level), [silence(**fields)], (), POLICY, NOON + timedelta(minutes=minutes))
    assert (mute is not None) is muted


@pytest.mark.parametrize(
    ("rule", "there", "level", "muted"),
    [
        ("exceedance", {"offline"}, AlarmLevel.YELLOW, True),
        ("exceedance", {"offline"}, AlarmLevel.RED, False),
        ("exceedance", set(), AlarmLevel.YELLOW, False),
        ("total-control", {"offline"}, AlarmLevel.YELLOW, False),
    ],
)
def test_an_offline_device_explains_an_exceedance_but_not_a_red_one(
    rule: str, there: set[str], level: AlarmLevel, muted: bool
) -> None:
    assert (mute_of(alarm(level, rule), [], there, POLICY, NOON) is not None) is muted


integration = pytest.mark.integration


@pytest.fixture
def timers(database: Database) -> Timers:
    return Timers(database, PolicyCache(), poll_s=0.05)


@pytest.fixture
async def officer(chassis: Chassis) -> Any:
    async with asgi_client(chassis, token("alarm:read", "alarm:close", "rule:write", role=Role.OFFICER)) as client:
        yield client


async def told(database: Database) -> list[tuple[str, str]]:
    """Return (step, recipient) of every notification, in order."""
    async with database.reading() as connection:
        rows = await connection.fetch("select step, recipient from notifications order by made_at, step, recipient")
    return [(row["step"], row["recipient"].split(":")[0] + ":" + row["recipient"].split(":")[1][:8]) for row in rows]


async def let_time_pass(database: Database, kind: str) -> None:
    async with database.reading() as connection:
        await connection.execute("update timers set due_at = now() - interval '1 second' where kind = $1", kind)


async def body(database: Database, rule: str = "exceedance") -> dict[str, Any]:
    async with database.reading() as connection:
        found: dict[str, Any] = await connection.fetchval("select body from alarms where rule = $1", rule)
    return found


async def silenced(officer: httpx.AsyncClient, **fields: Any) -> str:
    form = {"reason": "检修", "ends_at": (now() + timedelta(hours=2)).isoformat(), "subject_id": str(OUTLET), **fields}
    made = await officer.post("/silences", json=form)
    assert made.status_code == 201, made.text
    return str(made.json()["silence_id"])


@integration
async def test_a_silenced_alarm_is_on_record_but_nobody_is_told_until_the_silence_ends(
    database: Database, take_in: Any, timers: Timers, officer: httpx.AsyncClient
) -> None:
    silence_id = await silenced(officer)
    await take_in(finding(1.8))
    assert (await body(database))["muted"] == f"silence:{silence_id}"
    assert await told(database) == []
    assert (await officer.get("/alarms")).json()["total"] == 1
    assert (await officer.delete(f"/silences/{silence_id}")).status_code == 204
    assert await timers.fire_due() == 1
    after = await body(database)
    assert "muted" not in after or after["muted"] is None
    assert [step for step, _ in await told(database)] == ["updated", "updated"]
    assert await timers.fire_due() == 0


@integration
async def test_what_rises_above_the_silence_is_told(
    database: Database, take_in: Any, officer: httpx.AsyncClient
) -> None:
    await silenced(officer)
    await take_in(finding(1.8), finding(3.5, at=1))
    assert {step for step, _ in await told(database)} == {"escalated"}


@integration
async def test_an_exceedance_of_an_offline_device_is_told_when_the_device_is_back(
    database: Database, take_in: Any, timers: Timers
) -> None:
    gone = finding(None, rule="offline", period=Period.REALTIME, period_start=now(), period_end=now())
    await take_in(gone, finding(1.2))
    assert (await body(database))["muted"] == "inhibited:offline"
    before = len(await told(database))
    back = finding(
        None, rule="offline", verdict="complied", revision=1, period=Period.REALTIME,
        period_start=gone.period_start, period_end=now(),
    )  # fmt: skip
    await take_in(back)
    assert (await body(database, "offline"))["state"] == "resolved"
    await timers.fire_due()
    assert [step for step, _ in await told(database)][before:] == ["updated"]


@integration
async def test_nobody_acknowledging_tells_the_next_ones_once_each_and_an_acknowledgement_ends_it(
    database: Database, take_in: Any
) -> None:
    await take_in(finding(1.2))
    replicas = [Timers(database, PolicyCache(), poll_s=0.05) for _ in range(3)]
    for _ in range(3):
        await let_time_pass(database, "chain")
        await asyncio.gather(*(replica.fire_due() for replica in replicas))
    chain = [recipient for step, recipient in await told(database) if step == "chain"]
    assert chain == ["enterprise:00000000", "role:officer"]
    async with database.reading() as connection:
        assert await connection.fetchval("select count(*) from timeline where what = 'chain'") == 2
        assert await connection.fetchval("select version from alarms") == 1


@integration
async def test_after_an_acknowledgement_the_chain_is_silent(
    database: Database, take_in: Any, timers: Timers, chassis: Chassis
) -> None:
    await take_in(finding(1.8))
    alarm_id = (await body(database))["alarm_id"]
    async with asgi_client(chassis, token("alarm:acknowledge")) as client:
        assert (await client.post(f"/alarms/{alarm_id}/acknowledge", json={})).status_code == 200
    await let_time_pass(database, "chain")
    assert await timers.fire_due() == 0
    assert "chain" not in {step for step, _ in await told(database)}


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"subject_id": None}, "body"),
        ({"reason": ""}, "body.reason"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, "ends_at"),
        ({"ends_at": "2099-01-01T00:00:00Z"}, "ends_at"),
        ({"up_to": "purple"}, "body.up_to"),
    ],
    ids=["the whole park", "no reason", "over already", "too long", "unknown level"],
)
@integration
async def test_a_silence_without_object_reason_or_sensible_end_is_refused(
    officer: httpx.AsyncClient, fields: dict[str, Any], where: str
) -> None:
    form = {"reason": "检修", "ends_at": (now() + timedelta(hours=2)).isoformat(), "subject_id": str(OUTLET), **fields}
    refused = await officer.post("/silences", json=form)
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, where)


@integration
async def test_silences_are_listed_while_they_last_and_after(officer: httpx.AsyncClient) -> None:
    silence_id = await silenced(officer)
    assert [one["silence_id"] for one in (await officer.get("/silences")).json()["items"]] == [silence_id]
    assert (await officer.delete(f"/silences/{silence_id}")).status_code == 204
    assert (await officer.delete(f"/silences/{silence_id}")).status_code == 404
    assert (await officer.delete(f"/silences/{uuid4()}")).status_code == 404
    assert (await officer.get("/silences")).json()["items"] == []
    assert (await officer.get("/silences", params={"over": "true"})).json()["total"] == 1


@integration
async def test_a_dry_run_says_what_another_policy_would_have_made_of_the_last_30_days_and_changes_nothing(
    officer: httpx.AsyncClient, take_in: Any, database: Database
) -> None:
    await take_in(finding(1.2), finding(1.8, subject=UUID(int=12)), finding(3.5, subject=UUID(int=13)))
    policy = (await officer.get("/rules")).json()["policy"]
    gas = next(entry for entry in policy["entries"] if entry["name"] == "emission-gas")
    gas["ratio_steps"] = [{"above": 1.0, "level": "orange"}]
    answer = await officer.post("/rules/dry-run", json={"policy": policy})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["alarms"], found["higher"], found["lower"]) == (3, 2, 1)
    assert found["levels"]["orange"] == {"were": 0, "would_be": 3}
    assert {(one["level"], one["would_be"]) for one in found["differing"]} == {
        ("blue", "orange"), ("yellow", "orange"), ("red", "orange")}  # fmt: skip
    assert (await officer.get("/rules")).json()["version"] == 1
    gas["ratio_steps"] = [{"above": 2.0, "level": "blue"}, {"above": 1.0, "level": "orange"}]
    assert (await officer.post("/rules/dry-run", json={"policy": policy})).status_code == 422
