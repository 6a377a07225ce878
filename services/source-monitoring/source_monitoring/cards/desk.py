"""What officers do to quota cards, inside the caller's transaction: opened, changed, charged, charges corrected."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg
from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection
from park_chassis.errors import NotFound, Refused
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.park_calendar import day_at
from park_judging.registry import Points
from park_judging.scope import visible_points
from park_schemas.identifiers import uuid7
from pydantic import Field

from source_monitoring.cards import store
from source_monitoring.domain.card_account import Card, Controller, UsedBy, converts, unit_of
from source_monitoring.domain.fugitive import is_fugitive
from source_monitoring.http_edge import Body

_LONGEST_DAYS = 3700


class ControllerForm(Body):
    """Factors of the outlet that carry what the card controller reports; empty: it does not report that."""

    total_factor: str = ""
    balance_factor: str = ""
    valve_factor: str = ""
    valve_open: str = ""
    valve_closed: str = ""


class CardForm(Body):
    """An account of one factor over whole days, both inclusive."""

    factor: str
    card_number: str = Field(min_length=1, max_length=60)
    period_start: date
    period_end: date
    used_by: UsedBy = UsedBy.OWN
    controller: ControllerForm = Field(default_factory=ControllerForm)
    note: str = Field("", max_length=1000)


class NewCard(CardForm):
    point_id: UUID


class ChangedCard(CardForm):
    based_on: int
    reason: str = Field(min_length=2, max_length=500)


class NewCharge(Body):
    """A charge by an officer. `document_number` is that of the paper it stands on."""

    amount: Decimal = Field(gt=0, max_digits=18, decimal_places=6)
    document_number: str = Field(min_length=1, max_length=100)
    charged_on: date
    note: str = Field("", max_length=500)


class ChangedCharge(NewCharge):
    based_on: int
    reason: str = Field(min_length=2, max_length=500)


class WithdrawnCharge(Body):
    based_on: int
    reason: str = Field(min_length=2, max_length=500)


async def find(
    connection: Connection, points: Points, person: Principal, card_id: UUID, *, for_update: bool = False
) -> tuple[asyncpg.Record, PointLimits]:
    """Return a card and its outlet. Raises NotFound when it is not there or not this person's to see."""
    row = await store.one(connection, card_id, for_update=for_update)
    limits = visible_points(points, person, [row["point_id"]]).get(row["point_id"]) if row else None
    if row is None or limits is None:
        raise NotFound("总量卡", "quota card", card_id)
    return row, limits


async def open_card(tx: Connection, person: Principal, limits: PointLimits, form: NewCard) -> UUID:
    """Open an account. Raises Refused (422 bad-card, 409 card-overlaps)."""
    card_id = uuid7()
    await _write(tx, person, limits, card_id, 1, form, "")
    return card_id


async def change_card(
    tx: Connection, person: Principal, limits: PointLimits, row: asyncpg.Record, form: ChangedCard
) -> None:
    """Write the next version of an account. Raises Refused (409 version-conflict, and as open_card)."""
    _refuse_old(row["version"], form.based_on)
    await _write(tx, person, limits, row["card_id"], row["version"] + 1, form, form.reason)


async def _write(
    tx: Connection, person: Principal, limits: PointLimits, card_id: UUID, version: int, form: CardForm, reason: str
) -> None:
    card = _card(limits, form)
    await tx.execute("select pg_advisory_xact_lock(hashtext($1))", f"cards {limits.point.point_id}")
    other = await store.overlapping(tx, limits.point.point_id, card, but=card_id)
    if other is not None:
        raise Refused(
            "card-overlaps", "该排口该因子在此期间已有总量卡", "the outlet has a card of this factor over some of these days",
            card_id=str(other["card_id"]),
        )  # fmt: skip
    author = (person.user_id, person.display_name)
    await store.save(tx, card_id, version, limits.point.point_id, card, author=author, reason=reason, at=now())


