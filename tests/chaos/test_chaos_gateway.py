"""Chaos in short: a few schedules on real processes; and the judge is judged, since a verdict that never fails proves nothing."""

import dataclasses
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from devstack.kafka_jars import KafkaUnavailable, java, kafka_jars
from gateway_chaos.books import Books, SentFrame
from gateway_chaos.campaign import Campaign, mns_of
from gateway_chaos.findings_of_fact import Evidence, Kept, Published
from gateway_chaos.platform import running_platform
from gateway_chaos.report import markdown, summary
from gateway_chaos.schedule import TRAFFIC_S, Deed, Fault, Schedule, Victim, schedule_of
from gateway_chaos.verdict import Found, violations

SHORT = (3, 4, 5)
"""Seeds of the short form; the test below says what they must contain."""

CALM = Schedule(0, (Fault(1.0, Victim.LOGGERS, Deed.CUT, 0.0),), ())
GATEWAY_KILLED = Schedule(0, (Fault(1.0, Victim.GATEWAY, Deed.KILL, 0.0),), ())


def frame(number: int) -> SentFrame:
    return SentFrame("MN1", number, f"q{number:03d}", b"##frame %03d\r\n" % number, resends=True, whole_sends=1)


def well() -> tuple[Books, Found]:
    """Three frames, each answered before the next was sent, everything where it belongs."""
    books = Books()
    for number in range(3):
        one = frame(number)
        books.sending(one)
        books.answered(one)
    frames = list(books.frames.values())
    return books, Found(
        published=[Published("MN1", one.body, f"id{one.number}") for one in frames],
        kept=[Kept("MN1", one.number, 1) for one in frames],
        evidence=Evidence([one.body for one in frames], 0, 1, None),
    )


def published(found: Found, records: list[Published]) -> Found:
    return dataclasses.replace(found, published=records)


def again(record: Published, event_id: str) -> Published:
    return record._replace(event_id=event_id)


BREAKS: dict[str, tuple[str, Callable[[Found], Found]]] = {
    "an answered frame is missing on the topic": ("LOST", lambda f: published(f, list(f.published[1:]))),
    "a record nobody sent": ("INVENTED", lambda f: published(f, [*f.published, Published("MN1", b"##x", "id9")])),
    "a frame under another device": (
        "INVENTED",
        lambda f: published(f, [f.published[0]._replace(mn="MN2"), *f.published]),
    ),
    "more events than sendings": ("TWICE", lambda f: published(f, [*f.published, again(f.published[0], "id8")])),
    "an event twice": ("TWICE", lambda f: published(f, [*f.published, f.published[0]])),
    "later before earlier": ("ORDER", lambda f: published(f, list(reversed(f.published)))),
    "a row missing in the store": ("LOST", lambda f: dataclasses.replace(f, kept=f.kept[1:])),
    "a row twice in the store": ("TWICE", lambda f: dataclasses.replace(f, kept=[*f.kept, Kept("MN1", 1, 2)])),
    "a row nobody sent": ("INVENTED", lambda f: dataclasses.replace(f, kept=[*f.kept, Kept("MN1", 77, 1)])),
    "a broken chain": (
        "EVIDENCE",
        lambda f: dataclasses.replace(f, evidence=f.evidence._replace(fault="bytes 3 to 9: changed")),
    ),
    "evidence of bytes nobody sent": (
        "EVIDENCE",
        lambda f: dataclasses.replace(f, evidence=f.evidence._replace(received=[*f.evidence.received, b"?"])),
    ),
    "an answered frame without evidence": (
        "EVIDENCE",
        lambda f: dataclasses.replace(f, evidence=f.evidence._replace(received=f.evidence.received[1:])),
    ),
}


def test_where_all_promises_hold_the_verdict_is_empty() -> None:
    books, found = well()
    assert violations(CALM, books, found) == []


