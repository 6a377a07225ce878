"""Fugitive points (无组织): the limits at the fence held against the hourly mean; nothing converted, no mass."""

from datetime import date, datetime

import pytest
from msgspec.structs import replace
from park_judging.domain.applied_limits import compile_limits
from park_judging.testing import factor, limit, point, readings
from park_schemas.codes import Medium, PointKind
from park_schemas.park_time import at_park
from park_schemas.registry import LimitInForce, PointRecord
from park_standards.limit import Averaging, Kind
from park_standards.limits import all_limits
from source_monitoring.testing import DAY, HOUR, OFFICER, Laboratory, Person

START = at_park(datetime(2026, 11, 10))  # noqa: DTZ001 - read as park time
NMHC = "a24088"


def fence_limit() -> LimitInForce:
    """The row of GB 16297-1996 table 2 for the fence, as the archive states it."""
    (row,) = (
        one
        for one in all_limits()
        if one.standard == "GB 16297-1996" and one.kind is Kind.FENCE and one.factor_code == NMHC
    )
    assert (row.averaging, str(row.bounds.upper)) == (Averaging.HOUR, "4.0")
    return LimitInForce(
        limit_id=row.limit_id, factor=NMHC, unit=row.unit, averaging="hour", standard=row.standard, clause=row.clause,
        valid_from=date(2020, 1, 1), upper=f"{row.bounds.upper:f}",
    )  # fmt: skip


def fence(*limits: LimitInForce) -> PointRecord:
    factors = [factor(NMHC, "mg/m3", 2), factor("a00000", "m3/h", 0)]
    outlet = point(*limits, factors=factors, medium=Medium.WASTE_GAS)
    made: PointRecord = replace(outlet, point_kind=PointKind.FUGITIVE)
    return made


def test_a_limit_of_converted_values_is_not_applied_at_the_fence_and_said_so() -> None:
    stack = limit(NMHC, upper="60", unit="mg/m3", basis="converted")
    compiled = compile_limits(fence(fence_limit(), stack))
    assert [one.row.limit_id for one in compiled.limits] == [fence_limit().limit_id]
    (refused,) = [one for one in compiled.not_applied if one.limit_id == stack.limit_id]
    assert "无组织" in refused.reason_zh


@pytest.mark.integration
async def test_the_hourly_mean_at_the_fence_is_judged_nothing_is_converted_and_no_mass_follows(
    laboratory: Laboratory,
) -> None:
    of = fence(fence_limit())
    laboratory.registry.put(of)
    values = {NMHC: "3.5", f"{NMHC}-ZsAvg": "9.9", "a00000": "5000", "a00000-Cou": "800"}
    await laboratory.minutes(of, START, 2, values)
    await laboratory.minutes(of, START + 2 * HOUR, 1, {**values, NMHC: "4.5"})
    await laboratory.take(readings(of, START + DAY + 2 * HOUR, {NMHC: "3"}))
    await laboratory.close()
    within, over = [await laboratory.newest(of, START + hour * HOUR, NMHC) for hour in (0, 2)]
    assert (within.compliant, over.compliant, over.limit, over.standard) == (True, False, "4.0", "GB 16297-1996")
    assert (over.converted_mean, over.reported_converted, over.emission) == (None, None, None)
    found = [one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == "exceedance"]
    assert {one["limit_id"] for one in found} == {fence_limit().limit_id}
    assert [one["statutory"] for one in found if one["period"] == "hour"] == [True]
    officer = Person(*OFFICER)
    masses = await laboratory.ask(officer, "GET", "/emissions", None, **{"from": "2026-11-01", "to": "2026-12-01"})
    assert masses.json()["items"] == []
    card = {
        "point_id": str(of.point_id), "factor": NMHC, "card_number": "x", "period_start": "2026-11-01",
        "period_end": "2026-11-30",
    }  # fmt: skip
    assert (await laboratory.ask(officer, "POST", "/quota-cards", card)).status_code == 422


@pytest.mark.integration
async def test_an_organised_outlet_and_one_of_no_kind_keep_conversion_and_mass(laboratory: Laboratory) -> None:
    of = point(factors=[factor(NMHC, "mg/m3", 2), factor("a00000", "m3/h", 0)], medium=Medium.WASTE_GAS)
    laboratory.registry.put(of)
    values = {NMHC: "3.5", f"{NMHC}-ZsAvg": "9.9", "a00000": "5000", "a00000-Cou": "800"}
    await laboratory.minutes(of, START, 1, values)
    await laboratory.take(readings(of, START + 3 * HOUR, {NMHC: "3"}))
    await laboratory.close()
    hour = await laboratory.newest(of, START, NMHC)
    assert hour.converted_mean is not None
    assert hour.emission is not None
