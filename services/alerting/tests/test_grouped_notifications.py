"""Storm control: a storm collapses to one message a person and group in a window; what gets worse is told at once."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from alerting.domain.grouping import Told, Waiting, message_now
from alerting.notifier import Notifier
from alerting.settings import Settings
from alerting.testing import NOON, finding
from hypothesis import given
from hypothesis import strategies as st
from park_chassis.database import Database

WINDOW = timedelta(seconds=60)


def waiting(number: int, rank: int = 2, seconds: float = 0) -> Waiting:
    return Waiting(UUID(int=number), NOON + timedelta(seconds=seconds), rank, f"告警{number}", f"alarm {number}")


def told(seconds_ago: float, rank: int = 2) -> Told:
    return Told(NOON - timedelta(seconds=seconds_ago), rank)


@pytest.mark.parametrize(
    ("ranks", "before", "together"),
    [
        ([], None, None),
        ([2], None, 1),
        ([2, 3, 1], None, 3),
        ([2], told(10), None),
        ([3], told(10), 1),
        ([1, 3], told(10), 2),
        ([2], told(60), 1),
        ([1, 1, 1], told(61, rank=4), 3),
    ],
    ids=["nothing", "the first at once", "what came together", "within the window", "worse", "worse takes along", "window over",
         "a digest"],
)  # fmt: skip
def test_what_is_told_now(ranks: list[int], before: Told | None, together: int | None) -> None:
    message = message_now([waiting(n, rank) for n, rank in enumerate(ranks)], before, NOON, WINDOW)
    assert (message.together if message else None) == together
    if message is not None:
        assert ranks[message.speaks.int] == max(ranks), "the most severe speaks"


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 4)), max_size=60))
def test_every_alarm_is_told_once_and_within_a_window_only_what_is_worse_is_told_again(
    arrivals: list[tuple[int, int]],
) -> None:
    pending: list[Waiting] = []
    messages: list[tuple[float, int, int]] = []
    for second in range(400):
        pending += [waiting(n, rank, second) for n, (at, rank) in enumerate(arrivals) if at == second]
        recent = [m for m in messages if second - m[0] < 60]
        before = Told(NOON + timedelta(seconds=recent[-1][0]), max(m[1] for m in recent)) if recent else None
        message = message_now(pending, before, NOON + timedelta(seconds=second), WINDOW)
        if message is not None:
            rank = max(one.level_rank for one in pending)
            assert before is None or rank > before.level_rank
            messages.append((second, rank, message.together))
            pending = []
    assert pending == []
    assert sum(together for _, _, together in messages) == len(arrivals)


@pytest.mark.integration
@pytest.mark.usefixtures("without_circumstances")
async def test_a_storm_of_one_enterprise_is_one_message_a_person_and_no_alarm_is_missing(
    database: Database, take_in: Any, settings: Settings
) -> None:
    replicas = [Notifier(database, settings) for _ in range(3)]
    for wave in range(3):
        await take_in(*(finding(1.8, subject=UUID(int=1000 + 40 * wave + number)) for number in range(40)))
        await asyncio.gather(*(replica.tell_due() for replica in replicas))
    async with database.reading() as connection:
        rows = await connection.fetch("select body from outbox where topic = 'alerting.notifications.v1'")
        assert await connection.fetchval("select count(*) from alarms") == 120
        assert await connection.fetchval("select count(*) from notifications where sent_at is null") == 2 * 80
    assert len(rows) == 2, "one for the enterprise, one for the officers"
    async with database.reading() as connection:
        await connection.execute("update notifications set sent_at = sent_at - interval '61 seconds'")
    await asyncio.gather(*(replica.tell_due() for replica in replicas))
    async with database.reading() as connection:
        messages = await connection.fetch(
            "select recipient, together from notifications where told_by = notification_id"
        )
    by_person: Counter[str] = Counter()
    for row in messages:
        by_person[row["recipient"]] += row["together"]
    assert sorted(by_person.values()) == [120, 120]
    assert len(messages) == 4


@pytest.mark.integration
async def test_a_crash_before_the_commit_leaves_the_message_for_the_next_look(
    database: Database, take_in: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_in(finding(1.8))
    notifier = Notifier(database, settings)

    def crash(*_: Any) -> None:
        raise ConnectionError("killed before the commit")

    with monkeypatch.context() as patched:
        patched.setattr("alerting.notifier.notification_event", crash)
        with pytest.raises(ConnectionError):
            await notifier.tell_due()
    assert await notifier.tell_due() == 2
    assert await notifier.tell_due() == 0
