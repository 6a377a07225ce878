"""Kinds of points, the day they were first monitored, and noise stations (of the park, or at an enterprise's boundary)."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
alter table points add column point_kind text, add column in_service_from date;
alter table points drop constraint points_medium_check, drop constraint points_check;
alter table points
    add constraint points_medium_check
        check (medium in ('waste-water', 'waste-gas', 'rain-water', 'ambient-air', 'surface-water', 'noise')),
    add constraint points_owner_check
        check (case medium when 'noise' then true
               when 'ambient-air' then enterprise is null
               when 'surface-water' then enterprise is null
               else enterprise is not null end);
""")
