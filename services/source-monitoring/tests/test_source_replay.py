"""Replays: the same bits twice, by rules of today or of that day, adopted as versions; and what was set aside."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from park_chassis.clock import now
from park_judging.testing import factor, limit, point, readings
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from source_monitoring.testing import DAY, ENTERPRISE, HOUR, OFFICER, Laboratory, Person

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


async def asked(laboratory: Laboratory, officer: Person, of: PointRecord | None = None, **more: Any) -> dict[str, Any]:
    """Ask for a replay of the day and let the worker finish it; return it as it is shown."""
    body = {"from": str(START.date()), "to": str((START + DAY).date()), "reason": "核对", **more}
    if of is not None:
        body["point_ids"] = [str(of.point_id)]
    answer = await laboratory.ask(officer, "POST", "/replays", body)
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "queued"
    return await worked(laboratory, officer, answer.json()["replay_id"])


async def worked(laboratory: Laboratory, officer: Person, replay_id: str) -> dict[str, Any]:
    while await laboratory.replays.work_one():
        pass
    shown: dict[str, Any] = (await laboratory.ask(officer, "GET", f"/replays/{replay_id}")).json()
    return shown


async def step(laboratory: Laboratory, officer: Person, replay: dict[str, Any], action: str) -> dict[str, Any]:
    """Take a step on a replay, let the worker finish, return the replay as it is shown."""
    path = f"/replays/{replay['replay_id']}/{action}"
    answer = await laboratory.ask(officer, "POST", path, {"reason": "已核对差异"})
    assert answer.status_code == 200, answer.text
    return await worked(laboratory, officer, replay["replay_id"])


async def stricter(laboratory: Laboratory, outlet: PointRecord) -> None:
    """Let the registry change: the limit of the hours is 40 instead of 50 from now on."""
    laboratory.registry.put(
        msgspec.structs.replace(outlet, limits=[limit(upper="40"), limit(upper="45", averaging="day")])
    )
    await laboratory.history.note(now())


async def test_two_replays_of_the_same_are_bit_identical_and_change_nothing(
    laboratory: Laboratory, outlet: PointRecord, officer: Person
) -> None:
    one = await asked(laboratory, officer, outlet)
    other = await asked(laboratory, officer, outlet)
    assert one["digest"] == other["digest"] == one["stored_digest"]
    assert len(one["digest"]) == 64
    assert (one["state"], one["periods"], one["changed"], one["days_done"]) == ("done", 25, 0, 1)
    assert [(same["replay_id"], same["identical"]) for same in other["same"]] == [(one["replay_id"], True)]
    assert len(await laboratory.versions(outlet, START)) == 1
    assert other["allowed"] == ["leave"]
    refused = await laboratory.ask(officer, "POST", f"/replays/{other['replay_id']}/adopt", {"reason": "采用"})
    assert refused.json()["code"] == "step-not-allowed"
    left = await step(laboratory, officer, other, "leave")
    assert (left["state"], left["allowed"]) == ("left", [])


async def test_today_s_rules_and_that_day_s_give_different_verdicts_and_adoption_makes_new_versions(
    laboratory: Laboratory, outlet: PointRecord, officer: Person
) -> None:
    await stricter(laboratory, outlet)
    then = await asked(laboratory, officer, outlet, rules="that-day")
    assert then["changed"] == 0
    today = await asked(laboratory, officer, outlet, rules="today")
    assert today["changed"] == 24
    assert today["digest"] not in {then["digest"], today["stored_digest"]}
    assert [(one["factor"], one["differs"]) for one in today["factors"]] == [("w01018", 24)]
    path = f"/replays/{today['replay_id']}/differences"
    first = (await laboratory.ask(officer, "GET", path, limit=20)).json()
    rest = (await laboratory.ask(officer, "GET", path, limit=20, cursor=first["next_cursor"])).json()
    starts = [one["period_start"] for one in (*first["items"], *rest["items"])]
    assert (len(starts), starts == sorted(set(starts)), rest["next_cursor"]) == (24, True, None)
    assert {(one["field"], one["before"], one["after"]) for one in first["items"][0]["changes"]} == {
        ("limit", "50", "40"), ("ratio", 0.88, 1.1), ("compliant", True, False),
    }  # fmt: skip
    assert (await laboratory.newest(outlet, START)).compliant is True
    adopted = await step(laboratory, officer, today, "adopt")
    assert (adopted["state"], adopted["adopted"], adopted["outdated"]) == ("adopted", 24, 0)
    assert [(one["action"], one["actor"]) for one in adopted["steps"]] == [
        ("start", "officer"), ("finish", ""), ("adopt", "officer"), ("finish", ""),
    ]  # fmt: skip
    assert (await laboratory.newest(outlet, START)).compliant is False
    assert [one.revision for one in await laboratory.versions(outlet, START)] == [1, 2]
    await laboratory.close()
    assert [one.revision for one in await laboratory.versions(outlet, START)] == [1, 2]
    shown = (await laboratory.ask(officer, "GET", path, limit=1)).json()["items"][0]
    assert (shown["before"]["compliant"], shown["after"]["compliant"], shown["adopted_revision"]) == (True, False, 2)
    csv = (await laboratory.ask(officer, "GET", path, format="csv", factor="w01018")).text.splitlines()
    assert (len(csv), csv[1].count(",")) == (25, csv[0].count(","))
    listed = (await laboratory.ask(officer, "GET", "/replays", limit=1)).json()
    assert (len(listed["items"]), listed["next_cursor"] is None) == (1, False)
    only = (await laboratory.ask(officer, "GET", "/replays", state="adopted", rules="today")).json()["items"]
    assert [one["replay_id"] for one in only] == [today["replay_id"]]


async def test_an_hour_that_got_a_newer_version_meanwhile_is_not_adopted_and_counted(
    laboratory: Laboratory, outlet: PointRecord, officer: Person
) -> None:
    await stricter(laboratory, outlet)
    laboratory.registry.put(point())  # another outlet, of which nothing differs
    today = await asked(laboratory, officer)
    assert (today["points"], today["changed"]) == (2, 24)
    await laboratory.take(readings(outlet, START + 5 * HOUR, {"w01018": "49"}, period=Period.MINUTE))
    await laboratory.close()
    assert len(await laboratory.versions(outlet, START + 5 * HOUR)) == 2
    adopted = await step(laboratory, officer, today, "adopt")
    assert (adopted["adopted"], adopted["outdated"]) == (23, 1)
    assert len(await laboratory.versions(outlet, START + 5 * HOUR)) == 2


async def test_adoption_refuses_what_would_be_judged_otherwise_by_now(
    laboratory: Laboratory, outlet: PointRecord, officer: Person
) -> None:
    await stricter(laboratory, outlet)
    today = await asked(laboratory, officer, outlet)
    laboratory.registry.put(outlet)
    adopted = await step(laboratory, officer, today, "adopt")
    assert (adopted["adopted"], adopted["outdated"]) == (0, 24)
    assert len(await laboratory.versions(outlet, START)) == 1


async def test_the_whole_park_is_judged_outlet_by_outlet_and_one_that_fails_says_why_without_holding_up_the_others(
    laboratory: Laboratory, outlet: PointRecord, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = point(limit(upper="50"))
    laboratory.registry.put(bad)
    await laboratory.minutes(bad, START, 2, {"w01018": "44"})
    await laboratory.take(readings(bad, START + DAY + 2 * HOUR, {"w01018": "44"}))
    await laboratory.close()
    compute = laboratory.closing.compute_hour

    async def breaks(tx: Any, limits: Any, start: datetime) -> Any:
        if limits.point.point_id == bad.point_id:
            raise ValueError("no such thing")
        return await compute(tx, limits, start)

    monkeypatch.setattr(laboratory.closing, "compute_hour", breaks)
    made = await asked(laboratory, officer)
    assert (made["state"], made["points"], made["points_done"], made["points_failed"]) == ("done", 2, 2, 1)
    failed = next(one for one in made["outlets"] if one["failure"])
    assert (failed["point_id"], failed["failure"]) == (str(bad.point_id), "ValueError: no such thing")
    alone = await asked(laboratory, officer, bad)
    assert (alone["state"], alone["digest"], alone["allowed"]) == ("failed", None, [])


async def test_a_replay_that_died_on_the_way_goes_on_at_the_next_day_and_gives_the_same_bits(
    laboratory: Laboratory, outlet: PointRecord, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await laboratory.minutes(outlet, START + DAY, 24, {"w01018": "43", "w00000": "10", "w00000-Cou": "6"})
    await laboratory.take(readings(outlet, START + 2 * DAY + 2 * HOUR, {"w01018": "44"}))
    await laboratory.close()
    two_days = {"to": str((START + 2 * DAY).date())}
    whole = await asked(laboratory, officer, outlet, **two_days)
    computed = laboratory.closing.compute_day

    async def dies(tx: Any, limits: Any, start: datetime, hours: Any) -> Any:
        if start.date() == (START + DAY).date():
            raise ConnectionResetError
        return await computed(tx, limits, start, hours)

    with monkeypatch.context() as broken:
        broken.setattr(laboratory.closing, "compute_day", dies)
        with pytest.raises(ConnectionResetError):
            await asked(laboratory, officer, outlet, **two_days)
    (half,) = (await laboratory.ask(officer, "GET", "/replays", state="running")).json()["items"]
    assert (half["days_done"], half["days"]) == (1, 2)
    assert not await laboratory.replays.work_one()  # the lease of the one that died still runs
    async with laboratory.database.transaction() as tx:
        await tx.execute("update replay_points set lease_until = now() - interval '1 second'")
    after = await worked(laboratory, officer, half["replay_id"])
    assert (after["state"], after["days_done"], after["digest"]) == ("done", 2, whole["digest"])


async def test_a_cancelled_replay_stops_between_two_days_and_nothing_of_it_counts(
    laboratory: Laboratory, outlet: PointRecord, officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"from": str(START.date()), "to": str((START + 3 * DAY).date()), "reason": "核对"}
    replay_id = (await laboratory.ask(officer, "POST", "/replays", body)).json()["replay_id"]
    compute = laboratory.closing.compute_hour

    async def cancels(tx: Any, limits: Any, start: datetime) -> Any:
        monkeypatch.setattr(laboratory.closing, "compute_hour", compute)
        cancelled = await laboratory.ask(officer, "POST", f"/replays/{replay_id}/cancel", {"reason": "不再需要"})
        assert cancelled.json()["state"] == "cancelled"
        return await compute(tx, limits, start)

    monkeypatch.setattr(laboratory.closing, "compute_hour", cancels)
    made = await worked(laboratory, officer, replay_id)
    assert (made["state"], made["days_done"], made["days"], made["allowed"]) == ("cancelled", 1, 3, [])


async def test_an_enterprise_sees_replays_of_its_outlets_and_of_each_only_these(
    laboratory: Laboratory, outlet: PointRecord, officer: Person
) -> None:
    foreign = point(limit(), enterprise_id=uuid4())
    laboratory.registry.put(foreign)
    both = await asked(laboratory, officer)
    theirs = await asked(laboratory, officer, foreign)
    enterprise = Person(*ENTERPRISE, enterprise_id=outlet.enterprise_id)
    (seen,) = (await laboratory.ask(enterprise, "GET", "/replays")).json()["items"]
    assert (seen["replay_id"], seen["points"], seen["days"], seen["allowed"]) == (both["replay_id"], 1, 1, [])
    shown = (await laboratory.ask(enterprise, "GET", f"/replays/{both['replay_id']}")).json()
    assert [one["point_id"] for one in shown["outlets"]] == [str(outlet.point_id)]
    for path in ("", "/differences"):
        assert (await laboratory.ask(enterprise, "GET", f"/replays/{theirs['replay_id']}{path}")).status_code == 404


async def test_a_replay_needs_permission_a_reason_and_a_bounded_time(
    laboratory: Laboratory, outlet: PointRecord, officer: Person
) -> None:
    body: dict[str, Any] = {
        "point_ids": [str(outlet.point_id)],
        "from": "2025-01-01",
        "to": "2026-06-01",
        "reason": "all of it",
    }
    assert (await laboratory.ask(officer, "POST", "/replays", body)).json()["code"] == "bad-range"
    for times, field in (
        ({"from": "9000-01-01", "to": "9000-01-03"}, "body.to"),
        ({"from": "0001-01-01", "to": "0001-01-05"}, "body.from"),
        ({"from": "2026-01-05", "to": "2026-01-05"}, "body.to"),
        ({"from": "2026-01-05", "to": "2026-01-02"}, "body.to"),
    ):
        refused = await laboratory.ask(officer, "POST", "/replays", body | times)
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, field), times
    assert (await laboratory.ask(officer, "POST", "/replays", body | {"reason": ""})).status_code == 422
    assert (await laboratory.ask(officer, "POST", "/replays", body | {"point_ids": [str(uuid4())]})).status_code == 404
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
