"""Where each chain of evidence begins after its oldest blocks were dropped."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.execute(
        """
        create table evidence_anchors (
            gateway text primary key,
            block bigint not null check (block > 0),
            sha256 bytea not null,
            sm3 bytea not null,
            dropped_blocks bigint not null check (dropped_blocks > 0),
            dropped_frames bigint not null check (dropped_frames > 0),
            dropped_to timestamptz not null,
            anchored_at timestamptz not null,
            package text not null default ''
        );
        """
    )
