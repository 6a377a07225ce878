"""Reviews over the real API on a real Postgres: four states, two persons, versions, corrections, what is told as final."""

from datetime import datetime
from typing import Any

import pytest
from park_judging.testing import ENTERPRISE_ID, factor, limit, point, readings
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from source_monitoring.testing import DAY, ENTERPRISE, HOUR, OFFICER, Laboratory, Person

pytestmark = pytest.mark.integration

START = at_park(datetime(2026, 11, 10))  # noqa: DTZ001 - read as park time; a day in the past, in the middle of its month
PROOF = [{"kind": "laboratory", "reference": "LAB-2026-118", "note": ""}]


@pytest.fixture
def zhang() -> Person:
    return Person(*OFFICER, name="zhang")


@pytest.fixture
def wang() -> Person:
    return Person(*OFFICER, name="wang")


@pytest.fixture
async def outlet(laboratory: Laboratory) -> PointRecord:
    """An outlet with one whole day computed."""
    of = point(limit(upper="50"), factors=[factor("w00000", "L/s", 2), factor()])
    laboratory.registry.put(of)
    await laboratory.minutes(of, START, 24, {"w01018": "40", "w00000": "10", "w00000-Cou": "6"})
    await laboratory.take(readings(of, START + DAY + 2 * HOUR, {"w01018": "40"}))
    await laboratory.close()
    return of


def path_of(of: PointRecord) -> str:
    return f"/reviews/{of.point_id}/{START.date()}"


async def step(
    laboratory: Laboratory, person: Person, of: PointRecord, action: str, version: int = 1, **more: Any
) -> Any:
    answer = await laboratory.ask(person, "POST", f"{path_of(of)}/{action}", {"version": version, **more})
    return answer.json() | {"status": answer.status_code}


async def final_days(laboratory: Laboratory) -> list[dict[str, Any]]:
    made = await laboratory.published("source.assessments.v1")
    return [one for one in made if one.get("review_state") == "approved"]


async def test_a_day_is_raw_then_checked_by_rule_then_reviewed_then_approved_by_another_person(
    laboratory: Laboratory, outlet: PointRecord, zhang: Person, wang: Person
) -> None:
    shown = (await laboratory.ask(zhang, "GET", path_of(outlet))).json()
    assert (shown["state"], shown["version"], shown["final"], shown["allowed"]) == ("checked", 1, False, ["review"])
    assert [(one["from_state"], one["action"], one["to_state"], one["actor"]) for one in shown["steps"]] == [
        ("raw", "check", "checked", "")
    ]
    assert len(shown["hours"]) == 24
    assert (await step(laboratory, zhang, outlet, "approve"))["code"] == "step-not-allowed"
    assert (await step(laboratory, zhang, outlet, "review"))["state"] == "reviewed"
    assert await final_days(laboratory) == []
    refused = await step(laboratory, zhang, outlet, "approve")
    assert (refused["status"], refused["code"]) == (409, "same-person")
    approved = await step(laboratory, wang, outlet, "approve")
    assert (approved["state"], approved["final"], approved["reviewed_by"], approved["approved_by"]) == (
        "approved", True, "zhang", "wang",
    )  # fmt: skip
    final = await final_days(laboratory)
    assert sorted(one["period"] for one in final) == ["day", *["hour"] * 24]
    stated = [one for one in await laboratory.published("source.assessments.v1") if "state" in one]
    assert [(one["state"], one["action"], one["version"]) for one in stated] == [
        ("checked", "check", 1), ("reviewed", "review", 1), ("approved", "approve", 1),
    ]  # fmt: skip
    assert len({one["digest"] for one in stated}) == 1


async def test_a_return_needs_a_reason_and_goes_back_to_checked(
    laboratory: Laboratory, outlet: PointRecord, zhang: Person, wang: Person
) -> None:
    await step(laboratory, zhang, outlet, "review")
    assert (await step(laboratory, wang, outlet, "return"))["code"] == "reason-missing"
    returned = await step(laboratory, wang, outlet, "return", reason="缺少校准记录")
    assert (returned["state"], returned["reviewed_by"]) == ("checked", None)
    shown = (await laboratory.ask(zhang, "GET", path_of(outlet))).json()
    assert shown["steps"][-1]["reason"] == "缺少校准记录"


async def test_late_data_make_a_new_version_and_nobody_s_approval_is_carried_over(
    laboratory: Laboratory, outlet: PointRecord, zhang: Person, wang: Person
) -> None:
    await step(laboratory, zhang, outlet, "review")
    await step(laboratory, wang, outlet, "approve")
    late = readings(outlet, START + 5 * HOUR, {"w01018": "49"}, period=Period.MINUTE)
    await laboratory.take(late)
    await laboratory.close()
    shown = (await laboratory.ask(zhang, "GET", path_of(outlet))).json()
    assert (shown["state"], shown["version"], shown["final"], shown["approved_version"]) == ("checked", 2, False, 1)
    assert [one["action"] for one in shown["steps"]] == ["check", "review", "approve", "change", "check"]
    assert (await step(laboratory, zhang, outlet, "review", version=1))["code"] == "version-changed"
    assert (await step(laboratory, zhang, outlet, "review", version=2))["state"] == "reviewed"


