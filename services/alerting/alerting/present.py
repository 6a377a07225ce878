"""What is the case at the instant a transaction decides: the policy, silences, the calendar, the alarms around its subjects."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from park_chassis.database import Connection
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.alarms import Alarm

from alerting.domain.circumstances import BESIDE_WITHIN_HOURS
from alerting.domain.muting import Mute, Silence, mute_of
from alerting.domain.neighbourhood import Neighbourhood
from alerting.domain.policy import ChainStep, GradingPolicy
from alerting.store import neighbours, rosters, silences


@dataclass(frozen=True)
class Present:
    """Read once a transaction; the neighbourhood follows what the transaction itself decides."""

    at: datetime
    policy: GradingPolicy
    silences: list[Silence]
    calendar: WorkingCalendar
    neighbours: Neighbourhood

    def mute_of(self, alarm: Alarm) -> Mute | None:
        """Return why an alarm is not told now, None when it is."""
        open_there = self.neighbours.rules_open_at(alarm.subject_id, but=alarm.alarm_id)
        return mute_of(alarm, self.silences, open_there, self.policy, self.at)

    def chain_due(self, since: datetime, step: ChainStep, minutes_before: float = 0) -> datetime:
        """Return when a step of a chain is due that comes after one `minutes_before`; working minutes by the park's calendar."""
        pause = timedelta(minutes=step.after_minutes - minutes_before)
        return self.calendar.add_working_time(since, pause).at if step.working_time else since + pause


async def read_present(
    tx: Connection,
    policy: GradingPolicy,
    at: datetime,
    subjects: Collection[UUID],
    *,
    enterprises: Collection[UUID] = (),
    rules: Collection[str] = (),
    earliest: datetime | None = None,
) -> Present:
    """Read what is the case at an instant for some subjects, and for the enterprises whose points count together.

    `earliest` is the first measured instant that is asked about (default: `at`); alarms seen 24 h before it are known.
    """
    since = min(earliest or at, at) - timedelta(hours=BESIDE_WITHIN_HOURS)
    around = await neighbours.neighbours(tx, subjects, since, enterprises, rules)
    return Present(
        at=at,
        policy=policy,
        silences=await silences.silences_at(tx, at),
        calendar=await rosters.working_calendar(tx),
        neighbours=Neighbourhood(around),
    )
