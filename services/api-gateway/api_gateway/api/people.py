"""/users/assignees: who can be given a task; /users/names: who the names in records are. No list of accounts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from park_chassis.auth import Principal, require
from park_chassis.http import json_response
from park_chassis.paging import page
from park_schemas.codes import Role

from api_gateway.api import API_ROOT
from api_gateway.user_administration import UserAdministration

_ASSIGNABLE = (Role.INSPECTOR, Role.OFFICER, Role.ENTERPRISE)


def router(administration: UserAdministration) -> APIRouter:
    """Return the routes that name people without showing their accounts."""
    api = APIRouter(prefix=f"{API_ROOT}/users", tags=["users"])

    @api.get("/assignees", summary="可派人员 People who can be given a task")
    async def assignees(
        principal: Annotated[Principal, Depends(require("task:read"))],
        role: Annotated[list[Role] | None, Query()] = None,
    ) -> Response:
        roles = [item for item in (role or _ASSIGNABLE) if item in _ASSIGNABLE]
        found = await administration.assignable(roles, principal.enterprise_id)
        items = [
            {
                "user_id": user.user_id,
                "username": user.username,
                "display_name": user.display_name,
                "role": user.role,
                "enterprise_id": user.enterprise_id,
            }
            for user in found
        ]
        return json_response(page(items, None, len(items)))

    @api.get("/names", summary="用户姓名 Display names of usernames")
    async def names(
        _: Annotated[Principal, Depends(require("map:read"))],
        username: Annotated[list[str], Query(max_length=100, description="As records name people; repeatable")],
    ) -> Response:
        """For reading records; only who is named is told, so it is no list of accounts."""
        found = await administration.display_names(username)
        items = [{"username": name, "display_name": shown} for name, shown in sorted(found.items())]
        return json_response(page(items, None, len(items)))

    return api
