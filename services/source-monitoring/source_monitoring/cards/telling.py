"""The rules `card-balance` (a warning share of what was charged is used) and `card-difference` (controller and own computation
differ): each told once a share, ended when it holds no more or the card's time is over; in the transaction that computed the
days or took the charge, and once a day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import asyncpg
import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection
from park_judging import metrics
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import point_finding
from park_judging.readings import finding_event
from park_judging.registry import Points
from park_schemas.codes import Period
from park_schemas.supervision import FindingRecorded

from source_monitoring import park_today
from source_monitoring.cards import store
from source_monitoring.cards.accounts import Standing, standings
from source_monitoring.domain.long_periods import WAIT_FOR_LAST_DAY
from source_monitoring.domain.period_warnings import ENDED_WORDS, Ended, following
from source_monitoring.domain.permitted_quantity import reached
from source_monitoring.settings import Settings

CARD_BALANCE = "card-balance"
CARD_DIFFERENCE = "card-difference"
Verdict = Literal["violated", "complied"]


async def look(tx: Connection, settings: Settings, limits: PointLimits) -> None:
    """Hold all cards of an outlet against what was used, and tell what became of them."""
    rows = await tx.fetch(
        "select * from quota_cards where point_id = $1 order by card_id for update", limits.point.point_id
    )
    await _look(tx, settings, limits, rows, park_today.today())


async def end_over(tx: Connection, settings: Settings, points: Points, today: date) -> None:
    """End the warnings of cards whose time is over and of whose outlet no day is computed any more."""
    rows = await tx.fetch(
        "select * from quota_cards c where period_end < $1 and exists (select from card_tellings t"
        " where t.card_id = c.card_id and t.ended_at is null) order by card_id for update skip locked",
        today,
    )
    for row in rows:
        limits = points.get(row["point_id"])
        if limits is not None:
            await _look(tx, settings, limits, [row], today)


async def _look(
    tx: Connection, settings: Settings, limits: PointLimits, rows: Sequence[asyncpg.Record], today: date
) -> None:
    for one in await standings(tx, rows, {limits.point.point_id: limits}, settings):
        over = today > one.card.period_end + WAIT_FOR_LAST_DAY
        used = reached(one.use.share, settings.quantity_warning_shares)
        await _follow(tx, settings, limits, one, CARD_BALANCE, used, over=over)
        differs = one.reconciliation is not None and one.reconciliation.differs
        shares = [settings.card_difference_share] if differs else []
        await _follow(tx, settings, limits, one, CARD_DIFFERENCE, shares, over=over)


async def _follow(
    tx: Connection,
    settings: Settings,
    limits: PointLimits,
    one: Standing,
    rule: str,
    shares: Sequence[Decimal],
    *,
    over: bool,
) -> None:
    card_id = one.row["card_id"]
    found = following(await store.told(tx, card_id, rule), shares, over=over)
    for share in found.tell:
        await _tell(tx, settings, finding(limits, one, rule, share, "violated"))
    if found.ended is not None and found.ended_share is not None:
        await _tell(tx, settings, ended(limits, one, rule, found.ended_share, found.ended))
    await store.set_told(tx, card_id, rule, found, now())


async def _tell(tx: Connection, settings: Settings, body: FindingRecorded) -> None:
    metrics.FINDINGS.labels(body.rule, body.verdict).inc()
    await outbox.add(tx, finding_event(settings.service, body))


def ended(limits: PointLimits, one: Standing, rule: str, share: Decimal, why: Ended) -> FindingRecorded:
    """The share of a card whose time is over is what it is: without a ratio nothing is left to be graded."""
    body = finding(limits, one, rule, share, "complied", why)
    return msgspec.structs.replace(body, ratio=None) if why is Ended.PERIOD_OVER else body


def finding(
    limits: PointLimits, one: Standing, rule: str, share: Decimal, verdict: Verdict, why: Ended | None = None
) -> FindingRecorded:
    card, at = one.card, now()
    factor = limits.factors.get(card.factor)
    name_zh, name_en = (factor.name_zh, factor.name_en) if factor else (card.factor, card.factor)
    said_zh, said_en = _WORDS[rule](one, share)
    if why is not None:
        said_zh, said_en = f"{said_zh};{ENDED_WORDS[why][0]}", f"{said_en}; {ENDED_WORDS[why][1]}"
    ratio = one.use.share if rule == CARD_BALANCE else None
    body = point_finding(
        limits.point, rule, verdict, key=(one.row["card_id"], share, at.isoformat()),
        start=at, end=at, recorded_at=at, period=Period.DAY,
        zh=f"{limits.point.name_zh}{name_zh}总量卡 {card.card_number}:{said_zh}。",
        en=f"{limits.point.name_en}, quota card {card.card_number} of {name_en}: {said_en}.",
    )  # fmt: skip
    return msgspec.structs.replace(
        body,
        factor=card.factor,
        factor_name_zh=name_zh,
        factor_name_en=name_en,
        observed=f"{one.use.used:.3f}",
        limit=f"{one.charged:f}",
        unit=card.unit,
        ratio=None if ratio is None else round(float(ratio), 4),
        limit_id=f"card/{one.row['card_id']}",
        source_id=one.row["card_id"],
    )


def _of_balance(one: Standing, share: Decimal) -> tuple[str, str]:
    unit, out = one.card.unit, one.use.runs_out
    zh = (
        f"已充 {one.charged:f} {unit},已用 {one.use.used:.1f} {unit}({one.use.share * 100:.1f}%,提醒线 {share * 100:.0f}%),"
        f"余 {one.balance:.1f} {unit}" + (f",预计 {out} 用完" if out else "")
    )
    en = (
        f"{one.use.used:.1f} of {one.charged:f} {unit} used ({one.use.share * 100:.1f} %, warning at {share * 100:.0f} %),"
        f" {one.balance:.1f} {unit} left" + (f", at the present rate it runs out on {out}" if out else "")
    )
    return zh, en


def _of_difference(one: Standing, share: Decimal) -> tuple[str, str]:
    found = one.reconciliation
    if found is None:
        return "控制器无读数可比", "there is no reading of the controller to compare with"
    zh = (
        f"控制器累计 {found.controller:.1f},平台核算 {found.own:.1f} {one.card.unit}({found.days} 天),"
        f"允许相差 {share * 100:.0f}%"
    )
    en = (
        f"the controller counted {found.controller:.1f}, own computation gives {found.own:.1f} {one.card.unit} over {found.days}"
        f" days; {share * 100:.0f} % may differ"
    )
    return zh, en


_WORDS = {CARD_BALANCE: _of_balance, CARD_DIFFERENCE: _of_difference}
