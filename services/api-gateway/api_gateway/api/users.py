"""/users: accounts, kept by the administrator."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from park_chassis.auth import Principal, require
from park_chassis.http import json_response
from park_chassis.paging import Cursor, Limit, encode_cursor, page
from park_schemas.codes import Role
from pydantic import BaseModel, Field

from api_gateway.api import API_ROOT, place_of
from api_gateway.audit_trail import AuditTrail, audited_route
from api_gateway.store.users import User
from api_gateway.user_administration import NewUser, UserAdministration, UserChanges


class UserToCreate(BaseModel):
    username: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$")
    display_name: str = Field(min_length=1, max_length=64)
    role: Role
    password: str = Field(min_length=1, max_length=256, description="The person must change it at the first sign-in.")
    enterprise_id: UUID | None = Field(None, description="Needed for the role enterprise, refused for others.")


class UserToChange(BaseModel):
    """Fields that are absent stay as they are."""

    display_name: str | None = Field(None, min_length=1, max_length=64)
    role: Role | None = None
    enterprise_id: UUID | None = None
    active: bool | None = None
    password: str | None = Field(
        None, min_length=1, max_length=256, description="A new one, to be changed by the person."
    )
    unlock: bool = Field(False, description="Lift a lock-out now.")
    version: int | None = Field(None, description="The version that was looked at; another one is refused (409).")


def router(administration: UserAdministration, trail: AuditTrail) -> APIRouter:
    api = APIRouter(prefix=f"{API_ROOT}/users", tags=["users"], route_class=audited_route(trail))

    @api.get("", summary="用户列表 List users")
    async def list_users(
        _: Annotated[Principal, Depends(require("user:read"))],
        q: str | None = None,
        role: Role | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        found = await administration.page(q=q, role=role, after=place_of(cursor, str), limit=limit)
        next_cursor = encode_cursor(found[-1].username) if len(found) == limit else None
        return json_response(page([shown_user(user) for user in found], next_cursor))

    @api.post("", status_code=201, summary="新建用户 Create a user")
    async def create(
        body: UserToCreate, _: Annotated[Principal, Depends(require("user:write"))], request: Request
    ) -> Response:
        user = await administration.create(
            NewUser(
                username=body.username,
                display_name=body.display_name,
                role=body.role,
                password=body.password,
                enterprise_id=body.enterprise_id,
            )
        )
        return json_response(shown_user(user), 201)

    @api.put("/{user_id}", summary="修改用户 Change a user")
    async def change(
        user_id: UUID, body: UserToChange, principal: Annotated[Principal, Depends(require("user:write"))]
    ) -> Response:
        changes = UserChanges(**body.model_dump(), fields_set=frozenset(body.model_fields_set))
        return json_response(shown_user(await administration.change(user_id, changes, by=principal)))

    return api


def shown_user(user: User) -> dict[str, Any]:
    """Return an account as the administrator sees it: no hash."""
    return {
        name: getattr(user, name)
        for name in (
            "user_id",
            "username",
            "display_name",
            "role",
            "enterprise_id",
            "active",
            "must_change_password",
            "password_changed_at",
            "locked_until",
            "last_sign_in_at",
            "version",
            "created_at",
            "changed_at",
        )
    }
