"""Keys of devices (1014), sealed; when the transcript of a command was dropped."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute(
        """
        create table device_keys (
            key_id uuid primary key,
            mn text not null,
            sealed text not null,
            state text not null check (state in ('offered', 'confirmed', 'in-force', 'retired', 'dropped')),
            command_id uuid unique references device_commands,
            set_by text not null,
            reason text not null,
            made_at timestamptz not null,
            confirmed_at timestamptz,
            in_force_at timestamptz,
            ended_at timestamptz
        );
        create index device_keys_of_a_device on device_keys (mn, made_at desc);
        alter table device_commands add column transcript_dropped_at timestamptz;
        create index device_commands_ended on device_commands (finished_at)
            where transcript_dropped_at is null and finished_at is not null;
        """
    )
