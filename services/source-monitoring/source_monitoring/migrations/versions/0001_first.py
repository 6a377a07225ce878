"""Series, judging, and the device sessions that offline findings are made from."""

from alembic import op
from park_chassis import timeseries_ddl
from park_judging import ddl

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(timeseries_ddl.tables_v1())
    op.execute(ddl.tables_v1())
    op.execute("""
create table device_sessions (
    mn text primary key,
    point_id uuid not null,
    state text not null check (state in ('online', 'offline')),
    changed_at timestamptz not null,
    last_frame_at timestamptz,
    reason text not null default '',
    offline_found_at timestamptz
);
""")
