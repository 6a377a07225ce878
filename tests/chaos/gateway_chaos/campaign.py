"""One schedule after another on one platform: traffic, faults, healing, reading back, verdict."""

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import asyncpg
from aiokafka import TopicPartition
from park_chassis.clock import now

from gateway_chaos.books import Books
from gateway_chaos.data_logger import DataLogger, Mood
from gateway_chaos.findings_of_fact import Published, ends_of_topic, evidence_since, kept, published_since
from gateway_chaos.inflict import Inflicting
from gateway_chaos.platform import Platform
from gateway_chaos.schedule import TRAFFIC_S, Deed, Schedule, Victim
from gateway_chaos.verdict import Found, event_repeats, frame_repeats, violations

_PATIENCE_S = 180.0
_PARK_TIME = timedelta(hours=8)
_MOST_DEVICES = 21

NOTABLE = (
    "Kafka does not answer: records go to the spool",
    "the spool takes no more",
    "Kafka has everything of the spool",
    "producer is opened anew",
    "Kafka did not take a batch",
    "evidence waits for the database",
    "spool segment is damaged",
    "background work failed",
    "a frame could not be handled",
)
"""Lines of the gateway's log that are counted: they show that a fault was felt. The last one is a violation."""


@dataclass
class Outcome:
    """What came of a schedule."""

    schedule: Schedule
    took_s: float = 0.0
    connections: int = 0
    frames: int = 0
    sends: int = 0
    answers: int = 0
    answered: int = 0
    published: int = 0
    event_repeats: int = 0
    frame_repeats: int = 0
    kept: int = 0
    evidence_blocks: int = 0
    spool_bytes: int = 0
    log: dict[str, int] = field(default_factory=dict)
    fell: list[int] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


def mns_of(seed: int) -> list[str]:
    """Return the devices of a schedule: nobody else's."""
    return [f"C{seed:021d}{number:02d}" for number in range(_MOST_DEVICES)]