def _card(limits: PointLimits, form: CardForm) -> Card:
    factor = limits.factors.get(form.factor)
    unit = unit_of(limits.point.medium, factor) if factor and not is_fugitive(limits.point) else None
    if unit is None:
        raise _bad(
            "factor", "该因子没有排放量或水量", f"no mass and no volume follows from {form.factor} at this outlet"
        )
    if not form.period_start <= form.period_end or (form.period_end - form.period_start).days > _LONGEST_DAYS:
        raise _bad(
            "period_end", "结束日期早于开始日期或超过十年", "the end lies before the begin, or more than ten years on"
        )
    controller = form.controller
    for name in ("total_factor", "balance_factor", "valve_factor"):
        code = getattr(controller, name)
        if code and code not in limits.factors:
            raise _bad(f"controller.{name}", f"该监测点没有因子 {code}", f"the point does not report {code}")
        if code and name != "valve_factor" and not converts(limits.factors[code].unit, unit):
            raise _bad(
                f"controller.{name}",
                f"{code} 的单位不能换算为 {unit}",
                f"the unit of {code} does not convert to {unit}",
            )
    if form.used_by is UsedBy.CONTROLLER and not controller.total_factor:
        raise _bad(
            "controller.total_factor", "以控制器读数计量时须填写", "wanted where the controller's total is what counts"
        )
    if controller.valve_factor and not (controller.valve_open or controller.valve_closed):
        raise _bad("controller.valve_open", "请填写阀门开或关的取值", "say which value means open or closed")
    return Card(
        card_number=form.card_number,
        factor=form.factor,
        unit=unit,
        period_start=form.period_start,
        period_end=form.period_end,
        used_by=form.used_by,
        controller=Controller(**controller.model_dump()),
        note=form.note,
    )


async def charge(tx: Connection, person: Principal, card: asyncpg.Record, new: NewCharge) -> UUID:
    """Take a charge. Raises Refused (409 document-is-known, 422 bad-charge)."""
    charge_id = uuid7()
    await _write_charge(tx, person, card, charge_id, 1, new, withdrawn=False, reason="")
    return charge_id


async def change_charge(
    tx: Connection, person: Principal, card: asyncpg.Record, charge_id: UUID, new: ChangedCharge
) -> None:
    """Correct a charge as its next version. Raises NotFound, Refused (409 version-conflict, charge-withdrawn)."""
    before = await _charge(tx, card, charge_id, new.based_on)
    await _write_charge(tx, person, card, charge_id, before["version"] + 1, new, withdrawn=False, reason=new.reason)


async def withdraw_charge(
    tx: Connection, person: Principal, card: asyncpg.Record, charge_id: UUID, asked: WithdrawnCharge
) -> None:
    """Take a charge back, as its last version. Raises NotFound, Refused (409 version-conflict, charge-withdrawn)."""
    before = await _charge(tx, card, charge_id, asked.based_on)
    same = NewCharge(**{name: before[name] for name in NewCharge.model_fields})
    await _write_charge(tx, person, card, charge_id, before["version"] + 1, same, withdrawn=True, reason=asked.reason)


async def _charge(tx: Connection, card: asyncpg.Record, charge_id: UUID, based_on: int) -> asyncpg.Record:
    """The newest version of a charge that may be changed."""
    rows = [row for row in await store.charges(tx, card["card_id"]) if row["charge_id"] == charge_id]
    if not rows:
        raise NotFound("充值记录", "charge", charge_id)
    if rows[0]["withdrawn"]:
        raise Refused("charge-withdrawn", "该充值已撤销", "this charge was withdrawn")
    _refuse_old(rows[0]["version"], based_on)
    return rows[0]


async def _write_charge(
    tx: Connection,
    person: Principal,
    card: asyncpg.Record,
    charge_id: UUID,
    version: int,
    new: NewCharge,
    *,
    withdrawn: bool,
    reason: str,
) -> None:
    at = now()
    if new.charged_on > day_at(at):
        raise _bad("charged_on", "充值日期不能晚于今天", "the day of the charge lies in the future")
    known = {row["charge_id"]: row for row in reversed(await store.charges(tx, card["card_id"]))}
    same = [
        row
        for key, row in known.items()
        if key != charge_id and not row["withdrawn"] and row["document_number"] == new.document_number
    ]
    if same and not withdrawn:
        raise Refused(
            "document-is-known", "该文号已充值", "there is a charge by this document already",
            charge_id=str(same[0]["charge_id"]),
        )  # fmt: skip
    row = {
        "card_id": card["card_id"], "charge_id": charge_id, "version": version, "amount": new.amount,
        "document_number": new.document_number, "charged_on": new.charged_on, "note": new.note, "withdrawn": withdrawn,
        "reason": reason, "author_id": person.user_id, "author": person.display_name, "made_at": at,
    }  # fmt: skip
    await store.add_charge(tx, row)


def _refuse_old(version: int, based_on: int) -> None:
    if version != based_on:
        raise Refused(
            "version-conflict",
            "已被他人修改,请刷新",
            "somebody changed it meanwhile: look at it again",
            version=version,
        )


def _bad(where: str, zh: str, en: str) -> Refused:
    return Refused("bad-card", zh, en, status=422, errors=[{"where": f"body.{where}", "what": zh, "what_en": en}])
