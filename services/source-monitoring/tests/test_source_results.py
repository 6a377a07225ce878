"""Months, permitted quantities with forecast and warnings, transmission of park, enterprise and outlet, over the real API."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_judging.testing import ENTERPRISE_ID, factor, point, readings
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from source_monitoring import park_today
from source_monitoring.domain.permitted_quantity import reached, use_of
from source_monitoring.testing import DAY, ENTERPRISE, HOUR, OFFICER, Laboratory, Person

START = at_park(datetime(2026, 11, 10))  # noqa: DTZ001 - read as park time; a day in the past, in the middle of its month
YEAR = {"from": "2026-01-01", "to": "2027-01-01"}
SPAN = {"from": str(START.date()), "to": str((START + DAY).date())}


@pytest.fixture(autouse=True)
def in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings end with their period, so what is expected depends on the day."""
    monkeypatch.setattr(park_today, "today", lambda: date(2026, 11, 22))


@pytest.fixture
def officer() -> Person:
    return Person(*OFFICER, name="officer")


async def whole_day(laboratory: Laboratory, of: PointRecord, cod: str = "40", hours: int = 24) -> None:
    laboratory.registry.put(of)
    await laboratory.minutes(of, START, hours, {"w01018": cod, "w00000": "10", "w00000-Cou": "6"})
    await laboratory.take(readings(of, START + DAY + 2 * HOUR, {"w01018": cod}))
    await laboratory.close()
    await laboratory.calendar.mark(START + DAY)
    await laboratory.close()


def outlet(**more: Any) -> PointRecord:
    return point(factors=[factor("w00000", "L/s", 2), factor()], **more)


async def state_quantity(laboratory: Laboratory, officer: Person, amount: str, **more: Any) -> Any:
    body = {
        "enterprise_id": str(ENTERPRISE_ID), "factor": "w01018", "year": START.year, "amount": amount, "unit": "kg",
        "permit": "排污许可证 表 12", **more,
    }  # fmt: skip
    return await laboratory.ask(officer, "PUT", "/permitted-quantities", body)


@pytest.mark.integration
async def test_a_quantity_is_warned_of_once_a_share_and_says_when_it_runs_out(
    laboratory: Laboratory, officer: Person
) -> None:
    of = outlet()
    await whole_day(laboratory, of)  # 24 h x 36 m3 x 40 mg/L = 34.56 kg
    answer = await state_quantity(laboratory, officer, "40")
    assert answer.status_code == 200
    (item,) = (await laboratory.ask(officer, "GET", "/permitted-quantities")).json()["items"]
    assert (item["used_kg"], item["permitted_kg"], item["share"], item["warned"]) == (
        "34.56",
        "40",
        "0.864000",
        ["0.8"],
    )
    assert item["runs_out"] == str((START + DAY).date())
    warned = [one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == "total-control"]
    assert [one["verdict"] for one in warned] == ["violated"]
    assert "86.4 %" in warned[0]["explanation_en"]
    assert (warned[0]["ratio"], warned[0]["factor"], warned[0]["unit"]) == (0.864, "w01018", "kg")
    await laboratory.minutes(of, START + DAY + 3 * HOUR, 20, {"w01018": "40", "w00000": "10", "w00000-Cou": "6"})
    await laboratory.take(readings(of, START + 2 * DAY + 2 * HOUR, {"w01018": "40"}))
    await laboratory.close()
    (item,) = (await laboratory.ask(officer, "GET", "/permitted-quantities")).json()["items"]
    assert item["warned"] == ["0.8", "0.9", "1", "1.1"]
    assert item["runs_out"] == str((START + DAY).date())
    warned = [one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == "total-control"]
    assert len(warned) == 4
    await state_quantity(laboratory, officer, "1000")  # a new permit: the warnings end
    ended = [one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == "total-control"]
    assert [one["verdict"] for one in ended[4:]] == ["complied"]


async def told(laboratory: Laboratory, rule: str) -> list[dict[str, Any]]:
    return [one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == rule]


