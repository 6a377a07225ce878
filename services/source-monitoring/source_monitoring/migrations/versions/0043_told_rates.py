"""Days whose rates of transmission were told to be low, so that each is ended once, also when late data mend the day itself.

It stands behind 0030, which was there first.
"""

from alembic import op

revision = "0043"
down_revision = "0030"


def upgrade() -> None:
    op.execute("""
create table told_rates (
    point_id uuid not null,
    rule text not null,
    day date not null,
    severity text not null,
    ended_by date check (ended_by >= day),
    told_at timestamptz not null,
    primary key (point_id, rule, day)
);
""")
