"""The ledger's one table."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(
        "create table booked (alarm_id uuid, version int, seen int not null default 1, primary key (alarm_id, version))"
    )
