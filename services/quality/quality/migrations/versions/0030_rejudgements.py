"""Past periods of stations judged again, and what was told and may be withdrawn."""

from alembic import op
from park_judging import ddl

revision = "0030"
down_revision = "0020"


def upgrade() -> None:
    op.execute(ddl.told_exceedances_v1())
    op.execute("""
create table told_station_findings (
    point_id uuid not null,
    rule text not null,
    factor text not null,
    period_start timestamptz not null,
    finding jsonb not null,
    withdrawn_at timestamptz,
    primary key (point_id, period_start, rule, factor)
);
create table rejudgements (
    rejudgement_id uuid primary key,
    point_id uuid not null,
    since date not null,
    until date not null check (until > since),
    reason text not null,
    author_id uuid not null,
    author text not null,
    started_at timestamptz not null,
    state text not null check (state in ('queued', 'running', 'done', 'failed')),
    next_day date not null,
    periods int not null default 0,
    changed int not null default 0,
    told int not null default 0,
    withdrawn int not null default 0,
    failure text,
    finished_at timestamptz
);
create unique index rejudgements_open on rejudgements (point_id) where state in ('queued', 'running');
create index rejudgements_by_time on rejudgements (started_at, rejudgement_id);
create table rejudgement_changes (
    rejudgement_id uuid not null references rejudgements on delete cascade,
    period text not null check (period in ('hour', 'day')),
    period_start timestamptz not null,
    revision int not null,
    primary key (rejudgement_id, period_start, period)
);
""")