@pytest.mark.parametrize("what", BREAKS)
def test_each_broken_promise_is_named(what: str) -> None:
    kind, broken = BREAKS[what]
    books, found = well()
    named = violations(CALM, books, broken(found))
    assert any(violation.startswith(kind) for violation in named), named


def test_what_a_logger_saw_and_what_was_only_sent_torn_are_violations() -> None:
    books, found = well()
    books.complain("9014 for a frame never sent")
    assert violations(CALM, books, found) == ["9014 for a frame never sent"]
    books, found = well()
    next(iter(books.frames.values())).whole_sends = 0
    assert any("torn" in violation for violation in violations(CALM, books, found))


def test_what_a_killed_gateway_may_repeat_is_no_violation_but_in_the_store() -> None:
    books, found = well()
    replayed = published(found, [*found.published, found.published[2]])
    assert violations(GATEWAY_KILLED, books, replayed) == []
    twice = dataclasses.replace(replayed, kept=[*found.kept, Kept("MN1", 2, 2)])
    assert violations(GATEWAY_KILLED, books, twice) != []


def test_a_frame_that_was_sent_and_not_answered_may_be_stored_or_not() -> None:
    books, found = well()
    last = frame(3)
    books.sending(last)
    assert violations(CALM, books, found) == []
    both = dataclasses.replace(
        found,
        published=[*found.published, Published("MN1", last.body, "id3")],
        kept=[*found.kept, Kept("MN1", 3, 1)],
    )
    assert violations(CALM, books, both) == []


def test_the_same_seed_gives_the_same_schedule_and_every_fault_is_drawn() -> None:
    schedules = [schedule_of(seed) for seed in range(300)]
    assert schedules == [schedule_of(seed) for seed in range(300)]
    drawn = {(fault.victim, fault.deed) for schedule in schedules for fault in schedule.faults}
    assert len(drawn) == 10
    assert all(schedule.loggers and 0 < fault.at_s < TRAFFIC_S for schedule in schedules for fault in schedule.faults)
    most = max(sum(plan.devices for plan in schedule.loggers) for schedule in schedules)
    assert most <= len(mns_of(0))


def test_the_short_form_kills_and_freezes() -> None:
    done = {(fault.victim, fault.deed) for seed in SHORT for fault in schedule_of(seed).faults}
    assert {Victim.GATEWAY, Victim.BROKER, Victim.POSTGRES, Victim.LOGGERS} <= {victim for victim, _ in done}
    assert {Deed.KILL, Deed.FREEZE, Deed.RESTART} <= {deed for _, deed in done}


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="park-chaos-", dir="/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def why_not() -> str:
    """Return why chaos cannot be made here; empty when it can."""
    if os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or os.environ.get("DATABASE_URL"):
        return "kills only servers of its own"
    if os.environ.get("PARK_BROKER") == "tansu-fallback":
        return "the fallback broker promises less than Kafka"
    try:
        kafka_jars()
        java()
    except KafkaUnavailable as reason:
        return f"the fallback broker promises less than Kafka; Kafka cannot be had: {reason}"
    return ""


@pytest.mark.integration
@pytest.mark.chaos
async def test_what_was_answered_is_stored_once_and_in_order_whatever_is_killed_or_frozen(folder: Path) -> None:
    if reason := why_not():
        pytest.skip(reason)
    async with running_platform(folder, [mn for seed in SHORT for mn in mns_of(seed)]) as platform:
        campaign = Campaign(platform)
        outcomes = [await campaign.run(schedule_of(seed)) for seed in SHORT]
        assert await campaign.verify_whole_chain() is None
    broken = {f"make chaos SEED={outcome.schedule.seed}": outcome.violations for outcome in outcomes}
    assert broken == {again: [] for again in broken}
    assert all(outcome.answered > 0 for outcome in outcomes)
    assert summary(outcomes)["schedules with violations"] == 0
    assert "| 4 |" in markdown(outcomes, title="short", disk=platform.disk.kind, chain="whole")
