"""Sessions: recent connections of each device; unknown devices that somebody has dismissed."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.execute(
        """
        create table device_connections (
            mn text not null,
            connection_id uuid not null,
            gateway text not null,
            peer text not null,
            opened_at timestamptz not null,
            closed_at timestamptz,
            reason text not null default '',
            frames_before bigint not null,
            frames_after bigint not null,
            primary key (mn, connection_id, opened_at)
        );
        create index device_connections_newest on device_connections (mn, opened_at desc);
        create index device_sessions_elsewhere on device_sessions (since) where state = 'online';
        alter table unknown_devices
            add column system_type text not null default '',
            add column dismissed_at timestamptz,
            add column dismissed_by text,
            add column dismissed_reason text;
        """
    )
