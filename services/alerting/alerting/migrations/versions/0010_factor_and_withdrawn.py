"""What many findings at once ask for: the factor as a column; and what was withdrawn."""

from alembic import op

revision = "0010"
down_revision = "0006"
branch_labels = None
depends_on = None

CHANGES = """
alter table alarms add column factor text generated always as (body->>'factor') stored;
alter table alarms add column withdrawn boolean not null default false;
alter table findings add column withdrawn_by uuid;
"""


def upgrade() -> None:
    """Let circumstances be read without opening each alarm, and let statistics know alarms that had no ground."""
    op.execute(CHANGES)
