"""Master data, its history, and the imports."""

from alembic import op

revision = "0001"
down_revision = None

_TRACKED = """
    version int not null check (version > 0),
    changed_at timestamptz not null,
    changed_by text not null
"""

_TABLES = (
    f"""
    create table park (
        singleton boolean primary key default true check (singleton),
        park_id uuid not null,
        code text not null,
        name_zh text not null,
        name_en text not null,
        address text not null default '',
        leading_industries text not null default '',
        longitude double precision not null,
        latitude double precision not null,
        map jsonb not null,
        {_TRACKED}
    )
    """,
    f"""
    create table enterprises (
        enterprise_id uuid primary key,
        credit_code text not null unique check (length(credit_code) = 18),
        name_zh text not null,
        name_en text not null,
        industry text not null,
        industry_code text not null,
        longitude double precision not null,
        latitude double precision not null,
        address text not null,
        plot text not null,
        legal_representative text not null,
        environment_contact text not null,
        contact_phone text not null,
        permit_number text not null,
        permit_category text not null check (permit_category in ('', 'key', 'simplified', 'registration')),
        permit_valid_to date,
        risk_level text not null check (risk_level in ('', 'general', 'large', 'major')),
        key_unit boolean not null,
        commissioned_on date,
        active boolean not null,
        {_TRACKED}
    )
    """,
    f"""
    create table points (
        point_id uuid primary key,
        code text not null unique,
        name_zh text not null,
        name_en text not null,
        medium text not null
            check (medium in ('waste-water', 'waste-gas', 'rain-water', 'ambient-air', 'surface-water')),
        longitude double precision not null,
        latitude double precision not null,
        enterprise text references enterprises (credit_code) on update cascade,
        factors jsonb not null,
        target_class text not null,
        discharge text not null check (discharge in ('', 'direct', 'indirect')),
        receiving text not null,
        stack_height_m double precision,
        active boolean not null,
        {_TRACKED},
        check ((medium in ('ambient-air', 'surface-water')) = (enterprise is null))
    )
    """,
    "create index points_by_enterprise on points (enterprise)",
    f"""
    create table devices (
        device_id uuid primary key,
        mn text not null unique,
        password text not null check (password <> ''),
        point_code text not null references points (code) on update cascade,
        edition text not null check (edition in ('2005', '2017', '2025')),
        realtime_interval_s int not null check (realtime_interval_s between 1 and 3600),
        minute_interval_min int not null check (60 % minute_interval_min = 0),
        manufacturer text not null,
        model text not null,
        active boolean not null,
        {_TRACKED}
    )
    """,
    "create unique index devices_mn_spelling on devices (upper(mn))",
    "create unique index devices_one_active_a_point on devices (point_code) where active",
    f"""
    create table limits (
        limit_row_id uuid primary key,
        point_code text not null references points (code) on update cascade,
        factor text not null,
        averaging text not null check (averaging in ('realtime', 'minute', 'hour', 'day')),
        unit text not null,
        standard text not null check (standard <> ''),
        clause text not null check (clause <> ''),
        valid_from date not null,
        valid_to date,
        upper numeric,
        lower numeric,
        basis text not null check (basis in ('measured', 'converted')),
        source text not null check (source in ('standard', 'permit')),
        confidence text not null,
        standard_limit_id text not null,
        {_TRACKED},
        unique (point_code, factor, averaging, valid_from),
        check (upper is not null or lower is not null),
        check (lower <= upper),
        check (valid_from <= valid_to)
    )
    """,
    """
    create table revisions (
        revision_id uuid primary key,
        kind text not null,
        entity_id uuid not null,
        key text not null,
        version int not null,
        changed_at timestamptz not null,
        changed_by text not null,
        changed_by_name text not null,
        origin text not null,
        changes jsonb not null,
        unique (kind, entity_id, version)
    )
    """,
    "create index revisions_by_key on revisions (kind, key, changed_at desc)",
    """
    create table imports (
        import_id uuid primary key,
        kind text not null,
        filename text not null,
        dry_run boolean not null,
        imported_at timestamptz not null,
        imported_by text not null,
        total int not null,
        accepted int not null,
        rejected int not null,
        rows jsonb not null,
        check (total = accepted + rejected)
    )
    """,
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)
