"""Duty rosters with swaps, and the park's working calendar."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CHANGES = """
create table rosters (
    roster_id uuid primary key,
    code text not null,
    version int not null check (version >= 1),
    body jsonb not null,
    changed_at timestamptz not null,
    changed_by text not null,
    removed_at timestamptz
);
create unique index rosters_by_code on rosters (code) where removed_at is null;

create table swaps (
    swap_id uuid primary key,
    roster_id uuid not null references rosters (roster_id),
    starts_at timestamptz not null,
    from_person text not null,
    to_person text not null,
    reason text not null check (reason <> ''),
    made_at timestamptz not null,
    made_by text not null,
    number bigint generated always as identity,
    removed_at timestamptz,
    removed_by text
);
create index swaps_by_roster on swaps (roster_id, number) where removed_at is null;

create table working_calendar (
    only_one boolean primary key default true check (only_one),
    body jsonb not null,
    version int not null,
    changed_at timestamptz not null,
    changed_by text not null
);
"""


def upgrade() -> None:
    """Create rosters, swaps and the calendar."""
    op.execute(CHANGES)
