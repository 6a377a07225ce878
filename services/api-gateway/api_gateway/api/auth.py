"""/auth: sign-in, refresh, sign-out, who am I, change of password."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from park_chassis.auth import ACCESS_COOKIE, Principal, principal_of
from park_chassis.clock import now
from park_chassis.errors import Refused
from park_chassis.http import json_response
from pydantic import BaseModel, Field

from api_gateway.accounts import Accounts, SignedIn
from api_gateway.api import API_ROOT
from api_gateway.audit_trail import AuditTrail, carry_out
from api_gateway.domain.permissions import ROLE_SCOPE
from api_gateway.domain.rate_limit import RateLimit
from api_gateway.front_door import CSRF_HEADER, REFRESH_COOKIE, is_over_tls

_AUTH_ROOT = f"{API_ROOT}/auth"


class Credentials(BaseModel):
    username: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)


class RefreshRequest(BaseModel):
    refresh_token: str | None = Field(None, max_length=128, description="Only for callers without cookies.")


class PasswordChange(BaseModel):
    old_password: str = Field(min_length=1, max_length=256)
    new_password: str = Field(min_length=1, max_length=256)


def router(accounts: Accounts, trail: AuditTrail, limit: RateLimit) -> APIRouter:
    """Return the routes; `limit` is per address and counts sign-in and refresh together."""
    api = APIRouter(prefix=_AUTH_ROOT, tags=["auth"])

    @api.post("/sign-in", summary="登录 Sign in")
    async def sign_in(request: Request, credentials: Credentials) -> Response:
        origin = trail.origin_of(request)
        _refuse_hasty(limit, origin)
        signed_in = await accounts.sign_in(
            credentials.username, credentials.password, origin=origin, request_id=request.state.request_id
        )
        return _answer(request, signed_in)

    @api.post("/refresh", summary="续期 Refresh the session")
    async def refresh(request: Request, body: RefreshRequest | None = None) -> Response:
        _refuse_hasty(limit, trail.origin_of(request))
        token = (body.refresh_token if body else None) or request.cookies.get(REFRESH_COOKIE)
        if not token:
            raise Refused("not-signed-in", "请先登录", "sign in first", status=401)
        return _answer(request, await accounts.refresh(token))

    @api.post("/sign-out", summary="退出 Sign out")
    async def sign_out(request: Request) -> Response:
        token = request.cookies.get(REFRESH_COOKIE)
        principal = _principal_or_none(request)

        async def work() -> Response:
            await accounts.sign_out(token, principal)
            return json_response({"signed_out": True})

        response = await (carry_out(trail, request, principal, "POST /auth/sign-out", work) if principal else work())
        _forget_cookies(response)
        return response

    @api.get("/me", summary="当前用户 Who am I")
    async def me(principal: Annotated[Principal, Depends(principal_of)]) -> Response:
        return json_response(shown(principal))

    @api.post("/password", summary="修改密码 Change the password")
    async def password(
        request: Request, change: PasswordChange, principal: Annotated[Principal, Depends(principal_of)]
    ) -> Response:
        origin = trail.origin_of(request)
        _refuse_hasty(limit, origin)

        async def work() -> Response:
            signed_in = await accounts.change_password(
                principal, change.old_password, change.new_password, origin=origin
            )
            return _answer(request, signed_in)

        return await carry_out(trail, request, principal, "POST /auth/password", work)

    return api


def shown(principal: Principal) -> dict[str, Any]:
    """Return a principal as the API shows it."""
    return {
        "user_id": principal.user_id,
        "username": principal.username,
        "display_name": principal.display_name,
        "role": principal.role,
        "scope": ROLE_SCOPE[principal.role],
        "permissions": sorted(principal.permissions),
        "park_id": principal.park_id,
        "enterprise_id": principal.enterprise_id,
    }


def _answer(request: Request, signed_in: SignedIn) -> Response:
    body: dict[str, Any] = {
        "access_token": signed_in.access_token,
        "expires_at": signed_in.expires_at,
        "session_expires_at": signed_in.session_expires_at,
        "must_change_password": signed_in.must_change_password,
        "user": shown(signed_in.principal),
    }
    if CSRF_HEADER not in request.headers:  # not a browser: it keeps the token itself
        body["refresh_token"] = signed_in.refresh_token
    response = json_response(body)
    secure = is_over_tls(request.scope)
    at = now()
    _set_cookie(response, ACCESS_COOKIE, signed_in.access_token, "/", signed_in.expires_at - at, secure=secure)
    _set_cookie(
        response,
        REFRESH_COOKIE,
        signed_in.refresh_token,
        _AUTH_ROOT,
        signed_in.session_expires_at - at,
        secure=secure,
    )
    return response


def _set_cookie(response: Response, name: str, value: str, path: str, lifetime: Any, *, secure: bool) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max(0, int(lifetime.total_seconds())),
        path=path,
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def _forget_cookies(response: Response) -> None:
    response.delete_cookie(ACCESS_COOKIE, path="/", httponly=True, samesite="strict")
    response.delete_cookie(REFRESH_COOKIE, path=_AUTH_ROOT, httponly=True, samesite="strict")


def _principal_or_none(request: Request) -> Principal | None:
    try:
        return principal_of(request)
    except Refused:
        return None


def _refuse_hasty(limit: RateLimit, origin: str) -> None:
    wait_s = limit.retry_after(origin, time.monotonic())
    if wait_s > 0:
        raise Refused(
            "too-many-attempts",
            "尝试过于频繁,请稍后再试",
            "too many attempts from this address",
            status=429,
            retry_after_s=round(wait_s, 1),
        )
