"""Accounts, sessions with their refresh tokens, and the audit log that only grows."""

from alembic import op

revision = "0001"
down_revision = None

_TABLES = """
create table users (
    user_id uuid primary key,
    username text not null check (username = lower(username) and username ~ '^[a-z0-9][a-z0-9._-]{1,63}$'),
    display_name text not null,
    role text not null check (role in ('officer', 'inspector', 'enterprise', 'administrator')),
    enterprise_id uuid,
    password_hash text not null,
    password_changed_at timestamptz not null,
    must_change_password boolean not null default false,
    active boolean not null default true,
    failures int not null default 0,
    last_failure_at timestamptz,
    locked_until timestamptz,
    last_sign_in_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    constraint users_username unique (username),
    constraint users_enterprise check ((role = 'enterprise') = (enterprise_id is not null))
);

create table sessions (
    session_id uuid primary key,
    user_id uuid not null references users,
    began_at timestamptz not null,
    expires_at timestamptz not null,
    origin text not null,
    ended_at timestamptz,
    ended_why text
);
create index sessions_open on sessions (user_id) where ended_at is null;

create table refresh_tokens (
    token_hash bytea primary key,
    session_id uuid not null references sessions on delete cascade,
    issued_at timestamptz not null,
    used_at timestamptz
);
create index refresh_tokens_session on refresh_tokens (session_id);

create table audit_log (
    sequence bigint primary key check (sequence > 0),
    at timestamptz not null,
    kind text not null check (kind in ('attempt', 'outcome')),
    actor text not null,
    actor_id uuid,
    role text not null,
    action text not null,
    subject text not null,
    origin text not null,
    request_id text not null,
    status int not null,
    result text not null,
    attempt bigint references audit_log,
    hash bytea not null check (length(hash) = 32)
);
create unique index audit_log_outcome on audit_log (attempt) where attempt is not null;
create index audit_log_at on audit_log (at);
create index audit_log_actor on audit_log (actor, sequence desc);
"""

_APPEND_ONLY = """
create function audit_log_only_grows() returns trigger language plpgsql as $body$
begin
    raise exception 'audit_log only grows: % refused', tg_op using errcode = 'insufficient_privilege';
end
$body$;
create trigger audit_log_only_grows before update or delete or truncate on audit_log
    for each statement execute function audit_log_only_grows();
"""


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(_APPEND_ONLY)


def downgrade() -> None:
    op.execute("drop table audit_log, refresh_tokens, sessions, users")
    op.execute("drop function audit_log_only_grows")
