"""Marks of enterprises, checks of the monitors, lost links: what decides beside the device's own mark."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
create table marks (
    mark_id uuid primary key,
    point_id uuid not null,
    enterprise_id uuid,
    factors text[] not null,
    key text not null,
    start_at timestamptz not null,
    end_at timestamptz not null check (end_at > start_at),
    reason text not null,
    evidence jsonb not null,
    evidence_due date not null,
    author_id uuid not null,
    author text not null,
    created_at timestamptz not null,
    late boolean not null,
    state text not null check (state in ('submitted', 'accepted', 'rejected', 'withdrawn')),
    contradictions jsonb not null,
    decided_by_id uuid,
    decided_by text,
    decided_at timestamptz,
    decision_reason text,
    check ((state = 'submitted') = (decided_at is null)),
    check (state not in ('accepted', 'rejected') or decided_by_id <> author_id)
);
create index marks_of_point on marks (point_id, start_at);
create index marks_newest on marks (created_at desc, mark_id);
create table control_checks (
    check_id uuid primary key,
    point_id uuid not null,
    factor text not null,
    at timestamptz not null,
    kind text not null,
    outcome text not null check (outcome in ('pass', 'adjust', 'out-of-control')),
    figures jsonb not null,
    note text not null,
    evidence jsonb not null,
    author_id uuid not null,
    author text not null,
    recorded_at timestamptz not null,
    unique (point_id, factor, kind, at)
);
create table link_outages (
    mn text not null,
    point_id uuid not null,
    since timestamptz not null,
    until timestamptz,
    primary key (mn, since)
);
create index link_outages_of_point on link_outages (point_id, since);
""")
