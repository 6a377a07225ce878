"""What came in and could not be used, device sessions, and what was told of months, quarters and years."""

from alembic import op
from park_judging import ddl

revision = "0010"
down_revision = "0004"


def upgrade() -> None:
    op.execute(ddl.set_aside_v1())
    op.execute(ddl.device_sessions_v1())
    op.execute("""
create table long_results (
    point_id uuid not null,
    period text not null check (period in ('month', 'quarter', 'year')),
    first_day date not null,
    version int not null check (version > 0),
    made_at timestamptz not null,
    factors jsonb not null,
    days int not null,
    grade jsonb,
    primary key (point_id, period, first_day, version)
);
create table touched_months (
    point_id uuid not null,
    month date not null,
    marked_at timestamptz not null,
    primary key (point_id, month)
);
""")
