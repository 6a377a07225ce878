"""Accounts at work: sign-in, refresh, sign-out, change of password. Each function is one transaction of the edge.

What a crash does, step by step:
 1. after a wrong password, before the count is committed: that attempt is not counted;
 2. after the session is committed, before the answer: a session exists that nobody holds; it ends by its time;
 3. after a refresh is committed, before the answer: the old token is presented again within the grace time and is good.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from park_chassis.auth import Principal, TokenIssuer
from park_chassis.clock import now
from park_chassis.database import Connection, Database
from park_chassis.errors import Refused
from park_schemas.identifiers import uuid7

from api_gateway import figures
from api_gateway.domain import lockout, passwords, refresh
from api_gateway.domain.audit_chain import AuditEntry
from api_gateway.domain.permissions import permissions_of
from api_gateway.password_hashing import NOBODY, hash_password, is_password, needs_new_hash
from api_gateway.settings import Settings
from api_gateway.store import audit, sessions, users
from api_gateway.store.users import User


@dataclass(frozen=True)
class SignedIn:
    """What a person gets: both tokens, until when they are good, and who they are."""

    access_token: str
    expires_at: datetime
    refresh_token: str
    session_expires_at: datetime
    principal: Principal
    must_change_password: bool


class Accounts:
    """The door-keeper: holds settings, database and the signing key; no state of its own."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._issuer = TokenIssuer(settings.auth_secret.get_secret_value())

    async def sign_in(self, username: str, password: str, *, origin: str, request_id: str) -> SignedIn:
        """Return the tokens. Raises Refused: 401 wrong name or password or inactive account, 423 locked."""
        async with self._database.reading() as connection:
            known = await users.by_username(connection, username)
        right = await is_password(known.password_hash if known else NOBODY, password)
        new_hash = await hash_password(password) if right and known and needs_new_hash(known.password_hash) else None
        at = now()
        entry = _sign_in_entry(known, username, at, origin=origin, request_id=request_id)
        async with self._database.transaction() as tx:
            user = await users.by_id(tx, known.user_id, lock=True) if known else None
            refusal = await self._refusal(tx, user, right=right and _same_hash(user, known), at=at)
            if refusal is None and user is not None:
                if new_hash is not None:
                    user = await users.change(tx, user.user_id, at, {"password_hash": new_hash})
                await users.record_sign_in(tx, user.user_id, at)
                signed_in = await self._begin(tx, user, at, origin)
            status, code = (200, "ok") if refusal is None else (refusal.status, refusal.code)
            await audit.append(tx, _with_result(entry, status, code))
        figures.SIGN_INS.labels(code).inc()
        if refusal is not None:
            raise refusal
        return signed_in

    async def refresh(self, token: str) -> SignedIn:
        """Return fresh tokens for a refresh token. Raises Refused (401); a reused token ends its session."""
        token_hash = _hash(token)
        at = now()
        async with self._database.transaction() as tx:
            known = await sessions.presented(tx, token_hash)
            verdict = refresh.Verdict.OVER
            if known is not None:
                verdict = refresh.judge_refresh(
                    now=at, expires_at=known.expires_at, ended_at=known.ended_at, used_at=known.used_at
                )
            if known is not None and verdict is refresh.Verdict.REUSED:
                await sessions.end(tx, known.session_id, at, "token-reused")
            user = await users.by_id(tx, known.user_id) if known is not None else None
            if known is not None and user is not None and user.active and verdict is refresh.Verdict.GOOD:
                await sessions.mark_used(tx, token_hash, at)
                return await self._hand_out(tx, user, known.session_id, known.expires_at, at)
        raise Refused("session-over", "登录已失效,请重新登录", "the session is over, sign in again", status=401)

    async def sign_out(self, token: str | None, principal: Principal | None) -> None:
        """End the session of a refresh token; with only an access token, every session of that person."""
        at = now()
        async with self._database.transaction() as tx:
            known = await sessions.presented(tx, _hash(token)) if token else None
            if known is not None:
                await sessions.end(tx, known.session_id, at, "signed-out")
            elif principal is not None:
                await sessions.end_all(tx, principal.user_id, at, "signed-out")

    async def change_password(self, principal: Principal, old: str, new: str, *, origin: str) -> SignedIn:
        """Set a new password, end the other sessions, begin a new one. Raises Refused: 401 wrong old one, 422 weak."""
        refuse_weak(new, principal.username, self._settings)
        async with self._database.reading() as connection:
            known = await users.by_id(connection, principal.user_id)
        if known is None or not await is_password(known.password_hash, old):
            raise Refused("wrong-password", "原密码不正确", "the present password is not right", status=401)
        if old == new:
            raise Refused("same-password", "新密码不得与原密码相同", "the new password is the old one", status=422)
        encoded = await hash_password(new)
        at = now()
        async with self._database.transaction() as tx:
            await users.by_id(tx, known.user_id, lock=True)
            changes = {"password_hash": encoded, "password_changed_at": at, "must_change_password": False}
            user = await users.change(tx, known.user_id, at, changes)
            await sessions.end_all(tx, user.user_id, at, "password-changed")
            return await self._begin(tx, user, at, origin)

    async def has_open_session(self, user_id: UUID) -> bool:
        """True while the person may stay: active, and with at least one session that is not over."""
        async with self._database.reading() as connection:
            return await sessions.has_open(connection, user_id, now())

    async def forget_old_sessions(self) -> None:
        """Delete what was over a month ago (run by the background work)."""
        async with self._database.transaction() as tx:
            await sessions.forget_old(tx, now() - timedelta(days=30))

    async def _refusal(self, tx: Connection, user: User | None, *, right: bool, at: datetime) -> Refused | None:
        wrong = Refused("wrong-credentials", "用户名或密码不正确", "wrong user name or password", status=401)
        if user is None:
            return wrong
        if lockout.is_locked(user.failure_record, at):
            return _locked(user.failure_record)
        if right and user.active:
            return None
        if not right:
            record = lockout.after_failure(user.failure_record, at, self._settings.lockout_policy)
            await users.record_failure(tx, user.user_id, record)
            if lockout.is_locked(record, at):
                return _locked(record)
        return wrong

    async def _begin(self, tx: Connection, user: User, at: datetime, origin: str) -> SignedIn:
        session_id = uuid7()
        lifetime = self._settings.session_lifetime
        await sessions.begin(tx, session_id=session_id, user_id=user.user_id, at=at, lifetime=lifetime, origin=origin)
        return await self._hand_out(tx, user, session_id, at + lifetime, at)

    async def _hand_out(
        self, tx: Connection, user: User, session_id: UUID, session_expires_at: datetime, at: datetime
    ) -> SignedIn:
        refresh_token = secrets.token_urlsafe(32)
        await sessions.add_token(tx, _hash(refresh_token), session_id, at)
        must_change = user.must_change_password or passwords.is_expired(
            user.password_changed_at, at, self._settings.password_policy
        )
        principal = principal_of_user(user, self._settings.park_id, may_act=not must_change)
        lifetime = self._settings.access_lifetime
        return SignedIn(
            access_token=self._issuer.issue(principal, lifetime=lifetime),
            expires_at=at + lifetime,
            refresh_token=refresh_token,
            session_expires_at=session_expires_at,
            principal=principal,
            must_change_password=must_change,
        )


