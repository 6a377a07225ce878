"""Drift of device clocks, when a clock was last set, and connections that contend for one MN."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute(
        """
        alter table device_sessions
            add column clock_drift_s_per_day double precision,
            add column clock_reference_at timestamptz,
            add column clock_reference_skew_s double precision,
            add column takeovers bigint not null default 0,
            add column other_peer text not null default '',
            add column contested_at timestamptz;
        create index device_commands_clocks on device_commands (created_at) where command = '1012';
        """
    )
