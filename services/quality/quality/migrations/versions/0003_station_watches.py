"""Open episodes of the rules that stations' hours are held against."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("""
create table station_watch (
    point_id uuid not null,
    rule text not null,
    factor text not null,
    opened_at timestamptz not null,
    last_at timestamptz not null,
    streak int not null check (streak >= 0),
    primary key (point_id, rule, factor)
);
create index station_watch_by_rule on station_watch (rule, factor);
create index assessments_by_hour on assessments (period_start, point_id) where period = 'hour';
""")
