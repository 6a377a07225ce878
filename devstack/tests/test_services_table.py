"""The table of services becomes processes with the environment the services read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from devstack.process import CannotStart
from devstack.provisioning import role_url
from devstack.services import ONE_SHOTS, SERVICES
from devstack.settings import settings_from
from devstack.stack import Stack, assemble
from devstack.supervisor import Supervisor

from devstack import stack

ADMIN_URL = "postgresql://admin:pw@127.0.0.1:5555/postgres"


@pytest.fixture
def assembled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setenv("DATABASE_URL", ADMIN_URL)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:6666")
    monkeypatch.setattr(stack.Table, "missing_packages", lambda _self: [])
    environment = {"PARK_DEMO_DIR": str(tmp_path), "PARK_HTTP_PORT": "18080", "PARK_HJ212_PORT": "19212"}
    return assemble(settings_from(environment))


def environment_of(assembled: Stack, name: str) -> dict[str, str]:
    return dict(next(spec for spec in assembled.specs if spec.name == name).env)


def test_every_line_of_the_table_becomes_a_process_whose_dependencies_exist(assembled: Stack, tmp_path: Path) -> None:
    names = {spec.name for spec in assembled.specs}
    assert {service.package for service in SERVICES} | {step.name for step in ONE_SHOTS} < names
    Supervisor(tmp_path, assembled.specs)  # raises for unknown dependencies and names given twice


def test_each_service_logs_in_as_its_own_role_with_its_own_password(assembled: Stack) -> None:
    urls = [environment_of(assembled, each.package)["PARK_DATABASE_URL"] for each in SERVICES if each.database]
    assert len(set(urls)) == len(urls)
    for service, url in zip((each for each in SERVICES if each.database), urls, strict=True):
        assert url.startswith(f"postgresql://{service.package}:")
        assert url.endswith("@127.0.0.1:5555/park")
    assert "PARK_DATABASE_URL" not in environment_of(assembled, "simulator")


def test_peers_are_reached_where_they_listen(assembled: Stack) -> None:
    archive = environment_of(assembled, "archive")
    gateway = environment_of(assembled, "api_gateway")
    assert gateway["PARK_SERVICES_ARCHIVE_URL"] == f"http://127.0.0.1:{archive['PARK_HTTP_PORT']}"
    assert gateway["PARK_HTTP_PORT"] == "18080"
    assert gateway["PARK_AUTH_SECRET"] == archive["PARK_AUTH_SECRET"]
    assert environment_of(assembled, "hj212_gateway")["PARK_HJ212_PORT"] == "19212"


def test_secrets_stay_the_same_over_restarts(assembled: Stack, tmp_path: Path) -> None:
    kept = json.loads((tmp_path / "secrets.json").read_text())
    again = assemble(settings_from({"PARK_DEMO_DIR": str(tmp_path)}))
    assert again.access.password == assembled.access.password == kept["password"]
    assert (
        environment_of(again, "quality")["PARK_DATABASE_URL"].split("@")[0].endswith(kept["role_passwords"]["quality"])
    )


def test_what_is_left_out_is_not_waited_for(assembled: Stack, tmp_path: Path) -> None:
    without = {"PARK_DEMO_DIR": str(tmp_path), "PARK_DEMO_WITHOUT": "simulator, seed-park,console"}
    fewer = assemble(settings_from(without))
    gone = {spec.name for spec in assembled.specs} - {spec.name for spec in fewer.specs}
    assert gone == {"simulator", "seed-park", "console"}
    Supervisor(tmp_path, fewer.specs)


def test_packages_that_are_not_installed_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack.Table, "missing_packages", lambda _self: ["quality"])
    with pytest.raises(CannotStart, match="not installed: quality; run make setup"):
        assemble(settings_from({"PARK_DEMO_DIR": str(tmp_path)}))


def test_role_url_quotes_what_a_url_cannot_hold() -> None:
    assert role_url(ADMIN_URL, "quality", "a/b@c") == "postgresql://quality:a%2Fb%40c@127.0.0.1:5555/park"
