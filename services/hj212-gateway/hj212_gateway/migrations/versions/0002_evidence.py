"""Evidence blocks: every frame byte for byte, one hash chain a gateway instance."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        """
        create table evidence_blocks (
            gateway text not null,
            block bigint not null check (block > 0),
            first_at timestamptz not null,
            last_at timestamptz not null,
            first_at_us bigint not null,
            last_at_us bigint not null,
            frames integer not null check (frames > 0),
            missing bigint not null check (missing >= 0),
            mns text[] not null,
            payload bytea not null,
            previous_sha256 bytea not null,
            previous_sm3 bytea not null,
            sha256 bytea not null,
            sm3 bytea not null,
            primary key (gateway, block)
        );
        alter table evidence_blocks alter column payload set storage external;
        create index evidence_blocks_time on evidence_blocks (first_at, gateway, block);
        create index evidence_blocks_mns on evidence_blocks using gin (mns);
        """
    )
