"""Device sessions, unknown devices, rejected frames."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(
        """
        create table device_sessions (
            mn text primary key,
            point_id uuid,
            state text not null check (state in ('online', 'offline')),
            since timestamptz not null,
            peer text not null,
            connection_id uuid not null,
            last_frame_at timestamptz not null,
            frames bigint not null,
            bytes_received bigint not null,
            clock_skew_s double precision,
            edition text not null,
            deviations jsonb not null default '{}',
            gateway text not null
        );
        create table unknown_devices (
            mn text primary key,
            edition text not null,
            peer text not null,
            first_seen timestamptz not null,
            last_seen timestamptz not null,
            frames bigint not null,
            last_raw_text text not null
        );
        create index unknown_devices_last_seen on unknown_devices (last_seen desc, mn desc);
        create table rejected_frames (
            id bigint generated always as identity primary key,
            received_at timestamptz not null,
            peer text not null,
            mn text,
            reason text not null,
            detail text not null,
            raw bytea not null,
            cut boolean not null
        );
        create index rejected_frames_reason on rejected_frames (reason, id desc);
        """
    )
