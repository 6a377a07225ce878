"""Creating and changing accounts: the rules that keep the house governable, each function one transaction."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import NotFound, Refused
from park_schemas.codes import Role
from park_schemas.identifiers import uuid7

from api_gateway.accounts import refuse_weak
from api_gateway.domain.permissions import SIGN_IN_ROLES
from api_gateway.password_hashing import hash_password
from api_gateway.settings import Settings
from api_gateway.store import sessions, users
from api_gateway.store.users import User


@dataclass(frozen=True)
class NewUser:
    username: str
    display_name: str
    role: Role
    password: str
    enterprise_id: UUID | None = None
    must_change_password: bool = True


@dataclass(frozen=True)
class UserChanges:
    """What to change; only the names in `fields_set` count. `version` is the one that was looked at."""

    display_name: str | None = None
    role: Role | None = None
    enterprise_id: UUID | None = None
    active: bool | None = None
    password: str | None = None
    unlock: bool = False
    version: int | None = None
    fields_set: frozenset[str] = frozenset()


class UserAdministration:
    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database

    async def page(self, *, q: str | None, role: Role | None, after: str | None, limit: int) -> list[User]:
        async with self._database.reading() as connection:
            return await users.page_of_users(connection, q=q, role=role, after=after, limit=limit)

    async def assignable(self, roles: list[Role], enterprise_id: UUID | None) -> list[User]:
        async with self._database.reading() as connection:
            return await users.assignable(connection, roles=roles, enterprise_id=enterprise_id)

    async def display_names(self, usernames: list[str]) -> dict[str, str]:
        """Return display names by username; names nobody has are left out."""
        async with self._database.reading() as connection:
            return await users.display_names(connection, usernames)

    async def create(self, new: NewUser) -> User:
        """Store an account. Raises Refused: 422 weak password or wrong enterprise, 409 name taken."""
        _refuse_wrong_enterprise(new.role, new.enterprise_id)
        username = new.username.lower()
        refuse_weak(new.password, username, self._settings)
        encoded = await hash_password(new.password)
        at = now()
        user = User(
            user_id=uuid7(),
            username=username,
            display_name=new.display_name,
            role=new.role,
            enterprise_id=new.enterprise_id,
            password_hash=encoded,
            password_changed_at=at,
            must_change_password=new.must_change_password,
            active=True,
            failures=0,
            last_failure_at=None,
            locked_until=None,
            last_sign_in_at=None,
            version=1,
            created_at=at,
            changed_at=at,
        )
        async with self._database.transaction() as tx:
            if not await users.insert(tx, user):
                raise Refused("username-taken", f"用户名 {username} 已存在", f"the user name {username} is taken")
        return user

    async def ensure(self, new: NewUser) -> tuple[User, bool]:
        """Return the account of the name, made if it is not there; the flag says whether it was made.

        An existing account is left as it is, password too: the people who use it may have changed it.
        """
        async with self._database.reading() as connection:
            existing = await users.by_username(connection, new.username)
        if existing is not None:
            return existing, False
        try:
            return await self.create(new), True
        except Refused as error:
            if error.code != "username-taken":
                raise
        async with self._database.reading() as connection:
            existing = await users.by_username(connection, new.username)
        assert existing is not None  # noqa: S101 - the name was taken a moment ago and accounts are never deleted
        return existing, False

    async def change(self, user_id: UUID, changes: UserChanges, *, by: Principal) -> User:
        """Change an account. Raises NotFound; Refused 409 for a stale version, oneself, or the last administrator."""
        async with self._database.transaction() as tx:
            await users.other_active_administrators(tx, user_id)  # locks in one order, before the row itself
            user = await users.by_id(tx, user_id, lock=True)
            if user is None:
                raise NotFound("用户", "user", user_id)
            if changes.version is not None and changes.version != user.version:
                raise Refused(
                    "stale-version", "用户已被他人修改", "the user was changed meanwhile", version=user.version
                )
            columns = await self._columns(user, changes)
            await self._refuse_ungovernable(tx, user, columns, by)
            if not columns:
                return user
            at = now()
            changed = await users.change(tx, user_id, at, columns)
            if columns.keys() & {"role", "enterprise_id", "active", "password_hash"}:
                await sessions.end_all(tx, user_id, at, "account-changed")
            return changed

    async def _columns(self, user: User, changes: UserChanges) -> dict[str, Any]:
        columns: dict[str, Any] = {
            name: getattr(changes, name)
            for name in ("display_name", "role", "active")
            if name in changes.fields_set and getattr(changes, name) is not None
        }
        role = columns.get("role", user.role)
        enterprise_id = changes.enterprise_id if "enterprise_id" in changes.fields_set else user.enterprise_id
        if role is not Role.ENTERPRISE and "enterprise_id" not in changes.fields_set:
            enterprise_id = None  # a person who leaves the enterprise role leaves its scope
        _refuse_wrong_enterprise(role, enterprise_id)
        if enterprise_id != user.enterprise_id:
            columns["enterprise_id"] = enterprise_id
        if changes.password is not None:
            refuse_weak(changes.password, user.username, self._settings)
            columns |= {
                "password_hash": await hash_password(changes.password),
                "password_changed_at": now(),
                "must_change_password": True,
            }
        if changes.unlock:
            columns |= {"failures": 0, "last_failure_at": None, "locked_until": None}
        return columns

    @staticmethod
    async def _refuse_ungovernable(tx: Connection, user: User, columns: dict[str, Any], by: Principal) -> None:
        loses_power = columns.get("active") is False or columns.get("role", user.role) is not user.role
        if loses_power and user.user_id == by.user_id:
            raise Refused("own-account", "不能停用自己或改变自己的角色", "not one's own role or activity")
        if loses_power and user.role is Role.ADMINISTRATOR and user.active:
            others = await users.other_active_administrators(tx, user.user_id)
            if others == 0:
                raise Refused("last-administrator", "至少保留一名管理员", "the last active administrator must stay")


def _refuse_wrong_enterprise(role: Role, enterprise_id: UUID | None) -> None:
    if role not in SIGN_IN_ROLES:
        raise Refused("role-not-for-people", "该角色不能登录", f"the role {role} is not for people", status=422)
    if (role is Role.ENTERPRISE) != (enterprise_id is not None):
        raise Refused(
            "enterprise-needed",
            "企业用户必须且只有企业用户可以指定企业",
            "enterprise_id belongs to the role enterprise, and to it alone",
            status=422,
            errors=[{"where": "enterprise_id", "what": "needed exactly for the role enterprise"}],
        )
