"""What people do with an alarm: acknowledge, assign, suppress, close, open again. Each step is one row of the timeline."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_schemas.alarms import Alarm
from park_schemas.identifiers import uuid7

from alerting.api.alarm_forms import AcknowledgeForm, AssignForm, CloseForm, ReopenForm, SuppressForm
from alerting.api.refusals import refused
from alerting.api.scope import visible_enterprise
from alerting.api.silences import LONGEST
from alerting.domain import episode
from alerting.domain.alarm_states import EVENT_ZH, STATE_ZH, NotAllowed
from alerting.domain.episode import Decision
from alerting.domain.muting import Silence
from alerting.recording import record
from alerting.store import alarms, findings, silences
from alerting.store.alarms import StoredAlarm
from alerting.store.policies import PolicyCache

Closer = Annotated[Principal, Depends(require("alarm:close"))]
Decide = Callable[[Connection, StoredAlarm], Awaitable[Decision]]


def router(database: Database, policies: PolicyCache) -> APIRouter:
    """Return the acting routes of alarms."""
    routes = APIRouter(tags=["alarms"])
    _add_life(routes, database, policies)
    _add_people(routes, database, policies)
    return routes


def _add_life(routes: APIRouter, database: Database, policies: PolicyCache) -> None:
    @routes.post("/alarms/{alarm_id}/acknowledge")
    async def acknowledge_alarm(
        alarm_id: UUID, form: AcknowledgeForm, who: Annotated[Principal, Depends(require("alarm:acknowledge"))]
    ) -> Response:
        async def acknowledge(_: Connection, stored: StoredAlarm) -> Decision:
            step = episode.acknowledged(stored.alarm, who=who.username, note=form.note.strip(), now=now())
            return Decision([step])

        async with database.transaction() as tx:
            return json_response(await _change(tx, policies, alarm_id, who, form.version, acknowledge))

    @routes.post("/alarms/{alarm_id}/close")
    async def close_alarm(alarm_id: UUID, form: CloseForm, who: Closer) -> Response:
        async def close(_: Connection, stored: StoredAlarm) -> Decision:
            step = episode.closed(stored.alarm, reason=form.reason, who=who.username, note=form.note.strip(), now=now())
            return Decision([step], None, episode.ended_timers())

        async with database.transaction() as tx:
            return json_response(await _change(tx, policies, alarm_id, who, form.version, close))

    @routes.post("/alarms/{alarm_id}/reopen")
    async def reopen_alarm(alarm_id: UUID, form: ReopenForm, who: Closer) -> Response:
        async def reopen(tx: Connection, stored: StoredAlarm) -> Decision:
            await alarms.lock_keys(tx, [stored.dedup_key])
            newer = await alarms.open_number(tx, stored.dedup_key)
            if newer is not None and newer != stored.alarm.number:
                raise Refused(
                    "newer-alarm-open",
                    f"同一来源已有未关闭的告警 {newer}",
                    f"{newer} of the same cause is open",
                    number=newer,
                )
            _, policy = await policies.in_force(tx)
            entry = policy.entry_for(await findings.newest_finding(tx, alarm_id))
            return episode.reopened_by_hand(
                stored.alarm, stored.evidence, entry, who=who.username, reason=form.reason.strip(), now=now()
            )

        async with database.transaction() as tx:
            return json_response(await _change(tx, policies, alarm_id, who, form.version, reopen))


def _add_people(routes: APIRouter, database: Database, policies: PolicyCache) -> None:
    @routes.post("/alarms/{alarm_id}/assign")
    async def assign_alarm(
        alarm_id: UUID, form: AssignForm, who: Annotated[Principal, Depends(require("task:dispatch"))]
    ) -> Response:
        async def assign(_: Connection, stored: StoredAlarm) -> Decision:
            step = episode.assigned(stored.alarm, to=form.to, who=who.username, note=form.note.strip(), now=now())
            return Decision([step])

        async with database.transaction() as tx:
            return json_response(await _change(tx, policies, alarm_id, who, form.version, assign))

    @routes.post("/alarms/{alarm_id}/suppress")
    async def suppress_alarm(alarm_id: UUID, form: SuppressForm, who: Closer) -> Response:
        at = now()
        if not at < form.until <= at + LONGEST:
            raise refused(
                "bad-silence", "结束时间必须晚于当前时间, 且不超过 30 天", "must be after now, within 30 days", "until"
            )

        async def suppress(tx: Connection, stored: StoredAlarm) -> Decision:
            alarm, reason = stored.alarm, form.reason.strip()
            step = episode.suppressed(alarm, until=form.until, who=who.username, reason=reason, now=at)
            silence = Silence(
                silence_id=uuid7(), owner=who.username, reason=reason, starts_at=at, ends_at=form.until, up_to=form.up_to,
                enterprise_id=alarm.enterprise_id, subject_id=alarm.subject_id, rule=alarm.rule, factor=alarm.factor,
            )  # fmt: skip
            await silences.insert_silence(tx, silence, at)
            return Decision([step])

        async with database.transaction() as tx:
            return json_response(await _change(tx, policies, alarm_id, who, form.version, suppress))


async def _change(
    tx: Connection, policies: PolicyCache, alarm_id: UUID, who: Principal, version: int | None, decide: Decide
) -> Alarm:
    stored = await alarms.alarm_locked(tx, alarm_id)
    scope = visible_enterprise(who)
    if stored is None or (scope is not None and stored.alarm.enterprise_id != scope):
        raise NotFound("告警", "alarm", alarm_id)
    _refuse_other_version(stored.alarm, version)
    try:
        decision = await decide(tx, stored)
    except NotAllowed as error:
        raise not_allowed(error) from error
    _, policy = await policies.in_force(tx)
    await record(tx, decision, alarm_id=alarm_id, policy=policy, at=now())
    changed = await alarms.alarm_of(tx, alarm_id)
    assert changed is not None  # noqa: S101 - locked above
    return changed


def _refuse_other_version(alarm: Alarm, version: int | None) -> None:
    if version is not None and version != alarm.version:
        raise Refused(
            "changed-meanwhile",
            f"告警已被更新(当前版本 {alarm.version}), 请刷新后重试",
            f"the alarm has changed meanwhile (it is version {alarm.version}, you saw {version})",
            version=alarm.version,
            state=alarm.state.value,
        )


def not_allowed(error: NotAllowed) -> Refused:
    """Return the answer to an event that has no place in the state, naming both."""
    return Refused(
        "not-allowed-in-state",
        f"{STATE_ZH[error.state]}的告警不能再{EVENT_ZH.get(error.event, error.event)}",
        str(error),
        state=error.state.value,
        event=error.event,
    )
