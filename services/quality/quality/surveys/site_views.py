"""Sites as they are shown: to whom, in lists, on the map, as a file."""

from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from park_chassis.auth import Principal
from park_chassis.database import Connection
from park_chassis.errors import NotFound
from park_chassis.export import Column

from quality.domain.surveys.records import Site
from quality.domain.surveys.site_verdicts import SiteVerdict
from quality.surveys import store


async def visible_site(tx: Connection, reader: Principal, site_id: UUID) -> asyncpg.Record:
    """Return a site's newest version. Raises NotFound when it is not there or not the reader's to see."""
    row = await store.one_site(tx, site_id)
    if row is None or (reader.enterprise_id is not None and row["enterprise_id"] != reader.enterprise_id):
        raise NotFound("点位", "site", site_id)
    return row


def site_item(row: asyncpg.Record) -> dict[str, Any]:
    """Return a site as it is shown: every field, with its version and who made it."""
    fields = msgspec.structs.asdict(store.site(row))
    return {**fields, **{name: row[name] for name in ("version", "author", "reason", "made_at")}}


def site_feature(site: Site, verdict: SiteVerdict | None) -> dict[str, Any]:
    """Return a site as a GeoJSON feature, with what samples say of it."""
    properties = {
        "site_id": site.site_id, "code": site.code, "kind": site.kind, "name_zh": site.name_zh, "name_en": site.name_en,
        "category": site.category, "enterprise_id": site.enterprise_id, "verdict": verdict,
    }  # fmt: skip
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [site.longitude, site.latitude]},
        "properties": properties,
    }


COLUMNS: list[Column] = [
    Column("编码 / code", lambda one: one.code),
    Column("类别 / kind", lambda one: one.kind.value),
    Column("名称 / name", lambda one: one.name_zh, 30),
    Column("经度 / longitude", lambda one: one.longitude),
    Column("纬度 / latitude", lambda one: one.latitude),
    Column("功能类别 / category", lambda one: one.category),
    Column("企业 / enterprise", lambda one: one.enterprise_name_zh, 30),
]
