"""DDL of the time-series store. A service's first migration runs `tables_v1()`; what is released is never edited.

`frames` is range-partitioned by month of `data_time` (months of the park's wall clock, UTC+8). Months are made ahead by
`frames_ensure_month(date)`; a frame of a month that has no partition yet (a mad clock, or very old data) goes to
`frames_default`, and moves out of it when its month is made. Partitions keep queries with bounds on `data_time` flat
over the years and let old months be dropped whole.

Making a month waits for the writers of the moment and lets the next ones wait: one that had chosen the default partition before
the month was attached would fail.

The natural key is (mn, command, data_time); `revision` counts the different things that were said under one key.
"""

COLUMNS: tuple[tuple[str, str], ...] = (
    ("mn", "text not null"),
    ("command", "text not null"),
    ("data_time", "timestamptz not null"),
    ("revision", "int not null"),
    ("point_id", "uuid not null"),
    ("period", "text not null"),
    ("received_at", "timestamptz not null"),
    ("event_id", "uuid not null"),
    ("supplementary", "boolean not null"),
    ("incomplete", "boolean not null"),
    ("factors", "text[] not null"),
    ("attributes", "text[] not null"),
    ("values", "float8[] not null"),
    ("decimals", "smallint[] not null"),
    ("marks", "text[] not null"),
    ("spellings", "text[]"),
)
"""Columns that `frames`, `latest` and the incoming table share, in COPY order. The arrays run in parallel."""

COLUMN_NAMES = tuple(name for name, _ in COLUMNS)


def tables_v1() -> str:
    """Return the SQL that makes `frames` (with its default partition and month function) and `latest`."""
    columns = ",\n    ".join(f'"{name}" {kind}' for name, kind in COLUMNS)
    return f"""
create table frames (
    {columns},
    primary key (mn, command, data_time, revision),
    check (revision > 0),
    check (cardinality(factors) = cardinality(attributes) and cardinality(factors) = cardinality("values")
           and cardinality(factors) = cardinality(decimals) and cardinality(factors) = cardinality(marks)
           and (spellings is null or cardinality(factors) = cardinality(spellings)))
) partition by range (data_time);
create table frames_default partition of frames default;
create table latest (
    {columns},
    rank_time timestamptz not null,
    primary key (point_id, mn, command)
) with (fillfactor = 50);
{_ENSURE_MONTH}
select frames_ensure_month((now() + make_interval(months => m))::date) from generate_series(-1, 3) as m;
"""


_ENSURE_MONTH = """
create function frames_ensure_month(month date) returns boolean language plpgsql as $body$
declare
    first date = date_trunc('month', month)::date;
    since timestamptz = first::timestamp at time zone interval '+08:00';
    until timestamptz = (first + interval '1 month')::timestamp at time zone interval '+08:00';
    name text = 'frames_' || to_char(first, 'YYYY_MM');
begin
    perform pg_advisory_xact_lock(hashtext('frames_ensure_month ' || current_schema()));
    if to_regclass(name) is not null then
        return false;
    end if;
    lock table frames in share row exclusive mode;
    lock table frames_default in access exclusive mode;
    execute format('create table %I (like frames including all)', name);
    execute format('with moved as (delete from frames_default where data_time >= $1 and data_time < $2 returning *)'
                   ' insert into %I select * from moved', name) using since, until;
    execute format('alter table frames attach partition %I for values from (%L) to (%L)', name, since, until);
    return true;
end
$body$;
"""
