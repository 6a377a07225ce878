"""Silences: somebody says, with a reason and an end, that alarms are not told. The record is never hidden."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from park_schemas.codes import AlarmLevel
from park_schemas.identifiers import uuid7
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from alerting.domain.muting import Silence
from alerting.store import silences

LONGEST = timedelta(days=30)


class SilenceForm(BaseModel):
    """What is not told (at least one of the four), why, from when (default: now) until when, up to which level."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=1, max_length=500)
    ends_at: AwareDatetime
    starts_at: AwareDatetime | None = None
    up_to: AlarmLevel = AlarmLevel.ORANGE
    enterprise_id: UUID | None = None
    subject_id: UUID | None = None
    rule: str | None = Field(None, min_length=1, max_length=60)
    factor: str | None = Field(None, min_length=1, max_length=20)

    @model_validator(mode="after")
    def _names_something(self) -> "SilenceForm":
        if not (self.enterprise_id or self.subject_id or self.rule or self.factor):
            raise ValueError(
                "one of enterprise_id, subject_id, rule, factor is needed: nobody may silence the whole park"
            )
        return self


def router(database: Database) -> APIRouter:
    """Return the routes of silences."""
    routes = APIRouter(tags=["silences"])

    @routes.get("/silences")
    async def list_silences(_: Annotated[Principal, Depends(require("alarm:read"))], over: bool = False) -> Response:
        async with database.reading() as connection:
            found = await silences.silence_list(connection, now(), over=over)
        return json_response(page(found, None, len(found)))

    @routes.post("/silences", status_code=201)
    async def create_silence(form: SilenceForm, who: Annotated[Principal, Depends(require("alarm:close"))]) -> Response:
        at = now()
        starts_at = form.starts_at or at
        if form.ends_at <= max(starts_at, at) or form.ends_at - starts_at > LONGEST:
            raise Refused(
                "bad-silence",
                "静默结束时间必须晚于开始时间和当前时间, 且不超过 30 天",
                "a silence must end after its start and after now, within 30 days",
                status=422,
                errors=[{"where": "ends_at", "what": "must be after starts_at and now, within 30 days"}],
            )
        silence = Silence(
            silence_id=uuid7(), owner=who.username, starts_at=starts_at, **form.model_dump(exclude={"starts_at"})
        )
        async with database.transaction() as tx:
            await silences.insert_silence(tx, silence, at)
        return json_response(silence, 201)

    @routes.delete("/silences/{silence_id}", status_code=204)
    async def end_silence(silence_id: UUID, who: Annotated[Principal, Depends(require("alarm:close"))]) -> Response:
        async with database.transaction() as tx:
            if not await silences.end_silence(tx, silence_id, who.username, now()):
                raise NotFound("静默", "silence", silence_id)
            await silences.ask_muted_again(tx, now(), reason=f"silence:{silence_id}")
        return Response(status_code=204)

    return routes
