"""Delegation (委托): a person names a deputy for an absence; an officer may do it for others."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from msgspec.structs import replace
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response, page
from park_schemas.identifiers import uuid7
from pydantic import BaseModel, ConfigDict, Field

from task_dispatch.api.callers import refuse_faults
from task_dispatch.api.instants import Instant
from task_dispatch.api.parts import Parts
from task_dispatch.api.repeated import IdempotencyKey, once, request_hash
from task_dispatch.domain.delegations import Delegation, delegation_errors
from task_dispatch.store import people

Reader = Annotated[Principal, Depends(require("task:read"))]


class DelegationForm(BaseModel):
    """Who is absent (the caller when left out), who stands for them, from when until when, why."""

    model_config = ConfigDict(extra="forbid")
    principal: str | None = Field(None, min_length=1, max_length=100)
    deputy: str = Field(min_length=1, max_length=100)
    deputy_name: str = Field("", max_length=100)
    starts_at: Instant
    ends_at: Instant
    reason: str = Field(min_length=1, max_length=500)


def router(parts: Parts) -> APIRouter:
    """Return the routes of delegations."""
    routes = APIRouter(tags=["delegations"])

    @routes.get("/delegations")
    async def list_delegations(who: Reader, person: Annotated[str | None, Query(max_length=100)] = None) -> Response:
        wanted = person if who.allows("task:dispatch") else who.username
        async with parts.database.reading() as connection:
            found = await people.delegations(connection, wanted)
        return json_response(page(found, None, len(found)))

    @routes.post("/delegations", status_code=201)
    async def delegate(form: DelegationForm, who: Reader, key: IdempotencyKey = None) -> Response:
        principal = form.principal or who.username
        _refuse_stranger(who, principal)

        async def make() -> Response:
            new = Delegation(
                delegation_id=uuid7(), principal=principal, deputy=form.deputy, deputy_name=form.deputy_name,
                starts_at=form.starts_at, ends_at=form.ends_at, reason=form.reason, made_by=who.username, made_at=now(),
            )  # fmt: skip
            await people.lock_delegations(tx)
            others = await people.delegations_of(tx, [new.principal, new.deputy], new.starts_at)
            refuse_faults("bad-delegation", "委托有误", "the delegation cannot be", delegation_errors(new, others))
            await people.insert_delegation(tx, new)
            return json_response(new, 201)

        async with parts.database.transaction() as tx:
            return await once(tx, who, key, request_hash("POST /delegations", form.model_dump_json()), make)

    @routes.delete("/delegations/{delegation_id}")
    async def revoke(delegation_id: UUID, who: Reader) -> Response:
        async with parts.database.transaction() as tx:
            found = await people.delegation(tx, delegation_id)
            if found is None or (found.principal != who.username and not who.allows("task:dispatch")):
                raise NotFound("委托", "delegation", delegation_id)
            if found.revoked_at is None:
                found = replace(found, revoked_at=now())
                await people.revoke(tx, found)
        return json_response(found)

    return routes


def _refuse_stranger(who: Principal, principal: str) -> None:
    if who.allows("task:dispatch") or (principal == who.username and who.allows("task:work")):
        return
    raise Refused(
        "not-permitted",
        "只能委托自己的任务, 或须有派发权限",
        "one delegates one's own tasks, or needs task:dispatch",
        status=403,
    )
