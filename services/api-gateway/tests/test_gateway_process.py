"""The process itself: the commands that make accounts, and kill -9 with what the README says of it."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from park_chassis.kafka import create_topics
from park_chassis.testing import RunningService, running_service

pytestmark = pytest.mark.integration


def _run(service: RunningService, *arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "api_gateway", *arguments]
    return subprocess.run(command, env={**service.env, **env}, capture_output=True, text=True, timeout=180, check=False)


def _create(
    service: RunningService, *arguments: str, password: str = "Correct-horse-7"
) -> "subprocess.CompletedProcess[str]":
    return _run(service, "create-user", "--password-env", "THE_PASSWORD", *arguments, THE_PASSWORD=password)


async def test_accounts_are_made_once_and_sessions_outlive_a_kill(
    postgres_url: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    await create_topics(kafka_bootstrap)
    log = tmp_path / "gateway.log"
    async with running_service("api_gateway", admin_url=postgres_url, kafka=kafka_bootstrap, log_to=log) as service:
        made = [_create(service, "--username", "Chen", "--role", "officer") for _ in range(2)]
        assert [one.returncode for one in made] == [0, 0], made[0].stderr
        assert [one.stdout for one in made] == ["Chen: created\n", "Chen: was there already\n"]
        weak = _create(service, "--username", "li", "--role", "inspector", password="weak")
        assert weak.returncode == 1
        assert "at least 10 characters" in weak.stderr
        homeless = _create(service, "--username", "zhao", "--role", "enterprise")
        assert homeless.returncode == 1
        assert "enterprise_id" in homeless.stderr
        unset = _run(service, "create-user", "--password-env", "NOT_SET", "--username", "x1", "--role", "officer")
        assert (unset.returncode, "NOT_SET is not set" in unset.stderr) == (2, True)
        demo = {"PARK_DEMO_USERNAME": "officer", "PARK_DEMO_PASSWORD": "Correct-horse-7"}
        accounts = [_run(service, "account", **demo).stdout for _ in range(2)]
        assert accounts == ["accounts: 4 wanted, 4 created\n", "accounts: 4 wanted, 0 created\n"]

        async with httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=60) as client:
            credentials = {"username": "chen", "password": "Correct-horse-7"}
            token = (await client.post("/api/v1/auth/sign-in", json=credentials)).json()["refresh_token"]
            service.kill()
            with pytest.raises(httpx.TransportError):
                await client.get("/api/v1/auth/me")
            await service.start()
            client.cookies.clear()
            refreshed = await client.post("/api/v1/auth/refresh", json={"refresh_token": token})
            assert refreshed.status_code == 200
            assert (await client.get("/api/v1/map")).status_code == 503, "archive is not configured: named, not a crash"


def test_missing_settings_are_all_named_and_secrets_are_hidden(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PARK_")}
    command = [sys.executable, "-m", "api_gateway", "check"]
    refused = subprocess.run(command, env=bare, capture_output=True, text=True, timeout=180, check=False)
    assert refused.returncode == 2
    for name in ("PARK_DATABASE_URL", "PARK_KAFKA_BOOTSTRAP_SERVERS", "PARK_AUTH_SECRET"):
        assert name in refused.stderr
    secrets = {
        "PARK_DATABASE_URL": "postgresql://gateway:hidden@db/park",
        "PARK_KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
        "PARK_AUTH_SECRET": "hidden-hidden-hidden-hidden-hidden",
    }
    shown = subprocess.run(command, env={**bare, **secrets}, capture_output=True, text=True, timeout=180, check=False)
    assert shown.returncode == 0
    assert "hidden" not in shown.stdout
