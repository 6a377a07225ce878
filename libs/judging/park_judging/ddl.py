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
