"""Replays of many outlets as work that is done day by day, looked at, and then adopted or left.

Replays made before had one point and adopted at once: they become runs of one point whose days have no digests.
"""

from alembic import op

revision = "0036"
down_revision = "0020"


def upgrade() -> None:
    op.execute("""
create table replay_points (
    replay_id uuid not null references replays on delete cascade,
    point_id uuid not null,
    finished_at timestamptz,
    adopted_at timestamptz,
    failure text,
    lease uuid,
    lease_until timestamptz,
    primary key (replay_id, point_id)
);
create index replay_points_of_point on replay_points (point_id);
insert into replay_points (replay_id, point_id, finished_at, adopted_at, failure)
select replay_id, point_id, coalesce(finished_at, started_at), case when adopt then finished_at end,
       case when finished_at is null then 'interrupted' else failure end
from replays;

create table replay_days (
    replay_id uuid not null,
    point_id uuid not null,
    day date not null,
    digest text not null,
    stored_digest text not null,
    periods int not null,
    changed int not null,
    adopted int,
    outdated int,
    primary key (replay_id, point_id, day),
    foreign key (replay_id, point_id) references replay_points on delete cascade
);
insert into replay_days
select r.replay_id, r.point_id, (s.period_start at time zone 'Asia/Shanghai')::date, '', '', count(*),
       count(*) filter (where s.differs), case when r.adopt then count(*) filter (where s.differs) end,
       case when r.adopt then 0 end
from replays r join replay_results s using (replay_id) group by 1, 2, 3;

create table replay_steps (
    replay_id uuid not null references replays on delete cascade,
    step int not null,
    action text not null,
    actor_id uuid,
    actor text not null,
    reason text not null,
    at timestamptz not null,
    primary key (replay_id, step)
);
insert into replay_steps select replay_id, 1, 'start', author_id, author, reason, started_at from replays;

alter table replay_results
    add column point_id uuid,
    add column against int,
    add column changed_factors text[] not null default '{}',
    add column adopted_revision int,
    alter column factors drop not null,
    drop constraint replay_results_pkey;
update replay_results s set point_id = r.point_id from replays r where r.replay_id = s.replay_id;
alter table replay_results
    alter column point_id set not null,
    add primary key (replay_id, point_id, period_start, period);

alter table replays
    add column state text,
    add column days int,
    add column stored_digest text;
update replays r set state = case when p.failure is not null then 'failed' when r.adopt then 'adopted' else 'left' end,
       days = (r.until at time zone 'Asia/Shanghai')::date - (r.since at time zone 'Asia/Shanghai')::date
from replay_points p where p.replay_id = r.replay_id;
alter table replays
    alter column state set not null,
    alter column days set not null,
    add check (state in ('queued', 'running', 'done', 'failed', 'cancelled', 'adopting', 'adopted', 'left')),
    alter column since type date using (since at time zone 'Asia/Shanghai')::date,
    alter column until type date using (until at time zone 'Asia/Shanghai')::date,
    drop column point_id, drop column adopt, drop column periods, drop column changed, drop column adopted,
    drop column failure;
create index replays_open on replays (started_at) where state in ('queued', 'running', 'adopting');
""")
