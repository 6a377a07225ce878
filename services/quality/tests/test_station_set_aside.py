"""What stations send and cannot be used: kept with why, mended in the registry, run again."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from park_chassis.clock import now
from park_judging.testing import factor, limit, point, readings
from park_schemas.codes import Medium, Period
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from quality.testing import HOUR, Park, station

pytestmark = pytest.mark.integration

START = at_park(datetime(2026, 10, 9, 8))  # noqa: DTZ001 - read as park time


def river(**fields: object) -> PointRecord:
    return msgspec.structs.replace(station(factor(), medium=Medium.SURFACE_WATER), **fields)


async def listed(park: Park, **filters: Any) -> list[dict[str, object]]:
    items: list[dict[str, object]] = (await park.ask("GET", "/set-aside", **filters)).json()["items"]
    return items


async def test_an_unknown_factor_enters_the_results_once_the_registry_knows_it(park: Park) -> None:
    of = river()
    park.registry.put(of)
    await park.hours(of, START, [{"w01018": "12", "w21003": "0.4"}] * 2)
    await park.take(readings(of, START + 4 * HOUR))
    await park.close()
    (item,) = await listed(park, reason="unknown-factor")
    assert (item["factor"], item["frames"], item["open"]) == ("w21003", 12, True)
    path = f"/set-aside/{item['set_aside_id']}/run-again"
    refused = await park.ask("POST", path)
    assert (refused.status_code, refused.json()["code"]) == (409, "not-mended")
    park.registry.put(msgspec.structs.replace(of, factors=[factor(), factor("w21003", decimals=2)]))
    assert (await park.ask("POST", path)).json()["hours"] == 2
    await park.close()
    hour = await park.newest(of, START, Period.HOUR)
    assert {one.factor for one in hour.factors} == {"w01018", "w21003"}
    assert await listed(park, open="true") == []


async def test_a_limit_in_another_unit_is_held_against_the_values_once_the_registry_is_mended(park: Park) -> None:
    of = river(limits=[limit(upper="20", unit="mg/m3")])
    park.registry.put(of)
    await park.hours(of, START, [{"w01018": "25"}])
    await park.take(readings(of, START + 2 * HOUR))
    await park.close()
    (item,) = await listed(park, reason="unit-mismatch")
    assert (item["factor"], item["what_zh"]) == ("w01018", "单位与限值不符，未作比较")
    beside = (await park.ask("GET", "/set-aside")).json()["limits_not_applied"]
    assert [(one["factor"], bool(one["reason"]), bool(one["reason_zh"])) for one in beside] == [("w01018", True, True)]
    path = f"/set-aside/{item['set_aside_id']}/run-again"
    assert (await park.ask("POST", path)).json()["code"] == "not-mended"
    park.registry.put(msgspec.structs.replace(of, limits=[limit(upper="20")]))
    assert (await park.ask("POST", path)).status_code == 200
    await park.close()
    hour = await park.newest(of, START, Period.HOUR)
    assert (hour.revision, hour.factors[0].compliant) == (2, False)
    found = await park.published("supervision.findings.v1")
    assert ("exceedance", "violated", "hour") in {(one["rule"], one["verdict"], one["period"]) for one in found}


async def test_times_in_the_future_and_before_the_station_was_monitored_make_no_result(park: Park) -> None:
    of = river(in_service_from=START.date())
    park.registry.put(of)
    ahead, before = now() + timedelta(days=90), START - timedelta(days=30)
    await park.take(readings(of, ahead, received_at=now()), readings(of, before), readings(of, START))
    await park.close()
    found = {str(one["reason"]): one for one in await listed(park)}
    assert found.keys() == {"time-in-future", "time-before-device"}
    path = f"/set-aside/{found['time-before-device']['set_aside_id']}"
    assert (await park.ask("POST", f"{path}/run-again")).json()["code"] == "not-mended"
    park.registry.put(msgspec.structs.replace(of, in_service_from=date(2020, 1, 1)))
    assert (await park.ask("POST", f"{path}/run-again")).json()["hours"] == 1
    await park.close()
    assert (await park.newest(of, before, Period.HOUR)).revision == 1
    late = f"/set-aside/{found['time-in-future']['set_aside_id']}/dismiss"
    assert (await park.ask("POST", late, {"reason": "时钟已校正"})).status_code == 200
    assert (await park.ask("POST", late, {"reason": "x"})).status_code == 422


async def test_redelivered_frames_are_not_set_aside_twice(park: Park) -> None:
    of = river()
    park.registry.put(of)
    events = [
        readings(of, START + timedelta(minutes=10 * step), {"w21003": "0.4"}, period=Period.MINUTE) for step in range(6)
    ]
    for part in (events, events[2:], events[::-1]):
        await park.take(*part)
    (item,) = await listed(park)
    assert item["frames"] == 6


async def test_outlets_are_not_listed_and_steps_need_permission(park: Park) -> None:
    outlet, of = point(), river()
    park.registry.put(outlet)
    park.registry.put(of)
    await park.take(readings(outlet, START, {"w21003": "1"}), readings(of, START, {"w21003": "1"}))
    (item,) = await listed(park)
    assert item["point_id"] == str(of.point_id)
    answer = await park.ask("POST", f"/set-aside/{item['set_aside_id']}/run-again", may=("reading:read",))
    assert answer.status_code == 403
    assert (await park.ask("POST", f"/set-aside/{of.point_id}/run-again")).status_code == 404
