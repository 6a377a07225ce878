"""Which records came, which are missing, and split sets that stayed incomplete."""

from alembic import op

revision = "0010"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        """
        create table record_days (
            mn text not null,
            command text not null,
            day date not null,
            arrived bit(1440) not null,
            primary key (mn, command, day)
        );
        create table record_series (
            mn text not null,
            command text not null,
            system_type text not null,
            since timestamptz not null,
            checked_until timestamptz not null,
            next_check_at timestamptz not null,
            interval_min integer check (interval_min between 1 and 1440),
            interval_source text check (interval_source in ('register', 'learned', 'default')),
            primary key (mn, command)
        );
        create index record_series_due on record_series (next_check_at);
        create table record_gaps (
            gap_id uuid primary key,
            mn text not null,
            command text not null,
            begins timestamptz not null,
            ends timestamptz not null,
            interval_min integer not null check (interval_min between 1 and 1440),
            expected integer not null check (expected > 0),
            missing integer not null check (missing between 0 and expected),
            cause text not null check (cause in ('missing', 'incomplete')),
            state text not null check (state in ('open', 'fetching', 'healed', 'given-up', 'abandoned')),
            reason text not null default '',
            found_at timestamptz not null,
            attempts integer not null default 0,
            missing_at_try integer,
            next_try_at timestamptz not null,
            tried_at timestamptz,
            command_id uuid,
            gateway text,
            lease_until timestamptz,
            healed_by text check (healed_by in ('history', 'device')),
            decided_by text,
            closed_at timestamptz,
            check (ends > begins),
            check ((state = 'fetching') = (lease_until is not null)),
            check ((state in ('open', 'fetching')) = (closed_at is null)),
            unique (mn, command, begins)
        );
        create index record_gaps_due on record_gaps (mn, next_try_at) where state = 'open';
        create index record_gaps_leased on record_gaps (lease_until) where state = 'fetching';
        create index record_gaps_unhealed on record_gaps (mn, command, ends) where state <> 'healed';
        create index record_gaps_newest on record_gaps (begins desc, gap_id desc);
        create table incomplete_sets (
            mn text not null,
            command text not null,
            data_time timestamptz not null,
            packets integer not null,
            received integer[] not null,
            missing integer[] not null,
            reason text not null,
            recorded_at timestamptz not null,
            completed_at timestamptz,
            primary key (mn, command, data_time, packets)
        );
        create index incomplete_sets_open on incomplete_sets (mn, command) where completed_at is null;
        create index incomplete_sets_newest on incomplete_sets (recorded_at desc, mn desc);
        """
    )