@pytest.mark.integration
async def test_a_use_far_ahead_of_the_linear_pace_is_told_once_shown_and_ends_when_it_falls_back(
    laboratory: Laboratory, officer: Person
) -> None:
    of = outlet()
    await whole_day(laboratory, of)  # 34.56 kg by the 314th of 365 days
    await state_quantity(laboratory, officer, "30")
    (item,) = (await laboratory.ask(officer, "GET", "/permitted-quantities")).json()["items"]
    assert item["pace"] == {"expected_kg": "25.808", "ratio": "1.339108", "ahead": True, "warning": "1.2"}
    (ahead,) = await told(laboratory, "total-pace")
    assert (ahead["verdict"], ahead["ratio"], ahead["limit"], ahead["unit"]) == ("violated", 1.3391, "25.808", "kg")
    assert "133.9 % of the linear pace of 25.8 kg" in ahead["explanation_en"]
    assert "线性进度 25.8 kg 的 133.9%" in ahead["explanation_zh"]
    await laboratory.minutes(of, START + DAY + 3 * HOUR, 2, {"w01018": "40", "w00000": "10", "w00000-Cou": "6"})
    await laboratory.close()
    assert len(await told(laboratory, "total-pace")) == 1
    await state_quantity(laboratory, officer, "40")
    assert [one["verdict"] for one in await told(laboratory, "total-pace")] == ["violated", "complied"]
    (item,) = (await laboratory.ask(officer, "GET", "/permitted-quantities")).json()["items"]
    assert item["pace"]["ahead"] is False


@pytest.mark.integration
async def test_when_the_year_is_over_its_warnings_end_once_and_stay_on_the_page(
    laboratory: Laboratory, officer: Person
) -> None:
    await whole_day(laboratory, outlet())
    await state_quantity(laboratory, officer, "30")
    assert [one["verdict"] for one in await told(laboratory, "total-control")] == ["violated"] * 4
    for day, ends in ((date(2027, 1, 2), 0), (date(2027, 1, 3), 1), (date(2027, 1, 4), 1)):
        await laboratory.long_results.tell_untold(day)
        for rule in ("total-control", "total-pace"):
            complied = [one for one in await told(laboratory, rule) if one["verdict"] == "complied"]
            assert len(complied) == ends, (rule, day)
            assert all("ratio" not in one for one in complied)
    (item,) = (await laboratory.ask(officer, "GET", "/permitted-quantities")).json()["items"]
    assert item["warned"] == ["0.8", "0.9", "1", "1.1"]


@pytest.mark.integration
async def test_a_quantity_taken_away_ends_its_warning_and_is_another_enterprise_s_to_see_as_little_as_to_remove(
    laboratory: Laboratory, officer: Person
) -> None:
    await whole_day(laboratory, outlet())
    quantity_id = (await state_quantity(laboratory, officer, "40")).json()["quantity_id"]
    stranger = Person(*OFFICER, enterprise_id=uuid4())
    assert (await laboratory.ask(stranger, "GET", "/permitted-quantities")).json()["items"] == []
    assert (await state_quantity(laboratory, stranger, "9")).status_code == 404
    path = f"/permitted-quantities/{quantity_id}"
    assert (await laboratory.ask(stranger, "DELETE", path)).status_code == 404
    (item,) = (await laboratory.ask(officer, "GET", "/permitted-quantities")).json()["items"]
    assert (item["factor_name_zh"], item["factor_name_en"]) == ("化学需氧量", "COD")
    assert (await laboratory.ask(officer, "DELETE", path)).status_code == 200
    told = [one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == "total-control"]
    assert [one["verdict"] for one in told] == ["violated", "complied"]
    assert len({one["limit_id"] for one in told}) == 1


@pytest.mark.integration
async def test_a_quantity_of_what_nobody_reports_or_owns_is_refused(laboratory: Laboratory, officer: Person) -> None:
    laboratory.registry.put(outlet())
    unknown = await state_quantity(laboratory, officer, "40", factor="w99999")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-factor")
    assert (await state_quantity(laboratory, officer, "40", enterprise_id=str(uuid4()))).status_code == 404
    works = Person(*ENTERPRISE, enterprise_id=ENTERPRISE_ID)
    assert (await state_quantity(laboratory, works, "40")).status_code == 403


@pytest.mark.integration
async def test_month_quarter_and_year_are_made_of_days_as_versions(laboratory: Laboratory, officer: Person) -> None:
    of = outlet()
    await whole_day(laboratory, of)
    path = f"/points/{of.point_id}/results"
    for period in ("month", "quarter", "year"):
        (item,) = (await laboratory.ask(officer, "GET", path, None, period=period, **YEAR)).json()["items"]
        cod = next(one for one in item["factors"] if one["factor"] == "w01018")
        assert (cod["mean"], cod["valid"], cod["reason"], cod["emission"]) == (
            "40.00",
            False,
            "too-few-values",
            "34.56",
        )
        assert (item["final"], item["final_days"]) == (False, 0)
    first = (await laboratory.ask(officer, "GET", path, None, **YEAR)).json()["items"][0]["revision"]
    await laboratory.take(readings(of, START + 5 * HOUR, {"w01018": "49"}, period=Period.MINUTE))
    await laboratory.close()
    assert (await laboratory.ask(officer, "GET", path, None, **YEAR)).json()["items"][0]["revision"] == first + 1


