"""A finding that is withdrawn ends its alarm with the reason in its timeline, tells those who were told, and counts as no hit."""

from datetime import timedelta
from typing import Any

import pytest
from alerting.domain import episode
from alerting.domain.clearing import is_cleared
from alerting.domain.evidence import in_order
from alerting.domain.grading import weigh
from alerting.domain.policy import shipped_policy
from alerting.store.policies import PolicyCache
from alerting.store.statistics import counted
from alerting.testing import NOON, finding
from alerting.timers import Timers
from park_chassis.clock import now
from park_chassis.database import Database
from park_schemas.codes import AlarmLevel, AlarmState
from park_schemas.supervision import FindingRecorded

MARK = "启停机标记(起炉), 当时段不参与考核"


def withdrawal(of: FindingRecorded, *, revision: int = 1) -> FindingRecorded:
    """Return what the judging service says when a mark takes a value out of judgement."""
    at = (of.period_start - NOON) / timedelta(hours=1)
    return finding(
        None, at=at, verdict="complied", revision=revision, withdraws=of.finding_id, explanation_zh=MARK,
        explanation_en="start-up mark: not judged",
    )  # fmt: skip


def told_again(of: FindingRecorded, *, revision: int = 2) -> FindingRecorded:
    at = (of.period_start - NOON) / timedelta(hours=1)
    return finding(of.ratio, at=at, revision=revision, reinstates=of.finding_id)


def test_without_any_finding_left_the_evidence_has_no_ground_and_is_cleared() -> None:
    over = finding(1.8)
    entry = shipped_policy().entry_for(over)
    evidence = weigh(in_order([over, withdrawal(over)], entry), entry)
    assert not evidence.stands
    assert is_cleared(evidence, entry.clearing)


def test_a_finding_told_again_stands_whatever_the_order_of_arrival() -> None:
    over = finding(1.8)
    entry = shipped_policy().entry_for(over)
    for arrived in ([over, withdrawal(over), told_again(over)], [told_again(over), withdrawal(over), over]):
        assert weigh(in_order(arrived, entry), entry).reached is AlarmLevel.YELLOW


def test_a_lasting_condition_that_is_withdrawn_leaves_nothing_either() -> None:
    over = finding(None, rule="AN08", severity="alarm")
    entry = shipped_policy().entry_for(over)
    end = finding(None, rule="AN08", verdict="complied", withdraws=over.finding_id, revision=1)
    assert not weigh(in_order([over, end], entry), entry).stands


async def only(database: Database) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    async with database.reading() as connection:
        row = await connection.fetchrow("select * from alarms order by raised_at desc limit 1")
        assert row is not None
        timeline = await connection.fetch(
            "select what, detail_zh from timeline where alarm_id = $1 order by id", row["alarm_id"]
        )
    return dict(row), [(one["what"], one["detail_zh"]) for one in timeline]


async def fire_everything(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("update timers set due_at = now() - interval '1 second'")
    await Timers(database, PolicyCache(), poll_s=1).fire_due()


async def accuracy(database: Database) -> tuple[int, int, int]:
    """Return (judged, confirmed, withdrawn)."""
    async with database.reading() as connection:
        _, total = await counted(
            connection, "day", since=now() - timedelta(days=1), until=now() + timedelta(days=1), visible_enterprise=None,
            rule=None,
        )  # fmt: skip
    return total["judged"], total["confirmed"], total["withdrawn"]


@pytest.mark.integration
async def test_an_alarm_whose_only_finding_is_withdrawn_is_resolved_told_closed_and_counted(
    database: Database, take_in: Any
) -> None:
    over = finding(1.8)
    await take_in(over, withdrawal(over))
    alarm, timeline = await only(database)
    assert (alarm["state"], alarm["withdrawn"]) == ("resolved", True)
    assert timeline[-1] == ("resolved", f"判定撤回: {MARK}")
    async with database.reading() as connection:
        told = await connection.fetch("select step, recipient, title_zh from notifications order by step, recipient")
    before = [one["recipient"] for one in told if one["step"] == "raised"]
    after = [one["recipient"] for one in told if one["step"] == "resolved"]
    assert before == after
    assert all(one["title_zh"].startswith("已撤回: ") for one in told if one["step"] == "resolved")
    await fire_everything(database)
    alarm, timeline = await only(database)
    assert (alarm["state"], alarm["body"]["close_reason"]) == ("closed", episode.WITHDRAWN)
    assert await accuracy(database) == (1, 0, 1)


@pytest.mark.integration
async def test_an_alarm_with_another_finding_goes_on_and_says_what_was_withdrawn(
    database: Database, take_in: Any
) -> None:
    first, second = finding(1.8), finding(1.9, at=1)
    await take_in(first, second, withdrawal(first))
    alarm, timeline = await only(database)
    assert (alarm["state"], alarm["withdrawn"], alarm["body"]["level"]) == ("active", False, "yellow")
    assert timeline[-1] == ("updated", f"判定撤回: {MARK}")


@pytest.mark.integration
async def test_a_withdrawal_after_the_closing_is_read_in_the_timeline_and_counted(
    database: Database, take_in: Any
) -> None:
    over = finding(1.8)
    await take_in(over, finding(0.5, at=1), finding(0.5, at=2))
    await fire_everything(database)
    assert (await only(database))[0]["body"]["close_reason"] == "recovered"
    assert await accuracy(database) == (0, 0, 0)
    await take_in(withdrawal(over), withdrawal(over))
    alarm, timeline = await only(database)
    assert (alarm["state"], alarm["version"]) == ("closed", alarm["body"]["version"])
    assert [one for one in timeline if one[0] == "updated"] == [("updated", f"判定撤回: {MARK}")]
    assert await accuracy(database) == (1, 0, 1)


@pytest.mark.integration
async def test_a_finding_told_again_opens_the_alarm_again_or_begins_another_after_the_closing(
    database: Database, take_in: Any
) -> None:
    over = finding(1.8)
    await take_in(over, withdrawal(over), told_again(over))
    assert [what for what, _ in (await only(database))[1]] == ["raised", "resolved", "reopened"]
    await take_in(finding(0.5, at=1), finding(0.5, at=2))
    await fire_everything(database)
    await take_in(finding(None, verdict="complied", revision=3, withdraws=told_again(over).finding_id))
    await take_in(told_again(told_again(over), revision=4))
    async with database.reading() as connection:
        states = [row["state"] for row in await connection.fetch("select state from alarms order by raised_at")]
    assert states == [AlarmState.CLOSED, AlarmState.ACTIVE]


@pytest.mark.integration
async def test_a_withdrawal_of_what_was_never_told_changes_nothing(database: Database, take_in: Any) -> None:
    await take_in(withdrawal(finding(1.8)))
    async with database.reading() as connection:
        assert await connection.fetchval("select count(*) from alarms") == 0


@pytest.mark.integration
async def test_a_withdrawn_hour_does_not_count_for_the_repetition_of_the_next_episode(
    database: Database, take_in: Any
) -> None:
    first, second = finding(1.2, at=0), finding(1.2, at=4)
    for one in (first, second):
        at = (one.period_start - NOON) / timedelta(hours=1)
        await take_in(one, finding(0.4, at=at + 1), finding(0.4, at=at + 2))
        await fire_everything(database)
    await take_in(withdrawal(first), finding(1.2, at=8))
    assert (await only(database))[0]["level"] == "blue", "two hours are left, three would be yellow"
