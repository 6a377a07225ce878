"""Records to be pulled, readings by day, clients with their keys, and what was delivered."""

from alembic import op

revision = "0001"
down_revision = None

_TABLES = """
create sequence exchange_sequence;

create table records (
    resource text not null,
    record_key text not null,
    version bigint not null,
    sequence bigint not null,
    body text not null,
    recorded_at timestamptz not null,
    primary key (resource, record_key)
);
create unique index records_in_order on records (resource, sequence);

create table readings (
    mn text not null,
    command text not null,
    data_time timestamptz not null,
    sequence bigint not null,
    body text not null,
    recorded_at timestamptz not null,
    primary key (mn, command, data_time)
) partition by range (data_time);
create index readings_in_order on readings (sequence);

create table readings_dropped (
    only_row boolean primary key default true check (only_row),
    through_sequence bigint not null,
    before timestamptz not null
);

create table clients (
    client_id uuid primary key,
    name text not null,
    key_hash bytea not null check (length(key_hash) = 32),
    key_hint text not null,
    resources text[] not null check (cardinality(resources) > 0),
    requests_per_minute int not null check (requests_per_minute > 0),
    active boolean not null default true,
    created_at timestamptz not null,
    created_by text not null,
    last_used_at timestamptz,
    constraint clients_name unique (name),
    constraint clients_key unique (key_hash)
);

create table deliveries (
    delivery_id uuid primary key,
    client_id uuid not null references clients,
    resource text not null,
    records int not null check (records > 0),
    cursor_before text not null,
    cursor_after text not null,
    delivered_at timestamptz not null
);
create index deliveries_newest on deliveries (delivered_at desc, delivery_id desc);
create index deliveries_of_client on deliveries (client_id, delivered_at desc);
"""


def upgrade() -> None:
    op.execute(_TABLES)


def downgrade() -> None:
    op.execute("drop table deliveries, clients, readings_dropped, readings, records")
    op.execute("drop sequence exchange_sequence")
