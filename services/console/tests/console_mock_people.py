"""People of the mock gateway: who there is and what they may, signing in, names."""

from datetime import timedelta
from typing import Any

from console_mock_answers import page, refused
from console_mock_park import clock, identifier, iso
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]

USERS: dict[str, Record] = {
    "officer": {
        "display_name": "王敏",
        "role": "officer",
        "permissions": (
            "map:read point:read reading:read alarm:read alarm:acknowledge alarm:close task:read "
            "task:create task:dispatch task:verify task:cancel archive:read archive:write archive:import "
            "device:read command:approve exchange:read export:read mark:write mark:review data:review data:approve "
            "data:correct data:replay quota:write campaign:write"
        ),
    },
    "inspector": {
        "display_name": "李强",
        "role": "inspector",
        "permissions": ("map:read point:read reading:read alarm:read alarm:acknowledge task:read task:work"),
    },
    "admin": {
        "display_name": "管理员",
        "role": "administrator",
        "permissions": (
            "map:read point:read reading:read alarm:read task:read archive:read archive:write "
            "archive:import device:read device:write command:approve rule:write webhook:write client:write user:write "
            "audit:read exchange:read"
        ),
    },
}


def user_of(request: Request) -> Record | None:
    """The signed-in user by cookie."""
    name = request.cookies.get("mock-user", "")
    found = USERS.get(name)
    if found is None:
        return None
    number = list(USERS).index(name) + 1
    return {"user_id": identifier(6, number), "username": name, **found, "permissions": found["permissions"].split()}


def people_routes(router: APIRouter) -> None:
    """Add the addresses of signing in and of lists of people."""
    _sign_in_routes(router)
    _list_routes(router)


def _sign_in_routes(router: APIRouter) -> None:
    @router.post("/auth/sign-in")
    async def sign_in(request: Request) -> Response:
        body = await request.json()
        if body.get("username") not in USERS or body.get("password") != "park":
            return refused(401, "用户名或密码不正确", "User name or password is wrong")
        request.cookies["mock-user"] = body["username"]
        answer = JSONResponse(
            {"access_token": "x", "expires_at": iso(clock() + timedelta(hours=8)), "user": user_of(request)}
        )
        answer.set_cookie("mock-user", body["username"], httponly=True, samesite="strict")
        answer.set_cookie("mock-refresh", body["username"], httponly=True, samesite="strict", path="/api/v1/auth")
        return answer

    @router.post("/auth/refresh")
    async def refresh(request: Request) -> Response:
        name = request.cookies.get("mock-refresh")
        if name not in USERS:
            return refused(401, "请先登录", "Sign in first")
        answer = JSONResponse({"expires_at": iso(clock())})
        answer.set_cookie("mock-user", str(name), httponly=True, samesite="strict")
        return answer

    @router.get("/auth/me")
    async def me(request: Request) -> Response:
        found = user_of(request)
        return refused(401, "请先登录", "Sign in first") if found is None else JSONResponse(found)

    @router.post("/auth/sign-out")
    async def sign_out() -> Response:
        answer = Response(status_code=204)
        answer.delete_cookie("mock-user")
        return answer


def _list_routes(router: APIRouter) -> None:
    @router.get("/users/names")
    async def names(request: Request) -> Record:
        asked = [name for name in request.query_params.getlist("username") if name in USERS]
        shown = [{"username": name, "display_name": USERS[name]["display_name"]} for name in asked]
        return {"items": shown, "next_cursor": None, "total": len(shown)}

    @router.get("/users")
    async def users(request: Request) -> Record:
        return page(
            [
                {
                    "user_id": identifier(6, n),
                    "username": name,
                    "active": True,
                    "last_sign_in_at": iso(clock()),
                    **one,
                    "permissions": [],
                }
                for n, (name, one) in enumerate(USERS.items())
            ],
            request,
        )

    @router.get("/users/assignees")
    async def assignees() -> Record:
        return {
            "items": [
                {"user_id": identifier(6, 2), "username": "inspector", "display_name": "李强", "role": "inspector"}
            ]
        }
