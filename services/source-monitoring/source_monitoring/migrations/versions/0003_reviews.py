"""Review of days in four states, and corrections by persons."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("""
create table day_reviews (
    point_id uuid not null,
    day date not null,
    enterprise_id uuid,
    version int not null check (version > 0),
    state text not null check (state in ('raw', 'checked', 'reviewed', 'approved')),
    digest text not null,
    issues jsonb not null,
    changed_at timestamptz not null,
    reviewed_by_id uuid,
    reviewed_by text,
    approved_by_id uuid,
    approved_by text,
    approved_version int,
    primary key (point_id, day),
    check (state <> 'reviewed' or reviewed_by_id is not null),
    check (state <> 'approved' or (approved_by_id is not null and approved_by_id <> reviewed_by_id))
);
create index day_reviews_by_day on day_reviews (day desc, point_id);
create table review_steps (
    point_id uuid not null,
    day date not null,
    step int not null,
    version int not null,
    action text not null,
    from_state text not null,
    to_state text not null,
    actor_id uuid,
    actor text not null,
    reason text not null,
    evidence jsonb not null,
    digest text not null,
    at timestamptz not null,
    primary key (point_id, day, step)
);
create table corrections (
    correction_id uuid primary key,
    point_id uuid not null,
    factor text not null,
    hour_start timestamptz not null,
    kind text not null check (kind in ('invalidate', 'validate', 'replace')),
    value text,
    reason text not null check (reason <> ''),
    evidence jsonb not null,
    author_id uuid not null,
    author text not null,
    created_at timestamptz not null,
    withdrawn_at timestamptz,
    withdrawn_by text,
    withdrawal_reason text,
    check ((kind = 'replace') = (value is not null))
);
create unique index corrections_in_force on corrections (point_id, factor, hour_start) where withdrawn_at is null;
""")
