"""Alarms, their findings and timeline, timers, policies, notifications, webhooks."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
create table alarms (
    alarm_id uuid primary key,
    number text not null unique,
    dedup_key text not null,
    version int not null check (version >= 1),
    state text not null check (state in ('active', 'acknowledged', 'resolved', 'closed')),
    level text not null check (level in ('blue', 'yellow', 'orange', 'red')),
    level_rank smallint not null check (level_rank between 1 and 4),
    rule text not null,
    subject_id uuid not null,
    enterprise_id uuid,
    raised_at timestamptz not null,
    changed_at timestamptz not null,
    started_at timestamptz not null,
    last_seen_at timestamptz not null,
    task_id uuid,
    task_is_open boolean not null default false,
    task_outcome text,
    search text not null,
    policy_version int not null,
    evidence jsonb not null,
    body jsonb not null
);
create unique index alarms_one_open_episode on alarms (dedup_key) where state <> 'closed';
create index alarms_by_key on alarms (dedup_key, last_seen_at desc);
create index alarms_by_time on alarms (raised_at desc, alarm_id desc);
create index alarms_open on alarms (raised_at desc, alarm_id desc) where state <> 'closed';
create index alarms_by_enterprise on alarms (enterprise_id, raised_at desc);
create index alarms_by_subject on alarms (subject_id, raised_at desc);

create table findings (
    finding_id uuid primary key,
    alarm_id uuid not null references alarms (alarm_id),
    dedup_key text not null,
    verdict text not null check (verdict in ('violated', 'complied')),
    period text not null,
    period_start timestamptz not null,
    period_end timestamptz not null,
    recorded_at timestamptz not null,
    body jsonb not null
);
create index findings_by_alarm on findings (alarm_id, period_end desc);
create index findings_violated_hours on findings (dedup_key, period_start) where verdict = 'violated' and period = 'hour';

create table timeline (
    id bigint generated always as identity primary key,
    alarm_id uuid not null references alarms (alarm_id),
    version int not null,
    at timestamptz not null,
    who text not null,
    what text not null,
    level text not null,
    state text not null,
    detail_zh text not null,
    detail_en text not null
);
create index timeline_by_alarm on timeline (alarm_id, id);
create function timeline_is_immutable() returns trigger language plpgsql as $$
begin
    raise exception 'the timeline is immutable: % refused', tg_op;
end $$;
create trigger timeline_immutable before update or delete on timeline
    for each row execute function timeline_is_immutable();

create table timers (
    alarm_id uuid not null references alarms (alarm_id),
    kind text not null check (kind in ('resolve', 'rise', 'close')),
    due_at timestamptz not null,
    primary key (alarm_id, kind)
);
create index timers_by_due on timers (due_at);

create table daily_numbers (
    day date primary key,
    last int not null
);

create table policies (
    version int primary key check (version >= 1),
    body jsonb not null,
    made_at timestamptz not null,
    made_by text not null,
    note text not null default ''
);

create table notifications (
    notification_id uuid primary key,
    alarm_id uuid not null references alarms (alarm_id),
    alarm_version int not null,
    step text not null,
    recipient text not null,
    level text not null,
    title_zh text not null,
    title_en text not null,
    park_id uuid not null,
    enterprise_id uuid,
    sent_at timestamptz not null
);
create index notifications_by_recipient on notifications (recipient, sent_at desc, notification_id desc);

create table webhooks (
    webhook_id uuid primary key,
    url text not null,
    description text not null,
    min_level text not null check (min_level in ('blue', 'yellow', 'orange', 'red')),
    min_level_rank smallint not null,
    active boolean not null,
    secret text not null,
    made_at timestamptz not null,
    made_by text not null,
    changed_at timestamptz not null,
    removed_at timestamptz
);

create table deliveries (
    delivery_id uuid primary key,
    webhook_id uuid not null references webhooks (webhook_id),
    alarm_id uuid,
    alarm_version int,
    event_type text not null,
    body bytea not null,
    state text not null check (state in ('pending', 'delivered', 'dead')),
    attempts int not null default 0,
    next_attempt_at timestamptz not null,
    lease_token uuid,
    lease_until timestamptz,
    last_attempt_at timestamptz,
    last_status int,
    last_error text not null default '',
    made_at timestamptz not null,
    delivered_at timestamptz
);
create index deliveries_due on deliveries (next_attempt_at) where state = 'pending';
create index deliveries_by_webhook on deliveries (webhook_id, made_at desc, delivery_id desc);
"""


def upgrade() -> None:
    """Create the tables of the service."""
    op.execute(TABLES)
