"""Days by factor (emission, transmission), months to years, permitted quantities and what was warned of."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("""
create table factor_days (
    point_id uuid not null,
    day date not null,
    factor text not null,
    expected int not null,
    received int not null,
    in_time int not null,
    valid int not null,
    stopped int not null,
    emission_kg numeric,
    substituted_kg numeric,
    primary key (point_id, day, factor)
);
create index factor_days_by_day on factor_days (day, point_id);
create table dirty_months (
    point_id uuid not null,
    month date not null,
    marked_at timestamptz not null,
    primary key (point_id, month)
);
create table long_results (
    point_id uuid not null,
    period text not null check (period in ('month', 'quarter', 'year')),
    period_start date not null,
    revision int not null check (revision > 0),
    made_at timestamptz not null,
    factors jsonb not null,
    primary key (point_id, period, period_start, revision)
);
create table permitted_quantities (
    quantity_id uuid primary key,
    enterprise_id uuid not null,
    point_id uuid,
    factor text not null,
    year int not null check (year between 2000 and 2200),
    permitted_kg numeric not null check (permitted_kg > 0),
    permit text not null,
    author text not null,
    stated_at timestamptz not null
);
create unique index permitted_quantities_once
    on permitted_quantities (enterprise_id, coalesce(point_id, enterprise_id), factor, year);
create table quantity_warnings (
    quantity_id uuid not null references permitted_quantities on delete cascade,
    share numeric not null,
    used_kg numeric not null,
    found_at timestamptz not null,
    primary key (quantity_id, share)
);
""")
