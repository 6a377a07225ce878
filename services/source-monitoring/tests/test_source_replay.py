"""Replays: the same bits twice, by rules of today or of that day, adopted as versions; and what was set aside."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from park_chassis.clock import now
from park_judging.testing import factor, limit, point, readings
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from source_monitoring.testing import DAY, HOUR, OFFICER, Laboratory, Person

pytestmark = pytest.mark.integration

START = at_park(datetime(2026, 11, 10))  # noqa: DTZ001 - read as park time; a day in the past, in the middle of its month


@pytest.fixture
def officer() -> Person:
    return Person(*OFFICER, name="officer")


@pytest.fixture
async def outlet(laboratory: Laboratory) -> PointRecord:
    of = point(limit(upper="50"), limit(upper="45", averaging="day"), factors=[factor("w00000", "L/s", 2), factor()])
    laboratory.registry.put(of)
    await laboratory.history.note(START - DAY)
    await laboratory.minutes(of, START, 24, {"w01018": "44", "w00000": "10", "w00000-Cou": "6"})
    await laboratory.take(readings(of, START + DAY + 2 * HOUR, {"w01018": "44"}))
    await laboratory.close()
    return of


async def replay(laboratory: Laboratory, officer: Person, of: PointRecord, **more: Any) -> dict[str, Any]:
    body = {
        "point_id": str(of.point_id), "from": str(START.date()), "to": str((START + DAY).date()), "reason": "核对", **more,
    }  # fmt: skip
    answer = await laboratory.ask(officer, "POST", "/replays", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_two_replays_of_the_same_are_bit_identical_and_change_nothing(
    laboratory: Laboratory, outlet: PointRecord, officer: Person
) -> None:
    one = await replay(laboratory, officer, outlet)
    other = await replay(laboratory, officer, outlet)
    assert one["digest"] == other["digest"]
    assert len(one["digest"]) == 64
    assert (one["periods"], one["changed"], one["adopted"]) == (25, 0, 0)
    assert len(await laboratory.versions(outlet, START)) == 1
    adopted = await replay(laboratory, officer, outlet, adopt=True)
    assert (adopted["digest"], adopted["adopted"]) == (one["digest"], 0)


async def test_today_s_rules_and_that_day_s_give_different_verdicts_and_adoption_makes_new_versions(
    laboratory: Laboratory, outlet: PointRecord, officer: Person
) -> None:
    stricter = msgspec.structs.replace(outlet, limits=[limit(upper="40"), limit(upper="45", averaging="day")])
    laboratory.registry.put(stricter)
    await laboratory.history.note(now())
    then = await replay(laboratory, officer, outlet, rules="that-day")
    assert then["changed"] == 0
    today = await replay(laboratory, officer, outlet, rules="today")
    assert today["changed"] == 24
    assert today["digest"] != then["digest"]
    shown = (await laboratory.ask(officer, "GET", f"/replays/{today['replay_id']}")).json()
    assert {(one["field"], one["before"], one["after"]) for one in shown["results"][0]["differences"]} == {
        ("limit", "50", "40"), ("ratio", 0.88, 1.1), ("compliant", True, False),
    }  # fmt: skip
    assert (await laboratory.newest(outlet, START)).compliant is True
    adopted = await replay(laboratory, officer, outlet, rules="today", adopt=True)
    assert (adopted["digest"], adopted["adopted"]) == (today["digest"], 24)
    assert (await laboratory.newest(outlet, START)).compliant is False
    assert [one.revision for one in await laboratory.versions(outlet, START)] == [1, 2]
    await laboratory.close()
    assert [one.revision for one in await laboratory.versions(outlet, START)] == [1, 2]
    listed = (await laboratory.ask(officer, "GET", "/replays", limit=2)).json()
    assert (len(listed["items"]), listed["next_cursor"] is None) == (2, False)


async def test_a_replay_needs_permission_a_reason_and_a_bounded_time(
    laboratory: Laboratory, outlet: PointRecord, officer: Person
) -> None:
    body = {"point_id": str(outlet.point_id), "from": "2026-01-01", "to": "2026-06-01", "reason": "all of it"}
    assert (await laboratory.ask(officer, "POST", "/replays", body)).json()["code"] == "bad-range"
    assert (await laboratory.ask(officer, "POST", "/replays", body | {"reason": ""})).status_code == 422
    assert (await laboratory.ask(Person("reading:read"), "POST", "/replays", body)).status_code == 403


async def test_an_unknown_factor_is_set_aside_and_enters_the_results_once_the_registry_knows_it(
    laboratory: Laboratory, officer: Person
) -> None:
    of = point()
    laboratory.registry.put(of)
    await laboratory.minutes(of, START, 2, {"w01018": "40", "w21003": "1.5"})
    await laboratory.take(readings(of, START + 4 * HOUR))
    await laboratory.close()
    (item,) = (await laboratory.ask(officer, "GET", "/set-aside")).json()["items"]
    assert (item["reason"], item["factor"], item["frames"], item["open"]) == ("unknown-factor", "w21003", 12, True)
    path = f"/set-aside/{item['set_aside_id']}/run-again"
    assert (await laboratory.ask(officer, "POST", path)).json()["code"] == "not-mended"
    laboratory.registry.put(msgspec.structs.replace(of, factors=[factor(), factor("w21003", decimals=2)]))
    assert (await laboratory.ask(officer, "POST", path)).json()["hours"] == 2
    await laboratory.close()
    assert (await laboratory.newest(of, START, "w21003")).mean == "1.500"
    assert (await laboratory.ask(officer, "GET", "/set-aside", open="true")).json()["items"] == []


async def test_times_in_the_future_and_before_the_outlet_was_monitored_are_set_aside_and_make_no_result(
    laboratory: Laboratory, officer: Person
) -> None:
    of = msgspec.structs.replace(point(), in_service_from=(START - DAY).date())
    laboratory.registry.put(of)
    ahead, before = now() + timedelta(days=90), START - 30 * DAY
    await laboratory.take(readings(of, ahead, received_at=now()), readings(of, before), readings(of, START))
    await laboratory.close()
    items = (await laboratory.ask(officer, "GET", "/set-aside")).json()["items"]
    assert sorted((one["reason"], one["frames"]) for one in items) == [("time-before-device", 1), ("time-in-future", 1)]
    assert await laboratory.versions(of, before.replace(minute=0)) == []
    early = next(one for one in items if one["reason"] == "time-before-device")
    path = f"/set-aside/{early['set_aside_id']}"
    assert (await laboratory.ask(officer, "POST", f"{path}/run-again")).json()["code"] == "not-mended"
    laboratory.registry.put(msgspec.structs.replace(of, in_service_from=date(2020, 1, 1)))
    assert (await laboratory.ask(officer, "POST", f"{path}/run-again")).json()["hours"] == 1
    await laboratory.close()
    assert len(await laboratory.versions(of, before)) == 1
    late = next(one for one in items if one["reason"] == "time-in-future")
    dismissed = await laboratory.ask(
        officer, "POST", f"/set-aside/{late['set_aside_id']}/dismiss", {"reason": "时钟已校正"}
    )
    assert dismissed.status_code == 200


async def test_a_limit_whose_unit_does_not_fit_is_listed(laboratory: Laboratory, officer: Person) -> None:
    of = point(limit(unit="mg/m3"))
    laboratory.registry.put(of)
    beside = (await laboratory.ask(officer, "GET", "/set-aside")).json()
    assert [one["factor"] for one in beside["limits_not_applied"]] == ["w01018"]
    assert "mass per" in beside["limits_not_applied"][0]["reason"]


async def test_redelivered_frames_change_neither_hours_nor_reviews_nor_what_was_set_aside(
    laboratory: Laboratory, officer: Person
) -> None:
    of = point()
    laboratory.registry.put(of)
    events = [
        readings(of, START + timedelta(minutes=10 * step), {"w01018": "40", "w21003": "1"}, period=Period.MINUTE)
        for step in range(12)
    ]
    closes = readings(of, START + DAY + 2 * HOUR)
    await laboratory.take(*events, closes)
    await laboratory.close()
    before = await laboratory.published("source.assessments.v1")
    for part in (events[3:9], [*events[::-1], closes], events[:1]):
        await laboratory.take(*part)
        await laboratory.close()
    assert await laboratory.published("source.assessments.v1") == before
    (item,) = (await laboratory.ask(officer, "GET", "/set-aside")).json()["items"]
    assert item["frames"] == 12


async def test_a_crash_while_a_day_is_checked_leaves_all_of_it_undone(
    laboratory: Laboratory, outlet: PointRecord, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hours, review, days by factor and the announcement are one transaction: none of them stands without the others."""
    before = await laboratory.published("source.assessments.v1")
    await laboratory.take(readings(outlet, START + 5 * HOUR, {"w01018": "49"}, period=Period.MINUTE))

    async def dies(*_: Any, **__: Any) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as broken:
        broken.setattr("source_monitoring.review.keeping.contents_changed", dies)
        with pytest.raises(ConnectionResetError):
            await laboratory.close()
    assert await laboratory.published("source.assessments.v1") == before
    assert len(await laboratory.versions(outlet, START + 5 * HOUR)) == 1
    await laboratory.close()
    assert len(await laboratory.versions(outlet, START + 5 * HOUR)) == 2
    shown = (await laboratory.ask(officer, "GET", f"/reviews/{outlet.point_id}/{START.date()}")).json()
    assert (shown["state"], shown["version"]) == ("checked", 2)


async def test_hours_of_a_point_that_is_out_of_service_are_not_expected(laboratory: Laboratory) -> None:
    of = point()
    laboratory.registry.put(of)
    await laboratory.minutes(of, START, 1, {"w01018": "40"})
    await laboratory.take(readings(of, START + 12 * HOUR))
    await laboratory.close()
    await laboratory.calendar.mark(START + 3 * HOUR)
    laboratory.registry.put(msgspec.structs.replace(of, active=False))
    await laboratory.calendar.mark(START + 6 * HOUR)
    laboratory.registry.put(of)
    await laboratory.calendar.mark(START + 8 * HOUR)
    await laboratory.close()
    made = [bool(await laboratory.versions(of, START + step * HOUR)) for step in range(9)]
    assert made == [True, True, True, False, False, False, True, True, False]
