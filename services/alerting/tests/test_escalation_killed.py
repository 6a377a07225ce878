"""kill -9 before every single statement of an escalation and of the telling: each step is told once, nothing is lost."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from alerting.domain.policy import ChainStep, shipped_policy
from alerting.store.policies import add_policy
from alerting.testing import finding
from park_chassis.clock import now
from park_chassis.database import Database
from park_schemas.codes import AlarmLevel

pytestmark = pytest.mark.integration

DRIVER = Path(__file__).with_name("killed_at_each_statement.py")
FEWEST_STATEMENTS = 6


async def killed_again_and_again(what: str, database: Database) -> int:
    """Run the driver; return how often it was killed before it got through."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(DRIVER), what, database.url, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, error = await process.communicate()
    assert process.returncode == 0, error.decode()
    return int(out)


async def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.fetch(query)]


async def test_each_step_of_an_escalation_is_told_once_however_often_it_is_killed(
    database: Database, take_in: Any
) -> None:
    shipped = shipped_policy()
    chain = [ChainStep(10, ["person:zhang"]), ChainStep(20, ["person:li", "officer"]), ChainStep(30, ["duty:nobody"])]
    async with database.transaction() as tx:
        policy = msgspec.structs.replace(shipped, chains={**shipped.chains, AlarmLevel.ORANGE: chain})
        await add_policy(tx, policy, based_on=None, by="t", now=now())
    await take_in(finding(2.5))
    for number in range(len(chain)):
        async with database.transaction() as tx:
            await tx.execute("update timers set due_at = now() - interval '1 second' where kind = 'chain'")
        assert await killed_again_and_again("timers", database) > FEWEST_STATEMENTS
        assert len(await rows(database, "select 1 from timeline where what = 'chain'")) == number + 1
    assert await rows(database, "select 1 from timers where kind = 'chain'") == []
    told = await rows(database, "select recipient from notifications where step = 'chain' order by made_at, recipient")
    assert told == [("person:zhang",), ("person:li",), ("role:officer",), ("role:officer",)]


async def test_each_group_is_told_once_however_often_the_notifier_is_killed(database: Database, take_in: Any) -> None:
    await take_in(finding(2.5))
    assert await killed_again_and_again("notifier", database) > FEWEST_STATEMENTS
    assert await rows(database, "select recipient from notifications where sent_at is null") == []
    events = await rows(database, "select count(*) from outbox where topic = 'alerting.notifications.v1'")
    recipients = await rows(database, "select count(distinct recipient) from notifications")
    assert events == recipients == [(3,)]
