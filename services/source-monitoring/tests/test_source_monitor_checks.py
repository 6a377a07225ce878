"""Checks of monitors that fall due: intervals of the standards, data invalid while overdue, findings told once and ended once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_chassis.clock import now
from park_judging.testing import ENTERPRISE_ID, factor, limit, point, readings
from park_schemas.codes import Medium
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from source_monitoring.domain.monitor_checks import (
    MONITOR_KINDS,
    REQUIREMENT_NAMES,
    DueState,
    Monitor,
    Requirement,
    due_checks,
    intervals_of,
    overdue_of,
    requirement_of,
    told_before,
)
from source_monitoring.marking.check_watch import CheckWatch
from source_monitoring.testing import DAY, ENTERPRISE, HOUR, Laboratory, Person

NOON = at_park(datetime(2026, 3, 10, 12))  # noqa: DTZ001 - read as park time
HERE = at_park(now()).replace(minute=0, second=0, microsecond=0) - 12 * HOUR
STANDARD = Requirement.STANDARD_CHECK


def cod(since: datetime = NOON - 90 * DAY, until: datetime | None = None) -> Monitor:
    return Monitor(uuid4(), "w01018", "water-cod", since, until)


@pytest.mark.parametrize("kind", list(MONITOR_KINDS))
def test_every_kind_of_monitor_stands_on_rows_of_the_interval_table_for_its_medium(kind: str) -> None:
    medium = {"gas": Medium.WASTE_GAS, "water": Medium.WASTE_WATER}
    rows = intervals_of(kind).values()
    assert rows
    assert {medium[row.medium] for row in rows} <= MONITOR_KINDS[kind].media


def test_every_requirement_has_its_names_and_some_kind_needs_it() -> None:
    needed = {need for kind in MONITOR_KINDS for need in intervals_of(kind)}
    assert needed == set(Requirement) == set(REQUIREMENT_NAMES)


@pytest.mark.parametrize(
    ("last", "at", "state"),
    [
        (None, NOON, DueState.NO_RECORD),
        (NOON, NOON + 17 * HOUR, DueState.OK),
        (NOON, NOON + 18 * HOUR, DueState.DUE),
        (NOON, NOON + 24 * HOUR - timedelta(seconds=1), DueState.DUE),
        (NOON, NOON + 24 * HOUR, DueState.OVERDUE),
    ],
)
def test_a_daily_check_is_due_a_quarter_of_a_day_before_and_overdue_at_the_minute(
    last: datetime | None, at: datetime, state: DueState
) -> None:
    found = {one.requirement: one for one in due_checks(cod(), {STANDARD: last} if last else {}, at)}
    assert found[STANDARD].state is state


def test_a_monthly_comparison_is_told_a_day_before() -> None:
    interval = intervals_of("water-cod")[Requirement.COMPARISON]
    assert told_before(NOON, interval) == DAY
    found = {one.requirement: one for one in due_checks(cod(), {Requirement.COMPARISON: NOON}, NOON)}
    assert found[Requirement.COMPARISON].due_at == at_park(datetime(2026, 4, 10, 12))  # noqa: DTZ001 - park time


def test_data_are_invalid_from_the_due_time_to_the_next_pass_and_only_while_the_monitor_is_in_use() -> None:
    passed = {("w01018", STANDARD): [NOON, NOON + 30 * HOUR]}
    (span,) = overdue_of([cod()], passed, NOON + 40 * HOUR)["w01018"]
    assert (span.start, span.end) == (NOON + 24 * HOUR, NOON + 30 * HOUR)
    late = cod(since=NOON + 26 * HOUR)
    assert overdue_of([late], passed, NOON + 40 * HOUR)["w01018"][0].start == NOON + 26 * HOUR
    assert overdue_of([cod(until=NOON + 24 * HOUR)], passed, NOON + 40 * HOUR) == {}
    assert overdue_of([cod()], {}, NOON + 40 * HOUR) == {}


@given(st.lists(st.integers(0, 400), min_size=1, max_size=8), st.integers(0, 420), st.integers(0, 420))
def test_an_hour_s_overdue_spans_are_the_same_whenever_they_are_asked_for(
    hours: list[int], first: int, second: int
) -> None:
    """What lies before an instant does not depend on checks due after it: computing later gives the same hour."""
    passed = {("w01018", STANDARD): [NOON + hour * HOUR for hour in hours]}
    early, late = sorted((first, second))
    moment = NOON + early * HOUR - timedelta(minutes=1)

    def covered(asked_at: int) -> bool:
        spans = overdue_of([cod()], passed, NOON + asked_at * HOUR).get("w01018", ())
        return any((one.start or moment) <= moment and (one.end is None or moment < one.end) for one in spans)

    assert covered(early) == covered(late)


@pytest.mark.parametrize(
    ("kind", "check", "meets"),
    [
        ("zero drift", None, Requirement.CALIBRATION),
        ("anything", "span", Requirement.CALIBRATION),
        ("anything", "standard sample", STANDARD),
        ("校验", None, Requirement.VERIFICATION),
        ("Comparison ", None, Requirement.COMPARISON),
        ("a look at the pump", None, None),
    ],
)
def test_a_recorded_check_meets_the_requirement_it_names(
    kind: str, check: str | None, meets: Requirement | None
) -> None:
    assert requirement_of(kind, check) is meets


@pytest.fixture
def outlet(laboratory: Laboratory) -> PointRecord:
    of = point(limit(upper="50"), factors=[factor(), factor("w21003", decimals=2)])
    laboratory.registry.put(of)
    return of


@pytest.fixture
def works() -> Person:
    return Person(*ENTERPRISE, name="works", enterprise_id=ENTERPRISE_ID)


@pytest.fixture
def watch(laboratory: Laboratory) -> CheckWatch:
    return CheckWatch(laboratory.database, laboratory.points, service="source-monitoring", every_s=60)


async def file(laboratory: Laboratory, person: Person, of: PointRecord, **more: Any) -> Any:
    body = {"factor": "w01018", "kind": "water-cod", "since": (HERE - 20 * DAY).isoformat(), "reason": "备案", **more}
    return await laboratory.ask(person, "POST", f"/points/{of.point_id}/monitors", body)


async def check(laboratory: Laboratory, person: Person, of: PointRecord, at: datetime, **more: Any) -> Any:
    body = {"factor": "w01018", "at": at.isoformat(), "kind": "standard sample", "outcome": "pass", **more}
    answer = await laboratory.ask(person, "POST", f"/points/{of.point_id}/checks", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def told(laboratory: Laboratory) -> list[tuple[str, str]]:
    found = await laboratory.published("supervision.findings.v1")
    return [(one["rule"], one["verdict"]) for one in found if one["rule"].startswith("qaqc-")]


async def verdicts(laboratory: Laboratory, of: PointRecord) -> list[str]:
    return [(await laboratory.newest(of, HERE + number * HOUR)).reason for number in range(4)]


async def four_hours(laboratory: Laboratory, of: PointRecord) -> None:
    await laboratory.minutes(of, HERE, 4, {"w01018": "40", "w21003": "2.5"})
    await laboratory.take(readings(of, HERE + 6 * HOUR, {"w01018": "40"}))
    await laboratory.close()


@pytest.mark.integration
async def test_data_of_an_overdue_monitor_are_invalid_until_the_next_pass_and_a_point_without_records_never(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    await four_hours(laboratory, outlet)
    await check(laboratory, works, outlet, HERE + HOUR - DAY)
    await laboratory.close()
    assert await verdicts(laboratory, outlet) == ["", "", "", ""]  # no monitor on file
    assert (await file(laboratory, works, outlet)).status_code == 201
    await laboratory.close()
    assert await verdicts(laboratory, outlet) == ["", "check-overdue", "check-overdue", "check-overdue"]
    assert (await laboratory.newest(outlet, HERE + 2 * HOUR, "w21003")).valid
    await check(laboratory, works, outlet, HERE + 3 * HOUR)
    await laboratory.close()
    assert await verdicts(laboratory, outlet) == ["", "check-overdue", "check-overdue", ""]
    shown = (await laboratory.ask(works, "GET", f"/points/{outlet.point_id}/checks")).json()
    (span,) = shown["overdue"]["w01018"]
    assert [at_park(datetime.fromisoformat(span[end])) for end in ("start", "end")] == [HERE + HOUR, HERE + 3 * HOUR]
    states = {one["requirement"]: one["state"] for one in shown["due"]}
    assert states == {"standard-check": "ok", "auto-calibration": "no-record", "comparison": "no-record"}


@pytest.mark.integration
async def test_a_monitor_filed_without_any_passed_check_makes_nothing_invalid(
    laboratory: Laboratory, outlet: PointRecord, works: Person, watch: CheckWatch
) -> None:
    await four_hours(laboratory, outlet)
    await file(laboratory, works, outlet)
    await laboratory.close()
    await watch.look(now())
    assert await verdicts(laboratory, outlet) == ["", "", "", ""]
    assert await told(laboratory) == []


@pytest.mark.integration
async def test_a_monitor_filed_by_mistake_is_voided_and_its_hours_are_valid_again(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    await four_hours(laboratory, outlet)
    await check(laboratory, works, outlet, HERE - DAY)
    monitor_id = (await file(laboratory, works, outlet)).json()["monitor_id"]
    await laboratory.close()
    assert "check-overdue" in await verdicts(laboratory, outlet)
    voided = await laboratory.ask(works, "POST", f"/monitors/{monitor_id}/void", {"reason": "登记错误"})
    assert voided.status_code == 200
    await laboratory.close()
    assert await verdicts(laboratory, outlet) == ["", "", "", ""]
    again = await laboratory.ask(works, "POST", f"/monitors/{monitor_id}/void", {"reason": "登记错误"})
    assert again.status_code == 404
    filed = (await laboratory.ask(works, "GET", f"/points/{outlet.point_id}/monitors")).json()["items"]
    assert [(one["void_reason"], one["voided_by"]) for one in filed] == [("登记错误", "works")]


@pytest.mark.integration
async def test_due_then_overdue_then_passed_is_told_step_by_step_and_each_once(
    laboratory: Laboratory, outlet: PointRecord, works: Person, watch: CheckWatch
) -> None:
    await file(laboratory, works, outlet)
    last = HERE - 30 * HOUR
    await check(laboratory, works, outlet, last)
    await watch.look(last + 10 * HOUR)
    assert await told(laboratory) == []
    for _ in range(2):
        await watch.look(last + 19 * HOUR)
    assert await told(laboratory) == [("qaqc-due", "violated")]
    for _ in range(2):
        await watch.look(last + 25 * HOUR)
    assert (await told(laboratory))[1:] == [("qaqc-due", "complied"), ("qaqc-overdue", "violated")]
    await check(laboratory, works, outlet, last + 26 * HOUR)
    for _ in range(2):
        await watch.look(last + 27 * HOUR)
    assert (await told(laboratory))[3:] == [("qaqc-overdue", "complied")]
    bodies = [one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == "qaqc-overdue"]
    assert len({one["period_start"] for one in bodies}) == 1  # one condition: begin and end
    assert (bodies[0]["factor"], bodies[0]["limit_id"]) == ("w01018", "qaqc/standard-check")
    assert "自动标样核查" in bodies[0]["explanation_zh"]


@pytest.mark.integration
async def test_what_was_told_of_a_voided_monitor_ends(
    laboratory: Laboratory, outlet: PointRecord, works: Person, watch: CheckWatch
) -> None:
    monitor_id = (await file(laboratory, works, outlet)).json()["monitor_id"]
    await check(laboratory, works, outlet, HERE - 3 * DAY)
    await watch.look(now())
    await laboratory.ask(works, "POST", f"/monitors/{monitor_id}/void", {"reason": "登记错误"})
    await watch.look(now())
    assert await told(laboratory) == [("qaqc-overdue", "violated"), ("qaqc-overdue", "complied")]


@pytest.mark.integration
async def test_a_crash_while_telling_leaves_nothing_told_and_the_next_look_tells_it_once(
    laboratory: Laboratory, outlet: PointRecord, works: Person, watch: CheckWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await file(laboratory, works, outlet)
    await check(laboratory, works, outlet, HERE - 3 * DAY)

    async def broken(*_: Any) -> None:
        raise RuntimeError("crash")

    with monkeypatch.context() as patched:
        patched.setattr("source_monitoring.marking.check_watch.monitor_store.keep_told", broken)
        with pytest.raises(RuntimeError):
            await watch.look(now())
    assert await told(laboratory) == []
    await watch.look(now())
    assert await told(laboratory) == [("qaqc-overdue", "violated")]


@pytest.mark.integration
async def test_the_list_of_the_park_filters_pages_counts_and_is_a_table(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    await file(laboratory, works, outlet)
    await file(laboratory, works, outlet, factor="w21003", kind="water-nh3n")
    await check(laboratory, works, outlet, HERE - 3 * DAY)
    first = (await laboratory.ask(works, "GET", "/checks/due", limit=4)).json()
    assert (first["total"], first["counts"]) == (6, {"overdue": 1, "due": 0, "ok": 0, "no-record": 5})
    assert (first["items"][0]["state"], first["items"][0]["factor_name_en"]) == ("overdue", "COD")
    rest = (await laboratory.ask(works, "GET", "/checks/due", limit=4, cursor=first["next_cursor"])).json()
    assert (len(rest["items"]), rest["next_cursor"]) == (2, None)
    assert len({(one["factor"], one["requirement"]) for one in first["items"] + rest["items"]}) == 6
    overdue = (await laboratory.ask(works, "GET", "/checks/due", state="overdue")).json()
    assert [one["requirement"] for one in overdue["items"]] == ["standard-check"]
    table = await laboratory.ask(works, "GET", "/checks/due/export", state="overdue")
    assert "逾期" in table.text
    assert (await laboratory.ask(works, "GET", "/checks/due", cursor="bm8")).status_code == 422
    stranger = Person(*ENTERPRISE, enterprise_id=uuid4())
    assert (await laboratory.ask(stranger, "GET", "/checks/due")).json()["items"] == []
    assert (await file(laboratory, stranger, outlet)).status_code == 404
    kinds = (await laboratory.ask(works, "GET", "/monitor-kinds")).json()["items"]
    assert {one["kind"] for one in kinds} == set(MONITOR_KINDS)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"kind": "magic"}, "body.kind"),
        ({"kind": "gas-in-situ"}, "body.kind"),
        ({"kind": "water-ph"}, "body.kind"),
        ({"factor": "w99999"}, "body.factors"),
        ({"since": (HERE + 9 * DAY).isoformat()}, "body.since"),
    ],
)
async def test_a_monitor_that_cannot_be_is_refused_with_what_and_where(
    laboratory: Laboratory, outlet: PointRecord, works: Person, changes: dict[str, Any], where: str
) -> None:
    refused = await file(laboratory, works, outlet, **changes)
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, where)


@pytest.mark.integration
async def test_a_new_monitor_takes_the_place_of_the_one_before_and_none_is_filed_before_it(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    await file(laboratory, works, outlet)
    replaced = await file(laboratory, works, outlet, since=HERE.isoformat())
    assert replaced.status_code == 201
    newest, older = (await laboratory.ask(works, "GET", f"/points/{outlet.point_id}/monitors")).json()["items"]
    assert (older["until"], newest["until"]) == (newest["since"], None)
    refused = await file(laboratory, works, outlet, since=(HERE - 2 * DAY).isoformat())
    assert (refused.status_code, refused.json()["code"]) == (409, "monitor-is-newer")
