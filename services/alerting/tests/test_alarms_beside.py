"""Other alarms at the same point within 24 h raise the second one, and its timeline says which they were."""

from typing import Any

import pytest
from alerting.domain.circumstances import Beside, Circumstances, holds
from alerting.domain.policy import shipped_policy
from alerting.testing import NOON, OUTLET, finding
from park_chassis.database import Database
from park_schemas.codes import Period
from park_schemas.supervision import FindingRecorded

POLICY = shipped_policy()


def anomaly(rule: str, *, at: float = 0, severity: str = "alarm", verdict: Any = "violated") -> FindingRecorded:
    return finding(
        None, rule=rule, at=at, severity=severity, kind="anomaly", period=Period.REALTIME, verdict=verdict, subject=OUTLET
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "hours", "level"),
    [
        (anomaly("AN08"), "AN30", 5, "red"),
        (anomaly("AN29"), "AN30", 5, "red"),
        (anomaly("AN30"), "AN29", 5, "red"),
        (anomaly("AN04"), "AN14", 5, "orange"),
        (anomaly("AN08"), "AN14", 5, "orange"),
        (anomaly("AN06", severity="warn"), "AN14", 5, "yellow"),
        (finding(1.8), "AN30", 5, "yellow"),
    ],
    ids=[
        "two of fraud suspicion", "a changed parameter and another", "the changed parameter comes second",
        "two of other families", "one of suspicion, one of another", "a warning is no alarm", "an exceedance is no anomaly",
    ],
)  # fmt: skip
@pytest.mark.integration
async def test_two_alarms_on_one_point_in_a_day(
    database: Database, take_in: Any, first: FindingRecorded, second: str, hours: float, level: str
) -> None:
    await take_in(first, anomaly(second, at=hours))
    async with database.reading() as connection:
        row = await connection.fetchrow("select * from alarms where rule = $1", second)
        assert row is not None
        number = await connection.fetchval("select number from alarms where rule = $1", first.rule)
        said = await connection.fetchval("select detail_zh from timeline where alarm_id = $1", row["alarm_id"])
    assert row["level"] == level
    assert (f"同一点位 24 小时内另有告警 {number}" in said) is (level in {"orange", "red"})


@pytest.mark.integration
async def test_more_than_a_day_after_the_end_of_the_first_nothing_is_raised(database: Database, take_in: Any) -> None:
    await take_in(anomaly("AN08"), anomaly("AN08", at=1, verdict="complied"))
    async with database.transaction() as tx:
        await tx.execute("update alarms set state = 'closed'")
    await take_in(anomaly("AN30", at=25))
    async with database.reading() as connection:
        assert await connection.fetchval("select level from alarms where rule = 'AN30'") == "yellow"


@pytest.mark.integration
async def test_orange_again_within_a_week_is_red_and_says_so(database: Database, take_in: Any) -> None:
    await take_in(anomaly("AN24"), anomaly("AN24", at=1, verdict="complied"))
    async with database.transaction() as tx:
        await tx.execute("update alarms set state = 'closed'")
    await take_in(anomaly("AN24", at=100))
    async with database.reading() as connection:
        said = await connection.fetchrow("select level, detail_zh, detail_en from timeline order by id desc limit 1")
    assert said is not None
    assert said["level"] == "red"
    assert "7 天内再次达到橙色, 升为红色" in said["detail_zh"]
    assert "orange again within 7 d" in said["detail_en"]


def test_what_was_not_recorded_raises_nothing_and_is_not_known() -> None:
    step = next(one for one in POLICY.entry_for(anomaly("AN30")).circumstance_steps if one.name == "two-suspicions")
    other = Beside("AN08", POLICY.entry_for(anomaly("AN24")).floor, "AL-1", NOON)
    assert not holds(step, Circumstances(NOON))
    assert holds(step, Circumstances(NOON, beside=[other]))
