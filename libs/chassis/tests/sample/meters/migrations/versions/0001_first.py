"""The tables of the time-series store."""

from alembic import op
from park_chassis.timeseries_ddl import tables_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(tables_v1())
