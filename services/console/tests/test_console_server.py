"""The console service: which bytes, with which headers, for which path."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from console.app import build
from console.settings import Settings
from console.static_site import IMMUTABLE, PagesMissing, find, read_site
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette

SCRIPT = b"console.log('park')\n" * 200


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>park</title>" + " " * 600, encoding="utf-8")
    (tmp_path / "sw.js").write_text("self.x = 1", encoding="utf-8")
    (tmp_path / "assets" / "main-1a2b.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "main-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT, 9, mtime=0))
    (tmp_path / ".built-from").write_text("hash", encoding="utf-8")
    return tmp_path


def client_of(app: Starlette) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app=app), base_url="http://console")


@pytest.fixture
def client(pages: Path) -> AsyncClient:
    return client_of(
        build(Settings(console_pages=pages, console_park_name_zh="滨江园区", console_park_name_en="Riverside"))
    )


async def test_a_hashed_file_is_sent_compressed_and_kept_for_ever(client: AsyncClient) -> None:
    answer = await client.get("/assets/main-1a2b.js", headers={"accept-encoding": "gzip"})
    assert answer.content == SCRIPT
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(SCRIPT) / 10
    assert answer.headers["cache-control"] == IMMUTABLE
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


async def test_a_browser_without_gzip_gets_the_plain_bytes(client: AsyncClient) -> None:
    answer = await client.get("/assets/main-1a2b.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == SCRIPT


@pytest.mark.parametrize("path", ["/", "/alarms", "/alarms/0190-aa", "/m/tasks/1", "/index.html"])
async def test_a_path_of_the_app_gets_index_html_that_is_asked_for_again_each_time(
    client: AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert "<title>park</title>" in answer.text
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/assets/gone-9f.js", "/assets/x", "/logo.png", "/.built-from", "/../settings.py", "/%2e%2e/settings.py"]
)
async def test_a_file_that_is_not_there_is_a_404_problem_and_never_html(client: AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title_en"]


async def test_the_service_worker_is_never_kept_by_the_browser(client: AsyncClient) -> None:
    assert (await client.get("/sw.js")).headers["cache-control"] == "no-cache"


async def test_an_unchanged_file_is_not_sent_again(client: AsyncClient) -> None:
    first = await client.get("/assets/main-1a2b.js")
    again = await client.get("/assets/main-1a2b.js", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize("path", ["/", "/assets/main-1a2b.js", "/config.json", "/assets/gone.js"])
async def test_every_answer_carries_the_security_headers(client: AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self';" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


async def test_the_configuration_says_what_the_browser_must_know(client: AsyncClient) -> None:
    body = (await client.get("/config.json")).json()
    assert body["park_name_zh"] == "滨江园区"
    assert body["default_locale"] == "zh-CN"


async def test_api_paths_are_not_answered_with_pages(client: AsyncClient) -> None:
    assert (await client.get("/api/v1/map")).status_code == 404


async def test_health_tells_that_the_pages_are_there(client: AsyncClient) -> None:
    assert (await client.get("/health/live")).status_code == 200
    assert (await client.get("/health/ready")).json()["status"] == "ready"


async def test_without_built_pages_it_lives_but_is_not_ready_and_says_what_to_do(tmp_path: Path) -> None:
    client = client_of(build(Settings(console_pages=tmp_path / "none")))
    assert (await client.get("/health/live")).status_code == 200
    ready = await client.get("/health/ready")
    assert ready.status_code == 503
    assert "build.py" in ready.json()["reason"]
    assert "build.py" in (await client.get("/")).json()["detail"]


def test_files_that_begin_with_a_dot_are_not_part_of_the_site(pages: Path) -> None:
    site = read_site(pages)
    assert set(site) == {"/index.html", "/sw.js", "/assets/main-1a2b.js"}
    assert find(site, "/assets/main-1a2b.js.gz") is None


def test_a_folder_without_index_html_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PagesMissing, match=r"build\.py"):
        read_site(tmp_path)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "console", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=60,
    )


def test_check_prints_the_settings_in_force() -> None:
    done = run("check", PARK_HTTP_PORT="8123")
    assert done.returncode == 0
    assert json.loads(done.stdout)["http_port"] == 8123


def test_wrong_settings_and_unknown_commands_are_named() -> None:
    wrong = run("check", PARK_HTTP_PORT="many", PARK_CONSOLE_LOCALE="fr")
    assert wrong.returncode == 2
    assert "http_port" in wrong.stderr
    assert "console_locale" in wrong.stderr
    assert "unknown command 'dance'" in run("dance").stderr


def test_migrate_has_nothing_to_do() -> None:
    assert run("migrate").returncode == 0
