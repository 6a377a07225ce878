"""Manual campaigns: sites, campaigns and results in versions, imports with their reports, rows set aside."""

from alembic import op

revision = "0004"
down_revision = "0003"

_VERSIONED = """
    version int not null check (version > 0),
    author text not null,
    reason text not null,
    made_at timestamptz not null,
    superseded_at timestamptz,
    body jsonb not null
"""

_TABLES = (
    f"""
create table survey_sites (
    site_id uuid not null,
    kind text not null,
    code text not null,
    enterprise_id uuid,
    {_VERSIONED},
    primary key (site_id, version)
)
""",
    "create unique index survey_sites_newest on survey_sites (code) where superseded_at is null",
    f"""
create table survey_campaigns (
    campaign_id uuid not null,
    kind text not null,
    planned_on date not null,
    {_VERSIONED},
    primary key (campaign_id, version)
)
""",
    "create unique index survey_campaigns_newest on survey_campaigns (campaign_id) where superseded_at is null",
    f"""
create table survey_results (
    result_id uuid not null,
    campaign_id uuid not null,
    site_id uuid not null,
    kind text not null,
    item text not null,
    sampled_at timestamptz not null,
    outcome text not null check (outcome in ('compliant', 'over', 'undecided', 'not-judged')),
    withdrawn boolean not null,
    verdict jsonb not null,
    {_VERSIONED},
    primary key (result_id, version)
)
""",
    "create unique index survey_results_newest on survey_results (result_id) where superseded_at is null",
    "create index survey_results_by_time on survey_results (sampled_at, result_id) where superseded_at is null",
    "create index survey_results_by_campaign on survey_results (campaign_id, site_id) where superseded_at is null",
    "create index survey_results_by_site on survey_results (site_id, item, sampled_at) where superseded_at is null",
    """
create table survey_imports (
    import_id uuid primary key,
    sheet text not null,
    campaign_id uuid,
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
create table survey_set_aside (
    set_aside_id uuid primary key,
    import_id uuid not null references survey_imports,
    sheet text not null,
    campaign_id uuid,
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
