"""Commands to devices, and what was said for each."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        """
        create table device_commands (
            command_id uuid primary key,
            mn text not null,
            command text not null,
            parameters jsonb not null,
            reason text not null,
            requested_by_id uuid,
            requested_by text not null,
            created_at timestamptz not null,
            expires_at timestamptz not null,
            state text not null check (state in ('awaiting-approval', 'queued', 'sent', 'succeeded', 'refused', 'failed',
                'timed-out', 'no-answer', 'expired', 'rejected', 'cancelled')),
            decided_by text,
            decided_at timestamptz,
            gateway text,
            attempts integer not null default 0,
            sent_at timestamptz,
            finished_at timestamptz,
            request_id text,
            code integer,
            detail text not null default '',
            items jsonb not null default '[]'
        );
        create index device_commands_open on device_commands (mn, created_at)
            where state in ('awaiting-approval', 'queued', 'sent');
        create index device_commands_newest on device_commands (created_at desc, command_id desc);
        create table command_frames (
            command_id uuid not null references device_commands,
            number integer not null,
            at timestamptz not null,
            direction text not null check (direction in ('sent', 'received')),
            raw bytea not null,
            primary key (command_id, number)
        );
        """
    )
