"""The rules `card-balance` (a warning share of what was charged is used) and `card-difference` (controller and own computation
differ): each told once a share, ended when it holds no more; in the transaction that computed the days or took the charge."""

from decimal import Decimal
from typing import Literal

import msgspec
from park_chassis import outbox
from park_chassis.clock import now
from park_chassis.database import Connection
from park_judging import metrics
from park_judging.domain.applied_limits import PointLimits
from park_judging.domain.findings import point_finding
from park_judging.domain.park_calendar import day_span
from park_judging.readings import finding_event
from park_schemas.codes import Period
from park_schemas.supervision import FindingRecorded

from source_monitoring.cards import store
from source_monitoring.cards.accounts import Standing, standings
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
    of_point = {limits.point.point_id: limits}
    for one in await standings(tx, rows, of_point, settings):
        await _follow(
            tx, settings, limits, one, CARD_BALANCE, set(reached(one.use.share, settings.quantity_warning_shares))
        )
        differs = one.reconciliation is not None and one.reconciliation.differs
        await _follow(
            tx, settings, limits, one, CARD_DIFFERENCE, {settings.card_difference_share} if differs else set()
        )


async def _follow(
    tx: Connection, settings: Settings, limits: PointLimits, one: Standing, rule: str, after: set[Decimal]
) -> None:
    card_id = one.row["card_id"]
    before = await store.told(tx, card_id, rule)
    for share in sorted(after - before):
        await _tell(tx, settings, _finding(limits, one, rule, share, "violated"))
    if before and not after:
        await _tell(tx, settings, _finding(limits, one, rule, min(before), "complied"))
    await store.set_told(tx, card_id, rule, before, after, now())


async def _tell(tx: Connection, settings: Settings, body: FindingRecorded) -> None:
    metrics.FINDINGS.labels(body.rule, body.verdict).inc()
    await outbox.add(tx, finding_event(settings.service, body))


def _finding(limits: PointLimits, one: Standing, rule: str, share: Decimal, verdict: Verdict) -> FindingRecorded:
    card, at = one.card, now()
    factor = limits.factors.get(card.factor)
    name_zh, name_en = (factor.name_zh, factor.name_en) if factor else (card.factor, card.factor)
    said_zh, said_en = _WORDS[rule](one, share)
    ratio = one.use.share if rule == CARD_BALANCE else None
    body = point_finding(
        limits.point, rule, verdict, key=(one.row["card_id"], share, at.isoformat()),
        start=day_span(card.period_start)[0], end=at, recorded_at=at, period=Period.DAY,
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
