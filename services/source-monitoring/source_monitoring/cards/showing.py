"""Quota cards as they are shown: amounts in the card's unit, the sentence-free facts of an account."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

import asyncpg
import msgspec
from park_chassis.export import Column
from park_judging.domain.applied_limits import PointLimits

from source_monitoring.cards.accounts import Reported, Standing
from source_monitoring.domain.card_account import Reconciliation

_PLACES = 6


def card_item(one: Standing, limits: PointLimits, said: Reported | None) -> dict[str, Any]:
    """Return an account; what the controller says now only where it was asked for (the card's own page)."""
    point, card, use = limits.point, one.card, one.use
    factor = limits.factors.get(card.factor)
    item = {
        "card_id": one.row["card_id"], "version": one.row["version"], "point_id": point.point_id,
        "point_name_zh": point.name_zh, "point_name_en": point.name_en, "enterprise_id": point.enterprise_id,
        "enterprise_name_zh": point.enterprise_name_zh, "enterprise_name_en": point.enterprise_name_en,
        "factor": card.factor, "factor_name_zh": factor.name_zh if factor else card.factor,
        "factor_name_en": factor.name_en if factor else card.factor, "unit": card.unit, "card_number": card.card_number,
        "period_start": card.period_start, "period_end": card.period_end, "used_by": card.used_by,
        "controller": msgspec.structs.asdict(card.controller), "note": card.note, "charged": one.charged,
        "used": use.used, "substituted": use.substituted, "balance": one.balance, "share": _short(use.share),
        "rate_day": _short(use.rate), "runs_out": use.runs_out, "at_end": _short(use.at_end), "days": use.days,
        "last_day": use.last_day, "state": one.state, "author": one.row["author"], "made_at": one.row["made_at"],
        "reconciliation": None if one.reconciliation is None else _reconciled(one.reconciliation),
    }  # fmt: skip
    if said is not None:
        item |= {"reported_balance": said.balance, "valve": said.valve, "valve_at": said.valve_at}
    return item


def _reconciled(found: Reconciliation) -> dict[str, Any]:
    return {
        "own": found.own, "controller": found.controller, "difference": found.difference, "share": _short(found.share),
        "days": found.days, "tolerance": found.tolerance, "differs": found.differs,
    }  # fmt: skip


def _short(number: Decimal | None) -> Decimal | None:
    return None if number is None else round(number, _PLACES)


def charge_items(rows: Sequence[asyncpg.Record]) -> list[dict[str, Any]]:
    """Return the charges, each as its newest version with the older ones beside; rows as store.charges gives them."""
    items = []
    for _, of_charge in groupby(rows, key=lambda row: row["charge_id"]):
        versions = [{name: value for name, value in row.items() if name not in _HIDDEN} for row in of_charge]
        items.append(versions[0] | {"versions": versions})
    return items


_HIDDEN = frozenset({"card_id", "author_id"})


def day_items(one: Standing) -> list[dict[str, Any]]:
    """Return the days of an account by both figures, oldest first."""
    found = []
    for day in sorted(one.own.keys() | one.controller.keys()):
        own = sum(one.own[day], Decimal(0)) if day in one.own else None
        controller = one.controller.get(day)
        difference = None if own is None or controller is None else controller - own
        found.append({"day": day, "own": own, "controller": controller, "difference": difference})
    return found


COLUMNS = [
    Column("企业 enterprise", lambda item: item["enterprise_name_zh"], 24),
    Column("监测点 point", lambda item: item["point_name_zh"], 24),
    Column("卡号 card", lambda item: item["card_number"], 18),
    Column("因子 factor", lambda item: item["factor_name_zh"], 14),
    Column("单位 unit", lambda item: item["unit"], 6),
    Column("起 from", lambda item: item["period_start"].isoformat(), 12),
    Column("止 to", lambda item: item["period_end"].isoformat(), 12),
    Column("已充 charged", lambda item: item["charged"], 14),
    Column("已用 used", lambda item: item["used"], 14),
    Column("余额 balance", lambda item: item["balance"], 14),
    Column("占比 share", lambda item: item["share"], 10),
    Column("预计用完 runs out", lambda item: item["runs_out"].isoformat() if item["runs_out"] else "", 14),
    Column("状态 state", lambda item: item["state"], 10),
    Column("与控制器之差 difference", lambda item: (item["reconciliation"] or {}).get("difference"), 16),
]
