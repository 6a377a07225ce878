"""Reductions in heavy-pollution weather: the list kept by enterprise, orders above their measures, verdicts.

Numbers 0050 to 0055 belong to reductions and what rules need. What stood in one table (an order a measure) becomes an order
with its measures; measures ordered together (same words, times and reason) are one order.
"""

from alembic import op

revision = "0050"
down_revision = "0042"


def upgrade() -> None:
    op.execute("""
create table reduction_lines (
    line_id uuid primary key,
    enterprise_id uuid not null,
    line text not null check (line <> ''),
    body jsonb not null,
    version int not null check (version > 0),
    author text not null,
    reason text not null default '',
    made_at timestamptz not null,
    retired_at timestamptz
);
create unique index reduction_lines_of_enterprise on reduction_lines (enterprise_id, line) where retired_at is null;
create table reduction_line_versions (
    line_id uuid not null references reduction_lines,
    version int not null,
    body jsonb not null,
    author text not null,
    reason text not null,
    made_at timestamptz not null,
    retired boolean not null default false,
    primary key (line_id, version)
);
alter table reduction_orders rename to reduction_measures;
alter table reduction_measures rename column order_id to measure_id;
create table reduction_orders (
    order_id uuid primary key,
    title_zh text not null,
    title_en text not null,
    level text not null check (level in ('yellow', 'orange', 'red')),
    authority text not null default '',
    document text not null default '',
    area text not null default '',
    starts_at timestamptz not null,
    ends_at timestamptz not null check (ends_at > starts_at),
    reason text not null default '',
    author text not null,
    made_at timestamptz not null,
    lifted_at timestamptz,
    lifted_by text not null default '',
    lifted_reason text not null default '',
    withdrawn_at timestamptz,
    withdrawn_by text not null default '',
    withdrawn_reason text not null default ''
);
insert into reduction_orders (order_id, title_zh, title_en, level, starts_at, ends_at, reason, author, made_at,
                              withdrawn_at, withdrawn_by, withdrawn_reason)
select gen_random_uuid(), title_zh, title_en, level, starts_at, ends_at, reason, author, min(made_at), withdrawn_at,
       withdrawn_by, withdrawn_reason from reduction_measures
group by title_zh, title_en, level, starts_at, ends_at, reason, author, withdrawn_at, withdrawn_by, withdrawn_reason;
alter table reduction_measures add column order_id uuid references reduction_orders;
update reduction_measures m set order_id = o.order_id from reduction_orders o
where (m.title_zh, m.title_en, m.level, m.starts_at, m.ends_at, m.reason, m.author, m.withdrawn_by, m.withdrawn_reason)
    = (o.title_zh, o.title_en, o.level, o.starts_at, o.ends_at, o.reason, o.author, o.withdrawn_by, o.withdrawn_reason)
  and m.withdrawn_at is not distinct from o.withdrawn_at;
alter table reduction_measures
    alter column order_id set not null,
    alter column point_id drop not null,
    alter column factor set default '',
    alter column allowed_share drop not null,
    drop column title_zh, drop column title_en, drop column level, drop column starts_at, drop column ends_at,
    drop column author, drop column reason, drop column made_at, drop column withdrawn_at, drop column withdrawn_by,
    drop column withdrawn_reason,
    add column enterprise_id uuid,
    add column line_id uuid,
    add column line text not null default '',
    add column grade text not null default '',
    add column usual_value numeric check (usual_value > 0),
    add column emissions jsonb not null default '{}',
    add column keeping jsonb,
    add column verdict text not null default 'pending'
        check (verdict in ('pending', 'kept', 'not-kept', 'not-provable', 'voluntary')),
    add column judged_at timestamptz;
create index reduction_measures_of_order on reduction_measures (order_id);
create index reduction_measures_of_point on reduction_measures (point_id);
alter table anomaly_rule_states add column needs text not null default '';
""")
