"""Anomaly detection: settings a point, the schedule, rule states, anomalies, records, orders, packets seen.

Numbers 0020 to 0029 belong to anomaly detection. The history is one line: whoever adds a number below 0020 names it here.
"""

from alembic import op

revision = "0020"
down_revision = "0005"


def upgrade() -> None:
    op.execute("""
create table anomaly_settings (
    point_id uuid not null,
    version int not null check (version > 0),
    body jsonb not null,
    author text not null,
    reason text not null check (reason <> ''),
    made_at timestamptz not null,
    primary key (point_id, version)
);
create table anomaly_schedule (
    point_id uuid not null,
    cadence text not null check (cadence in ('ten-minutes', 'hourly', 'daily')),
    next_due timestamptz not null,
    judged_until timestamptz,
    redo_from timestamptz,
    lease uuid,
    lease_until timestamptz,
    last_run_at timestamptz,
    runs bigint not null default 0,
    last_error text not null default '',
    primary key (point_id, cadence)
);
create index anomaly_schedule_due on anomaly_schedule (next_due);
create table anomaly_rule_states (
    point_id uuid not null,
    rule_id text not null,
    factor text not null default '',
    state text not null check (state in ('judged', 'not-applicable', 'switched-off', 'failed')),
    reason_zh text not null default '',
    reason_en text not null default '',
    ran_at timestamptz not null,
    judged_from timestamptz not null,
    judged_until timestamptz not null,
    settings_version int not null,
    primary key (point_id, rule_id, factor)
);
create table anomalies (
    anomaly_id uuid primary key,
    point_id uuid not null,
    enterprise_id uuid,
    rule_id text not null,
    factor text not null default '',
    state text not null check (state in ('open', 'closed')),
    severity text not null check (severity in ('info', 'warn', 'alarm')),
    started_at timestamptz not null,
    ended_at timestamptz not null check (ended_at >= started_at),
    sentence_zh text not null,
    sentence_en text not null,
    evidence jsonb not null,
    occurrences int not null,
    closed_at timestamptz,
    published_end timestamptz,
    published_severity text not null default '',
    settings_version int not null,
    parameters jsonb not null,
    opened_at timestamptz not null,
    updated_at timestamptz not null,
    feedback text check (feedback in ('confirmed', 'false')),
    feedback_reason text not null default '',
    feedback_by text not null default '',
    feedback_at timestamptz
);
create index anomalies_of_point on anomalies (point_id, rule_id, factor, ended_at);
create index anomalies_newest on anomalies (started_at desc, anomaly_id desc);
create table outlet_records (
    record_id uuid primary key,
    point_id uuid not null,
    at timestamptz not null,
    kind text not null check (kind in ('parameter', 'status', 'log', 'calibration', 'standard-check', 'quality-check',
                                       'manual-result', 'work-order', 'access')),
    factor text not null default '',
    name text not null default '',
    value numeric,
    content text not null default '',
    work_order text not null default '',
    passed boolean,
    source text not null check (source in ('device', 'person')),
    author text not null default '',
    recorded_at timestamptz not null
);
create index outlet_records_of_point on outlet_records (point_id, at);
create table seen_packets (
    mn text not null,
    request_id text not null,
    digest bytea not null,
    data_time timestamptz not null,
    received_at timestamptz not null,
    primary key (mn, request_id, digest)
);
create index seen_packets_age on seen_packets (received_at);
create table reduction_orders (
    order_id uuid primary key,
    point_id uuid not null,
    title_zh text not null,
    title_en text not null,
    level text not null check (level in ('yellow', 'orange', 'red')),
    measure_zh text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > starts_at),
    factor text not null,
    allowed_share numeric not null check (allowed_share >= 0 and allowed_share < 1),
    author text not null,
    reason text not null default '',
    made_at timestamptz not null,
    withdrawn_at timestamptz,
    withdrawn_by text not null default '',
    withdrawn_reason text not null default ''
);
create index reduction_orders_of_point on reduction_orders (point_id, ends_at);
""")
