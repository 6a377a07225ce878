"""Notifications wait until they are told, alone or together with others of their group."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHANGES = """
alter table notifications alter column sent_at drop not null;
alter table notifications add column made_at timestamptz not null default now();
alter table notifications add column group_key text not null default '';
alter table notifications add column level_rank smallint not null default 1;
alter table notifications add column told_by uuid;
alter table notifications add column together int not null default 1;
update notifications set told_by = notification_id, made_at = sent_at;
create index notifications_waiting on notifications (recipient, group_key) where sent_at is null;
create index notifications_told on notifications (recipient, group_key, sent_at desc) where told_by = notification_id;
"""


def upgrade() -> None:
    """Let notifications wait."""
    op.execute(CHANGES)
