"""A batch of findings is taken in with a bounded number of statements, and gives what the same findings give one by one."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from alerting.consumers import Consumers
from alerting.domain.episode import dedup_key
from alerting.store.policies import PolicyCache
from alerting.testing import finding
from park_chassis.database import Connection, Database
from park_schemas.codes import Medium, Period
from park_schemas.envelope import Event
from park_schemas.supervision import FindingRecorded


class Crash(Exception):
    """Stands for the end of the process before its commit."""


pytestmark = pytest.mark.integration

MOST_STATEMENTS = 24
"""Of one batch, whatever its length: a lock, what is known, what is the case, what people hear, what is written."""


@contextmanager
def counted(tx: Connection) -> Iterator[list[str]]:
    """Collect the statements of a connection."""
    seen: list[str] = []

    def note(record: Any) -> None:
        seen.append(record.query)

    tx.add_query_logger(note)
    try:
        yield seen
    finally:
        tx.remove_query_logger(note)


def events(findings: list[FindingRecorded]) -> list[Event[FindingRecorded]]:
    return [
        Event(
            type="supervision.finding.recorded", source="t", subject=str(one.subject_id), time=one.period_end, body=one
        )
        for one in findings
    ]


async def statements_of(database: Database, consumers: Consumers, findings: list[FindingRecorded]) -> int:
    async with database.transaction() as tx:
        with counted(tx) as seen:
            await consumers.on_findings(events(findings), tx)
    return len(seen)


def storm(count: int, *, first: int = 0, **facts: Any) -> list[FindingRecorded]:
    return [finding(2.5, subject=UUID(int=10_000 + first + number), **facts) for number in range(count)]


async def test_a_hundred_findings_that_raise_alarms_take_as_few_statements_as_ten(
    database: Database, consumers: Consumers
) -> None:
    await statements_of(database, consumers, storm(1, first=500))  # the driver asks for types once
    few = await statements_of(database, consumers, storm(10))
    many = await statements_of(database, consumers, storm(100, first=1000))
    assert few == many <= MOST_STATEMENTS


async def test_a_hundred_findings_that_merge_come_late_clear_and_are_withdrawn_take_a_bounded_number(
    database: Database, consumers: Consumers
) -> None:
    begun = storm(100)
    await statements_of(database, consumers, begun)
    going_on: list[FindingRecorded] = []
    for number, one in enumerate(begun):
        subject = one.subject_id
        going_on.append(finding(2.0, at=-1, subject=subject))
        going_on.append(finding(0.5, at=1, subject=subject))
        going_on.append(finding(0.5, at=2, subject=subject))
        if number % 2:
            going_on.append(finding(None, verdict="complied", subject=subject, withdraws=one.finding_id, revision=1))
    assert await statements_of(database, consumers, going_on) <= MOST_STATEMENTS


def history(seed: int, *, first: int) -> list[FindingRecorded]:
    """Return findings of six points of one enterprise: merging, late, repeated, clearing, of several rules."""
    draw = random.Random(seed)
    made: list[FindingRecorded] = []
    enterprise = UUID(int=900_000 + first)
    for _ in range(80):
        subject, hour = UUID(int=first + draw.randrange(6)), draw.randrange(20)
        facts: dict[str, Any] = {"subject": subject, "at": hour, "enterprise_id": enterprise}
        kind = draw.random()
        if kind < 0.6:
            made.append(
                finding(draw.choice([0.4, 0.95, 1.2, 1.8, 2.5]), factor=draw.choice(["a21026", "a21002"]), **facts)
            )
        elif kind < 0.7:
            made.append(finding(1.3, period=Period.REALTIME, **facts))
        elif kind < 0.8 and made:
            made.append(draw.choice(made))
        elif kind < 0.9:
            verdict: Any = draw.choice(["violated", "complied"])
            rule = draw.choice(["offline", "AN08", "AN30", "AN04"])
            made.append(finding(None, rule=rule, verdict=verdict, period=Period.REALTIME, severity="alarm", **facts))
        else:
            made.append(finding(2.2, medium=Medium.WASTE_WATER, factor="w20115", **facts))
    return made


async def outcome(database: Database, first: int) -> dict[str, Any]:
    """Return what came of the findings of the points from `first` on, without what differs by nature (ids, instants)."""

    def place(subject: UUID) -> int:
        return subject.int - first

    async with database.reading() as connection:
        alarms = await connection.fetch(
            "select * from alarms where subject_id = any($1) order by subject_id, dedup_key, started_at",
            [UUID(int=first + number) for number in range(6)],
        )
        found: dict[str, Any] = {}
        for row in alarms:
            body = row["body"]
            found[f"{place(row['subject_id'])} {row['rule']} {body.get('factor')} {row['started_at']}"] = {
                "row": [row[name] for name in ("version", "state", "level", "last_seen_at", "evidence", "search")][:5],
                "body": [body.get(name) for name in ("occurrences", "peak_ratio", "raised_by", "muted", "observed")],
                "timeline": [
                    (one["version"], one["what"], one["level"], one["state"])
                    for one in await connection.fetch(
                        "select * from timeline where alarm_id = $1 order by id", row["alarm_id"]
                    )
                ],
                "timers": [
                    one["kind"]
                    for one in await connection.fetch(
                        "select kind from timers where alarm_id = $1 order by 1", row["alarm_id"]
                    )
                ],
                "findings": await connection.fetchval(
                    "select count(*) from findings where alarm_id = $1", row["alarm_id"]
                ),
                "told": [
                    (one["alarm_version"], one["step"], one["level"], one["recipient"].split(":")[0])
                    for one in await connection.fetch(
                        "select * from notifications where alarm_id = $1 order by 2, 3, 4, 5", row["alarm_id"]
                    )
                ],
                "events": await connection.fetch(
                    "select (select v.value->>1 from jsonb_array_elements(headers) v where v.value->>0 = 'ce_type') as type"
                    " from outbox where key = $1 order by id",
                    str(row["alarm_id"]).encode(),
                ),
            }
    return found


@pytest.mark.parametrize("seed", range(8))
async def test_a_batch_gives_what_the_same_findings_give_one_by_one(
    database: Database, consumers: Consumers, seed: int
) -> None:
    apart, together = history(seed, first=1_000), history(seed, first=2_000)
    assert [dedup_key(one).split("|")[2:] for one in apart] == [dedup_key(one).split("|")[2:] for one in together]
    for one in apart:
        async with database.transaction() as tx:
            await consumers.on_findings(events([one]), tx)
    cuts = sorted(random.Random(seed).sample(range(1, 80), 2))
    for begin, end in zip([0, *cuts], [*cuts, len(together)], strict=True):
        async with database.transaction() as tx:
            await consumers.on_findings(events(together[begin:end]), tx)
    assert await outcome(database, 2_000) == await outcome(database, 1_000)


async def test_a_batch_that_fails_leaves_nothing_and_again_everything(
    database: Database, policies: PolicyCache
) -> None:
    consumers = Consumers(policies)

    async def crashed() -> None:
        async with database.transaction() as tx:
            await consumers.on_findings(events(storm(20)), tx)
            raise Crash

    with pytest.raises(Crash):
        await crashed()
    async with database.reading() as connection:
        assert await connection.fetchval("select count(*) from alarms") == 0
    for _ in range(2):
        async with database.transaction() as tx:
            await consumers.on_findings(events(storm(20)), tx)
    async with database.reading() as connection:
        numbers = [row["number"][-4:] for row in await connection.fetch("select number from alarms order by number")]
        versions = await connection.fetchval("select max(version) from alarms")
    assert numbers == [f"{number:04d}" for number in range(1, 21)]
    assert versions == 1