class Campaign:
    """Runs schedules. Afterwards everything is healed, so that the next one begins on sound ground."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._last_block = 0
        self._sent_before: set[bytes] = set()
        self._torn_before: set[bytes] = set()

    async def run(self, schedule: Schedule) -> Outcome:
        """Run one schedule and return what came of it."""
        began, platform = time.monotonic(), self._platform
        outcome, books, mood = Outcome(schedule), Books(), Mood()
        kafka, log_from = platform.broker.bootstrap_servers, _size_of_log(platform)
        fell_before = len(platform.gateway.fell)
        begins = await ends_of_topic(kafka)
        loggers = list(_loggers(schedule, books, mood, platform.hj212_port))
        working = [asyncio.create_task(logger.run()) for logger in loggers]
        watching = asyncio.create_task(self._watch_spool(outcome))
        try:
            await asyncio.gather(Inflicting(platform, loggers, mood).run(schedule), asyncio.sleep(TRAFFIC_S))
            mood.hears.set()
            mood.stopped = True
            await platform.heal()
            await self._all_answered(books, mood, working)
            published = await self._settled(kafka, begins, books)
            await self._judge(schedule, books, published, outcome)
        except TimeoutError:
            outcome.violations.append(f"STUCK: not well {_PATIENCE_S:.0f} s after healing")
        finally:
            for task in (*working, watching):
                task.cancel()
            await asyncio.gather(*working, watching, return_exceptions=True)
        self._account(books, outcome, log_from, fell_before)
        outcome.took_s = time.monotonic() - began
        return outcome

    async def verify_whole_chain(self) -> str | None:
        """Check the evidence from the first block on; None when all is well."""
        connection = await asyncpg.connect(self._platform.admin_url)
        try:
            return (await evidence_since(connection, 0)).fault
        finally:
            await connection.close()

    async def _all_answered(self, books: Books, mood: Mood, working: list[asyncio.Task[None]]) -> None:
        ended, late = await asyncio.wait(working, timeout=_PATIENCE_S)
        mood.given_up = True
        for task in ended:
            task.result()  # a logger that broke is our bug, and would have sent nothing
        if late:
            books.complain(f"STUCK: {len(books.unanswered)} frames unanswered {_PATIENCE_S:.0f} s after healing")

    async def _settled(self, kafka: str, begins: dict[TopicPartition, int], books: Books) -> list[Published]:
        """Wait until the gateway has nothing left to publish, and return what it published."""
        deadline = time.monotonic() + _PATIENCE_S
        answered = {frame.body for frame in books.frames.values() if frame.answered is not None}
        while True:
            metrics = await self._platform.gateway.metrics()
            is_idle = metrics.get("park_gateway_spooling") == 0.0 and not self._platform.disk.used()
            published = await published_since(kafka, begins)
            if (is_idle and answered <= {record.body for record in published}) or time.monotonic() > deadline:
                return published
            await asyncio.sleep(0.1)

    async def _judge(self, schedule: Schedule, books: Books, published: list[Published], outcome: Outcome) -> None:
        own = {frame.mn for frame in books.frames.values()}
        late = [record for record in published if record.mn not in own]
        published = [record for record in published if record.mn in own]
        outcome.violations += [
            f"INVENTED: {record.mn} has a record nobody ever sent"
            for record in late
            if _digest(record.body) not in self._sent_before
        ]
        connection = await asyncpg.connect(self._platform.admin_url)
        try:
            found = await self._found(connection, schedule, books, published)
        finally:
            await connection.close()
        outcome.violations += violations(schedule, books, found)
        outcome.published, outcome.kept = len(published), len(found.kept)
        outcome.event_repeats, outcome.frame_repeats = event_repeats(published), frame_repeats(published)
        outcome.evidence_blocks = found.evidence.last_block - self._last_block
        self._last_block = found.evidence.last_block

    async def _found(
        self,
        connection: "asyncpg.Connection[asyncpg.Record]",
        schedule: Schedule,
        books: Books,
        published: list[Published],
    ) -> Found:
        """Read the store and the evidence until both have caught up, or patience ends."""
        deadline = time.monotonic() + _PATIENCE_S
        wanted = len({(record.mn, record.body) for record in published})
        answered = {frame.body for frame in books.frames.values() if frame.answered is not None}
        may_miss_evidence = schedule.did(Victim.GATEWAY, Deed.KILL, Deed.RESTART)
        while True:
            rows = await kept(connection, {frame.mn for frame in books.frames.values()})
            evidence = await evidence_since(connection, self._last_block)
            has_evidence = may_miss_evidence or bool(evidence.missing) or answered <= set(evidence.received)
            if (len(rows) >= wanted and has_evidence) or time.monotonic() > deadline:
                own = [raw for raw in evidence.received if not self._is_of_an_earlier_schedule(raw)]
                return Found(published, rows, evidence._replace(received=own))
            await asyncio.sleep(0.2)

    def _is_of_an_earlier_schedule(self, raw: bytes) -> bool:
        """Evidence is written some seconds late; of a frame that was torn it holds the beginning."""
        return _digest(raw) in self._sent_before or any(body.startswith(raw) for body in self._torn_before)

    async def _watch_spool(self, outcome: Outcome) -> None:
        while True:
            outcome.spool_bytes = max(outcome.spool_bytes, self._platform.disk.used())
            await asyncio.sleep(0.1)

    def _account(self, books: Books, outcome: Outcome, log_from: int, fell_before: int) -> None:
        frames = books.frames.values()
        outcome.connections, outcome.frames, outcome.answers = books.connections, len(frames), books.answers
        outcome.sends = sum(frame.whole_sends + frame.torn_sends for frame in frames)
        outcome.answered = sum(frame.answered is not None for frame in frames)
        outcome.fell = self._platform.gateway.fell[fell_before:]
        outcome.log = _notable_lines(self._platform, log_from)
        if outcome.log.get("a frame could not be handled"):
            outcome.violations.append("BUG: a frame could not be handled, see the gateway's log")
        self._sent_before |= {_digest(frame.body) for frame in frames}
        self._torn_before = {frame.body for frame in frames if frame.torn_sends}


def _loggers(schedule: Schedule, books: Books, mood: Mood, port: int) -> Iterator[DataLogger]:
    mns = iter(mns_of(schedule.seed))
    at_park = (now() + _PARK_TIME - timedelta(hours=3)).replace(tzinfo=None, microsecond=0)
    for number, plan in enumerate(schedule.loggers):
        own = [next(mns) for _ in range(plan.devices)]
        yield DataLogger(plan, own, books, mood, port=port, began=at_park, seed=schedule.seed * 100 + number)


def _digest(raw: bytes) -> bytes:
    return hashlib.blake2b(raw, digest_size=12).digest()


def _size_of_log(platform: Platform) -> int:
    return platform.gateway.log.stat().st_size


def _notable_lines(platform: Platform, log_from: int) -> dict[str, int]:
    with platform.gateway.log.open("rb") as log:
        log.seek(log_from)
        text = log.read().decode("utf-8", "replace")
    return dict(Counter({phrase: text.count(phrase) for phrase in NOTABLE if phrase in text}))
