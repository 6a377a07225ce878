"""What was told to others: months to years by event, and exceedances that a mark may withdraw.

Numbers 0040 to 0049 belong to results and checks. The history is one line: whoever adds a number below 0040 names it here.
"""

from alembic import op

revision = "0040"
down_revision = "0036"


def upgrade() -> None:
    op.execute("""
create table long_results_told (
    point_id uuid not null,
    period text not null,
    period_start date not null,
    version int not null check (version > 0),
    revision int not null,
    final boolean not null,
    told_at timestamptz not null,
    primary key (point_id, period, period_start)
);
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
""")
