"""Files that people give as evidence, and the records they are attached to. What a file is never changes.

A row without `stored_at` has no bytes that count: its upload broke off, or it is being removed.
"""

from alembic import op

revision = "0060"
down_revision = "0043"

_STATEMENTS = (
    """
create table evidence_files (
    file_id uuid primary key,
    owner uuid not null,
    enterprise_id uuid,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    name text not null,
    media text not null check (media in ('photo', 'video', 'document')),
    media_type text not null,
    bytes bigint not null check (bytes > 0),
    width int,
    height int,
    seconds float8,
    taken_at timestamptz,
    uploaded_at timestamptz not null,
    uploaded_by_id uuid not null,
    uploaded_by text not null,
    touched_at timestamptz not null,
    stored_at timestamptz,
    attached_at timestamptz check (attached_at is null or stored_at is not null),
    unique (sha256, owner)
)
""",
    "create index evidence_files_newest on evidence_files (uploaded_at desc, file_id desc) where stored_at is not null",
    "create index evidence_files_unattached on evidence_files (touched_at) where attached_at is null",
    """
create table evidence_uses (
    file_id uuid not null references evidence_files,
    record text not null,
    record_id text not null,
    point_id uuid not null,
    enterprise_id uuid,
    sha256 text not null,
    attached_at timestamptz not null,
    attached_by_id uuid not null,
    attached_by text not null,
    primary key (file_id, record, record_id)
)
""",
    "create index evidence_uses_of_enterprise on evidence_uses (enterprise_id, file_id)",
    """
create function evidence_file_stays() returns trigger language plpgsql as $$
begin
    if (new.file_id, new.owner, new.sha256, new.name, new.media, new.media_type, new.bytes, new.uploaded_by_id)
        is distinct from
       (old.file_id, old.owner, old.sha256, old.name, old.media, old.media_type, old.bytes, old.uploaded_by_id)
       or (old.attached_at is not null and (new.attached_at is null or new.stored_at is null)) then
        raise exception 'evidence file % never changes', old.file_id;
    end if;
    return new;
end $$
""",
    "create trigger evidence_file_stays before update on evidence_files for each row execute function evidence_file_stays()",
    """
create function evidence_use_stays() returns trigger language plpgsql as $$
begin
    raise exception 'what is attached as evidence stays attached: %', old.file_id;
end $$
""",
    "create trigger evidence_use_stays before update or delete on evidence_uses"
    " for each row execute function evidence_use_stays()",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
