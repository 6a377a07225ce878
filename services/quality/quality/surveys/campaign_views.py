"""Campaigns as they are shown: in lists, as a file."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.auth import Principal
from park_chassis.database import Connection
from park_chassis.errors import NotFound
from park_chassis.export import Column

from quality.surveys import store


async def one_campaign(tx: Connection, campaign_id: UUID) -> asyncpg.Record:
    """Return a campaign's newest version. Raises NotFound."""
    row = await store.one_campaign(tx, campaign_id)
    if row is None:
        raise NotFound("监测活动", "campaign", campaign_id)
    return row


def campaign_item(row: asyncpg.Record) -> dict[str, Any]:
    """Return a campaign as it is shown."""
    fields = msgspec.structs.asdict(store.campaign(row))
    return {**fields, **{name: row[name] for name in ("version", "author", "reason", "made_at")}}


def outcomes(reader: Principal, row: asyncpg.Record) -> dict[str, Any]:
    """Counts are of the whole park, so they are not shown to an enterprise."""
    return {"outcomes": row["outcomes"] if reader.enterprise_id is None else None}


COLUMNS: list[Column] = [
    Column("类别 / kind", lambda one: one["kind"].value),
    Column("名称 / name", lambda one: one["name_zh"], 30),
    Column("计划日期 / planned on", lambda one: one["planned_on"].isoformat()),
    Column("检测机构 / laboratory", lambda one: one["laboratory"], 30),
    Column("超标数 / over", lambda one: (one["outcomes"] or {}).get("over", 0)),
    Column("达标数 / compliant", lambda one: (one["outcomes"] or {}).get("compliant", 0)),
    Column("不能判定 / undecided", lambda one: (one["outcomes"] or {}).get("undecided", 0)),
]
