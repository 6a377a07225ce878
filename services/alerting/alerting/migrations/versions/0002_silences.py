"""Silences, and timers that tell people later."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
create table silences (
    silence_id uuid primary key,
    owner text not null,
    reason text not null check (reason <> ''),
    starts_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > starts_at),
    up_to text not null check (up_to in ('blue', 'yellow', 'orange', 'red')),
    enterprise_id uuid,
    subject_id uuid,
    rule text,
    factor text,
    made_at timestamptz not null,
    removed_at timestamptz,
    removed_by text
);
create index silences_in_force on silences (ends_at) where removed_at is null;
create index alarms_muted on alarms (subject_id) where state <> 'closed' and body ? 'muted';
alter table timers drop constraint timers_kind_check;
alter table timers add constraint timers_kind_check check (kind in ('resolve', 'rise', 'close', 'tell', 'chain'));
alter table timers add column step int not null default 0;
"""


def upgrade() -> None:
    """Create the table of silences and let timers be of two more kinds."""
    op.execute(TABLES)
