"""Who is asking: access tokens (JWT, HS256), permissions, data scope."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import jwt
from fastapi import Request
from park_schemas.codes import Role

from park_chassis.clock import now
from park_chassis.errors import Refused

ISSUER = "park-platform"
ACCESS_COOKIE = "park_access"


@dataclass(frozen=True)
class Principal:
    """A signed-in person or service. `enterprise_id` narrows what an enterprise user may see to that enterprise."""

    user_id: UUID
    username: str
    display_name: str
    role: Role
    permissions: frozenset[str]
    park_id: UUID | None = None
    enterprise_id: UUID | None = None

    def allows(self, permission: str) -> bool:
        return permission in self.permissions or (self.role is Role.SERVICE and permission.endswith(":read"))


class TokenIssuer:
    """Signs and reads access tokens with the platform's secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def issue(self, principal: Principal, *, lifetime: timedelta) -> str:
        """Return a token that says who the principal is, valid for `lifetime` from now."""
        issued = now()
        claims = {
            "iss": ISSUER,
            "sub": str(principal.user_id),
            "username": principal.username,
            "display_name": principal.display_name,
            "role": principal.role.value,
            "permissions": sorted(principal.permissions),
            "park_id": str(principal.park_id) if principal.park_id else None,
            "enterprise_id": str(principal.enterprise_id) if principal.enterprise_id else None,
            "iat": issued,
            "exp": issued + lifetime,
        }
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def read(self, token: str) -> Principal:
        """Return who a token speaks for. Raises Refused (401) when it is expired, forged or incomplete."""
        try:
            claims = jwt.decode(
                token, self._secret, algorithms=["HS256"], issuer=ISSUER, options={"require": ["exp", "sub"]}
            )
            return Principal(
                user_id=UUID(claims["sub"]),
                username=claims["username"],
                display_name=claims["display_name"],
                role=Role(claims["role"]),
                permissions=frozenset(claims["permissions"]),
                park_id=UUID(claims["park_id"]) if claims.get("park_id") else None,
                enterprise_id=UUID(claims["enterprise_id"]) if claims.get("enterprise_id") else None,
            )
        except jwt.ExpiredSignatureError as error:
            raise Refused("token-expired", "登录已过期,请重新登录", "the sign-in has expired", status=401) from error
        except (jwt.InvalidTokenError, KeyError, ValueError) as error:
            raise Refused("token-invalid", "登录凭证无效", "the access token is not valid", status=401) from error


def service_principal(service: str) -> Principal:
    """Return the principal a service uses for its own calls: it may read everything."""
    return Principal(
        user_id=UUID(int=0),
        username=f"service:{service}",
        display_name=service,
        role=Role.SERVICE,
        permissions=frozenset(),
    )


def token_of(request: Request) -> str | None:
    """Return the access token of a request: Bearer first, then the browser's cookie."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token
    return request.cookies.get(ACCESS_COOKIE)


def principal_of(request: Request) -> Principal:
    """Return who is asking. Raises Refused (401) when nobody is signed in."""
    token = token_of(request)
    if token is None:
        raise Refused("not-signed-in", "请先登录", "sign in first", status=401)
    issuer: TokenIssuer = request.app.state.tokens
    return issuer.read(token)


def require(*permissions: str) -> Callable[[Request], Principal]:
    """Return a FastAPI dependency that gives the Principal, refusing (401, 403) whoever lacks one of the permissions."""

    def dependency(request: Request) -> Principal:
        principal = principal_of(request)
        missing = _missing(principal, permissions)
        if missing:
            raise Refused(
                "not-permitted",
                f"没有权限: {', '.join(missing)}",
                f"permission missing: {', '.join(missing)}",
                status=403,
            )
        return principal

    return dependency


def _missing(principal: Principal, permissions: Iterable[str]) -> list[str]:
    return [permission for permission in permissions if not principal.allows(permission)]
