"""When people are not told: a silence somebody owns, or a state of the device that explains the alarm. The record stays whole.

A mute has a highest level (`up_to`): what rises above it is told all the same. When the reason ends while the alarm is
still open, people are told then.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel

from alerting.domain.policy import GradingPolicy


class Silence(Struct, frozen=True, kw_only=True):
    """During [starts_at, ends_at) alarms that match every given field are not told up to a level."""

    silence_id: UUID
    owner: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    up_to: AlarmLevel
    enterprise_id: UUID | None = None
    subject_id: UUID | None = None
    rule: str | None = None
    factor: str | None = None

    def covers(self, alarm: Alarm, at: datetime) -> bool:
        """Return whether this silence keeps the alarm from being told at an instant."""
        pairs = (
            (self.enterprise_id, alarm.enterprise_id),
            (self.subject_id, alarm.subject_id),
            (self.rule, alarm.rule),
            (self.factor, alarm.factor),
        )
        return (
            self.starts_at <= at < self.ends_at
            and alarm.level.rank <= self.up_to.rank
            and all(wanted is None or wanted == found for wanted, found in pairs)
        )


class Mute(Struct, frozen=True):
    """Why an alarm is not told, and until when if that is known; a silence has its owner and his words."""

    reason: str
    until: datetime | None = None
    owner: str = ""
    words: str = ""


def mute_of(
    alarm: Alarm, silences: Iterable[Silence], rules_open_there: Collection[str], policy: GradingPolicy, at: datetime
) -> Mute | None:
    """Return why an alarm is not told now, None when it is. `rules_open_there`: rules of other open alarms of the subject."""
    silenced = [silence for silence in silences if silence.covers(alarm, at)]
    if silenced:
        longest = max(silenced, key=lambda silence: silence.ends_at)
        return Mute(f"silence:{longest.silence_id}", longest.ends_at, longest.owner, longest.reason)
    for inhibition in policy.inhibitions:
        explains = [rule for rule in inhibition.source_rules if rule in rules_open_there]
        if explains and alarm.rule in inhibition.target_rules and alarm.level.rank <= inhibition.up_to.rank:
            return Mute(f"inhibited:{explains[0]}")
    return None


def explanation(mute: Mute) -> tuple[str, str]:
    """Return (Chinese, English): why people are not told from now on, for the timeline."""
    if mute.owner:
        return f"静默中, 不再通知: {mute.words}", f"silenced, not told: {mute.words}"
    rule = mute.reason.removeprefix("inhibited:")
    return f"被 {rule} 告警抑制, 不再通知", f"inhibited by an open {rule} alarm, not told"
