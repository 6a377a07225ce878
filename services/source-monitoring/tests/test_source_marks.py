"""Marks on a real Postgres over the real API: layers of the value, deadlines, contradictions, who may do what."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from park_chassis.clock import now
from park_judging.testing import ENTERPRISE_ID, factor, limit, point, readings
from park_schemas.codes import Medium, Period
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from source_monitoring.domain.mark_scope import foreign_scopes
from source_monitoring.testing import DAY, ENTERPRISE, HOUR, OFFICER, Laboratory, Person

pytestmark = pytest.mark.integration

HERE = at_park(now()).replace(minute=0, second=0, microsecond=0) - 8 * HOUR


@pytest.fixture
def works() -> Person:
    return Person(*ENTERPRISE, name="works", enterprise_id=ENTERPRISE_ID)


@pytest.fixture
def officer() -> Person:
    return Person(*OFFICER, name="officer")


@pytest.fixture
def outlet(laboratory: Laboratory) -> PointRecord:
    """An incinerator's outlet: start-up and the like are its marks."""
    of = point(limit(upper="50", standard="GB 18485-2014"), factors=[factor(), factor("w21003", decimals=2)])
    laboratory.registry.put(of)
    return of


def mark(kind: str, start: datetime, end: datetime, **more: Any) -> dict[str, Any]:
    return {"type": kind, "start": start.isoformat(), "end": end.isoformat(), "reason": "校准分析仪", **more}


async def hours_of_values(laboratory: Laboratory, of: PointRecord, cod: str = "40") -> None:
    """Four hours of values from HERE, and a later frame, so that they are due."""
    await laboratory.minutes(of, HERE, 4, {"w01018": cod, "w21003": "2.5"})
    await laboratory.take(readings(of, HERE + 6 * HOUR, {"w01018": cod}))
    await laboratory.close()


