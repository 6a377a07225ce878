"""A station's past period judged again from the stored readings: new versions, what is withdrawn, told again, newly found."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from park_judging.testing import factor, limit, readings
from park_schemas.codes import Medium, Period, PointKind
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from quality import target_store
from quality.testing import DAY, HOUR, Park, station

pytestmark = pytest.mark.integration

START = at_park(datetime(2025, 11, 18))  # noqa: DTZ001 - read as park time
PERIOD = {"from": "2025-11-18", "to": "2025-11-20", "reason": "限值更正"}
COD = "w01018"


def river(upper: str = "20", **fields: Any) -> PointRecord:
    made = station(factor(), medium=Medium.SURFACE_WATER, limits=[limit(upper=upper)])
    return msgspec.structs.replace(made, **fields)


async def with_hours(park: Park, of: PointRecord, *values: str) -> None:
    """Store and close hours of one value each from START on, with a value far behind them."""
    park.registry.put(of)
    await park.hours(of, START, [{COD: value} for value in values])
    await park.take(readings(of, START + 3 * DAY, {COD: "1"}))
    await park.close()


async def judged_again(park: Park, of: PointRecord, **more: str) -> dict[str, Any]:
    """Ask for the period, work it through, and return how the order ended."""
    answer = await park.ask("POST", f"/points/{of.point_id}/rejudgements", PERIOD | more)
    assert answer.status_code == 202, answer.text
    while await park.rejudging.work_one():
        pass
    order = await park.ask("GET", f"/rejudgements/{answer.json()['rejudgement_id']}")
    found: dict[str, Any] = order.json()
    return found


async def findings(park: Park, rule: str = "exceedance") -> list[dict[str, Any]]:
    found = await park.published("supervision.findings.v1")
    return [one for one in found if one["rule"] == rule and one["period"] in {"hour", "day"}]


async def told(park: Park, rule: str = "exceedance") -> list[tuple[str, str]]:
    """What was told, as (verdict, what it takes back or tells again)."""
    step = {True: "withdraws", False: ""}
    return [
        (one["verdict"], "reinstates" if one.get("reinstates") else step["withdraws" in one])
        for one in await findings(park, rule)
    ]


async def test_a_loosened_limit_withdraws_what_was_told_and_putting_it_back_tells_it_again(park: Park) -> None:
    of = river()
    await with_hours(park, of, "30")
    over = (await findings(park))[0]
    park.registry.put(msgspec.structs.replace(of, limits=[limit(upper="40")]))
    order = await judged_again(park, of)
    assert (order["state"], order["days_done"], order["changed"]) == ("done", 2, 1), order
    assert (order["told"], order["withdrawn"]) == (0, 1)
    ended = (await findings(park))[-1]
    assert (ended["verdict"], ended["withdraws"]) == ("complied", over["finding_id"])
    assert "符合限值 40" in ended["explanation_zh"]
    hour = await park.newest(of, START, Period.HOUR)
    assert (hour.revision, hour.factors[0].limit, hour.factors[0].compliant) == (2, "40", True)
    park.registry.put(of)
    assert (await judged_again(park, of))["told"] == 1
    back = (await findings(park))[-1]
    assert (back["verdict"], back["reinstates"]) == ("violated", over["finding_id"])


async def test_a_stricter_limit_finds_what_it_did_not_before_and_shows_the_difference(park: Park) -> None:
    of = river()
    await with_hours(park, of, "15", "5")
    assert await told(park) == []
    park.registry.put(msgspec.structs.replace(of, limits=[limit(upper="10")]))
    order = await judged_again(park, of)
    assert (await told(park))[0] == ("violated", "")
    path = f"/rejudgements/{order['rejudgement_id']}/differences"
    shown = (await park.ask("GET", path, period="hour")).json()["items"]
    assert [one["revision"] for one in shown] == [2, 2]
    fields = {one["field"]: (one["before"], one["after"]) for one in shown[0]["changes"]}
    assert fields["limit"] == ("20", "10")
    assert fields["compliant"] == (True, False)
    first = (await park.ask("GET", path, limit=1)).json()
    second = (await park.ask("GET", path, limit=1, cursor=first["next_cursor"])).json()
    assert first["items"][0]["period_start"] != second["items"][0]["period_start"]
    assert "compliant" in (await park.ask("GET", path, format="csv")).text


async def test_the_device_s_own_hour_record_is_held_against_today_s_limit_too(park: Park) -> None:
    of = river()
    park.registry.put(of)
    for number, value in enumerate(("30", "15")):
        await park.take(readings(of, START + number * HOUR, {COD: value}, period=Period.HOUR))
    await park.take(readings(of, START + 3 * DAY, {COD: "1"}))
    await park.close()
    first = [one for one in await findings(park) if one["verdict"] == "violated"]
    assert [one["observed"] for one in first] == ["30"]
    park.registry.put(msgspec.structs.replace(of, limits=[limit(upper="40")]))
    await judged_again(park, of)
    assert (await findings(park))[-1]["withdraws"] == first[0]["finding_id"]
    park.registry.put(msgspec.structs.replace(of, limits=[limit(upper="10")]))
    await judged_again(park, of)
    again = {one["observed"]: one.get("reinstates") for one in (await findings(park))[-2:]}
    assert again == {"30": first[0]["finding_id"], "15": None}
    before = len(await findings(park))
    await judged_again(park, of)
    assert len(await findings(park)) == before, "the same again tells nothing"


async def test_a_corrected_target_class_withdraws_the_class_that_was_told(park: Park) -> None:
    of = river()
    async with park.database.transaction() as tx:
        await target_store.add(tx, of.point_id, 2025, {"class": "2"}, based_on=0, author="a", reason="r", at=START)
    await with_hours(park, of, "18")  # class III by its COD
    assert await told(park, "water-class") == [("violated", "")]
    for version, (bound, last) in enumerate(
        [("3", ("complied", "withdraws")), ("2", ("violated", "reinstates"))], start=1
    ):
        async with park.database.transaction() as tx:
            await target_store.add(
                tx, of.point_id, 2025, {"class": bound}, based_on=version, author="a", reason="r", at=START
            )
        order = await judged_again(park, of)
        assert (order["changed"], order["told"] + order["withdrawn"]) == (0, 1)
        assert (await told(park, "water-class"))[-1] == last
    async with park.database.transaction() as tx:
        await target_store.add(tx, of.point_id, 2025, {}, based_on=3, author="a", reason="r", at=START)
    await judged_again(park, of)
    assert (await told(park, "water-class"))[-1] == ("complied", "withdraws"), "without a target nothing is missed"
    assert len(await told(park, "water-class")) == 4


async def test_a_late_value_withdraws_the_jump_of_the_hour_after_it(park: Park) -> None:
    of = river()
    await with_hours(park, of, "5", "15")
    assert await told(park, "sudden-change") == [("violated", "")]
    late = [readings(of, START + timedelta(minutes=10 * n + 5), {COD: "21"}, period=Period.MINUTE) for n in range(6)]
    await park.take(*late)
    await park.close()
    assert (await told(park, "sudden-change"))[-1] == ("complied", "withdraws")


async def test_another_noise_zone_judges_the_days_again_night_by_night(park: Park) -> None:
    of = station(
        factor("Leq", "dB(A)", 1), factor("LMx", "dB(A)", 1), medium=Medium.NOISE, kind=PointKind.ZONE_NOISE,
        target_class="3",
    )  # fmt: skip
    park.registry.put(of)
    await park.hours(of, START + 6 * HOUR, [{"Leq": "58", "LMx": "60"}] * 16 + [{"Leq": "50", "LMx": "55"}] * 8)
    await park.take(readings(of, START + DAY + 8 * HOUR, {"Leq": "50"}))
    await park.close()
    assert await told(park) == []
    park.registry.put(msgspec.structs.replace(of, target_class="1"))
    order = await judged_again(park, of)
    assert order["changed"] > 0
    over = {(one["factor"], one["limit"]) for one in await findings(park) if one["verdict"] == "violated"}
    assert over == {("Ld", "55"), ("Ln", "45")}
    day = await park.newest(of, START, Period.DAY)
    assert (day.revision, day.grade is not None and day.grade.value) == (2, "58.0/50.0")
    path = f"/rejudgements/{order['rejudgement_id']}/differences"
    (shown,) = (await park.ask("GET", path, period="day")).json()["items"]
    assert shown["grade"]["name_zh"] != shown["grade_before"]["name_zh"]


async def test_a_month_that_was_told_is_told_again_when_its_days_come_out_otherwise(park: Park) -> None:
    of = station(factor("Leq", "dB(A)", 1), medium=Medium.NOISE, kind=PointKind.ZONE_NOISE, target_class="3")
    park.registry.put(of)
    await park.hours(of, START + 6 * HOUR, [{"Leq": "58"}] * 16 + [{"Leq": "50"}] * 8)
    await park.take(readings(of, START + 2 * DAY, {"Leq": "50"}))
    await park.close()
    while await park.long_results.tell_due(date(2025, 12, 5)):
        pass
    park.registry.put(msgspec.structs.replace(of, target_class="1"))
    await judged_again(park, of)
    while await park.long_results.tell_due(date(2025, 12, 5)):
        pass
    bodies = [one for one in await park.published("quality.assessments.v1") if one.get("first_day") == "2025-11-01"]
    assert [(one["period"], one["version"]) for one in bodies] == [("month", 1), ("month", 2)]
    assert bodies[0]["grade"] != bodies[1]["grade"]


async def test_an_event_over_several_stations_is_none_after_all_when_one_of_them_is_cleared(park: Park) -> None:
    three = [river() for _ in range(3)]
    for of in three:
        await with_hours(park, of, "30")
    assert [one["verdict"] for one in await findings(park, "regional-event")] == ["violated"]
    park.registry.put(msgspec.structs.replace(three[2], limits=[limit(upper="40")]))
    await judged_again(park, three[2])
    assert (await told(park, "regional-event"))[-1] == ("complied", "withdraws")


async def test_an_order_needs_permission_a_period_a_reason_and_a_station(park: Park) -> None:
    of = river()
    park.registry.put(of)
    path = f"/points/{of.point_id}/rejudgements"
    assert (await park.ask("POST", path, PERIOD, may=["reading:read"])).status_code == 403
    for wrong, where in (
        ({"to": "2025-11-18"}, "body.to"), ({"to": "2028-01-01"}, "body.to"), ({"from": "gestern"}, "body.from"),
        ({"reason": " "}, "body.reason"), ({"from": "2999-01-01", "to": "2999-01-02"}, "body.from"),
    ):  # fmt: skip
        answer = await park.ask("POST", path, PERIOD | wrong)
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, where)
    assert (await park.ask("POST", f"/points/{uuid4()}/rejudgements", PERIOD)).status_code == 404
    assert (await park.ask("GET", "/rejudgements/01a20365-0000-7000-8000-000000000000")).status_code == 404
    assert (await park.ask("POST", path, PERIOD)).status_code == 202
    again = await park.ask("POST", path, PERIOD)
    assert (again.status_code, again.json()["code"]) == (409, "rejudging-runs")


async def test_orders_are_listed_with_their_progress_and_as_a_file(park: Park) -> None:
    of = river()
    await with_hours(park, of, "30")
    await park.ask("POST", f"/points/{of.point_id}/rejudgements", PERIOD)
    await park.rejudging.work_one()
    (item,) = (await park.ask("GET", "/rejudgements", point_id=str(of.point_id), state="running")).json()["items"]
    assert (item["days_done"], item["days"], item["author"], item["reason"]) == (1, 2, "officer", "限值更正")
    assert (await park.ask("GET", "/rejudgements", state="done")).json()["items"] == []
    assert "限值更正" in (await park.ask("GET", "/rejudgements", format="csv")).text


async def test_a_day_that_fails_leaves_nothing_of_itself_and_says_why(
    park: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = river()
    await with_hours(park, of, "30")
    park.registry.put(msgspec.structs.replace(of, limits=[limit(upper="40")]))

    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("quality.rejudging.orders.day_done", broken)
        order = await judged_again(park, of)
    assert (order["state"], "the disk is full" in order["failure"]) == ("failed", True)
    assert (await park.newest(of, START, Period.HOUR)).revision == 1
    assert not [one for one in await findings(park) if "withdraws" in one]
    assert (await judged_again(park, of))["state"] == "done", "another order may be given"


async def test_an_enterprise_neither_sees_nor_orders_what_is_not_its_own(park: Park) -> None:
    of = river()
    await with_hours(park, of, "30")
    order = await judged_again(park, of)
    for path in (f"/rejudgements/{order['rejudgement_id']}", f"/rejudgements/{order['rejudgement_id']}/differences"):
        assert (await park.ask("GET", path, of_enterprise=uuid4())).status_code == 404
    assert (await park.ask("GET", "/rejudgements", of_enterprise=uuid4())).json()["items"] == []