def principal_of_user(user: User, park_id: UUID | None, *, may_act: bool = True) -> Principal:
    """Return who an account is; one whose password is too old may do nothing but change it."""
    return Principal(
        user_id=user.user_id,
        username=user.username,
        display_name=user.display_name,
        role=user.role,
        permissions=permissions_of(user.role) if may_act else frozenset(),
        park_id=park_id,
        enterprise_id=user.enterprise_id,
    )


def refuse_weak(password: str, username: str, settings: Settings) -> None:
    """Raises Refused (422) naming every rule the password breaks."""
    problems = passwords.problems_of(password, username, settings.password_policy)
    if problems:
        raise Refused(
            "weak-password",
            "密码不符合要求: " + ";".join(problem.zh for problem in problems),
            "the password is too weak: " + "; ".join(problem.en for problem in problems),
            status=422,
            errors=[
                {"where": "password", "what": problem.code, "what_zh": problem.zh, "what_en": problem.en}
                for problem in problems
            ],
        )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _locked(record: lockout.FailureRecord) -> Refused:
    until = record.locked_until
    assert until is not None  # noqa: S101 - only called for a locked record; narrows the type
    return Refused(
        "account-locked",
        "连续输错密码,账户已锁定",
        "too many wrong passwords, the account is locked",
        status=423,
        locked_until=until.isoformat(),
    )


def _sign_in_entry(user: User | None, username: str, at: datetime, *, origin: str, request_id: str) -> AuditEntry:
    return AuditEntry(
        at=at,
        kind="outcome",
        actor=user.username if user else username.lower()[:64],
        actor_id=user.user_id if user else None,
        role=user.role.value if user else "",
        action="POST /auth/sign-in",
        subject="/api/v1/auth/sign-in",
        origin=origin,
        request_id=request_id,
    )


def _with_result(entry: AuditEntry, status: int, result: str) -> AuditEntry:
    return msgspec.structs.replace(entry, status=status, result=result)


def _same_hash(user: User | None, known: User | None) -> bool:
    """False when the password was changed between our look and our lock: what we verified is no longer true."""
    return user is not None and known is not None and user.password_hash == known.password_hash
