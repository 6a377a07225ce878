"""What was around a finding when it was judged."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CHANGES = """
alter table findings add column circumstances jsonb;
create index alarms_going_on_by_subject on alarms (subject_id) where state in ('active', 'acknowledged');
create index alarms_going_on_by_enterprise on alarms (enterprise_id) where state in ('active', 'acknowledged');
"""


def upgrade() -> None:
    """Remember circumstances with their finding, so that grading can be done again."""
    op.execute(CHANGES)
