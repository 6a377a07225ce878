"""Commands: where a request came from, leases of the running ones, requests that cannot be carried out; passwords handed over."""

from alembic import op

revision = "0020"
down_revision = "0011"


def upgrade() -> None:
    op.execute(
        """
        alter table device_commands
            add column origin text not null default 'http' check (origin in ('http', 'event', 'gateway', 'gap')),
            add column lease_until timestamptz,
            add column decision_note text not null default '';
        alter table device_commands drop constraint device_commands_state_check;
        alter table device_commands add constraint device_commands_state_check check (state in (
            'awaiting-approval', 'queued', 'sent', 'succeeded', 'refused', 'failed', 'timed-out', 'no-answer', 'expired',
            'rejected', 'cancelled', 'invalid'));
        update device_commands set lease_until = now() where state = 'sent';
        create index device_commands_of_gaps on device_commands (mn, created_at) where origin = 'gap';
        create index device_commands_leased on device_commands (lease_until) where state = 'sent';
        create table credential_handovers (
            command_id uuid primary key references device_commands,
            mn text not null,
            kind text not null check (kind in ('password', 'key')),
            old_value text not null,
            new_value text not null,
            state text not null check (state in ('offered', 'confirmed', 'dropped')),
            offered_at timestamptz not null,
            confirmed_at timestamptz,
            ends_at timestamptz not null
        );
        create index credential_handovers_open on credential_handovers (mn) where state <> 'dropped';
        """
    )
