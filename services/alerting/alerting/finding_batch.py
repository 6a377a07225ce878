"""What a batch of findings needs to know to be judged, read in a few queries whatever its length.

Order of locks: the keys in one order, then the open alarms in one order, then the day's numbers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from park_chassis.database import Connection
from park_schemas.alarms import Alarm
from park_schemas.park_time import at_park
from park_schemas.supervision import FindingRecorded

from alerting.domain.episode import dedup_key
from alerting.domain.evidence import REMEMBERED_HOURS, track_key
from alerting.domain.grading import EarlierEpisode
from alerting.domain.plume import Source
from alerting.domain.policy import GradingPolicy
from alerting.present import Present, read_present
from alerting.store import alarms, findings
from alerting.store.alarms import StoredAlarm
from alerting.store.findings import History

_DAY = timedelta(hours=REMEMBERED_HOURS)


@dataclass
class FindingBatch:
    """All by key or by id; follows what the batch itself decides."""

    present: Present
    policy_version: int
    episode_of: dict[UUID, UUID]
    """Alarm by finding: those of the batch that are known already, and those that the batch withdraws or tells again."""
    open: dict[str, StoredAlarm]
    episodes: dict[str, list[EarlierEpisode]]
    hours: dict[str, list[datetime]]
    histories: dict[UUID, History]
    withdrawn_from: dict[UUID, Alarm]
    """The alarms that withdrawals of the batch speak of."""
    air_sources: list[Source]
    numbers: Iterator[str]


async def read_batch(
    tx: Connection, body: Sequence[FindingRecorded], policy: GradingPolicy, version: int, at: datetime
) -> FindingBatch:
    """Lock the keys of the findings and read what is known of them."""
    keys = {dedup_key(one) for one in body}
    await alarms.lock_keys(tx, keys)
    asked = {one.finding_id for one in body} | {one.withdraws for one in body if one.withdraws is not None}
    episode_of = await findings.episodes_of(tx, asked)
    opened = await alarms.open_episodes(tx, keys)
    new = [one for one in body if one.finding_id not in episode_of]
    violated = [one for one in new if one.verdict == "violated"]
    batch = FindingBatch(
        present=await _present(tx, policy, at, new, violated),
        policy_version=version,
        episode_of=episode_of,
        open=opened,
        episodes=await _episodes(tx, violated, policy, opened),
        hours={},
        histories={},
        withdrawn_from=await _withdrawn_from(tx, new, episode_of),
        air_sources=await _air_sources(tx, violated, policy),
        numbers=iter(()),
    )
    batch.histories = await _histories(tx, new, batch)
    batch.hours = await _hours(tx, new, batch)
    beginning = {dedup_key(one) for one in violated if begins(batch, one)}
    if beginning:
        batch.numbers = iter(await alarms.next_numbers(tx, at_park(at).date(), len(beginning)))
    return batch


def begins(batch: FindingBatch, finding: FindingRecorded) -> bool:
    """Return whether a violated finding begins an episode, if its key has none by then."""
    return dedup_key(finding) not in batch.open and closed_around(batch, finding) is None


def closed_around(batch: FindingBatch, finding: FindingRecorded) -> UUID | None:
    """Return the closed episode in which a finding lies; none of a finding that is told again after it was withdrawn."""
    if finding.reinstates is not None:
        return None
    known = batch.episodes.get(dedup_key(finding), [])
    return next((one.alarm_id for one in known if one.holds(finding.period_end)), None)


async def _present(
    tx: Connection,
    policy: GradingPolicy,
    at: datetime,
    new: Sequence[FindingRecorded],
    violated: Sequence[FindingRecorded],
) -> Present:
    """Read what is the case; the points of an enterprise only where the policy asks what else is over there."""
    counting = [one for one in violated if policy.entry_for(one).circumstance_steps]
    return await read_present(
        tx,
        policy,
        at,
        {one.subject_id for one in new},
        enterprises={one.enterprise_id for one in counting if one.enterprise_id is not None},
        rules={one.rule for one in counting},
        earliest=min((one.period_end for one in counting), default=None),
    )


async def _episodes(
    tx: Connection, violated: Sequence[FindingRecorded], policy: GradingPolicy, opened: Mapping[str, StoredAlarm]
) -> dict[str, list[EarlierEpisode]]:
    """Read former episodes: those a finding may lie in when none is open, and those the policy asks for."""
    since: dict[str, datetime] = {}
    for one in violated:
        key, steps = dedup_key(one), policy.entry_for(one).episode_steps
        if key not in opened or steps:
            longest = timedelta(hours=max((step.within_hours for step in steps), default=0))
            _earliest(since, key, one.period_end - longest)
    return await alarms.episodes(tx, since) if since else {}


async def _hours(tx: Connection, new: Sequence[FindingRecorded], batch: FindingBatch) -> dict[str, list[datetime]]:
    """Read the violated hours that earlier episodes leave to one that begins, or that is folded anew."""
    since: dict[str, datetime] = {}
    for key, of_key in _by_key(new).items():
        stored = batch.open.get(key)
        folded = batch.histories.get(stored.alarm.alarm_id) if stored is not None else None
        if stored is None or folded is not None:
            known = folded.findings if folded is not None else []
            since[key] = min(one.period_start for one in (*of_key, *known)) - _DAY
    return await findings.violated_hours(tx, since) if since else {}


async def _air_sources(tx: Connection, violated: Sequence[FindingRecorded], policy: GradingPolicy) -> list[Source]:
    is_asked = policy.grouping == "plume" and any(one.enterprise_id is None for one in violated)
    return await alarms.open_air_sources(tx) if is_asked else []


async def _withdrawn_from(
    tx: Connection, new: Sequence[FindingRecorded], episode_of: dict[UUID, UUID]
) -> dict[UUID, Alarm]:
    wanted = {episode_of[one.withdraws] for one in new if one.withdraws in episode_of}
    return await alarms.alarms_of(tx, wanted) if wanted else {}


async def _histories(tx: Connection, new: Sequence[FindingRecorded], batch: FindingBatch) -> dict[UUID, History]:
    wanted = {
        batch.open[key].alarm.alarm_id for key, of_key in _by_key(new).items()
        if key in batch.open and _may_come_late(batch.open[key], of_key)
    }  # fmt: skip
    wanted |= set(batch.withdrawn_from)
    return await findings.histories(tx, wanted) if wanted else {}


def _may_come_late(stored: StoredAlarm, arriving: Sequence[FindingRecorded]) -> bool:
    """Return whether any of the findings may have to be folded in before what is known (rather once too often)."""
    passed = {key: track.last_start for key, track in stored.evidence.tracks.items()}
    for one in arriving:
        key = track_key(one)
        if key in passed and one.period_start <= passed[key]:
            return True
        passed[key] = one.period_start
    return False


def _by_key(body: Iterable[FindingRecorded]) -> dict[str, list[FindingRecorded]]:
    found: dict[str, list[FindingRecorded]] = {}
    for one in body:
        found.setdefault(dedup_key(one), []).append(one)
    return found


def _earliest(since: dict[str, datetime], key: str, instant: datetime) -> None:
    since[key] = min(since.get(key, instant), instant)
