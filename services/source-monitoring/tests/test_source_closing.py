"""Hours and days on a real Postgres: computed when their data is in, again when late data changes them, judged, announced."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from park_chassis.clock import now
from park_chassis.database import Database
from park_judging import store
from park_judging.closing import Closing
from park_judging.domain import factor_means, period_means
from park_judging.readings import ReadingsJudge
from park_judging.registry import Points
from park_judging.testing import PointsInMemory, factor, limit, point, readings
from park_schemas.codes import SOURCE_MEDIA, Period
from park_schemas.envelope import Event
from park_schemas.registry import PointRecord
from park_schemas.telemetry import ReadingsReported
from source_monitoring.rules import SourceRules
from source_monitoring.settings import Settings

pytestmark = pytest.mark.integration

HOUR_START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY_START = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)  # 2026-11-20 00:00 in the park


@pytest.fixture
def points(registry: PointsInMemory) -> Points:
    return Points(registry, SOURCE_MEDIA, wait_s=0.1)


@pytest.fixture
def judge(points: Points, source_settings: Settings) -> ReadingsJudge:
    return ReadingsJudge(points, source_settings)


@pytest.fixture
def closing(sources: Database, points: Points, source_settings: Settings) -> Closing:
    return Closing(
        sources, points, source_settings, event_type="source.assessment.made", rules=SourceRules(source_settings)
    )


async def take(sources: Database, judge: ReadingsJudge, events: Iterable[Event[ReadingsReported]]) -> None:
    async with sources.transaction() as tx:
        await judge.on_readings(list(events), tx)


async def published(sources: Database, topic: str) -> list[dict[str, Any]]:
    async with sources.reading() as connection:
        rows = await connection.fetch("select body from outbox where topic = $1 order by id", topic)
        return [json.loads(row["body"]) for row in rows]


def minutes(
    of: PointRecord, values: Iterable[str], start: datetime = HOUR_START, **kinds: Any
) -> list[Event[ReadingsReported]]:
    """Ten-minute records from `start` on."""
    return [
        readings(of, start + timedelta(minutes=10 * step), {"w01018": value}, period=Period.MINUTE, **kinds)
        for step, value in enumerate(values)
    ]


async def hours_of(sources: Database, of: PointRecord, period: Period = Period.HOUR) -> list[store.Assessment]:
    async with sources.reading() as connection:
        return await store.assessments(connection, of.point_id, period, DAY_START, DAY_START + timedelta(days=2))


async def close_all(closing: Closing) -> None:
    while await closing.close_due():
        pass


async def test_an_hour_is_computed_once_the_data_has_gone_past_its_end_and_judged_by_statute(
    sources: Database, judge: ReadingsJudge, closing: Closing, registry: PointsInMemory
) -> None:
    of = point(limit(upper="50", averaging="hour"))
    registry.put(of)
    await take(sources, judge, minutes(of, ["40", "50", "60", "70", "80", "90"]))
    await close_all(closing)
    assert await hours_of(sources, of) == []
    await take(sources, judge, [readings(of, HOUR_START + HOUR + timedelta(minutes=1), {"w01018": "40"})])
    await close_all(closing)
    (hour,) = await hours_of(sources, of)
    (cod,) = hour.factors
    assert (cod.mean, cod.minimum, cod.maximum) == ("65.00", "40", "90")
    assert (cod.valid, cod.valid_count, cod.expected_count) == (True, 6, 6)
    assert (cod.compliant, cod.ratio, cod.limit, cod.standard, cod.clause) == (False, 1.3, "50", "GB 31571-2015", "表1")
    (made,) = await published(sources, "source.assessments.v1")
    assert (made["period"], made["revision"], made["factors"][0]["mean"]) == ("hour", 1, "65.00")
    statutory = [one for one in await published(sources, "supervision.findings.v1") if one.get("statutory")]
    assert [(one["period"], one["observed"]) for one in statutory] == [("hour", "65.00")]
    assert "重新计算" in statutory[0]["explanation_zh"]


async def test_an_hour_with_fewer_valid_minutes_than_required_is_not_judged(
    sources: Database, judge: ReadingsJudge, closing: Closing, registry: PointsInMemory
) -> None:
    of = point(limit(upper="50", averaging="hour"))
    registry.put(of)
    await take(sources, judge, minutes(of, ["90", "90", "90", "90"]))
    await take(sources, judge, minutes(of, ["90", "90"], HOUR_START + timedelta(minutes=40), mark="D"))
    await take(sources, judge, [readings(of, HOUR_START + 2 * HOUR)])
    await close_all(closing)
    (hour,) = await hours_of(sources, of)
    (cod,) = hour.factors
    assert (cod.valid, cod.valid_count, cod.expected_count, cod.reason) == (False, 4, 6, "too-few-values")
    assert cod.compliant is None
    assert not [one for one in await published(sources, "supervision.findings.v1") if one.get("statutory")]


async def test_late_data_makes_a_higher_revision_and_the_same_again_makes_none(
    sources: Database, judge: ReadingsJudge, closing: Closing, registry: PointsInMemory
) -> None:
    of = point(limit(upper="50", averaging="hour"))
    registry.put(of)
    first = minutes(of, ["40"] * 5)
    await take(sources, judge, [*first, readings(of, HOUR_START + 2 * HOUR)])
    await close_all(closing)
    await take(sources, judge, first)
    await close_all(closing)
    assert [hour.revision for hour in await hours_of(sources, of)] == [1]
    await take(sources, judge, minutes(of, ["160"], HOUR_START + timedelta(minutes=50)))
    await close_all(closing)
    (hour,) = await hours_of(sources, of)
    assert (hour.revision, hour.factors[0].mean) == (2, "60.00")
    made = await published(sources, "source.assessments.v1")
    assert [(one["period"], one["revision"]) for one in made if "period" in one] == [("hour", 1), ("hour", 2)]


async def test_realtime_values_stand_in_where_there_are_no_minute_records_and_the_device_s_own_hour_stands_beside(
    sources: Database, judge: ReadingsJudge, closing: Closing, registry: PointsInMemory
) -> None:
    of = point()
    registry.put(of)
    realtime = [readings(of, HOUR_START + timedelta(seconds=30 * step), {"w01018": "20"}) for step in range(120)]
    own = readings(of, HOUR_START, {"w01018-Avg": "21.5", "w01018-Cou": "3.25"}, period=Period.HOUR)
    await take(sources, judge, [*realtime, own, readings(of, HOUR_START + 2 * HOUR)])
    await close_all(closing)
    (hour,) = await hours_of(sources, of)
    (cod,) = hour.factors
    assert (cod.mean, cod.reported, cod.total, cod.valid_count, cod.expected_count) == (
        "20.00",
        "21.5",
        "3.25",
        120,
        120,
    )


async def test_a_day_follows_from_its_hours_weighted_by_flow_and_is_judged(
    sources: Database, judge: ReadingsJudge, closing: Closing, registry: PointsInMemory
) -> None:
    of = point(limit(upper="50", averaging="day"), factors=[factor("w00000", "L/s"), factor()])
    registry.put(of)
    for hour in range(24):
        start = DAY_START + hour * HOUR
        cod, volume = ("100", "3") if hour < 12 else ("20", "1")
        values = {"w01018": cod, "w00000-Cou": volume, "w00000-Avg": "5"}
        times = [start + timedelta(minutes=10 * step) for step in range(6)]
        await take(sources, judge, [readings(of, at, values, period=Period.MINUTE) for at in times])
    await take(sources, judge, [readings(of, DAY_START + timedelta(days=1, hours=1))])
    await close_all(closing)
    assert len(await hours_of(sources, of)) == 24
    (day,) = await hours_of(sources, of, Period.DAY)
    flow, cod_day = day.factors
    assert flow.total == "288"
    assert (cod_day.mean, cod_day.valid, cod_day.valid_count, cod_day.compliant) == ("80.00", True, 24, False)
    days = [one for one in await published(sources, "supervision.findings.v1") if one["period"] == "day"]
    assert [(one["observed"], one["statutory"]) for one in days] == [("80.00", True)]
    made = [one for one in await published(sources, "source.assessments.v1") if one.get("period") == "day"]
    assert len(made) == 1


async def test_a_silent_point_s_last_hour_is_closed_all_the_same(
    sources: Database, judge: ReadingsJudge, points: Points, registry: PointsInMemory, source_settings: Settings
) -> None:
    of = point()
    registry.put(of)
    start = now().replace(minute=0, second=0, microsecond=0) - 3 * HOUR
    await take(sources, judge, minutes(of, ["1"] * 6, start))
    impatient = source_settings.model_copy(update={"closing_silence_s": 0.0})
    await close_all(Closing(sources, points, impatient, event_type="source.assessment.made"))
    async with sources.reading() as connection:
        assert len(await store.assessments(connection, of.point_id, Period.HOUR, start, start + HOUR)) == 1


async def test_a_frame_stored_while_its_hour_is_being_closed_is_not_missed(
    sources: Database, judge: ReadingsJudge, closing: Closing, registry: PointsInMemory
) -> None:
    of = point()
    registry.put(of)
    await take(sources, judge, [*minutes(of, ["10"] * 5), readings(of, HOUR_START + 2 * HOUR)])
    async with sources.transaction() as tx:
        await judge.on_readings(minutes(of, ["70"], HOUR_START + timedelta(minutes=50)), tx)
        await close_all(closing)  # on another connection, before our commit: it must leave the hour to us
    await close_all(closing)
    (hour,) = await hours_of(sources, of)
    assert hour.factors[0].mean == "20.00"


async def test_a_period_that_cannot_be_computed_is_put_off_and_holds_up_no_other(
    sources: Database, judge: ReadingsJudge, closing: Closing, registry: PointsInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = point(), point()
    registry.put(bad)
    registry.put(good)
    await take(sources, judge, [*minutes(bad, ["13"] * 6), readings(bad, HOUR_START + 2 * HOUR)])
    await take(sources, judge, [*minutes(good, ["20"] * 6), readings(good, HOUR_START + 2 * HOUR)])
    whole = factor_means.mean_of

    def fails_on_13(of_factor: Any, values: Any) -> Any:
        if 13 in values:
            raise ZeroDivisionError
        return whole(of_factor, values)

    monkeypatch.setattr(period_means, "mean_of", fails_on_13)
    await close_all(closing)
    assert await hours_of(sources, bad) == []
    assert len(await hours_of(sources, good)) == 1
    async with sources.reading() as connection:
        assert await connection.fetchval("select count(*) from dirty_periods where point_id = $1", bad.point_id) == 2


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_any_repetition_and_any_batching_of_the_same_frames_gives_the_same_assessments(
    sources: Database, judge: ReadingsJudge, closing: Closing, registry: PointsInMemory, data: st.DataObject
) -> None:
    straight, shuffled = point(limit(upper="50")), point(limit(upper="50"))
    registry.put(straight)
    registry.put(shuffled)
    values = data.draw(st.lists(st.sampled_from(["10", "49.9", "50", "50.1", "90"]), min_size=1, max_size=12))
    await take(sources, judge, [*minutes(straight, values), readings(straight, HOUR_START + 5 * HOUR)])
    events = [*minutes(shuffled, values), readings(shuffled, HOUR_START + 5 * HOUR)]
    order = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events), max_size=5))))
    while order:
        size = data.draw(st.integers(1, len(order)))
        await take(sources, judge, order[:size])
        order = order[size:]
        if data.draw(st.booleans()):
            await close_all(closing)
    await close_all(closing)
    one, other = await hours_of(sources, straight), await hours_of(sources, shuffled)
    assert [(hour.period_start, hour.factors) for hour in one] == [(hour.period_start, hour.factors) for hour in other]
