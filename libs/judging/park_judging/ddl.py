"""DDL of the tables that judging adds to the time-series store. What is released is never edited."""


def tables_v1() -> str:
    """Return the SQL for watches, dirty periods, assessments and silent points."""
    return """
create table exceedance_watch (
    point_id uuid not null,
    factor text not null,
    period text not null,
    limit_id text not null,
    origin text not null check (origin in ('reported', 'computed')),
    opened_at timestamptz not null,
    last_at timestamptz not null,
    streak int not null check (streak >= 0),
    primary key (point_id, factor, period, limit_id, origin)
);
create table dirty_periods (
    point_id uuid not null,
    period text not null check (period in ('hour', 'day')),
    period_start timestamptz not null,
    marked_at timestamptz not null,
    primary key (point_id, period, period_start)
);
create table assessments (
    point_id uuid not null,
    period text not null check (period in ('hour', 'day')),
    period_start timestamptz not null,
    revision int not null check (revision > 0),
    made_at timestamptz not null,
    factors jsonb not null,
    grade jsonb,
    primary key (point_id, period, period_start, revision)
);
create table silent_points (
    point_id uuid primary key,
    since timestamptz not null,
    found_at timestamptz not null
);
"""


def set_aside_v1() -> str:
    """Return the SQL for what came in and could not be used."""
    return """
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
"""


def device_sessions_v1() -> str:
    """Return the SQL for the device sessions that offline findings are made from."""
    return """
create table device_sessions (
    mn text primary key,
    point_id uuid not null,
    state text not null check (state in ('online', 'offline')),
    changed_at timestamptz not null,
    last_frame_at timestamptz,
    reason text not null default '',
    offline_found_at timestamptz
);
"""


def told_exceedances_v1() -> str:
    """Return the SQL for exceedances that were told and may be withdrawn."""
    return """
create table told_exceedances (
    point_id uuid not null,
    period text not null check (period in ('hour', 'day')),
    period_start timestamptz not null,
    factor text not null,
    limit_id text not null,
    origin text not null check (origin in ('reported', 'computed')),
    finding_id uuid not null,
    finding jsonb not null,
    withdrawn_at timestamptz,
    primary key (point_id, period, period_start, factor, limit_id, origin)
);
"""
