"""The grading policy: what is in force, its versions, a new version."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response
from park_chassis.auth import Principal, require
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_chassis.http import json_response

from alerting.api.body_schemas import body_of
from alerting.domain.audience import rosters_in
from alerting.domain.dry_run import DRY_RUN_OVER, Regraded, regrade, summary
from alerting.domain.policy import GradingPolicy
from alerting.domain.policy_checks import contradictions
from alerting.domain.policy_completion import completed, new_entries
from alerting.store import alarm_lists, rosters
from alerting.store import policies as stored_policies
from alerting.store.policies import PolicyCache


class PolicyForm(msgspec.Struct, forbid_unknown_fields=True):
    """A whole policy; `version`, when given, is the one it was made from."""

    policy: GradingPolicy
    version: int | None = None


def router(database: Database, policies: PolicyCache) -> APIRouter:
    """Return the routes of rules."""
    routes = APIRouter(tags=["rules"])

    @routes.get("/rules")
    async def read_rules(_: Annotated[Principal, Depends(require("alarm:read"))]) -> Response:
        async with database.reading() as connection:
            newest = await policies.newest(connection)
            versions = await stored_policies.policy_versions(connection)
        return json_response(
            {
                "version": newest.version,
                "policy": newest.stored,
                "versions": versions,
                "new_in_release": new_entries(newest.stored, policies.shipped),
            }
        )

    @routes.get("/rules/versions/{version}")
    async def read_version(
        version: Annotated[int, Path(ge=1, le=2**31 - 1)], _: Annotated[Principal, Depends(require("alarm:read"))]
    ) -> Response:
        async with database.reading() as connection:
            found = await stored_policies.policy_of_version(connection, version)
        if found is None:
            raise NotFound("规则版本", "version of the rules", version)
        return json_response(found)

    @routes.post("/rules/dry-run", openapi_extra=body_of(PolicyForm))
    async def dry_run(request: Request, _: Annotated[Principal, Depends(require("rule:write"))]) -> Response:
        form, at = read_policy(await request.body()), now()
        policy = completed(form.policy, policies.shipped)
        regraded: list[Regraded] = []
        async with database.reading() as connection, connection.transaction(readonly=True):
            async for alarm, history, around in alarm_lists.alarms_with_findings(connection, since=at - DRY_RUN_OVER):
                regraded.append(regrade(alarm, history, policy, around))
        return json_response({"from": at - DRY_RUN_OVER, "to": at, **summary(regraded)})

    @routes.put("/rules", openapi_extra=body_of(PolicyForm))
    async def put_rules(request: Request, who: Annotated[Principal, Depends(require("rule:write"))]) -> Response:
        form = read_policy(await request.body())
        async with database.transaction() as tx:
            await _refuse_unknown_rosters(tx, form.policy)
            version = await stored_policies.add_policy(
                tx, form.policy, based_on=form.version, by=who.username, now=now()
            )
            if version is None:
                raise Refused(
                    "changed-meanwhile",
                    "规则已被他人更新, 请刷新后重试",
                    "the rules have changed meanwhile, read them again",
                )
        return json_response({"version": version, "policy": form.policy}, 201)

    return routes


def read_policy(body: bytes) -> PolicyForm:
    """Return the policy of a request. Raises Refused (422) saying where it breaks its shape or contradicts itself."""
    try:
        form = msgspec.json.decode(body, type=PolicyForm)
    except msgspec.MsgspecError as error:
        what, _, where = str(error).partition(" - at ")
        raise _refused([{"where": where.strip("`") or "body", "what": what}]) from error
    problems = contradictions(form.policy)
    if problems:
        raise _refused([{"where": problem.where, "what": problem.what} for problem in problems])
    return form


async def _refuse_unknown_rosters(tx: Connection, policy: GradingPolicy) -> None:
    """Refuse a policy that names a roster which does not exist."""
    places = {f"notify.{level.value}": names for level, names in policy.notify.items()}
    for level, steps in policy.chains.items():
        places |= {f"chains.{level.value}.{number}.notify": step.notify for number, step in enumerate(steps)}
    named = {code for names in places.values() for code in rosters_in(names)}
    known = {one.roster.code for one in await rosters.rosters(tx, codes=sorted(named))} if named else set()
    errors = [
        {"where": where, "what": f"there is no roster {code!r}"}
        for where, names in places.items()
        for code in rosters_in(names)
        if code not in known
    ]
    if errors:
        raise _refused(errors)


def _refused(errors: list[dict[str, str]]) -> Refused:
    return Refused(
        "bad-policy", "规则有误, 未生效", "the policy is not valid, nothing changed", status=422, errors=errors
    )
