"""Channels, contacts, templates and messages; who looks after an alarm and what it is told together with."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CHANGES = """
alter table alarms add column group_key text not null default '';
alter table alarms add column assigned_to text;
create index alarms_by_rule on alarms (rule, raised_at desc);
create index alarms_by_level on alarms (level, raised_at desc, alarm_id desc) where state <> 'closed';
create index alarms_open_by_enterprise on alarms (enterprise_id, raised_at desc, alarm_id desc) where state <> 'closed';

create table contacts (
    username text primary key,
    display_name text not null,
    role text not null check (role in ('officer', 'inspector', 'enterprise', 'administrator')),
    enterprise_id uuid,
    email text not null default '',
    phone text not null default '',
    language text not null check (language in ('zh', 'en')),
    quiet jsonb not null default '[]',
    active boolean not null,
    changed_at timestamptz not null,
    changed_by text not null,
    check ((role = 'enterprise') = (enterprise_id is not null))
);

create table channels (
    channel_id uuid primary key,
    kind text not null check (kind in ('email', 'sms', 'wecom', 'dingtalk', 'feishu')),
    name text not null check (name <> ''),
    config jsonb not null,
    secret text not null,
    min_level text not null check (min_level in ('blue', 'yellow', 'orange', 'red')),
    min_level_rank smallint not null,
    language text not null check (language in ('zh', 'en')),
    quiet jsonb not null default '[]',
    active boolean not null,
    made_at timestamptz not null,
    made_by text not null,
    changed_at timestamptz not null,
    removed_at timestamptz
);

create table templates (
    kind text not null,
    language text not null check (language in ('zh', 'en')),
    subject text not null,
    text text not null check (text <> ''),
    changed_at timestamptz not null,
    changed_by text not null,
    primary key (kind, language)
);

create table messages (
    message_id uuid primary key,
    channel_id uuid not null references channels (channel_id),
    notification_id uuid references notifications (notification_id),
    alarm_id uuid references alarms (alarm_id),
    recipient text not null,
    address text not null,
    level text not null,
    subject text not null,
    text text not null,
    state text not null check (state in ('pending', 'delivered', 'dead', 'dropped')),
    attempts int not null default 0,
    next_attempt_at timestamptz not null,
    waited_for_quiet boolean not null default false,
    lease_token uuid,
    lease_until timestamptz,
    last_attempt_at timestamptz,
    last_error text not null default '',
    receipt text not null default '',
    made_at timestamptz not null,
    delivered_at timestamptz
);
create index messages_due on messages (next_attempt_at) where state = 'pending';
create index messages_by_time on messages (made_at desc, message_id desc);
create index messages_by_channel on messages (channel_id, made_at desc, message_id desc);
create index messages_dead on messages (made_at desc, message_id desc) where state = 'dead';
create index messages_by_alarm on messages (alarm_id);
"""


def upgrade() -> None:
    """Create what telling people outside the app needs."""
    op.execute(CHANGES)
