"""An exceedance that was told is withdrawn when its hour is judged no more, and told again when that is taken back."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from park_chassis.clock import now
from park_chassis.errors import Transient
from park_judging.domain.applied_limits import compile_limits
from park_judging.domain.frame_judging import COMPUTED, REPORTED
from park_judging.domain.holding import hold
from park_judging.domain.withdrawal import Told, reinstated, why_withdrawn, withdrawn
from park_judging.testing import ENTERPRISE_ID, factor, limit, point, readings
from park_schemas.assessments import FactorAssessment
from park_schemas.codes import Period
from park_schemas.identifiers import natural_id
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from park_schemas.supervision import FindingRecorded
from source_monitoring.domain.ruled_out import ruled_out
from source_monitoring.testing import ENTERPRISE, HOUR, OFFICER, Laboratory, Person

HERE = at_park(now()).replace(minute=0, second=0, microsecond=0) - 12 * HOUR
OF = point(limit(upper="50"))
OVER, WITHIN = (hold(text, compile_limits(OF).limits[0]) for text in ("60", "40"))


def hour(**more: Any) -> FactorAssessment:
    return FactorAssessment(
        **{
            "factor": "w01018",
            "unit": "mg/L",
            "valid": True,
            "valid_count": 6,
            "expected_count": 6,
            "mean": "60",
            **more,
        }
    )


def told(origin: str = COMPUTED) -> Told:
    body = FindingRecorded(
        finding_id=uuid4(), rule="exceedance", verdict="violated", park_id=OF.park_id, subject_id=OF.point_id,
        subject_name_zh="总排口", subject_name_en="Main outlet", medium=OF.medium, period=Period.HOUR, period_start=HERE,
        period_end=HERE + HOUR, recorded_at=HERE, explanation_zh="超标", explanation_en="over", factor="w01018",
        limit_id="x", observed="60", ratio=1.2, statutory=True,
    )  # fmt: skip
    return Told(body, origin)


RULED_OUT = [
    hour(exempt=True, condition_mark="startup"),
    hour(valid=False, verdict="invalid", reason="calibration", equipment_mark="dev_calibration"),
    hour(valid=False, verdict="stopped", reason="stopped", condition_mark="stopped"),
    hour(valid=False, verdict="invalid", reason="corrected", correction="c"),
    hour(valid=False, verdict="invalid", reason="out-of-control"),
]


@pytest.mark.parametrize("origin", [COMPUTED, REPORTED])
@pytest.mark.parametrize("now_is", RULED_OUT, ids=lambda one: one.condition_mark or one.equipment_mark or one.reason)
def test_what_people_and_checks_rule_out_withdraws_own_and_sent_values(origin: str, now_is: FactorAssessment) -> None:
    assert why_withdrawn(told(origin), now_is, OVER, ruled_out(now_is)) is not None


@pytest.mark.parametrize(
    ("now_is", "held"),
    [
        (hour(mean="40"), WITHIN),
        (hour(valid=False, verdict="invalid", reason="too-few-values"), None),
        (hour(), None),
        (None, None),
    ],
)
def test_later_data_withdraw_the_own_value_but_never_what_the_device_itself_sent(
    now_is: FactorAssessment | None, held: Any
) -> None:
    assert why_withdrawn(told(), now_is, held) is not None
    assert why_withdrawn(told(REPORTED), now_is, OVER) is None


@pytest.mark.parametrize("origin", [COMPUTED, REPORTED])
def test_a_value_that_is_still_over_stands_even_when_a_mark_touches_its_hour(origin: str) -> None:
    marked = hour(equipment_mark="dev_fault")
    assert why_withdrawn(told(origin), marked, OVER, ruled_out(marked)) is None


def test_the_reason_names_the_mark_in_both_languages() -> None:
    zh, en = ruled_out(RULED_OUT[0]) or ("", "")
    assert "启炉" in zh
    assert "start-up" in en


def test_withdrawing_and_telling_again_gives_the_same_ids_for_the_same_finding_and_keeps_what_it_speaks_of() -> None:
    one = told()
    first, again = (withdrawn(one.finding, ("因", "why"), at) for at in (HERE, HERE + HOUR))
    assert first.finding_id == again.finding_id == natural_id("withdrawn", one.finding.finding_id)
    assert (first.verdict, first.withdraws, first.observed, first.ratio) == (
        "complied",
        one.finding.finding_id,
        None,
        None,
    )
    same = ("rule", "subject_id", "factor", "period", "period_start", "limit_id")
    assert all(getattr(first, name) == getattr(one.finding, name) for name in same)
    back = reinstated(one.finding, HERE)
    assert (back.verdict, back.reinstates, back.observed) == ("violated", one.finding.finding_id, "60")
    assert msgspec.structs.replace(reinstated(one.finding, HERE + HOUR), recorded_at=HERE) == back


@pytest.fixture
def outlet(laboratory: Laboratory) -> PointRecord:
    of = point(limit(upper="50", standard="GB 18485-2014"), factors=[factor()])
    laboratory.registry.put(of)
    return of


@pytest.fixture
def works() -> Person:
    return Person(*ENTERPRISE, name="works", enterprise_id=ENTERPRISE_ID)


@pytest.fixture
def officer() -> Person:
    return Person(*OFFICER, name="officer")


async def one_hour_over(laboratory: Laboratory, of: PointRecord, *, record: bool = False) -> None:
    """Three hours of values, the second one over; with `record` the device sends its own hour record of it."""
    for number, cod in enumerate(("40", "60", "40")):
        await laboratory.minutes(of, HERE + number * HOUR, 1, {"w01018": cod})
    if record:
        await laboratory.take(readings(of, HERE + HOUR, {"w01018": "61"}, period=Period.HOUR))
    await laboratory.take(readings(of, HERE + 5 * HOUR, {"w01018": "40"}))
    await laboratory.close()


async def verdicts(laboratory: Laboratory) -> list[dict[str, Any]]:
    """The findings of the hour that was over, in the order of telling; early signs of single values left out."""
    found = await laboratory.published("supervision.findings.v1")
    return [
        one
        for one in found
        if one["rule"] == "exceedance"
        and one["period"] == "hour"
        and at_park(datetime.fromisoformat(one["period_start"])) == HERE + HOUR
    ]


async def set_mark(laboratory: Laboratory, person: Person, of: PointRecord, kind: str, hours: int = 2) -> str:
    """Mark from the first hour on: not exactly the exceedance, so that it counts at once."""
    end = (HERE + hours * HOUR).isoformat()
    body = {"type": kind, "start": HERE.isoformat(), "end": end, "reason": "按规定启炉"}
    answer = await laboratory.ask(person, "POST", f"/points/{of.point_id}/marks", body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["counts"], answer.text
    return str(answer.json()["mark_id"])


@pytest.mark.integration
@pytest.mark.parametrize("kind", ["startup", "dev_calibration"])
async def test_a_mark_set_afterwards_withdraws_the_told_exceedance_and_taking_it_back_tells_it_again(
    laboratory: Laboratory, outlet: PointRecord, works: Person, kind: str
) -> None:
    await one_hour_over(laboratory, outlet)
    (over,) = await verdicts(laboratory)
    mark_id = await set_mark(laboratory, works, outlet, kind)
    await laboratory.close()
    ended = (await verdicts(laboratory))[1]
    assert (ended["verdict"], ended["withdraws"]) == ("complied", over["finding_id"])
    assert ("启炉" if kind == "startup" else "校准") in ended["explanation_zh"]
    same = ("rule", "subject_id", "factor", "period", "limit_id", "statutory")
    assert all(ended[name] == over[name] for name in same)
    assert "observed" not in ended
    await laboratory.ask(works, "POST", f"/marks/{mark_id}/withdraw", {"reason": "填错"})
    await laboratory.close()
    again = (await verdicts(laboratory))[2]
    assert (again["verdict"], again["reinstates"], again["observed"]) == ("violated", over["finding_id"], "60.00")
    await set_mark(laboratory, works, outlet, kind)
    await laboratory.close()
    last = (await verdicts(laboratory))[3]
    assert (last["verdict"], last["withdraws"]) == ("complied", again["finding_id"])
    ids = [one["finding_id"] for one in await verdicts(laboratory)]
    assert len(set(ids)) == 4


@pytest.mark.integration
async def test_a_rejected_mark_tells_the_exceedance_again(
    laboratory: Laboratory, outlet: PointRecord, works: Person, officer: Person
) -> None:
    await one_hour_over(laboratory, outlet)
    mark_id = await set_mark(laboratory, works, outlet, "startup")
    await laboratory.close()
    await laboratory.ask(officer, "POST", f"/marks/{mark_id}/reject", {"reason": "无启炉记录"})
    await laboratory.close()
    found = await verdicts(laboratory)
    assert [one["verdict"] for one in found] == ["violated", "complied", "violated"]
    assert found[2]["reinstates"] == found[0]["finding_id"]


@pytest.mark.integration
async def test_the_device_s_own_hour_record_is_withdrawn_by_a_mark_and_told_again_too(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    await one_hour_over(laboratory, outlet, record=True)
    first = await verdicts(laboratory)
    assert sorted(one["observed"] for one in first) == ["60.00", "61"]
    mark_id = await set_mark(laboratory, works, outlet, "startup")
    await laboratory.close()
    ended = (await verdicts(laboratory))[2:]
    assert {one["withdraws"] for one in ended} == {one["finding_id"] for one in first}
    await laboratory.ask(works, "POST", f"/marks/{mark_id}/withdraw", {"reason": "填错"})
    await laboratory.close()
    again = (await verdicts(laboratory))[4:]
    assert sorted((one["verdict"], one["observed"]) for one in again) == [("violated", "60.00"), ("violated", "61")]
    assert {one["reinstates"] for one in again} == {one["finding_id"] for one in first}


@pytest.mark.integration
async def test_a_record_that_comes_while_its_hour_is_marked_is_withdrawn_although_the_hour_comes_out_the_same(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    await one_hour_over(laboratory, outlet, record=True)
    await set_mark(laboratory, works, outlet, "dev_fault")
    await laboratory.close()
    before = len(await verdicts(laboratory))
    await laboratory.take(readings(outlet, HERE + HOUR, {"w01018": "62"}, period=Period.HOUR))
    await laboratory.close()
    sent, ended = (await verdicts(laboratory))[before:]
    assert (sent["verdict"], sent["observed"], ended["withdraws"]) == ("violated", "62", sent["finding_id"])


@pytest.mark.integration
async def test_late_values_that_bring_the_hour_under_its_limit_withdraw_it(
    laboratory: Laboratory, outlet: PointRecord
) -> None:
    await one_hour_over(laboratory, outlet)
    for minute in range(0, 60, 10):
        late = readings(outlet, HERE + HOUR + minute * HOUR / 60, {"w01018": "42"}, period=Period.MINUTE)
        await laboratory.take(late)
    await laboratory.close()
    found = await verdicts(laboratory)
    assert [one["verdict"] for one in found] == ["violated", "complied"]
    assert found[1]["withdraws"] == found[0]["finding_id"]
    assert "42" in found[1]["explanation_zh"]


@pytest.mark.integration
async def test_an_hour_marked_before_it_is_computed_tells_nothing(
    laboratory: Laboratory, outlet: PointRecord, works: Person
) -> None:
    await set_mark(laboratory, works, outlet, "startup")
    await one_hour_over(laboratory, outlet)
    assert await verdicts(laboratory) == []


@pytest.mark.integration
async def test_a_crash_while_the_hour_is_judged_again_withdraws_nothing_and_the_next_round_withdraws_once(
    laboratory: Laboratory, outlet: PointRecord, works: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await one_hour_over(laboratory, outlet)
    await set_mark(laboratory, works, outlet, "startup")

    async def broken(*_: Any, **__: Any) -> None:
        raise Transient("crash")

    with monkeypatch.context() as patched:
        patched.setattr("park_judging.closing.outbox.add", broken)
        with pytest.raises(Transient):
            await laboratory.closing.close_due()
    assert [one["verdict"] for one in await verdicts(laboratory)] == ["violated"]
    await laboratory.close()
    await laboratory.close()
    assert [one["verdict"] for one in await verdicts(laboratory)] == ["violated", "complied"]
    async with laboratory.database.reading() as connection:
        rows = await connection.fetch("select withdrawn_at from told_exceedances")
    assert [row["withdrawn_at"] is not None for row in rows] == [True]
