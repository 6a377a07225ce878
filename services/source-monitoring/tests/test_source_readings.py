"""Batches of readings on a real Postgres: stored once, judged once, findings in the same transaction."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from park_chassis.database import Database
from park_judging.readings import ReadingsJudge
from park_judging.registry import Points
from park_judging.testing import PointsInMemory, factor, limit, point, readings
from park_schemas.codes import SOURCE_MEDIA, Medium, Period
from park_schemas.envelope import ContractError, Event
from park_schemas.registry import PointRecord
from park_schemas.telemetry import ReadingsReported
from source_monitoring.settings import Settings

pytestmark = pytest.mark.integration

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture
def judge(registry: PointsInMemory, source_settings: Settings) -> ReadingsJudge:
    return ReadingsJudge(Points(registry, SOURCE_MEDIA, wait_s=source_settings.registry_wait_s), source_settings)


async def take(sources: Database, judge: ReadingsJudge, *events: Event[ReadingsReported]) -> None:
    async with sources.transaction() as tx:
        await judge.on_readings(list(events), tx)


async def findings(sources: Database) -> list[dict[str, Any]]:
    async with sources.reading() as connection:
        rows = await connection.fetch("select body from outbox where topic = 'supervision.findings.v1' order by id")
        return [json.loads(row["body"]) for row in rows]


def outlet(registry: PointsInMemory, *limits: Any, **kinds: Any) -> PointRecord:
    record = point(*limits, **kinds)
    registry.put(record)
    return record


async def test_a_value_over_its_limit_becomes_a_finding_that_names_everything(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    of = outlet(registry, limit(upper="50"))
    event = readings(of, AT, {"w01018": "90.0"})
    await take(sources, judge, event)
    (found,) = await findings(sources)
    assert found["rule"] == "exceedance"
    assert found["verdict"] == "violated"
    assert (found["observed"], found["limit"], found["unit"], found["ratio"]) == ("90.0", "50", "mg/L", 1.8)
    assert found.get("statutory", False) is False
    for part in (
        "甲化工",
        "总排口",
        "化学需氧量",
        "90.0",
        "50",
        "mg/L",
        "1.80 倍",
        "0.80 倍",
        "GB 31571-2015",
        "表1",
        "预警",
    ):
        assert part in found["explanation_zh"]
    for part in ("Main outlet", "COD", "90.0", "50", "1.80 times", "GB 31571-2015", "early sign"):
        assert part in found["explanation_en"]
    async with sources.reading() as connection:
        headers = dict(await connection.fetchval("select headers from outbox"))
    assert headers["ce_causationid"] == str(event.id)


async def test_an_hour_value_over_an_hour_limit_is_statutory_and_cites_no_early_sign(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    of = outlet(registry, limit(upper="50", averaging="hour"), limit(upper="40", averaging="day"))
    await take(sources, judge, readings(of, AT, {"w01018": "45"}, period=Period.HOUR))
    (found,) = await findings(sources)
    assert (found["limit"], found.get("statutory", False)) == ("40", False)
    await take(sources, judge, readings(of, AT + timedelta(hours=1), {"w01018": "55"}, period=Period.HOUR))
    assert {(one["limit"], one.get("statutory", False)) for one in (await findings(sources))[1:]} == {
        ("50", True),
        ("40", False),
    }


async def test_a_day_value_is_not_held_against_an_hour_limit(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    of = outlet(registry, limit(upper="50", averaging="hour"))
    await take(sources, judge, readings(of, AT, {"w01018": "90"}, period=Period.DAY))
    assert await findings(sources) == []


async def test_the_same_frame_again_is_neither_stored_nor_judged_again(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    of = outlet(registry, limit(upper="50"))
    batch = [readings(of, AT + HALF_MINUTE * step, {"w01018": "90"}) for step in range(3)]
    await take(sources, judge, *batch, *batch)
    await take(sources, judge, *batch)
    await take(sources, judge, readings(of, AT, {"w01018": "90"}))
    assert len(await findings(sources)) == 3
    async with sources.reading() as connection:
        assert await connection.fetchval("select count(*) from frames") == 3


async def test_only_what_is_new_in_a_revision_is_judged(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    of = outlet(registry, limit("w01018"), limit("w21003", upper="5"), factors=[factor(), factor("w21003")])
    await take(sources, judge, readings(of, AT, {"w01018": "90"}))
    await take(sources, judge, readings(of, AT, {"w21003": "9"}))
    assert [one["factor"] for one in await findings(sources)] == ["w01018", "w21003"]


async def test_complied_is_told_until_five_calm_values_and_then_no_more(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    of = outlet(registry, limit(upper="50"))
    values = ["90", "49", "30", "30", "30", "30", "30", "30", "30"]
    for step, value in enumerate(values):
        await take(sources, judge, readings(of, AT + HALF_MINUTE * step, {"w01018": value}))
    assert [one["verdict"] for one in await findings(sources)] == ["violated", *["complied"] * 6]
    async with sources.reading() as connection:
        assert await connection.fetchval("select count(*) from exceedance_watch") == 0


async def test_values_marked_as_not_valid_are_stored_but_not_judged(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    of = outlet(registry, limit(upper="50"))
    for step, mark in enumerate(["C", "M", "D", "B", "S", "F"]):
        await take(sources, judge, readings(of, AT + HALF_MINUTE * step, {"w01018": "900"}, mark=mark))
    assert await findings(sources) == []
    await take(sources, judge, readings(of, AT + HALF_MINUTE * 9, {"w01018": "900"}, mark=None))
    assert len(await findings(sources)) == 1


async def test_the_limit_of_the_park_day_applies_to_the_minute(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    of = outlet(
        registry,
        limit(upper="100", limit_id="old", valid_to=date(2026, 10, 31)),
        limit(upper="50", limit_id="new", valid_from=date(2026, 11, 1)),
    )
    midnight = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    await take(
        sources, judge, readings(of, midnight - HALF_MINUTE, {"w01018": "80"}), readings(of, midnight, {"w01018": "80"})
    )
    assert [one["limit_id"] for one in await findings(sources)] == ["new"]


async def test_units_are_converted_and_the_converted_value_is_judged_where_the_limit_says_so(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    of = outlet(
        registry,
        limit("a21026", upper="35", unit="mg/m3", basis="converted"),
        limit("a21005", upper="0.1", unit="mg/m3"),
        factors=[factor("a21026", "mg/m3"), factor("a21005", "ug/m3")],
        medium=Medium.WASTE_GAS,
    )
    await take(sources, judge, readings(of, AT, {"a21026-Rtd": "30", "a21026-ZsRtd": "42", "a21005-Rtd": "150.0"}))
    assert {(one["factor"], one["observed"], one["unit"]) for one in await findings(sources)} == {
        ("a21026", "42", "mg/m3"),
        ("a21005", "0.15", "mg/m3"),
    }


async def test_ranges_and_lower_limits_are_judged_on_both_sides(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    of = outlet(
        registry,
        limit("w01001", lower="6", upper="9", unit="1", averaging="realtime"),
        factors=[factor("w01001", "1", 2)],
    )
    for step, value in enumerate(["6.00", "9.00", "5.99", "10.5"]):
        await take(sources, judge, readings(of, AT + HALF_MINUTE * step, {"w01001": value}))
    assert [(one["observed"], one["limit"], one["ratio"]) for one in await findings(sources)] == [
        ("5.99", "6-9", 1.0067),
        ("10.5", "6-9", 2.0),
    ]


async def test_frames_of_other_media_are_left_to_the_other_service(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    of = outlet(registry, limit(), medium=Medium.AMBIENT_AIR)
    await take(sources, judge, readings(of, AT, {"w01018": "900"}))
    async with sources.reading() as connection:
        assert await connection.fetchval("select count(*) from frames") == 0


async def test_a_frame_of_an_unknown_point_waits_for_the_registry_and_is_then_refused(
    sources: Database, judge: ReadingsJudge
) -> None:
    with pytest.raises(ContractError, match="not in the registry"):
        await take(sources, judge, readings(point(), AT))


async def test_a_crash_before_the_commit_leaves_nothing_and_the_redelivery_everything(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    of = outlet(registry, limit(upper="50"))
    event = readings(of, AT, {"w01018": "90"})

    class Killed(Exception):
        pass

    async def take_and_die() -> None:
        async with sources.transaction() as tx:
            await judge.on_readings([event], tx)
            raise Killed

    with pytest.raises(Killed):
        await take_and_die()
    async with sources.reading() as connection:
        counts = [
            await connection.fetchval(f"select count(*) from {table}")
            for table in ("frames", "outbox", "latest", "exceedance_watch", "dirty_periods")
        ]
    assert counts == [0, 0, 0, 0, 0]
    await take(sources, judge, event)
    assert len(await findings(sources)) == 1


async def test_a_changed_limit_is_used_from_the_next_frame_on(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    point_id = uuid4()
    of = outlet(registry, limit(upper="100"), point_id=point_id)
    await take(sources, judge, readings(of, AT, {"w01018": "80"}))
    assert await findings(sources) == []
    of = outlet(registry, limit(upper="50"), point_id=point_id)
    await take(sources, judge, readings(of, AT + HALF_MINUTE, {"w01018": "80"}))
    assert len(await findings(sources)) == 1


async def test_a_watch_ends_when_its_limit_applies_no_more(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    point_id = uuid4()
    of = outlet(registry, limit(upper="50", limit_id="old"), point_id=point_id)
    await take(sources, judge, readings(of, AT, {"w01018": "80"}))
    of = outlet(registry, limit(upper="100", limit_id="new"), point_id=point_id)
    for step in range(1, 4):
        await take(sources, judge, readings(of, AT + HALF_MINUTE * step, {"w01018": "80"}))
    said = [(one["limit_id"], one["verdict"], one["factor"]) for one in await findings(sources)]
    assert said == [("old", "violated", "w01018"), ("old", "complied", "w01018")]
    async with sources.reading() as connection:
        assert await connection.fetchval("select count(*) from exceedance_watch") == 0


async def test_late_data_of_a_time_before_the_limit_ends_no_watch(
    sources: Database, judge: ReadingsJudge, registry: PointsInMemory
) -> None:
    of = outlet(registry, limit(upper="50", valid_from=date(2026, 11, 1)))
    await take(sources, judge, readings(of, AT, {"w01018": "80"}))
    await take(sources, judge, readings(of, AT - timedelta(days=40), {"w01018": "80"}))
    assert [one["verdict"] for one in await findings(sources)] == ["violated"]
    async with sources.reading() as connection:
        assert await connection.fetchval("select count(*) from exceedance_watch") == 1
