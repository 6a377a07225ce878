"""The launcher of Postgres on a real server."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from devstack.postgres import Postgres, PostgresUnusable, prepare

pytestmark = pytest.mark.integration


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder the server's account can enter, unlike pytest's own (0700)."""
    with tempfile.TemporaryDirectory(prefix="park-postgres-test-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def postgres(folder: Path) -> Iterator[Postgres]:
    with Postgres(folder / "postgres") as server:
        yield server


async def fetch(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_rows_survive_a_killed_server_which_restarts_at_the_same_address(postgres: Postgres) -> None:
    url = postgres.admin_url
    await fetch(url, "create table kept (value int)")
    await fetch(url, "insert into kept values (7)")
    killed = postgres.pid

    postgres.kill()
    assert not Path(f"/proc/{killed}/exe").exists()
    postgres.start()

    assert postgres.pid not in {None, killed}
    assert await fetch(url, "select value from kept") == 7


async def test_server_has_the_locale_and_the_safety_settings_we_promise(postgres: Postgres) -> None:
    query = "select current_setting('{}')"
    assert await fetch(postgres.admin_url, "select datcollate from pg_database limit 1") == "C.UTF-8"
    assert await fetch(postgres.admin_url, query.format("fsync")) == "on"
    assert await fetch(postgres.admin_url, query.format("max_connections")) == "200"
    assert await fetch(postgres.admin_url, query.format("TimeZone")) == "UTC"


async def test_wrong_password_is_refused_although_we_are_on_loopback(postgres: Postgres) -> None:
    password = postgres.admin_url.split(":")[2].split("@")[0]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await fetch(postgres.admin_url.replace(password, "wrong"), "select 1")


def test_data_folder_in_use_by_a_live_server_is_refused_with_its_pid(postgres: Postgres, folder: Path) -> None:
    again = prepare(folder / "postgres")
    assert again.spec.before_start is not None
    with pytest.raises(PostgresUnusable, match=str(postgres.pid)):
        again.spec.before_start()


def test_database_url_wins_and_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@elsewhere/db")
    with Postgres(tmp_path / "unused") as server:
        assert (server.admin_url, server.pid) == ("postgresql://somebody@elsewhere/db", None)
    assert not (tmp_path / "unused").exists()
