"""Permissions, negative, for each endpoint of alerting and task-dispatch and each role: at the service itself and at the door.

Taken from contracts/openapi, the route table of api-gateway and its table of roles; nothing is listed here by hand. Services are
asked without a database: whoever is not permitted is refused before anything is read.
"""

import json
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from api_gateway.domain.permissions import ROLE_PERMISSIONS, SIGN_IN_ROLES
from api_gateway.domain.routes import TABLE
from park_chassis.chassis import Chassis
from park_chassis.testing import TEST_SECRET, asgi_client, token
from park_schemas.codes import Role

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, str] = {"alerting": "alerting", "task-dispatch": "task_dispatch"}
GIVEN = {"kind": "sms", "language": "zh", "action": "verify"}
"""Path parameters that are neither ids nor free text."""
DECIDED_LATER = frozenset({"/tasks/{task_id}/{action}", "/delegations", "/delegations/{delegation_id}"})
"""Decided by the task's state, owner and action once it is read: the tests of task-dispatch hold these."""


def operations(service: str) -> list[tuple[str, str]]:
    document = json.loads((ROOT / "contracts" / "openapi" / f"{service}.json").read_text("utf-8"))
    found = [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]
    return [(method, path) for method, path in found if not path.startswith("/parked")]


def asked_for(service: str, method: str, path: str) -> set[str]:
    """Return the permissions of which the door wants one."""
    match = TABLE.find(method, _filled(path))
    assert match is not None, f"{path} is not reachable"
    assert match.route.service == service
    return set(match.route.permissions[method])


def _filled(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: GIVEN.get(found[1], str(UUID(int=1))), path)


@cache
def chassis_of(service: str) -> Chassis:
    package = SERVICES[service]
    described = import_module(f"{package}.settings").Settings
    own = {"evidence_dir": "nowhere"} if "evidence_dir" in described.model_fields else {}
    settings = described(
        **own,
        database_url="postgresql://nobody@127.0.0.1:1/nowhere",
        kafka_bootstrap_servers="127.0.0.1:1",
        auth_secret=TEST_SECRET,
    )
    built: Chassis = import_module(f"{package}.app").build(settings)
    return built


EVERY = [(service, method, path) for service in SERVICES for method, path in operations(service)]


@pytest.mark.parametrize(("service", "method", "path"), EVERY, ids=map(" ".join, EVERY))
async def test_whoever_lacks_the_permission_is_refused_by_the_service_itself(
    service: str, method: str, path: str
) -> None:
    any_of = asked_for(service, method, path)
    body: dict[str, Any] = {"json": {}} if method in {"POST", "PUT"} else {}
    async with asgi_client(chassis_of(service)) as nobody:
        assert (await nobody.request(method, _filled(path), **body)).status_code == 401
    for role in SIGN_IN_ROLES:
        if ROLE_PERMISSIONS[role] & any_of or path in DECIDED_LATER:
            continue
        enterprise = UUID(int=7) if role is Role.ENTERPRISE else None
        bearer = token(*ROLE_PERMISSIONS[role], role=role, enterprise_id=enterprise)
        async with asgi_client(chassis_of(service), bearer) as client:
            answer = await client.request(method, _filled(path), **body)
            assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted"), role


@pytest.mark.parametrize(("service", "method", "path"), EVERY, ids=map(" ".join, EVERY))
def test_the_door_asks_for_a_permission_that_some_role_has_and_some_role_lacks_where_it_writes(
    service: str, method: str, path: str
) -> None:
    any_of = asked_for(service, method, path)
    assert any_of, "nothing is open to everybody"
    assert any(ROLE_PERMISSIONS[role] & any_of for role in SIGN_IN_ROLES), "somebody may"
