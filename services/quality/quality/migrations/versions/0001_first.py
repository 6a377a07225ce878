"""Series and judging."""

from alembic import op
from park_chassis import timeseries_ddl
from park_judging import ddl

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(timeseries_ddl.tables_v1())
    op.execute(ddl.tables_v1())
