"""Manual monitoring: plans and results in versions, explanations, what is overdue, comparisons, imports and rows set aside."""

from alembic import op

revision = "0030"
down_revision = "0050"

_VERSIONED = """
    version int not null check (version > 0),
    author text not null,
    reason text not null,
    made_at timestamptz not null,
    superseded_at timestamptz,
    body jsonb not null
"""

_DECIDED = """
    state text not null check (state in ('submitted', 'accepted', 'rejected', 'withdrawn')),
    author_id uuid not null,
    decided_by_id uuid,
    decided_by text,
    decided_at timestamptz,
    decision_reason text,
    check (state not in ('accepted', 'rejected') or decided_by_id <> author_id)
"""

_TABLES = (
    f"""
create table manual_plans (
    plan_id uuid not null,
    point_id uuid not null,
    stated_at timestamptz not null,
    {_VERSIONED},
    primary key (plan_id, version)
)
""",
    "create unique index manual_plans_newest on manual_plans (plan_id) where superseded_at is null",
    "create index manual_plans_of_point on manual_plans (point_id) where superseded_at is null",
    f"""
create table manual_results (
    result_id uuid not null,
    point_id uuid not null,
    enterprise_id uuid,
    factor text not null,
    sampled_at timestamptz not null,
    entered_at timestamptz not null,
    outcome text not null,
    verdict jsonb not null,
    {_VERSIONED},
    {_DECIDED},
    primary key (result_id, version)
)
""",
    "create unique index manual_results_newest on manual_results (result_id) where superseded_at is null",
    "create index manual_results_by_time on manual_results (sampled_at, result_id) where superseded_at is null",
    "create index manual_results_of_point on manual_results (point_id, factor, sampled_at) where superseded_at is null",
    f"""
create table manual_explanations (
    explanation_id uuid primary key,
    plan_id uuid not null,
    point_id uuid not null,
    enterprise_id uuid,
    period_start timestamptz not null,
    reason text not null check (reason <> ''),
    evidence jsonb not null,
    author text not null,
    created_at timestamptz not null,
    {_DECIDED}
)
""",
    "create unique index manual_explanations_in_force on manual_explanations (plan_id, period_start)"
    " where state in ('submitted', 'accepted')",
    """
create table manual_overdue (
    plan_id uuid not null,
    period_start timestamptz not null,
    point_id uuid not null,
    period_end timestamptz not null,
    due_at timestamptz not null,
    found_at timestamptz not null,
    ended_at timestamptz,
    primary key (plan_id, period_start)
)
""",
    "create index manual_overdue_standing on manual_overdue (plan_id) where ended_at is null",
    """
create table manual_comparisons (
    point_id uuid not null,
    factor text not null,
    day date not null,
    outcome text not null check (outcome in ('passed', 'failed', 'not-comparable')),
    accepted boolean not null,
    last_sample timestamptz not null,
    made_at timestamptz not null,
    body jsonb not null,
    primary key (point_id, factor, day)
)
""",
    "create index manual_comparisons_by_day on manual_comparisons (day desc, point_id, factor)",
    """
create table manual_imports (
    import_id uuid primary key,
    sheet text not null,
    enterprise_id uuid,
    filename text not null,
    dry_run boolean not null,
    all_or_nothing boolean not null,
    stored boolean not null,
    imported_at timestamptz not null,
    imported_by text not null,
    total int not null,
    accepted int not null,
    rejected int not null,
    rows jsonb not null,
    check (total = accepted + rejected)
)
""",
    """
create table manual_set_aside (
    set_aside_id uuid primary key,
    import_id uuid not null references manual_imports,
    sheet text not null,
    enterprise_id uuid,
    row int not null,
    reason text not null,
    texts jsonb not null,
    problems jsonb not null,
    state text not null check (state in ('open', 'mended', 'dismissed')),
    mended jsonb,
    settled_at timestamptz,
    settled_by text,
    outcome text,
    unique (import_id, row)
)
""",
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
