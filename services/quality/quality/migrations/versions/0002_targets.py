"""Targets of stations by year: what their results are held against."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
create table targets (
    point_id uuid not null,
    year int not null check (year between 2000 and 2100),
    version int not null check (version > 0),
    bounds jsonb not null,
    author text not null,
    reason text not null,
    made_at timestamptz not null,
    primary key (point_id, year, version)
)
""")
