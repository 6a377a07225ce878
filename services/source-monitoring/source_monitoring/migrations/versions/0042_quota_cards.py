"""Quota cards (刷卡排污): accounts as versions, charges as versions, and what was told of them."""

from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.execute("""
create table quota_cards (
    card_id uuid primary key,
    version int not null check (version > 0),
    point_id uuid not null,
    factor text not null,
    period_start date not null,
    period_end date not null check (period_end >= period_start),
    body jsonb not null,
    author text not null,
    made_at timestamptz not null
);
create index quota_cards_of_point on quota_cards (point_id, factor, period_start);
create table quota_card_versions (
    card_id uuid not null references quota_cards on delete cascade,
    version int not null,
    body jsonb not null,
    reason text not null,
    author_id uuid not null,
    author text not null,
    made_at timestamptz not null,
    primary key (card_id, version)
);
create table card_charges (
    card_id uuid not null references quota_cards on delete cascade,
    charge_id uuid not null,
    version int not null check (version > 0),
    amount numeric not null check (amount > 0),
    document_number text not null,
    charged_on date not null,
    note text not null,
    withdrawn boolean not null,
    reason text not null,
    author_id uuid not null,
    author text not null,
    made_at timestamptz not null,
    primary key (charge_id, version)
);
create index card_charges_of_card on card_charges (card_id);
create table card_tellings (
    card_id uuid not null references quota_cards on delete cascade,
    rule text not null,
    share numeric not null,
    told_at timestamptz not null,
    primary key (card_id, rule, share)
);
""")
