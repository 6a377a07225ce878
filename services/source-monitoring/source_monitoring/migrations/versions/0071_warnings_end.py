"""Warnings of permitted quantities and quota cards end with their period; the pace of a quantity is warned of too."""

from alembic import op

revision = "0071"
down_revision = "0070"


def upgrade() -> None:
    op.execute("""
alter table quantity_warnings add column rule text not null default 'total-control', add column ended_at timestamptz;
alter table quantity_warnings alter column rule drop default;
alter table quantity_warnings drop constraint quantity_warnings_pkey, add primary key (quantity_id, rule, share);
create index quantity_warnings_standing on quantity_warnings (quantity_id) where ended_at is null;
alter table card_tellings add column ended_at timestamptz;
create index card_tellings_standing on card_tellings (card_id) where ended_at is null;
""")
