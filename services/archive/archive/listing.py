"""SQL of the lists and details people read: filters, search, scope of an enterprise user, paging by natural key."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from park_chassis.database import Connection

_ENTERPRISES = """
    select * from enterprises e
    where ($1::uuid is null or e.enterprise_id = $1)
      and ($2::text is null or e.name_zh ilike $2 or e.name_en ilike $2 or e.credit_code ilike $2
           or e.industry ilike $2)
      and ($3::bool is null or e.active = $3)
      and ($4::text is null or e.risk_level = $4)
"""

_POINTS = """
    select p.*, e.enterprise_id, coalesce(e.name_zh, '') as enterprise_name_zh,
           coalesce(e.name_en, '') as enterprise_name_en, d.mn
    from points p
    left join enterprises e on e.credit_code = p.enterprise
    left join devices d on d.point_code = p.code and d.active
    where ($1::uuid is null or e.enterprise_id = $1)
      and ($2::text is null or p.code ilike $2 or p.name_zh ilike $2 or p.name_en ilike $2
           or e.name_zh ilike $2 or d.mn ilike $2)
      and ($3::bool is null or p.active = $3)
      and ($4::text is null or p.medium = $4)
"""

_DEVICES = """
    select d.*, p.point_id, p.name_zh as point_name_zh, p.name_en as point_name_en, p.medium, e.enterprise_id,
           coalesce(e.name_zh, '') as enterprise_name_zh
    from devices d
    join points p on p.code = d.point_code
    left join enterprises e on e.credit_code = p.enterprise
    where ($1::uuid is null or e.enterprise_id = $1)
      and ($2::text is null or d.mn ilike $2 or p.code ilike $2 or p.name_zh ilike $2 or d.manufacturer ilike $2)
      and ($3::bool is null or d.active = $3)
      and ($4::text is null or d.edition = $4)
"""

_KEYS = {"enterprises": "credit_code", "points": "code", "devices": "mn"}
_QUERIES = {"enterprises": _ENTERPRISES, "points": _POINTS, "devices": _DEVICES}


@dataclass(frozen=True)
class Wanted:
    """A filter: `enterprise_id` also narrows to what an enterprise user may see; `extra` is risk, medium or edition."""

    enterprise_id: UUID | None = None
    search: str | None = None
    active: bool | None = None
    extra: str | None = None

    @property
    def arguments(self) -> tuple[Any, ...]:
        pattern = None
        if self.search:
            escaped = self.search.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
            pattern = f"%{escaped}%"
        return self.enterprise_id, pattern, self.active, self.extra


async def page_of(tx: Connection, what: str, wanted: Wanted, *, after: str | None, limit: int) -> list[dict[str, Any]]:
    """Return at most `limit` rows of `what` (enterprises, points, devices), ordered by natural key, after a key."""
    key = _KEYS[what]
    rows = await tx.fetch(
        f"select * from ({_QUERIES[what]}) rows where ($5::text is null or {key} > $5) order by {key} limit $6",
        *wanted.arguments,
        after,
        limit,
    )
    return [dict(row) for row in rows]


async def count_of(tx: Connection, what: str, wanted: Wanted) -> int:
    """Return how many rows the filter fits."""
    count: int = await tx.fetchval(f"select count(*) from ({_QUERIES[what]}) rows", *wanted.arguments)
    return count


async def one_of(tx: Connection, what: str, column: str, value: Any, wanted: Wanted) -> dict[str, Any] | None:
    """Return the row whose `column` has a value, within the filter."""
    row = await tx.fetchrow(f"select * from ({_QUERIES[what]}) rows where {column} = $5", *wanted.arguments, value)
    return dict(row) if row else None


async def limits_at(tx: Connection, point_code: str, on: date | None = None) -> list[dict[str, Any]]:
    """Return the limits of a point, all or those in force on a day."""
    rows = await tx.fetch(
        """
        select * from limits
        where point_code = $1 and ($2::date is null or (valid_from <= $2 and (valid_to is null or valid_to >= $2)))
        order by factor, averaging, valid_from
        """,
        point_code,
        on,
    )
    return [dict(row) for row in rows]
