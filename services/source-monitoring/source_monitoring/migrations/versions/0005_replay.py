"""Which hours are expected at all, what came in and could not be used, the registry as it was, and replays."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("""
create table point_calendars (
    point_id uuid primary key,
    since timestamptz not null,
    marked_until timestamptz not null
);
create table set_aside (
    set_aside_id uuid primary key,
    point_id uuid not null,
    mn text not null,
    reason text not null check (reason in ('unknown-factor', 'unit-mismatch', 'time-in-future', 'time-before-device')),
    factor text not null,
    frames bigint not null,
    first_time timestamptz not null,
    last_time timestamptz not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    example jsonb not null,
    settled_at timestamptz,
    settled_by text,
    outcome text,
    unique (point_id, mn, reason, factor)
);
create table registry_history (
    point_id uuid not null,
    seen_at timestamptz not null,
    digest text not null,
    record jsonb not null,
    primary key (point_id, seen_at)
);
create table replays (
    replay_id uuid primary key,
    point_id uuid not null,
    since timestamptz not null,
    until timestamptz not null,
    rules text not null check (rules in ('today', 'that-day')),
    adopt boolean not null,
    reason text not null,
    author_id uuid not null,
    author text not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    digest text,
    periods int,
    changed int,
    adopted int,
    failure text
);
create index replays_newest on replays (started_at desc);
create table replay_results (
    replay_id uuid not null references replays on delete cascade,
    period text not null,
    period_start timestamptz not null,
    factors jsonb not null,
    differs boolean not null,
    primary key (replay_id, period, period_start)
);
""")
