"""Tokens, permissions and the HTTP edge."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends
from park_chassis.auth import Principal, TokenIssuer, require, service_principal
from park_chassis.chassis import Chassis
from park_chassis.errors import NotFound, Refused, Transient
from park_chassis.settings import ServiceSettings
from park_chassis.testing import TEST_SECRET, asgi_client, token
from pydantic import SecretStr


@pytest.fixture
def chassis() -> Chassis:
    settings = ServiceSettings(
        service="sample",
        database_url=SecretStr("postgresql://nobody@127.0.0.1:1/none"),
        kafka_bootstrap_servers="127.0.0.1:1",
        auth_secret=SecretStr(TEST_SECRET),
    )
    chassis = Chassis(settings, title_zh="样例", title_en="Sample", uses_database=False)
    routes = APIRouter()

    @routes.get("/alarms/{number}")
    async def alarm(number: int, who: Annotated[Principal, Depends(require("alarm:read"))]) -> dict[str, str]:
        if number == 404:
            raise NotFound("告警", "alarm", number)
        if number == 503:
            raise Transient("broker away")
        if number == 500:
            raise ZeroDivisionError
        return {"who": who.username}

    chassis.router(routes)
    return chassis


async def test_without_a_token_the_answer_is_401_in_both_languages(chassis: Chassis) -> None:
    async with asgi_client(chassis) as client:
        answer = await client.get("/alarms/1")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["title"], answer.json()["title_en"]) == ("请先登录", "sign in first")


@pytest.mark.parametrize(
    ("bearer", "status", "code"),
    [
        (lambda: token("alarm:read"), 200, None),
        (lambda: token("task:read"), 403, "not-permitted"),
        (lambda: token("alarm:read", lifetime=timedelta(seconds=-1)), 401, "token-expired"),
        (lambda: "forged.token.here", 401, "token-invalid"),
    ],
    ids=["permitted", "lacks the permission", "expired", "forged"],
)
async def test_a_token_opens_what_its_permissions_name(
    chassis: Chassis, bearer: Callable[[], str], status: int, code: str | None
) -> None:
    async with asgi_client(chassis, bearer()) as client:
        answer = await client.get("/alarms/1")
    assert answer.status_code == status
    assert answer.json().get("code") == code


@pytest.mark.parametrize(
    ("path", "status"),
    [("/alarms/404", 404), ("/alarms/503", 503), ("/alarms/500", 500), ("/alarms/abc", 422), ("/x", 404)],
)
async def test_every_error_is_a_problem_with_its_status(chassis: Chassis, path: str, status: int) -> None:
    async with asgi_client(chassis, token("alarm:read")) as client:
        answer = await client.get(path)
    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_service_may_read_everything_and_write_nothing() -> None:
    service = service_principal("alerting")
    assert service.allows("alarm:read")
    assert not service.allows("alarm:close")


def test_a_token_signed_with_another_secret_is_refused() -> None:
    forged = TokenIssuer("x" * 40).issue(service_principal("alerting"), lifetime=timedelta(minutes=1))
    with pytest.raises(Refused) as refused:
        TokenIssuer(TEST_SECRET).read(forged)
    assert refused.value.status == 401
