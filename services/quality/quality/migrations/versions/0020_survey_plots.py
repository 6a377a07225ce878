"""Land plots with the survey sites in them, in versions."""

from alembic import op

revision = "0020"
down_revision = "0010"


def upgrade() -> None:
    op.execute("""
create table survey_plots (
    plot_id uuid not null,
    code text not null,
    enterprise_id uuid,
    version int not null check (version > 0),
    author text not null,
    reason text not null,
    made_at timestamptz not null,
    superseded_at timestamptz,
    body jsonb not null,
    primary key (plot_id, version)
)
""")
    op.execute("create unique index survey_plots_newest on survey_plots (code) where superseded_at is null")
