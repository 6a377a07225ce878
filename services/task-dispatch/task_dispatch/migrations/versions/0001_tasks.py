"""Tasks, their timeline, reports, evidence, timers; alarms as they were last seen; idempotency keys."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
create table tasks (
    task_id uuid primary key,
    number text not null unique,
    version int not null check (version >= 1),
    kind text not null,
    state text not null check (state in ('created', 'dispatched', 'signed', 'on-site', 'reported', 'verified', 'returned',
                                         'refused', 'closed', 'cancelled')),
    priority text not null check (priority in ('blue', 'yellow', 'orange', 'red')),
    origin text not null check (origin in ('policy', 'person')),
    alarm_id uuid,
    subject_id uuid,
    enterprise_id uuid,
    assignee text,
    assignee_role text,
    created_by text not null,
    created_at timestamptz not null,
    changed_at timestamptz not null,
    due_at timestamptz not null,
    overdue boolean not null,
    search text not null,
    work jsonb not null,
    check (state not in ('dispatched', 'signed', 'on-site', 'reported', 'returned')
           or assignee is not null or assignee_role is not null)
);
create unique index tasks_one_by_policy on tasks (alarm_id) where origin = 'policy';
create unique index tasks_one_open_an_alarm on tasks (alarm_id) where state not in ('closed', 'cancelled');
create index tasks_by_time on tasks (created_at desc, task_id desc);
create index tasks_by_assignee on tasks (assignee, created_at desc);
create index tasks_by_subject on tasks (subject_id, created_at desc);
create index tasks_by_enterprise on tasks (enterprise_id, created_at desc);

create table timeline (
    id bigint generated always as identity primary key,
    task_id uuid not null references tasks (task_id),
    version int not null,
    at timestamptz not null,
    who text not null,
    what text not null,
    state text not null,
    detail_zh text not null,
    detail_en text not null
);
create index timeline_by_task on timeline (task_id, id);
create function timeline_is_immutable() returns trigger language plpgsql as $$
begin
    raise exception 'the timeline is immutable: % refused', tg_op;
end $$;
create trigger timeline_immutable before update or delete on timeline
    for each row execute function timeline_is_immutable();

create table reports (
    report_id uuid primary key,
    task_id uuid not null references tasks (task_id),
    task_version int not null,
    at timestamptz not null,
    by_username text not null,
    by_name text not null,
    findings_text text not null,
    measures text not null,
    outcome text not null check (outcome in ('confirmed', 'false-alarm', 'equipment-fault', 'other')),
    measured_value text,
    fields jsonb not null
);
create index reports_by_task on reports (task_id, at);

create table evidence (
    evidence_id uuid primary key,
    task_id uuid not null references tasks (task_id),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    kind text not null,
    media_type text not null,
    bytes bigint not null,
    width int not null,
    height int not null,
    longitude double precision,
    latitude double precision,
    taken_at timestamptz,
    exif jsonb not null,
    added_at timestamptz not null,
    added_by text not null,
    unique (task_id, sha256)
);
create index evidence_by_hash on evidence (sha256);

create table timers (
    task_id uuid primary key references tasks (task_id),
    due_at timestamptz not null
);
create index timers_by_due on timers (due_at);

create table daily_numbers (
    day date primary key,
    last int not null
);

create table alarms_seen (
    alarm_id uuid primary key,
    version int not null,
    body jsonb not null
);

create table idempotency_keys (
    username text not null,
    key text not null,
    request_hash text not null,
    status int,
    body bytea,
    made_at timestamptz not null,
    primary key (username, key)
);
create index idempotency_keys_by_age on idempotency_keys (made_at);
"""


def upgrade() -> None:
    """Create the tables of the service."""
    op.execute(TABLES)
