"""HTTP of the emergency reduction list: lines by enterprise, one line with its versions, changes, the tables behind it."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from park_chassis.auth import Principal
from park_chassis.database import Connection, Database
from park_chassis.export import Column, Format, table_response
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, decode_cursor, encode_cursor, page
from park_judging.registry import Points
from pydantic import BaseModel

from source_monitoring.domain.reductions.levels import GRADES, LEVELS, POLLUTANTS, SOURCE_EN, SOURCE_ZH
from source_monitoring.domain.reductions.sheet import REDUCTION_LIST, texts_of
from source_monitoring.http_edge import bad_cursor
from source_monitoring.reductions import list_store
from source_monitoring.reductions.edge import Reader, names_of
from source_monitoring.reductions.list_showing import line_row, shown

_MOST_EXPORTED = 20_000


class Filters(BaseModel):
    """Filters of the list; `q` is looked for in line and industry."""

    enterprise_id: UUID | None = None
    grade: str | None = None
    q: str | None = None


def router(database: Database, points: Points) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["reductions"])

    @routes.get("/reduction-list")
    async def listed(
        reader: Reader, filters: Annotated[Filters, Query()], limit: Limit = 50, cursor: Cursor = None
    ) -> Response:
        """Lines that stand, by enterprise and name."""
        async with database.reading() as connection:
            rows, total = await _lines(connection, reader, filters, limit, _place(cursor))
        last = rows[-1] if len(rows) == limit else None
        following = encode_cursor(str(last["enterprise_id"]), last["line"]) if last else None
        return json_response(page([shown(points, row) for row in rows], following, total))

    @routes.get("/reduction-list/export")
    async def export(
        reader: Reader,
        filters: Annotated[Filters, Query()],
        file_format: Annotated[Format, Query(alias="format")] = "csv",
    ) -> Response:
        """The same lines in the columns of the import sheet."""
        async with database.reading() as connection:
            rows, _ = await _lines(connection, reader, filters, _MOST_EXPORTED, None)
        texts = []
        for row in rows:
            names = names_of(points, row["enterprise_id"], list_store.listed(row).point_id, "")
            texts.append(texts_of(list_store.listed(row), names["enterprise_zh"], names["point_code"]))
        return table_response(file_format, "应急减排清单", _COLUMNS, texts)

    _add_tables_and_lines(routes, database, points)
    return routes


def _add_tables_and_lines(routes: APIRouter, database: Database, points: Points) -> None:
    @routes.get("/reduction-list/tables")
    async def tables(_: Reader) -> Response:
        """Warning levels and performance grades as they are used, with their source."""
        return json_response(
            {
                "levels": {key: _plain(one) for key, one in LEVELS.items()},
                "grades": {key: _plain(one) for key, one in GRADES.items()},
                "pollutants": POLLUTANTS,
                "source_zh": SOURCE_ZH,
                "source_en": SOURCE_EN,
            }
        )

    @routes.get("/reduction-list/{line_id}")
    async def one(reader: Reader, line_id: UUID) -> Response:
        """One line with its versions."""
        async with database.reading() as connection:
            row = await line_row(connection, reader, line_id)
            return json_response({**shown(points, row), "versions": await list_store.versions(connection, line_id)})


async def _lines(
    connection: Connection, reader: Principal, filters: Filters, limit: int, after: tuple[UUID, str] | None
) -> tuple[list[dict[str, Any]], int]:
    return await list_store.lines(
        connection, enterprise_ids=[reader.enterprise_id] if reader.enterprise_id else None,
        enterprise_id=filters.enterprise_id, grade=filters.grade, text=filters.q or None, after=after, limit=limit,
    )  # fmt: skip


def _place(cursor: str | None) -> tuple[UUID, str] | None:
    place = decode_cursor(cursor)
    try:
        return None if place is None else (UUID(place[0]), str(place[1]))
    except (IndexError, TypeError, ValueError, AttributeError) as error:
        raise bad_cursor() from error


def _cell(name: str) -> Callable[[dict[str, str]], str]:
    return lambda texts: texts.get(name, "")


_COLUMNS = [Column(one.zh, _cell(one.name)) for one in REDUCTION_LIST.columns]


def _plain(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}
