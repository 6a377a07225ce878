"""Whom to reach outside the app: administrators keep everybody's addresses, each person keeps his own."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Path, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound
from park_chassis.http import json_response
from park_chassis.paging import page
from park_schemas.codes import Role
from pydantic import BaseModel, ConfigDict, Field

from alerting.api.quiet import QuietForm, quiet_of
from alerting.api.refusals import refused
from alerting.domain.channel_config import is_email, is_phone
from alerting.store import contacts
from alerting.store.contacts import Contact

Writer = Annotated[Principal, Depends(require("webhook:write"))]
Self = Annotated[Principal, Depends(require("alarm:read"))]
Username = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{1,63}$")]


class OwnForm(BaseModel):
    """Addresses (empty: not by this way), language of messages, quiet hours."""

    model_config = ConfigDict(extra="forbid")
    email: str = Field("", max_length=254)
    phone: str = Field("", max_length=20)
    language: Literal["zh", "en"] = "zh"
    quiet: list[QuietForm] = Field(default_factory=list, max_length=10)


class ContactForm(OwnForm):
    """The same for anybody, with the role messages find him by."""

    display_name: str = Field(min_length=1, max_length=100)
    role: Literal["officer", "inspector", "enterprise", "administrator"]
    enterprise_id: UUID | None = None
    active: bool = True


def router(database: Database) -> APIRouter:
    """Return the routes of contacts."""
    routes = APIRouter(tags=["contacts"])
    _add_all(routes, database)
    _add_own(routes, database)
    return routes


def _add_all(routes: APIRouter, database: Database) -> None:
    @routes.get("/contacts")
    async def list_contacts(_: Writer) -> Response:
        async with database.reading() as connection:
            found = await contacts.contacts(connection)
        return json_response(page(found, None, len(found)))

    @routes.put("/contacts/{username}")
    async def put_contact(username: Username, form: ContactForm, who: Writer) -> Response:
        if (form.role == "enterprise") != (form.enterprise_id is not None):
            raise refused(
                "bad-contact", "企业人员必须且只有企业人员填写企业", "an enterprise contact, and only such, has an enterprise",
                "enterprise_id",
            )  # fmt: skip
        _check(form)
        wanted = Contact(**{**form.model_dump(exclude={"quiet"}), "username": username, "quiet": quiet_of(form.quiet)})
        async with database.transaction() as tx:
            made = await contacts.put_contact(tx, wanted, by=who.username, now=now())
        return json_response(wanted, 201 if made else 200)

    @routes.delete("/contacts/{username}", status_code=204)
    async def remove_contact(username: Username, _: Writer) -> Response:
        async with database.transaction() as tx:
            if not await contacts.remove_contact(tx, username):
                raise NotFound("联系人", "contact", username)
        return Response(status_code=204)


def _add_own(routes: APIRouter, database: Database) -> None:
    @routes.get("/notification-preferences")
    async def read_own(who: Self) -> Response:
        async with database.reading() as connection:
            found = await contacts.contacts(connection, username=who.username)
        return json_response(found[0] if found else _of(who, OwnForm()))

    @routes.put("/notification-preferences")
    async def put_own(form: OwnForm, who: Self) -> Response:
        if who.role is Role.SERVICE:
            raise refused("bad-contact", "服务账号没有通知设置", "a service has no preferences", "username")
        _check(form)
        async with database.transaction() as tx:
            known = await contacts.contacts(tx, username=who.username)
            wanted = msgspec.structs.replace(_of(who, form), active=known[0].active if known else True)
            await contacts.put_contact(tx, wanted, by=who.username, now=now())
        return json_response(wanted)


def _of(who: Principal, form: OwnForm) -> Contact:
    is_enterprise = who.role is Role.ENTERPRISE
    return Contact(
        username=who.username,
        display_name=who.display_name,
        role=who.role.value,
        enterprise_id=who.enterprise_id if is_enterprise else None,
        email=form.email,
        phone=form.phone,
        language=form.language,
        quiet=quiet_of(form.quiet),
    )


def _check(form: OwnForm) -> None:
    if form.email and not is_email(form.email):
        raise refused("bad-contact", "邮箱地址有误", "not an e-mail address", "email")
    if form.phone and not is_phone(form.phone):
        raise refused("bad-contact", "电话号码有误", "not a phone number", "phone")
