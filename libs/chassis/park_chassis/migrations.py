"""Migrations: one Alembic history a schema, run by the service's own role, under an advisory lock.

A service's revisions are `<package>/migrations/versions/NNNN_name.py`. The tables the chassis itself needs come first and
are idempotent. Every migration must work with the previous code: migrate, then roll.
"""

import importlib.resources
import logging
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import sqlalchemy as sa
from alembic.config import Config
from alembic.environment import EnvironmentContext
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

log = logging.getLogger(__name__)

CHASSIS_TABLES = """
create table if not exists outbox (
    id bigint generated always as identity primary key,
    topic text not null,
    key bytea not null,
    headers jsonb not null,
    body bytea,
    recorded_at timestamptz not null default now()
);
create table if not exists consumer_offsets (
    consumer_group text not null,
    topic text not null,
    partition int not null,
    next_offset bigint not null,
    primary key (consumer_group, topic, partition)
);
create table if not exists parked_events (
    parked_id bigint generated always as identity primary key,
    consumer_group text not null,
    topic text not null,
    partition int not null,
    record_offset bigint not null,
    record_key bytea,
    headers jsonb not null,
    body bytea,
    kind text not null,
    reason text not null,
    traceback text not null default '',
    parked_at timestamptz not null default now(),
    replayed_at timestamptz,
    replayed_by text,
    replay_error text,
    unique (consumer_group, topic, partition, record_offset)
);
"""


def migrate(database_url: str, package: str, schema: str) -> str:
    """Bring the schema of a service to its newest revision; return that revision.

    Waits for a concurrent migration of the same schema (advisory lock). Statement and lock timeouts keep a migration from
    standing in front of live traffic: 10 s for a lock, 10 min for a statement. Raises sqlalchemy.exc.SQLAlchemyError.
    """
    engine = sa.create_engine(_psycopg_url(database_url), poolclass=sa.NullPool)
    script = ScriptDirectory.from_config(_config(package))
    with engine.connect() as connection:
        connection.execute(sa.text("select pg_advisory_lock(hashtext(:lock))"), {"lock": f"migrate:{schema}"})
        connection.execute(sa.text(f'set search_path to "{schema}"'))
        connection.execute(sa.text("set lock_timeout = '10s'"))
        connection.execute(sa.text("set statement_timeout = '10min'"))
        connection.execute(sa.text(CHASSIS_TABLES))
        connection.commit()
        _upgrade(connection, script)
        connection.execute(sa.text("select pg_advisory_unlock_all()"))
        connection.commit()
    head = script.get_current_head() or "none"
    log.info("schema migrated", extra={"schema": schema, "revision": head})
    return head


def _upgrade(connection: sa.Connection, script: ScriptDirectory) -> None:
    def steps(revision: object, _context: MigrationContext) -> list[object]:
        return list(script._upgrade_revs("heads", revision))  # type: ignore[arg-type]

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection, transaction_per_migration=True)
        environment.run_migrations()
    connection.commit()


def _config(package: str) -> Config:
    location = importlib.resources.files(package) / "migrations"
    config = Config()
    config.set_main_option("script_location", str(Path(str(location))))
    config.set_main_option("path_separator", "os")
    return config


def _psycopg_url(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(scheme="postgresql+psycopg"))
