"""Kinds of tasks: read, and written as new versions; one that contradicts itself is refused with what, where, why."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Body, Depends, Path, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response, page

from task_dispatch.api.callers import as_errors, refuse_faults
from task_dispatch.api.parts import Parts
from task_dispatch.domain.forms import FormError
from task_dispatch.domain.kind_check import kind_errors
from task_dispatch.domain.kinds import Kind, clock_presets
from task_dispatch.domain.problem_catalogue import problem_catalogue
from task_dispatch.store import kinds as stored

Reader = Annotated[Principal, Depends(require("task:read"))]
Writer = Annotated[Principal, Depends(require("rule:write"))]
KindName = Annotated[str, Path(pattern="^[a-z][a-z0-9-]{0,39}$")]
KindBody = Annotated[dict[str, Any], Body(description="A kind as GET returns it; `version` is the one it is based on")]


def router(parts: Parts) -> APIRouter:
    """Return the routes of kinds."""
    routes = APIRouter(tags=["kinds"])
    _add_writing(routes, parts)

    @routes.get("/task-kinds")
    async def list_kinds(_: Reader) -> Response:
        async with parts.database.reading() as connection:
            kinds = await parts.book.in_force(connection)
        return json_response(page([shaped(kind) for kind in kinds.values()], None, len(kinds)))

    @routes.get("/task-kinds/clock-presets")
    async def list_presets(_: Reader) -> Response:
        presets = clock_presets()
        return json_response(page(presets, None, len(presets)))

    @routes.get("/task-kinds/problem-catalogue")
    async def read_catalogue(_: Reader) -> Response:
        return json_response(problem_catalogue())

    @routes.get("/task-kinds/{kind}")
    async def read_kind(kind: KindName, _: Reader) -> Response:
        async with parts.database.reading() as connection:
            newest = await parts.book.newest(connection, kind)
            if newest is None:
                raise NotFound("任务类型", "kind of task", kind)
            return json_response({**shaped(newest), "versions": await stored.versions(connection, kind)})

    @routes.get("/task-kinds/{kind}/versions/{version}")
    async def read_version(kind: KindName, version: Annotated[int, Path(ge=1, le=1_000_000)], _: Reader) -> Response:
        async with parts.database.reading() as connection:
            found = await parts.book.version(connection, kind, version)
        if found is None:
            raise NotFound("任务类型版本", "version of a kind", f"{kind} {version}")
        return json_response(shaped(found))

    return routes


def _add_writing(routes: APIRouter, parts: Parts) -> None:
    @routes.post("/task-kinds/check")
    async def check_kind(_: Writer, body: KindBody) -> Response:
        kind, faults = _read(body)
        faults = faults or (kind_errors(kind) if kind else [])
        return json_response({"holds": not faults, "errors": as_errors(faults)})

    @routes.put("/task-kinds/{kind}")
    async def write_kind(kind: KindName, who: Writer, body: KindBody) -> Response:
        wanted, faults = _read({**body, "kind": body.get("kind", kind)})
        if wanted is not None and wanted.kind != kind:
            faults = [FormError("kind", f"is {wanted.kind!r}, the address says {kind!r}", "与地址中的类型不一致")]
        faults = faults or (kind_errors(wanted) if wanted else [])
        refuse_faults("kind-contradicts-itself", "任务类型自相矛盾", "the kind contradicts itself", faults)
        assert wanted is not None  # noqa: S101 - without a kind there are faults
        async with parts.database.transaction() as tx:
            await parts.book.stock(tx, now())
            based_on = body.get("version")
            made = await stored.add_version(tx, wanted, based_on=based_on, by=who.username, now=now())
            if made is None:
                newest = await parts.book.newest(tx, kind)
                there = newest.version if newest else None
                raise Refused(
                    "changed-meanwhile",
                    f"该任务类型当前为版本 {there}, 请刷新后重试" if there else "该任务类型尚不存在, 不要带版本号",
                    f"the kind is version {there} now, you based yours on {based_on}",
                    version=there,
                )
        return json_response(shaped(made))


def shaped(kind: Kind) -> dict[str, Any]:
    """Return a kind whole: what it leaves at its default too."""
    return {name: msgspec.to_builtins(getattr(kind, name)) for name in kind.__struct_fields__}


def _read(body: dict[str, Any]) -> tuple[Kind | None, list[FormError]]:
    """Return the kind, or where its shape is wrong."""
    known = {name: value for name, value in body.items() if name not in {"version", "versions"}}
    try:
        return msgspec.convert(known, Kind), []
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        return None, [FormError(where.strip("`.") or "body", what, f"结构有误: {what}")]