async def test_an_equipment_mark_makes_its_factor_invalid_and_leaves_the_others(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    await hours_of_values(laboratory, outlet)
    before = await laboratory.newest(outlet, HERE + HOUR)
    assert (before.verdict, before.mean, before.mark, before.baseline) == ("valid", "40.00", "N", "valid")
    body = mark("dev_calibration", HERE + HOUR, HERE + 2 * HOUR, factors=["w01018"])
    answer = await laboratory.ask(works, "POST", f"/points/{outlet.point_id}/marks", body)
    assert (answer.status_code, answer.json()["counts"], answer.json()["late"]) == (201, True, False)
    await laboratory.close()
    versions = await laboratory.versions(outlet, HERE + HOUR)
    assert [version.revision for version in versions] == [1, 2]
    assert versions[0].factors[0].verdict == "valid"  # what was computed first stays readable
    cod, nitrogen = versions[1].factors
    assert (cod.verdict, cod.reason, cod.equipment_mark, cod.valid_count, cod.marks) == (
        "invalid", "calibration", "dev_calibration", 0, {},
    )  # fmt: skip
    assert (nitrogen.verdict, nitrogen.mean, nitrogen.equipment_mark) == ("valid", "2.500", "")
    assert [version.revision for version in await laboratory.versions(outlet, HERE)] == [1]
    shown = await laboratory.ask(works, "GET", f"/points/{outlet.point_id}/versions", start=(HERE + HOUR).isoformat())
    changed = {(one["factor"], one["field"]) for one in shown.json()["items"][1]["differences"]}
    assert ("w01018", "verdict") in changed
    assert all(name == "w01018" for name, _ in changed)


async def test_a_withdrawn_mark_counts_no_more_and_a_decided_one_cannot_be_withdrawn(
    laboratory: Laboratory, outlet: PointRecord, works: Person, officer: Person
) -> None:
    await hours_of_values(laboratory, outlet)
    first = await laboratory.ask(
        works, "POST", f"/points/{outlet.point_id}/marks", mark("dev_fault", HERE, HERE + HOUR)
    )
    await laboratory.close()
    assert (await laboratory.newest(outlet, HERE)).verdict == "invalid"
    path = f"/marks/{first.json()['mark_id']}"
    assert first.json()["allowed"] == ["withdraw"]
    withdrawn = await laboratory.ask(works, "POST", f"{path}/withdraw", {"reason": "填错"})
    assert withdrawn.json()["state"] == "withdrawn"
    await laboratory.close()
    assert (await laboratory.newest(outlet, HERE)).verdict == "valid"
    second = await laboratory.ask(
        works, "POST", f"/points/{outlet.point_id}/marks", mark("dev_fault", HERE, HERE + HOUR)
    )
    path = f"/marks/{second.json()['mark_id']}"
    assert (await laboratory.ask(works, "POST", f"{path}/accept", {})).status_code == 403
    accepted = await laboratory.ask(officer, "POST", f"{path}/accept", {"reason": "凭证齐全"})
    assert (accepted.json()["state"], accepted.json()["decided_by"]) == ("accepted", "officer")
    refused = await laboratory.ask(works, "POST", f"{path}/withdraw", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "mark-decided")


async def test_nobody_decides_on_a_mark_of_his_own(
    laboratory: Laboratory, outlet: PointRecord, officer: Person
) -> None:
    answer = await laboratory.ask(
        officer, "POST", f"/points/{outlet.point_id}/marks", mark("dev_fault", HERE, HERE + HOUR)
    )
    refused = await laboratory.ask(officer, "POST", f"/marks/{answer.json()['mark_id']}/accept", {})
    assert refused.json()["code"] == "same-person"


async def test_a_late_mark_counts_once_somebody_else_accepted_it(
    laboratory: Laboratory, outlet: PointRecord, works: Person, officer: Person
) -> None:
    start = HERE - 20 * DAY
    await laboratory.minutes(outlet, start, 1, {"w01018": "40"})
    await laboratory.take(readings(outlet, start + 3 * HOUR))
    await laboratory.close()
    answer = await laboratory.ask(
        works, "POST", f"/points/{outlet.point_id}/marks", mark("dev_fault", start, start + HOUR)
    )
    assert (answer.json()["late"], answer.json()["counts"]) == (True, False)
    await laboratory.close()
    assert (await laboratory.newest(outlet, start)).verdict == "valid"
    await laboratory.ask(officer, "POST", f"/marks/{answer.json()['mark_id']}/accept", {})
    await laboratory.close()
    assert (await laboratory.newest(outlet, start)).verdict == "invalid"


async def test_start_up_exempts_from_the_limit_and_keeps_the_value(
    laboratory: Laboratory, outlet: PointRecord, officer: Person
) -> None:
    await hours_of_values(laboratory, outlet, cod="90")
    over = await laboratory.newest(outlet, HERE + HOUR)
    assert (over.compliant, over.exempt) == (False, False)
    start = HERE + HOUR
    answer = await laboratory.ask(
        officer, "POST", f"/points/{outlet.point_id}/marks", mark("startup", start, start + 2 * HOUR)
    )
    assert answer.json()["contradictions"] == []
    (cap,) = answer.json()["caps"]
    assert (cap["used_hours"], cap["cap_hours"], cap["near"]) == (2.0, 60.0, False)
    await laboratory.close()
    exempt = await laboratory.newest(outlet, start)
    assert (exempt.verdict, exempt.exempt, exempt.mean, exempt.compliant, exempt.condition_mark) == (
        "valid", True, "90.00", None, "startup",
    )  # fmt: skip


async def test_a_mark_of_another_industry_counts_only_once_another_person_has_accepted_it(
    laboratory: Laboratory, works: Person, officer: Person
) -> None:
    of = point(limit(upper="50"), factors=[factor()])  # a petrochemical works
    laboratory.registry.put(of)
    await hours_of_values(laboratory, of, cod="90")
    start = HERE + HOUR
    made = (
        await laboratory.ask(works, "POST", f"/points/{of.point_id}/marks", mark("startup", start, start + 2 * HOUR))
    ).json()
    assert [one["code"] for one in made["contradictions"]] == ["out-of-scope"]
    assert "生活垃圾焚烧" in made["contradictions"][0]["zh"]
    assert made["counts"] is False
    await laboratory.close()
    assert (await laboratory.newest(of, start)).compliant is False
    await laboratory.ask(officer, "POST", f"/marks/{made['mark_id']}/accept", {"reason": "许可证载明"})
    await laboratory.close()
    accepted = await laboratory.newest(of, start)
    assert (accepted.exempt, accepted.compliant) == (True, None)


@pytest.mark.parametrize(
    ("key", "standard", "foreign"),
    [
        ("startup", "GB 18485-2014", False), ("startup", "GB18485-2014", False), ("startup", "GB 31571-2015", True),
        ("grid_on", "GB 13223-2011", False), ("grid_on", "GB 18485-2014", True), ("cems_maintenance", "GB 3544-2008", True),
        ("stopped", "GB 31571-2015", False), ("dev_fault", "GB 31571-2015", False),
    ],
)  # fmt: skip
def test_a_mark_is_at_home_where_its_industry_s_standard_gives_the_limits(
    key: str, standard: str, foreign: bool
) -> None:
    assert bool(foreign_scopes(key, {"DB31/199-2018", standard})) is foreign
    assert bool(foreign_scopes(key, ())) is (key not in {"stopped", "dev_fault"})


async def test_a_mark_that_covers_exactly_the_exceedance_waits_for_a_decision_and_is_a_finding(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    await laboratory.minutes(outlet, HERE, 1, {"w01018": "40"})
    await laboratory.minutes(outlet, HERE + HOUR, 1, {"w01018": "90"})
    await laboratory.minutes(outlet, HERE + 2 * HOUR, 1, {"w01018": "40"})
    await laboratory.take(readings(outlet, HERE + 6 * HOUR, {"w01018": "40"}))
    await laboratory.close()
    answer = await laboratory.ask(
        works, "POST", f"/points/{outlet.point_id}/marks", mark("fault", HERE + HOUR, HERE + 2 * HOUR)
    )
    item = answer.json()
    assert [one["code"] for one in item["contradictions"]] == ["covers-exactly-the-exceedance"]
    assert item["counts"] is False
    await laboratory.close()
    assert (await laboratory.newest(outlet, HERE + HOUR)).compliant is False
    found = [
        one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == "mark-contradiction"
    ]
    assert [one["subject_id"] for one in found] == [str(outlet.point_id)]
    rejected = await laboratory.ask(
        Person(*OFFICER, name="officer"), "POST", f"/marks/{item['mark_id']}/reject", {"reason": "无故障记录"}
    )
    assert rejected.status_code == 200, rejected.text
    found = [
        one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == "mark-contradiction"
    ]
    assert [one["verdict"] for one in found] == ["violated", "complied"]
    assert {one["limit_id"] for one in found} == {f"mark/{item['mark_id']}"}
    assert found[0]["period_start"] < found[1]["period_start"]
    assert "was returned" in found[1]["explanation_en"]


async def test_a_cap_that_a_withdrawn_mark_frees_is_told_to_be_free_again(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    path = f"/points/{outlet.point_id}/marks"
    made = await laboratory.ask(works, "POST", path, mark("startup", HERE, HERE + 59 * HOUR))
    assert made.status_code == 201, made.text
    (cap,) = [one for one in made.json()["caps"] if one["used_hours"] == 59.0]
    assert cap["near"] or cap["exceeded"] or cap["too_long"]
    told = [one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == "mark-cap"]
    assert [one["verdict"] for one in told] == ["violated"]
    withdrawn = await laboratory.ask(works, "POST", f"/marks/{made.json()['mark_id']}/withdraw", {})
    assert withdrawn.status_code == 200, withdrawn.text
    told = [one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == "mark-cap"]
    assert [one["verdict"] for one in told] == ["violated", "complied"]
    assert told[0]["limit_id"] == told[1]["limit_id"]


async def test_a_stop_with_a_running_source_is_contradicted_when_its_data_come_in(
    laboratory: Laboratory, works: Person
) -> None:
    kinds = [factor("a21002", "mg/m3"), factor("a19001", "%"), factor("a01012", "degC")]
    stack = point(factors=kinds, medium=Medium.WASTE_GAS)
    laboratory.registry.put(stack)
    start = (HERE - DAY).replace(hour=0)
    running = {"a21002": "30", "a19001": "8.5", "a01012": "120"}
    body = mark("stopped", start, start + 5 * HOUR)
    answer = await laboratory.ask(works, "POST", f"/points/{stack.point_id}/marks", body)
    assert (answer.json()["contradictions"], answer.json()["counts"]) == ([], True)
    await laboratory.minutes(stack, start, 8, running)
    await laboratory.take(readings(stack, start + 2 * DAY, running))
    await laboratory.close()
    shown = (await laboratory.ask(works, "GET", f"/marks/{answer.json()['mark_id']}")).json()
    assert [one["code"] for one in shown["contradictions"]] == ["running-while-stopped"]
    assert "O2 8.5" in shown["contradictions"][0]["en"]
    assert shown["counts"] is False
    assert (await laboratory.newest(stack, start, "a21002")).verdict == "valid"


async def test_a_stop_without_any_frame_is_stopped_and_not_missing(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    await hours_of_values(laboratory, outlet)
    stop = mark("stopped", HERE + 4 * HOUR, HERE + 6 * HOUR)
    await laboratory.ask(works, "POST", f"/points/{outlet.point_id}/marks", stop)
    await laboratory.calendar.mark(HERE + 7 * HOUR)
    await laboratory.close()
    assert (await laboratory.newest(outlet, HERE + 4 * HOUR)).verdict == "stopped"
    assert (await laboratory.newest(outlet, HERE + 5 * HOUR)).verdict == "stopped"


async def test_a_failed_check_makes_the_data_invalid_back_to_the_last_passed_one(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    await hours_of_values(laboratory, outlet)
    path = f"/points/{outlet.point_id}/checks"
    drift = {"factor": "w01018", "kind": "standard sample", "monitor": "water analyser", "check": "standard sample"}
    passed = await laboratory.ask(works, "POST", path, {**drift, "at": (HERE + HOUR).isoformat(), "drift": "2"})
    assert (passed.status_code, passed.json()["outcome"]) == (201, "pass")
    failed = await laboratory.ask(works, "POST", path, {**drift, "at": (HERE + 3 * HOUR).isoformat(), "drift": "60"})
    assert failed.json()["outcome"] == "out-of-control"
    await laboratory.close()
    verdicts = [(await laboratory.newest(outlet, HERE + step * HOUR)).reason for step in range(4)]
    assert verdicts == ["", "out-of-control", "out-of-control", "out-of-control"]
    again = await laboratory.ask(works, "POST", path, {**drift, "at": (HERE + 3 * HOUR).isoformat(), "drift": "60"})
    assert again.json()["code"] == "check-recorded"
    await laboratory.ask(
        works, "POST", path, {**drift, "at": (HERE + 3 * HOUR + timedelta(minutes=30)).isoformat(), "drift": "0"}
    )
    await laboratory.close()
    assert (await laboratory.newest(outlet, HERE + 3 * HOUR)).reason == "too-few-values"  # half of it still is
    shown = (await laboratory.ask(works, "GET", path)).json()
    assert len(shown["out_of_control"]["w01018"]) == 1


async def test_an_enterprise_neither_marks_nor_sees_points_of_another(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    stranger = Person(*ENTERPRISE, enterprise_id=uuid4())
    body = mark("dev_fault", HERE, HERE + HOUR)
    assert (await laboratory.ask(stranger, "POST", f"/points/{outlet.point_id}/marks", body)).status_code == 404
    made = await laboratory.ask(works, "POST", f"/points/{outlet.point_id}/marks", body)
    assert (await laboratory.ask(stranger, "GET", f"/marks/{made.json()['mark_id']}")).status_code == 404
    assert (await laboratory.ask(stranger, "GET", "/marks")).json()["items"] == []
    (listed,) = (await laboratory.ask(works, "GET", "/marks")).json()["items"]
    assert UUID(listed["point_id"]) == outlet.point_id
    reader = Person("reading:read")
    assert (await laboratory.ask(reader, "POST", f"/points/{outlet.point_id}/marks", body)).status_code == 403


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"type": "holiday"}, "body.type"),
        ({"end": HERE.isoformat()}, "body.end"),
        ({"end": (now().astimezone(UTC) + timedelta(days=60)).isoformat()}, "body.end"),
        ({"start": (HERE + timedelta(minutes=7)).isoformat()}, "body.start"),
        ({"factors": ["w99999"]}, "body.factors"),
        ({"type": "startup", "factors": ["w01018"]}, "body.factors"),
    ],
)
async def test_a_bad_mark_is_refused_with_what_and_where(
    laboratory: Laboratory, outlet: PointRecord, works: Person, changes: dict[str, Any], where: str
) -> None:
    body = mark("dev_fault", HERE, HERE + HOUR) | changes
    refused = await laboratory.ask(works, "POST", f"/points/{outlet.point_id}/marks", body)
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, where)


async def test_the_same_mark_twice_over_a_time_is_refused(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    path = f"/points/{outlet.point_id}/marks"
    await laboratory.ask(works, "POST", path, mark("dev_fault", HERE, HERE + 2 * HOUR, factors=["w01018"]))
    again = mark("dev_fault", HERE + HOUR, HERE + 3 * HOUR, factors=["w01018"])
    assert (await laboratory.ask(works, "POST", path, again)).json()["code"] == "mark-overlaps"
    other = again | {"factors": ["w21003"]}
    assert (await laboratory.ask(works, "POST", path, other)).status_code == 201


async def test_evidence_is_added_later_and_its_day_is_named(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    made = (
        await laboratory.ask(works, "POST", f"/points/{outlet.point_id}/marks", mark("dev_fault", HERE, HERE + HOUR))
    ).json()
    assert made["evidence_due"].endswith("-10")
    proof = {"kind": "photo", "reference": "sha256:0f", "note": "现场照片"}
    added = await laboratory.ask(works, "POST", f"/marks/{made['mark_id']}/evidence", {"evidence": [proof]})
    assert added.json()["evidence"] == [proof]


async def test_late_data_turn_a_missing_hour_into_a_new_version(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    await laboratory.minutes(outlet, HERE, 1, {"w01018": "40"})
    await laboratory.take(readings(outlet, HERE + 6 * HOUR))
    await laboratory.close()
    await laboratory.calendar.mark(HERE + 3 * HOUR)
    await laboratory.close()
    missing = await laboratory.newest(outlet, HERE + HOUR)
    assert (missing.verdict, missing.baseline, missing.reason, missing.mean) == ("missing", "missing", "no-data", None)
    await laboratory.minutes(outlet, HERE + HOUR, 1, {"w01018": "41"})
    await laboratory.close()
    versions = await laboratory.versions(outlet, HERE + HOUR)
    assert [version.factors[0].verdict for version in versions] == ["missing", "valid"]
    assert versions[0].period is Period.HOUR
