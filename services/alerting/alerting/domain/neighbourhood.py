"""The alarms around a subject as they are now: what mutes, what is over at once, what else was seen there. Pure.

Read once for a batch of findings and kept up to date by what the batch itself decides.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, AlarmState
from park_schemas.supervision import FindingRecorded

from alerting.domain.circumstances import BESIDE_WITHIN_HOURS, Beside

OPEN = (AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED)


class Neighbour(Struct, frozen=True):
    """An alarm in brief."""

    alarm_id: UUID
    number: str
    subject_id: UUID
    enterprise_id: UUID | None
    rule: str
    factor: str | None
    level: AlarmLevel
    is_open: bool
    last_seen_at: datetime


class Neighbourhood:
    """Alarms by subject and by (enterprise, rule)."""

    def __init__(self, known: Iterable[Neighbour] = ()) -> None:
        self._by_subject: dict[UUID, dict[UUID, Neighbour]] = {}
        self._by_enterprise: dict[tuple[UUID, str], dict[UUID, Neighbour]] = {}
        for one in known:
            self._place(one)

    def put(self, alarm: Alarm) -> None:
        """Remember an alarm as it is now."""
        self._place(
            Neighbour(
                alarm.alarm_id, alarm.number, alarm.subject_id, alarm.enterprise_id, alarm.rule, alarm.factor, alarm.level,
                alarm.state in OPEN, alarm.last_seen_at,
            )
        )  # fmt: skip

    def rules_open_at(self, subject_id: UUID, *, but: UUID) -> set[str]:
        """Return the rules of the other open alarms of a subject."""
        return {
            one.rule for one in self._by_subject.get(subject_id, {}).values() if one.is_open and one.alarm_id != but
        }

    def going_on(self, finding: FindingRecorded, *, but: UUID | None) -> tuple[set[str], set[UUID]]:
        """Return (factors over at the subject, points over of the enterprise) by other open alarms of the finding's rule."""
        there = _open(self._by_subject.get(finding.subject_id, {}), finding.rule, but)
        key = (finding.enterprise_id, finding.rule) if finding.enterprise_id is not None else None
        owned = _open(self._by_enterprise.get(key, {}), finding.rule, but) if key is not None else []
        return {one.factor for one in there if one.factor}, {one.subject_id for one in (*there, *owned)}

    def beside(self, finding: FindingRecorded) -> list[Beside]:
        """Return the alarms of the subject by other rules that are open or were seen within 24 h, by number."""
        within = timedelta(hours=BESIDE_WITHIN_HOURS)
        found = [
            Beside(one.rule, one.level, one.number, one.last_seen_at, one.is_open)
            for one in self._by_subject.get(finding.subject_id, {}).values()
            if one.rule != finding.rule and (one.is_open or abs(finding.period_end - one.last_seen_at) <= within)
        ]
        return sorted(found, key=lambda one: one.number)

    def _place(self, one: Neighbour) -> None:
        self._by_subject.setdefault(one.subject_id, {})[one.alarm_id] = one
        if one.enterprise_id is not None:
            self._by_enterprise.setdefault((one.enterprise_id, one.rule), {})[one.alarm_id] = one


def _open(among: Mapping[UUID, Neighbour], rule: str, but: UUID | None) -> list[Neighbour]:
    return [one for one in among.values() if one.is_open and one.rule == rule and one.alarm_id != but]
