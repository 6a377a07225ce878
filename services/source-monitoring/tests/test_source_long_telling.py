"""Months and longer told to others: once they are over, provisional until every day is approved, again when they change."""

from datetime import date, datetime
from typing import Any

import pytest
from park_judging.testing import factor, limit, point, readings
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from source_monitoring.domain.long_periods import is_over
from source_monitoring.testing import DAY, HOUR, OFFICER, Laboratory, Person

LAST_DAY = at_park(datetime(2026, 6, 30))  # noqa: DTZ001 - read as park time; the last day of a month and of a quarter
JUNE = date(2026, 6, 1)


@pytest.fixture
async def outlet(laboratory: Laboratory) -> PointRecord:
    """An outlet with the last day of a quarter computed."""
    of = point(limit(upper="50"), factors=[factor("w00000", "L/s", 2), factor()])
    laboratory.registry.put(of)
    await laboratory.minutes(of, LAST_DAY, 24, {"w01018": "40", "w00000": "10", "w00000-Cou": "6"})
    await laboratory.take(readings(of, LAST_DAY + DAY + 2 * HOUR, {"w01018": "40"}))
    await laboratory.close()
    return of


async def told(laboratory: Laboratory, period: str = "month") -> list[dict[str, Any]]:
    """What was told of June or its quarter; July, which the later frame begins, is left out."""
    bodies = await laboratory.published("source.assessments.v1")
    return [one for one in bodies if one.get("period") == period and one.get("last_day") == "2026-06-30"]


async def approve(laboratory: Laboratory, of: PointRecord, version: int) -> None:
    for person, action in ((Person(*OFFICER), "review"), (Person(*OFFICER), "approve")):
        path = f"/reviews/{of.point_id}/{LAST_DAY.date()}/{action}"
        answer = await laboratory.ask(person, "POST", path, {"version": version})
        assert answer.status_code == 200, answer.text
    await laboratory.close()


@pytest.mark.parametrize(
    ("last_day", "today", "over"),
    [
        (date(2026, 6, 30), date(2026, 6, 30), False),
        (date(2026, 6, 30), date(2026, 7, 1), True),
        (date(2026, 6, 29), date(2026, 7, 1), False),
        (date(2026, 6, 29), date(2026, 7, 3), True),
        (None, date(2026, 7, 3), True),
    ],
)
def test_a_month_is_over_with_its_last_day_or_after_waiting_for_it(
    last_day: date | None, today: date, over: bool
) -> None:
    assert is_over("month", JUNE, last_day, today) is over


@pytest.mark.integration
async def test_a_month_and_its_quarter_are_told_when_they_are_over_as_provisional(
    laboratory: Laboratory, outlet: PointRecord
) -> None:
    for period, first in (("month", "2026-06-01"), ("quarter", "2026-04-01")):
        (body,) = await told(laboratory, period)
        assert (body["first_day"], body["version"], body["days"]) == (first, 1, 1)
        assert (body["final"], body["final_days"]) == (False, 0)
        cod = next(one for one in body["factors"] if one["factor"] == "w01018")
        assert (cod["mean"], cod["emission"]) == ("40.00", "34.56")


@pytest.mark.integration
async def test_it_is_told_as_final_once_every_day_is_approved_and_as_provisional_again_when_one_changes(
    laboratory: Laboratory, outlet: PointRecord
) -> None:
    await approve(laboratory, outlet, 1)
    assert [(one["version"], one["revision"], one["final"]) for one in await told(laboratory)] == [
        (1, 1, False), (2, 1, True),
    ]  # fmt: skip
    late = {"w01018": "46", "w00000": "10", "w00000-Cou": "6"}
    await laboratory.take(readings(outlet, LAST_DAY + 5 * HOUR, late, period=Period.MINUTE))
    await laboratory.close()
    changed = (await told(laboratory))[2]
    assert (changed["version"], changed["revision"], changed["final"]) == (3, 2, False)
    await approve(laboratory, outlet, 2)
    assert [one["final"] for one in await told(laboratory)] == [False, True, False, True]


@pytest.mark.integration
async def test_computing_a_month_again_that_did_not_change_tells_nothing(
    laboratory: Laboratory, outlet: PointRecord
) -> None:
    async with laboratory.database.transaction() as tx:
        await tx.execute("insert into dirty_months values ($1, $2, now() - interval '1 hour')", outlet.point_id, JUNE)
    await laboratory.close()
    assert len(await told(laboratory)) == 1


@pytest.mark.integration
async def test_a_crash_before_the_commit_leaves_the_month_untold_and_computing_again_tells_it_once(
    laboratory: Laboratory, outlet: PointRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("crash")

    late = {"w01018": "46", "w00000": "10", "w00000-Cou": "6"}
    await laboratory.take(readings(outlet, LAST_DAY + 5 * HOUR, late, period=Period.MINUTE))
    while await laboratory.closing.close_due():
        pass
    with monkeypatch.context() as patched:
        patched.setattr("source_monitoring.results.long_results.quantity_warnings.look", broken)
        with pytest.raises(RuntimeError):
            await laboratory.long_results.compute_due()
    assert len(await told(laboratory)) == 1
    await laboratory.close()
    assert [one["version"] for one in await told(laboratory)] == [1, 2]


@pytest.mark.integration
async def test_the_month_of_an_outlet_that_ended_before_it_is_told_by_the_daily_look(laboratory: Laboratory) -> None:
    of = point(factors=[factor()])
    laboratory.registry.put(of)
    early = LAST_DAY - 20 * DAY
    await laboratory.minutes(of, early, 24, {"w01018": "40"})
    await laboratory.take(readings(of, early + DAY + 2 * HOUR, {"w01018": "40"}))
    await laboratory.close()
    async with laboratory.database.transaction() as tx:  # as if it had been computed before the month was over
        await tx.execute("delete from long_results_told")
    before = len(await told(laboratory))
    await laboratory.long_results.tell_untold(date(2026, 7, 2))
    assert len(await told(laboratory)) == before
    await laboratory.long_results.tell_untold(date(2026, 7, 3))
    await laboratory.long_results.tell_untold(date(2026, 7, 3))
    assert len(await told(laboratory)) == before + 1