@pytest.mark.integration
async def test_transmission_adds_up_from_factor_to_outlet_enterprise_and_park(
    laboratory: Laboratory, officer: Person
) -> None:
    whole, half = outlet(), outlet()
    await whole_day(laboratory, whole)
    await whole_day(laboratory, half, hours=12)

    async def asked(by: str, person: Person = officer) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (
            await laboratory.ask(person, "GET", "/transmission", None, by=by, **SPAN)
        ).json()["items"]
        return items

    by_point = {item["point_id"]: item for item in await asked("point")}
    assert (by_point[str(whole.point_id)]["effective_rate"], by_point[str(whole.point_id)]["level"]) == (
        "1.000000",
        "ok",
    )
    assert (by_point[str(half.point_id)]["effective_rate"], by_point[str(half.point_id)]["level"]) == (
        "0.500000",
        "serious",
    )
    (park,) = await asked("")
    assert (park["expected"], park["valid"], park["effective_rate"]) == (96, 72, "0.750000")
    (enterprise,) = await asked("enterprise")
    assert (enterprise["enterprise_id"], enterprise["valid"]) == (str(ENTERPRISE_ID), 72)
    factors = await asked("enterprise,factor")
    assert [(one["factor"], one["expected"], one["valid"]) for one in factors] == [
        ("w00000", 48, 36),
        ("w01018", 48, 36),
    ]
    days = await asked("point,day")
    assert {one["day"] for one in days} == {str(START.date())}
    assert await asked("point", Person(*ENTERPRISE, enterprise_id=uuid4())) == []
    bad = await laboratory.ask(officer, "GET", "/transmission", by="weather")
    assert bad.json()["code"] == "bad-grouping"
    table = await laboratory.ask(officer, "GET", "/transmission/export", None, by="point", **SPAN)
    assert "传输有效率" in table.text
    sums = (await laboratory.ask(officer, "GET", "/emissions", None, by="factor", **SPAN)).json()["items"]
    assert [(one["factor"], one["emission_kg"]) for one in sums] == [("w01018", "51.84")]


def test_the_day_a_quantity_ran_out_is_the_day_its_sum_reached_it() -> None:
    first = date(2026, 1, 1)
    masses = {first + timedelta(days=number): (Decimal(10), Decimal(0)) for number in range(20)}
    assert use_of(Decimal(100), date(2026, 12, 31), masses).runs_out == date(2026, 1, 10)
    use = use_of(Decimal(1000), date(2026, 12, 31), masses)
    assert (use.used, use.share, use.rate, use.runs_out) == (
        Decimal(200),
        Decimal("0.2"),
        Decimal(10),
        date(2026, 4, 10),
    )
    assert use_of(Decimal(1_000_000), date(2026, 12, 31), masses).runs_out is None
    assert use.at_end == 200 + 10 * 345


@given(
    permitted=st.integers(1, 10_000),
    masses=st.lists(st.tuples(st.integers(0, 100), st.integers(0, 20)), max_size=60),
)
def test_use_is_consistent_with_its_days(permitted: int, masses: list[tuple[int, int]]) -> None:
    first = date(2026, 1, 1)
    days = {first + timedelta(days=n): (Decimal(a), Decimal(b)) for n, (a, b) in enumerate(masses)}
    use = use_of(Decimal(permitted), date(2026, 12, 31), days)
    assert use.used == sum(a + b for a, b in masses)
    assert use.substituted == sum(b for _, b in masses)
    if use.runs_out is not None and use.last_day is not None:
        spent_until = sum((a + b for day, (a, b) in days.items() if day <= use.runs_out), Decimal(0))
        if use.runs_out <= use.last_day:
            assert spent_until >= permitted
            assert spent_until - sum(days[use.runs_out]) < permitted
        else:
            assert use.rate is not None
            assert use.used + use.rate * (use.runs_out - use.last_day).days >= permitted
    shares = [Decimal("0.8"), Decimal("0.9"), Decimal(1)]
    assert reached(use.share, shares) == [share for share in shares if use.used >= share * permitted]
