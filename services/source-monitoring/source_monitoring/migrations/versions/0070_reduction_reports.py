"""What people say of a measure of an order, on the spot: done or not done, with evidence. Nothing said is ever changed."""

from alembic import op

revision = "0070"
down_revision = "0060"


def upgrade() -> None:
    op.execute("""
create table reduction_reports (
    report_id uuid primary key,
    measure_id uuid not null references reduction_measures,
    done boolean not null,
    seen_at timestamptz not null,
    note text not null,
    evidence jsonb not null,
    enterprise_id uuid,
    author_id uuid not null,
    author text not null,
    made_at timestamptz not null
);
create index reduction_reports_of_measure on reduction_reports (measure_id, made_at desc);
""")
