"""Who retired a key of a device by hand, and why."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.execute("alter table device_keys add column ended_by text, add column ended_reason text")
