"""Duty rosters: who is on duty, holes found before they hurt, swaps, chains that ask the roster; laws by hypothesis."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from alerting.domain.duty_roster import (
    Roster,
    ShiftRule,
    Swap,
    holes,
    on_duty,
    problems,
    shifts_of,
    swap_problems,
)
from alerting.domain.policy import ChainStep, shipped_policy
from alerting.store.policies import PolicyCache, add_policy
from alerting.testing import finding
from alerting.timers import Timers
from hypothesis import given, settings
from hypothesis import strategies as st
from park_chassis.chassis import Chassis
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.testing import asgi_client, token
from park_chassis.working_calendar import CalendarData, DayOverride, WorkingCalendar
from park_schemas.codes import AlarmLevel, Role
from park_schemas.park_time import PARK_TIME_ZONE, at_park

CALENDAR = WorkingCalendar()
DAY = ShiftRule("白班", "day", time(8), time(20), [["zhang"], ["li"], ["wang"]])
NIGHT = ShiftRule("夜班", "night", time(20), time(8), [["zhao"], ["qian"]])


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARK_TIME_ZONE)


def roster(*shifts: ShiftRule, first: str = "2026-11-23", last: str = "2026-12-06", **more: Any) -> Roster:
    return Roster(
        code="park", name_zh="园区值班", name_en="Park", valid_from=date.fromisoformat(first),
        valid_to=date.fromisoformat(last), shifts=list(shifts or (DAY, NIGHT)), **more,
    )  # fmt: skip


def swap(starts_at: datetime, who: str, to: str) -> Swap:
    return Swap(swap_id=uuid4(), starts_at=starts_at, from_person=who, to_person=to, reason="病假")


def test_day_and_night_take_turns_over_midnight() -> None:
    shifts = shifts_of(roster(), CALENDAR)
    assert on_duty(shifts, wall("2026-11-23 08:00")) == ["zhang"]
    assert on_duty(shifts, wall("2026-11-23 20:00")) == ["zhao"]
    assert on_duty(shifts, wall("2026-11-24 07:59")) == ["zhao"]
    assert on_duty(shifts, wall("2026-11-24 08:00")) == ["li"]
    assert on_duty(shifts, wall("2026-11-26 09:00")) == ["zhang"], "three teams take turns"


def test_weekly_turns_change_on_monday() -> None:
    weekly = msgspec.structs.replace(DAY, turns="week")
    shifts = shifts_of(roster(weekly, NIGHT, first="2026-11-25"), CALENDAR)
    assert on_duty(shifts, wall("2026-11-29 09:00")) == ["zhang"]
    assert on_duty(shifts, wall("2026-11-30 09:00")) == ["li"]


def test_shifts_of_working_days_follow_the_announced_holidays() -> None:
    office = ShiftRule("值班", "office", time(8, 30), time(17, 30), [["zhang"]], days="working")
    rest = ShiftRule("假日", "holiday", time(8, 30), time(17, 30), [["li"]], days="rest")
    shifts = shifts_of(roster(office, rest, first="2026-09-28", last="2026-10-11"), CALENDAR)
    assert on_duty(shifts, wall("2026-10-01 10:00")) == ["li"], "National Day"
    assert on_duty(shifts, wall("2026-10-10 10:00")) == ["zhang"], "a Saturday that is worked"
    assert holes(roster(office, first="2026-09-28", last="2026-10-11", coverage="working-hours"), CALENDAR) == []


def test_every_hole_is_found_with_where_it_is() -> None:
    early = msgspec.structs.replace(NIGHT, end=time(7))
    found = holes(roster(DAY, early, last="2026-11-25"), CALENDAR)
    assert [(hole.starts_at, hole.ends_at) for hole in found] == [
        (wall(f"2026-11-{day} 07:00"), wall(f"2026-11-{day} 08:00")) for day in (24, 25)
    ]
    first = problems(roster(DAY, early), CALENDAR)[0]
    assert first.zh == "2026-11-24 07:00 至 2026-11-24 08:00 无人值班"


def test_a_day_the_park_closes_later_tears_no_hole_into_always_but_moves_working_days() -> None:
    office = ShiftRule("值班", "office", time(8, 30), time(17, 30), [["zhang"]], days="working")
    closed = WorkingCalendar(CalendarData(overrides=(DayOverride(date(2026, 11, 24), False, "停产"),)))
    assert holes(roster(office, coverage="working-hours"), closed) == []
    assert holes(roster(DAY, NIGHT), closed) == []
    assert on_duty(shifts_of(roster(office), closed), wall("2026-11-24 10:00")) == []


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"code": "Park 1"}, "code"),
        ({"name_en": " "}, "name_zh"),
        ({"valid_to": date(2026, 1, 1)}, "valid_to"),
        ({"valid_to": date(2029, 1, 1)}, "valid_to"),
        ({"shifts": []}, "shifts"),
        ({"shifts": [msgspec.structs.replace(DAY, teams=[["zhang"], []])]}, "shifts.0.teams"),
        ({"shifts": [msgspec.structs.replace(DAY, teams=[["张三"]])]}, "shifts.0.teams"),
        ({"shifts": [DAY]}, "shifts"),
    ],
)
def test_a_roster_that_cannot_be_used_says_where(changes: dict[str, Any], where: str) -> None:
    assert where in {one.where for one in problems(msgspec.structs.replace(roster(), **changes), CALENDAR)}


def test_swaps_change_one_shift_and_can_follow_each_other() -> None:
    monday = wall("2026-11-23 08:00")
    swaps = [swap(monday, "zhang", "sun"), swap(monday, "sun", "zhou")]
    shifts = shifts_of(roster(), CALENDAR, swaps)
    assert on_duty(shifts, monday) == ["zhou"]
    assert on_duty(shifts, monday + timedelta(days=3)) == ["zhang"]


@pytest.mark.parametrize(
    ("start", "who", "to", "where"),
    [
        ("2026-11-23 09:00", "zhang", "sun", "starts_at"),
        ("2026-11-23 08:00", "li", "sun", "starts_at"),
        ("2026-11-23 08:00", "zhang", "zhang", "to_person"),
        ("2026-11-23 08:00", "zhang", "孙", "to_person"),
    ],
)
def test_a_swap_that_makes_no_sense_says_where(start: str, who: str, to: str, where: str) -> None:
    found = swap_problems(shifts_of(roster(), CALENDAR), swap(wall(start), who, to))
    assert [one.where for one in found] == [where]


def test_nobody_is_on_duty_twice_at_once_by_a_swap() -> None:
    both = roster(DAY, NIGHT, ShiftRule("备班", "standby", time(12), time(16), [["sun"]]))
    found = swap_problems(shifts_of(both, CALENDAR), swap(wall("2026-11-23 08:00"), "zhang", "sun"))
    assert [one.where for one in found] == ["to_person"]


SHIFT_RULES = st.builds(
    lambda start, hours, teams, days: ShiftRule(
        "班",
        "shift",
        time(start),
        time((start + hours) % 24),
        [[f"user-{number}"] for number in range(teams)],
        days=days,
    ),
    st.integers(0, 23),
    st.integers(1, 24),
    st.integers(1, 4),
    st.sampled_from(["all", "working", "rest"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SHIFT_RULES, min_size=1, max_size=4), st.integers(0, 20 * 24 - 1))
def test_an_hour_of_the_roster_is_manned_or_in_a_hole_never_both(rules: list[ShiftRule], hour: int) -> None:
    wanted = roster(*rules, first="2026-09-25", last="2026-10-14")
    shifts, torn = shifts_of(wanted, CALENDAR), holes(wanted, CALENDAR)
    first = [one.starts_at for one in shifts if one.starts_at.date() == wanted.valid_from]
    at = wall("2026-09-25 00:30") + timedelta(hours=hour)
    if at < min(first, default=at):
        return  # the night before the first shift is not covered by anybody
    in_hole = any(one.starts_at <= at < one.ends_at for one in torn)
    assert in_hole is (on_duty(shifts, at) == [])


@pytest.fixture
async def officer(chassis: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    permissions = ("alarm:read", "alarm:acknowledge", "alarm:close", "rule:write")
    async with asgi_client(chassis, token(*permissions, username="officer")) as client:
        yield client


def body(wanted: Roster, **more: Any) -> dict[str, Any]:
    return {"roster": msgspec.to_builtins(wanted), **more}


def this_month(*shifts: ShiftRule) -> Roster:
    today = at_park(now()).date()
    return roster(*shifts, first=str(today - timedelta(days=2)), last=str(today + timedelta(days=20)))


@pytest.mark.integration
async def test_a_roster_with_a_hole_is_refused_and_a_sound_one_is_kept(officer: httpx.AsyncClient) -> None:
    torn = await officer.post("/duty-rosters", json=body(this_month(DAY)))
    assert (torn.status_code, torn.json()["code"]) == (422, "bad-roster")
    assert "无人值班" in torn.json()["errors"][0]["what_zh"]
    assert (await officer.post("/duty-rosters/check", json=body(this_month(DAY)))).json()["problems"]
    made = await officer.post("/duty-rosters", json=body(this_month()))
    assert made.status_code == 201
    roster_id = made.json()["roster_id"]
    assert (await officer.post("/duty-rosters", json=body(this_month()))).status_code == 422, "the code is taken"
    stale = await officer.put(f"/duty-rosters/{roster_id}", json=body(this_month(), version=7))
    assert stale.status_code == 409
    (shown,) = (await officer.get("/duty-rosters")).json()["items"]
    assert len(shown["on_duty"]) == 1
    assert shown["holes"] == []
    assert (await officer.get(f"/duty-rosters/{roster_id}/shifts")).json()["total"] > 20
    assert (await officer.delete(f"/duty-rosters/{roster_id}")).status_code == 204
    assert (await officer.get("/duty-rosters")).json()["items"] == []


@pytest.mark.integration
async def test_people_swap_their_own_shifts_officers_any(officer: httpx.AsyncClient, chassis: Chassis) -> None:
    made = (await officer.post("/duty-rosters", json=body(this_month()))).json()
    path = f"/duty-rosters/{made['roster_id']}"
    shifts = (await officer.get(f"{path}/shifts")).json()["items"]
    ahead = [one for one in shifts if datetime.fromisoformat(one["starts_at"]) > now() and one["name_en"] == "day"]
    wanted = {"starts_at": ahead[0]["starts_at"], "from_person": ahead[0]["people"][0],
              "to_person": ahead[1]["people"][0], "in_return_starts_at": ahead[1]["starts_at"], "reason": "病假"}  # fmt: skip
    async with asgi_client(chassis, token("alarm:acknowledge", role=Role.INSPECTOR, username="stranger")) as stranger:
        assert (await stranger.post(f"{path}/swaps", json=wanted)).status_code == 403
    async with asgi_client(
        chassis, token("alarm:acknowledge", role=Role.INSPECTOR, username=wanted["from_person"])
    ) as himself:
        swapped = await himself.post(f"{path}/swaps", json=wanted)
    assert (swapped.status_code, swapped.json()["total"]) == (201, 2)
    after = (await officer.get(f"{path}/shifts")).json()["items"]
    people = {one["starts_at"]: one["people"] for one in after if one["name_en"] == "day"}
    assert people[ahead[0]["starts_at"]] == ahead[1]["people"]
    assert people[ahead[1]["starts_at"]] == ahead[0]["people"]
    again = await officer.post(f"{path}/swaps", json=wanted)
    assert (again.status_code, again.json()["errors"][0]["where"]) == (422, "starts_at")
    for one in swapped.json()["items"]:
        assert (await officer.delete(f"{path}/swaps/{one['swap_id']}")).status_code == 204


@pytest.mark.integration
async def test_the_calendar_is_kept_with_a_version_and_a_bad_one_is_refused(officer: httpx.AsyncClient) -> None:
    plain = (await officer.get("/working-calendar")).json()
    assert plain["version"] == 0
    calendar = {**plain["calendar"], "overrides": [{"day": "2026-10-01", "is_working": True, "reason": "国庆生产"}]}
    assert (await officer.put("/working-calendar", json={"calendar": calendar, "version": 0})).json()["version"] == 1
    assert (await officer.put("/working-calendar", json={"calendar": calendar, "version": 0})).status_code == 409
    calendar["hours"] = []
    bad = await officer.put("/working-calendar", json={"calendar": calendar})
    assert (bad.status_code, bad.json()["errors"][0]["where"]) == (422, "hours")
    days = (await officer.get("/working-calendar/days", params={"from": "2026-10-01", "to": "2026-10-02"})).json()
    assert [day["is_working"] for day in days["items"]] == [True, False]


async def chain_of(database: Database, *steps: ChainStep) -> None:
    policy = shipped_policy()
    changed = msgspec.structs.replace(policy, chains={**policy.chains, AlarmLevel.ORANGE: list(steps)})
    async with database.transaction() as tx:
        await add_policy(tx, changed, based_on=None, by="t", now=now())


async def make_due(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("update timers set due_at = now() - interval '1 second' where kind = 'chain'")


@pytest.mark.integration
async def test_a_chain_tells_who_is_on_duty_then(officer: httpx.AsyncClient, database: Database, take_in: Any) -> None:
    made = (await officer.post("/duty-rosters", json=body(this_month()))).json()
    await chain_of(database, ChainStep(10, ["duty:park"]))
    await take_in(finding(2.5))
    await make_due(database)
    assert await Timers(database, PolicyCache(), poll_s=0.05).fire_due() == 1
    async with database.reading() as connection:
        rows = await connection.fetch("select recipient from notifications where step = 'chain'")
        said = await connection.fetchval("select detail_zh from timeline where what = 'chain'")
    assert [row["recipient"] for row in rows] == [f"person:{made['on_duty'][0]}"]
    assert made["on_duty"][0] in said


@pytest.mark.integration
async def test_a_chain_whose_roster_has_nobody_tells_the_officers_and_says_so(database: Database, take_in: Any) -> None:
    await chain_of(database, ChainStep(10, ["duty:night-watch"]))
    await take_in(finding(2.5))
    await make_due(database)
    await Timers(database, PolicyCache(), poll_s=0.05).fire_due()
    async with database.reading() as connection:
        assert await connection.fetchval("select recipient from notifications where step = 'chain'") == "role:officer"
        said = await connection.fetchval("select detail_zh from timeline where what = 'chain'")
    assert "值班表 night-watch 无人值班" in said


@pytest.mark.integration
async def test_a_chain_in_working_time_waits_for_the_working_day(database: Database, take_in: Any) -> None:
    await chain_of(database, ChainStep(60, ["officer"], working_time=True))
    await take_in(finding(2.5))
    async with database.reading() as connection:
        due = await connection.fetchval("select due_at from timers where kind = 'chain'")
        raised_at = await connection.fetchval("select raised_at from alarms")
    assert due == CALENDAR.add_working_time(raised_at, timedelta(hours=1)).at
