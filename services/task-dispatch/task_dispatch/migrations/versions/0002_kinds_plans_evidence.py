"""Kinds with versions, plans and their rounds, delegations, cells, clocks of steps, printed documents; more of evidence."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TASKS = """
alter table tasks drop constraint tasks_state_check;
alter table tasks add constraint tasks_state_check check (state in (
    'created', 'dispatched', 'signed', 'on-site', 'handled', 'reported', 'verified', 'returned', 'refused', 'closed',
    'cancelled'));
alter table tasks drop constraint tasks_origin_check;
alter table tasks add constraint tasks_origin_check check (origin in (
    'policy', 'person', 'plan', 'complaint', 'supervision'));
alter table tasks add column source_key text unique;
alter table tasks add column parent_id uuid references tasks (task_id);
alter table tasks add column cell text not null default '';
alter table tasks add column co_workers text[] not null default '{}';
alter table tasks add column missed boolean not null default false;
alter table tasks add column closed_at timestamptz;
update tasks set closed_at = (work->'task'->>'closed_at')::timestamptz where state = 'closed';
create index tasks_by_parent on tasks (parent_id) where parent_id is not null;
create index tasks_by_closing on tasks (closed_at) where closed_at is not null;
create index tasks_open_missed on tasks (created_at) where missed and state not in ('closed', 'cancelled');
"""

KINDS = """
create table kinds (
    kind text not null,
    version int not null check (version >= 1),
    body jsonb not null,
    made_at timestamptz not null,
    made_by text not null,
    primary key (kind, version)
);
"""

PLANS = """
create table plans (
    plan_id uuid primary key,
    version int not null,
    active boolean not null,
    kind text not null,
    enterprise_id uuid,
    assignee text,
    next_due date not null,
    fire_at timestamptz not null,
    search text not null,
    body jsonb not null
);
create index plans_by_firing on plans (fire_at) where active;
create index plans_by_due on plans (next_due, plan_id);
create table plan_rounds (
    plan_id uuid not null references plans (plan_id),
    round int not null,
    due_on date not null,
    task_id uuid not null unique references tasks (task_id),
    made_at timestamptz not null,
    primary key (plan_id, round)
);
"""

PEOPLE = """
create table delegations (
    delegation_id uuid primary key,
    principal text not null,
    deputy text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > starts_at),
    revoked_at timestamptz,
    body jsonb not null
);
create index delegations_by_deputy on delegations (deputy, ends_at);
create index delegations_by_principal on delegations (principal, ends_at);
create table cells (
    cell text primary key,
    changed_at timestamptz not null,
    changed_by text not null,
    body jsonb not null
);
"""

CLOCKS = """
create table clock_timers (
    task_id uuid not null references tasks (task_id),
    step text not null check (step in ('sign', 'arrive', 'handle', 'verify', 'close')),
    due_at timestamptz not null,
    primary key (task_id, step)
);
create index clock_timers_by_due on clock_timers (due_at);
"""

EVIDENCE = """
alter table evidence add column media text not null default 'photo'
    check (media in ('photo', 'video', 'document', 'signature'));
alter table evidence add column name text not null default '';
alter table evidence add column signer text not null default '';
alter table evidence add column seconds double precision;
alter table evidence alter column width drop not null;
alter table evidence alter column height drop not null;
create table documents (
    number text primary key,
    task_id uuid not null references tasks (task_id),
    kind text not null,
    task_version int not null,
    content_hash text not null,
    sha256 text not null,
    bytes bigint not null,
    made_at timestamptz not null,
    made_by text not null,
    unique (task_id, kind, content_hash)
);
create index documents_by_task on documents (task_id, made_at);
"""


def upgrade() -> None:
    """Widen tasks and evidence, and add what goes with them."""
    for part in (TASKS, KINDS, PLANS, PEOPLE, CLOCKS, EVIDENCE):
        op.execute(part)
