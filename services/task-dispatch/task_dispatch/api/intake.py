"""Complaints (信访投诉) and supervision orders from above (督办): each has its own form and becomes a task of its kind."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_schemas.codes import AlarmLevel
from park_schemas.identifiers import uuid7
from pydantic import Field

from task_dispatch.api.action_checks import bad_deadline, refuse_role
from task_dispatch.api.callers import refuse_faults
from task_dispatch.api.instants import Instant
from task_dispatch.api.order_forms import GivenForm, kind_for, park_of, refuse_giving
from task_dispatch.api.parts import Parts
from task_dispatch.api.repeated import IdempotencyKey, once, request_hash
from task_dispatch.domain import life
from task_dispatch.domain.forms import FormError
from task_dispatch.making import Order
from task_dispatch.store import tasks

Maker = Annotated[Principal, Depends(require("task:create"))]
_TITLE_CHARACTERS = 40


class ComplaintForm(GivenForm):
    """Who complains of what, where. Anonymous is allowed; who wants an answer must say where to."""

    priority: AlarmLevel = AlarmLevel.YELLOW
    what: str = Field(min_length=1, max_length=4000)
    where: str = Field(min_length=1, max_length=300)
    category: Literal["odour", "waste-gas", "waste-water", "noise", "dust", "solid-waste", "safety", "other"] = "other"
    channel: Literal["12345", "12369", "wechat", "web", "phone", "visit", "letter", "other"] = "other"
    happened_at: Instant | None = None
    anonymous: bool = False
    who: str = Field("", max_length=100)
    phone: str = Field("", max_length=40)
    wants_answer: bool = False

    def faults(self) -> list[FormError]:
        """Return what contradicts itself."""
        faults: list[FormError] = []
        if self.anonymous and (self.who or self.phone):
            faults.append(
                FormError("who", "an anonymous complaint carries no name or phone", "匿名投诉不应填写姓名或电话")
            )
        if not self.anonymous and not self.who:
            faults.append(FormError("who", "is needed, or anonymous must be true", "须填写投诉人, 或选择匿名"))
        if self.wants_answer and not self.phone:
            faults.append(FormError("phone", "is needed to give the answer to", "要求答复的须留联系电话"))
        return faults

    def details(self) -> dict[str, Any]:
        """Return the answers to the order form of the kind `complaint`."""
        names = ("what", "where", "category", "channel", "anonymous", "who", "phone", "wants_answer")
        said = {name: value for name in names if (value := getattr(self, name)) != ""}
        return {**said, **({"happened_at": self.happened_at.isoformat()} if self.happened_at else {})}


class SupervisionForm(GivenForm):
    """An order from an authority above, known by its document number: the same number twice is refused."""

    priority: AlarmLevel = AlarmLevel.ORANGE
    title_zh: str = Field(min_length=1, max_length=200)
    title_en: str = Field("", max_length=200)
    issued_by: str = Field(min_length=1, max_length=200)
    document_number: str = Field(min_length=1, max_length=100)
    requirement: str = Field(min_length=1, max_length=4000)
    issued_on: date | None = None

    def details(self) -> dict[str, Any]:
        """Return the answers to the order form of the kind `supervision`."""
        said = {name: getattr(self, name) for name in ("issued_by", "document_number", "requirement")}
        return {**said, **({"issued_on": self.issued_on.isoformat()} if self.issued_on else {})}


def router(parts: Parts) -> APIRouter:
    """Return the routes that take in complaints and orders."""
    routes = APIRouter(tags=["intake"])

    @routes.post("/complaints", status_code=201)
    async def take_complaint(form: ComplaintForm, who: Maker, key: IdempotencyKey = None) -> Response:
        refuse_faults("bad-complaint", "投诉登记有误", "the complaint contradicts itself", form.faults())

        async def make() -> Response:
            short = form.what if len(form.what) <= _TITLE_CHARACTERS else form.what[:_TITLE_CHARACTERS] + "…"
            return await _make(
                parts, tx, form, who, kind="complaint", title_zh=f"投诉: {short}", title_en=f"Complaint: {short}",
                origin_zh="信访投诉", origin_en="a complaint", details=form.details(),
            )  # fmt: skip

        async with parts.database.transaction() as tx:
            return await once(tx, who, key, request_hash("POST /complaints", form.model_dump_json()), make)

    @routes.post("/supervision-orders", status_code=201)
    async def take_order(form: SupervisionForm, who: Maker, key: IdempotencyKey = None) -> Response:
        async def make() -> Response:
            source_key = f"supervision:{form.issued_by}:{form.document_number}"
            await tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 212))", source_key)
            if known := await tasks.task_of_source(tx, source_key):
                raise Refused(
                    "order-is-known",
                    f"该督办单已登记为任务 {known.number}",
                    f"this order is task {known.number} already",
                    task_id=known.task_id,
                    errors=[{"where": "document_number", "what": f"stands in task {known.number}"}],
                )
            return await _make(
                parts, tx, form, who, kind="supervision", title_zh=form.title_zh, title_en=form.title_en,
                origin_zh=f"{form.issued_by} {form.document_number}", origin_en=f"order {form.document_number}",
                details=form.details(), source_key=source_key, reference=form.document_number,
            )  # fmt: skip

        async with parts.database.transaction() as tx:
            return await once(tx, who, key, request_hash("POST /supervision-orders", form.model_dump_json()), make)

    return routes


async def _make(
    parts: Parts, tx: Connection, form: GivenForm, who: Principal, *, kind: Literal["complaint", "supervision"],
    title_zh: str, title_en: str, origin_zh: str, origin_en: str, details: dict[str, Any], source_key: str | None = None,
    reference: str = "",
) -> Response:  # fmt: skip
    refuse_giving(form, who)
    of_kind = await kind_for(parts, tx, kind, details)
    refuse_role(of_kind, form)
    order = Order(
        task_id=uuid7(),
        kind=of_kind,
        origin=kind,
        source=kind,
        title_zh=title_zh,
        title_en=title_en,
        priority=form.priority,
        park_id=park_of(form, who, None),
        by=who.username,
        due_at=form.due_at,
        assignee=form.assignee,
        assignee_name=form.assignee_name,
        assignee_role=form.assignee_role.value if form.assignee_role else None,
        note=form.note,
        source_reference=reference,
        source_key=source_key,
        origin_zh=origin_zh,
        origin_en=origin_en,
        details=details,
        subject=form.subject(),
    )
    try:
        made = await parts.maker.make(tx, order, now())
    except life.BadDeadline as error:
        raise bad_deadline(error) from error
    return json_response(made.work.task, 201)