async def test_a_correction_is_a_new_version_with_author_reason_and_evidence_and_its_author_does_not_approve(
    laboratory: Laboratory, outlet: PointRecord, zhang: Person, wang: Person
) -> None:
    body = {
        "hour_start": (START + 3 * HOUR).isoformat(), "factor": "w01018", "kind": "replace", "value": "45.5",
        "reason": "实验室比对", "evidence": PROOF,
    }  # fmt: skip
    made = await laboratory.ask(wang, "POST", f"/points/{outlet.point_id}/corrections", body)
    assert made.status_code == 201
    again = await laboratory.ask(zhang, "POST", f"/points/{outlet.point_id}/corrections", body)
    assert again.json()["code"] == "correction-in-force"
    await laboratory.close()
    hour = await laboratory.newest(outlet, START + 3 * HOUR)
    assert (hour.mean, hour.corrected_from, hour.correction) == ("45.5", "40.00", made.json()["correction_id"])
    assert hour.emission == "1.638"  # 45.5 mg/L x 36 m3
    shown = (await laboratory.ask(zhang, "GET", path_of(outlet))).json()
    assert [(one["author"], one["reason"], one["evidence"]) for one in shown["corrections"]] == [
        ("wang", "实验室比对", PROOF)
    ]
    assert "corrected" in [issue["code"] for issue in shown["issues"]]
    await step(laboratory, zhang, outlet, "review", version=2)
    assert (await step(laboratory, wang, outlet, "approve", version=2))["code"] == "same-person"
    withdrawn = await laboratory.ask(
        zhang, "POST", f"/corrections/{made.json()['correction_id']}/withdraw", {"reason": "比对作废"}
    )
    assert withdrawn.json()["withdrawn_by"] == "zhang"
    await laboratory.close()
    back = await laboratory.newest(outlet, START + 3 * HOUR)
    assert (back.mean, back.correction, back.corrected_from) == ("40.00", "", None)
    assert [one.revision for one in await laboratory.versions(outlet, START + 3 * HOUR)] == [1, 2, 3]


async def test_many_days_at_once_succeed_or_fail_each_for_itself(
    laboratory: Laboratory, outlet: PointRecord, zhang: Person
) -> None:
    items = [
        {"point_id": str(outlet.point_id), "day": str(START.date()), "version": 1},
        {"point_id": str(outlet.point_id), "day": "2020-01-01", "version": 1},
    ]
    answer = await laboratory.ask(zhang, "POST", "/reviews/batch", {"action": "review", "items": items})
    assert [one["taken"] for one in answer.json()["items"]] == [True, False]
    reader = Person("reading:read")
    refused = await laboratory.ask(reader, "POST", "/reviews/batch", {"action": "review", "items": items})
    assert refused.status_code == 403


async def test_the_list_filters_pages_and_counts_and_an_enterprise_sees_its_own(
    laboratory: Laboratory, outlet: PointRecord, zhang: Person
) -> None:
    await laboratory.minutes(outlet, START + DAY, 24, {"w01018": "90", "w00000": "10", "w00000-Cou": "6"})
    await laboratory.take(readings(outlet, START + 2 * DAY + 2 * HOUR, {"w01018": "40"}))
    await laboratory.close()
    first = (await laboratory.ask(zhang, "GET", "/reviews", limit=1, state="checked")).json()
    assert first["counts"]["checked"] == 2
    assert [one["day"] for one in first["items"]] == [str((START + DAY).date())]
    assert "exceedance" in [issue["code"] for issue in first["items"][0]["issues"]]
    second = (
        await laboratory.ask(zhang, "GET", "/reviews", limit=1, state="checked", cursor=first["next_cursor"])
    ).json()
    assert [one["day"] for one in second["items"]] == [str(START.date())]
    works = Person(*ENTERPRISE, enterprise_id=ENTERPRISE_ID)
    assert len((await laboratory.ask(works, "GET", "/reviews", state="checked")).json()["items"]) == 2
    assert (await step(laboratory, works, outlet, "review"))["status"] == 403
    table = await laboratory.ask(zhang, "GET", "/reviews/export", format="csv")
    assert "小时均值超标" in table.text


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"hour_start": (START + HOUR / 2).isoformat()}, "body.hour_start"),
        ({"hour_start": (START + 30 * DAY).isoformat()}, "body.hour_start"),
        ({"factor": "w99999"}, "body.factor"),
        ({"value": None}, "body.value"),
        ({"value": "a lot"}, "body.value"),
        ({"kind": "invalidate"}, "body.value"),
    ],
)
async def test_a_bad_correction_is_refused_with_what_and_where(
    laboratory: Laboratory, outlet: PointRecord, zhang: Person, changes: dict[str, Any], where: str
) -> None:
    body = {
        "hour_start": START.isoformat(), "factor": "w01018", "kind": "replace", "value": "45", "reason": "test",
        "evidence": PROOF, **changes,
    }  # fmt: skip
    refused = await laboratory.ask(zhang, "POST", f"/points/{outlet.point_id}/corrections", body)
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, where)
