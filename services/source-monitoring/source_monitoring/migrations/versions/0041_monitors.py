"""Monitors as their operators filed them, what each check of a monitor is, and which due checks were told."""

from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.execute("""
alter table control_checks add column requirement text not null default '';
update control_checks set requirement = case
    when figures ->> 'check' in ('zero', 'span') then 'calibration'
    when figures ->> 'check' = 'standard sample' then 'standard-check'
    when kind in ('zero drift', 'span drift') then 'calibration'
    when kind = 'standard sample' then 'standard-check'
    when kind = 'comparison' then 'comparison'
    else '' end;
create index control_checks_passed on control_checks (point_id, factor, requirement, at)
    where outcome <> 'out-of-control' and requirement <> '';
create table monitors (
    monitor_id uuid primary key,
    point_id uuid not null,
    factor text not null,
    kind text not null,
    since timestamptz not null,
    until timestamptz check (until >= since),
    reason text not null,
    author_id uuid not null,
    author text not null,
    filed_at timestamptz not null,
    voided_at timestamptz,
    voided_by text,
    void_reason text,
    check ((voided_at is null) = (void_reason is null))
);
create unique index monitors_in_use on monitors (point_id, factor) where until is null and voided_at is null;
create index monitors_of_point on monitors (point_id, factor, since);
create table told_checks (
    point_id uuid not null,
    factor text not null,
    requirement text not null,
    state text not null check (state in ('due', 'overdue')),
    due_at timestamptz not null,
    told_at timestamptz not null,
    primary key (point_id, factor, requirement)
);
""")
