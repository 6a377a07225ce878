"""Who may ask for what of task-dispatch, endpoint by endpoint and role by role: as a table of its own, held against the door
(route table and role permissions of api-gateway) and against the service itself."""

import pytest
from api_gateway.domain.permissions import SIGN_IN_ROLES, permissions_of
from api_gateway.domain.routes import TABLE
from park_chassis.chassis import Chassis
from park_chassis.testing import TEST_SECRET, asgi_client, token
from park_schemas.codes import Role
from pydantic import SecretStr
from task_dispatch.app import build
from task_dispatch.settings import Settings

ALL = frozenset(SIGN_IN_ROLES)
OFFICER, WORKERS = frozenset({Role.OFFICER}), frozenset({Role.INSPECTOR, Role.ENTERPRISE})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
TASK = "/tasks/00000000-0000-0000-0000-000000000001"
PLAN = "/plans/00000000-0000-0000-0000-000000000001"
HASH = "0" * 64

MAY: dict[tuple[str, str], frozenset[Role]] = {
    ("GET", "/tasks"): ALL,
    ("POST", "/tasks"): OFFICER,
    ("GET", "/tasks/counts"): ALL,
    ("GET", "/tasks/export"): ALL,
    ("GET", "/tasks/scores"): ALL,
    ("GET", "/tasks/scores/export"): ALL,
    ("GET", "/tasks/scores/tasks"): ALL,
    ("POST", "/tasks/batch-dispatch"): OFFICER,
    ("GET", TASK): ALL,
    ("POST", f"{TASK}/evidence"): WORKERS,
    ("GET", f"{TASK}/documents/task-record.pdf"): ALL,
    ("GET", "/documents/RW-20261122-0001-1"): ALL,
    ("GET", f"/evidence/{HASH}"): ALL,
    ("GET", f"/evidence/{HASH}/thumbnail"): ALL,
    ("POST", "/complaints"): OFFICER,
    ("POST", "/supervision-orders"): OFFICER,
    ("GET", "/task-kinds"): ALL,
    ("GET", "/task-kinds/clock-presets"): ALL,
    ("GET", "/task-kinds/problem-catalogue"): ALL,
    ("GET", "/task-kinds/inspection"): ALL,
    ("GET", "/task-kinds/inspection/versions/1"): ALL,
    ("PUT", "/task-kinds/inspection"): ADMINISTRATOR,
    ("POST", "/task-kinds/check"): ADMINISTRATOR,
    ("GET", "/plans"): OFFICER,
    ("POST", "/plans"): OFFICER,
    ("GET", "/plans/export"): OFFICER,
    ("GET", "/plans/preview"): OFFICER,
    ("GET", PLAN): OFFICER,
    ("PUT", PLAN): OFFICER,
    ("GET", "/delegations"): ALL,
    ("POST", "/delegations"): OFFICER | WORKERS,
    ("DELETE", "/delegations/00000000-0000-0000-0000-000000000001"): OFFICER | WORKERS,
    ("GET", "/cells"): ALL,
    ("PUT", "/cells/N"): OFFICER,
    ("DELETE", "/cells/N"): OFFICER,
    **{
        ("POST", f"{TASK}/{action}"): roles
        for roles, actions in (
            (OFFICER, ("dispatch", "verify", "return", "join", "urge", "close", "cancel")),
            (OFFICER, ("approve-extension", "reject-extension")),
            (WORKERS, ("sign", "arrive", "handle", "contribute", "report", "refuse", "request-extension")),
            (OFFICER | WORKERS, ("transfer", "extend")),
        )
        for action in actions
    },
}  # fmt: skip

ACTIONS = {path for method, path in MAY if method == "POST" and path.startswith(f"{TASK}/")} - {f"{TASK}/evidence"}
DECIDED_WITH_THE_DATA = ACTIONS | {path for _, path in MAY if path.startswith("/delegations")}
"""The service decides these with the task or person at hand; its own tests hold them (test_task_api, test_task_teamwork)."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Chassis:
    """The service without a database: a refusal for want of permission needs none."""
    settings = Settings(
        database_url=SecretStr("postgresql://unused@127.0.0.1/unused"),
        kafka_bootstrap_servers="127.0.0.1:1",
        auth_secret=SecretStr(TEST_SECRET),
        evidence_dir=tmp_path_factory.mktemp("evidence"),
    )
    return build(settings)


@pytest.mark.parametrize("role", SIGN_IN_ROLES)
@pytest.mark.parametrize(("method", "path"), MAY, ids=str)
def test_the_door_lets_in_exactly_the_roles_of_the_table(method: str, path: str, role: Role) -> None:
    match = TABLE.find(method, path)
    assert match is not None
    assert match.route.service == "task-dispatch"
    assert not match.allowed, f"{method} is not a method of {path}"
    lets_in = bool(permissions_of(role) & set(match.route.permissions[method]))
    assert lets_in is (role in MAY[method, path])


@pytest.mark.parametrize("role", SIGN_IN_ROLES)
async def test_the_service_refuses_every_role_that_is_not_in_the_table_and_everybody_without_a_token(
    service: Chassis, role: Role
) -> None:
    bearer = token(*permissions_of(role), role=role)
    async with asgi_client(service) as nobody, asgi_client(service, bearer) as client:
        for (method, path), roles in MAY.items():
            assert (await nobody.request(method, path, json={})).status_code == 401, (method, path)
            if role in roles or path in DECIDED_WITH_THE_DATA:
                continue
            refused = await client.request(method, path, json={})
            assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted"), (method, path)


def test_the_table_names_every_endpoint_of_the_service(service: Chassis) -> None:
    document = service.http_app().openapi()
    described = sum(len(operations) for operations in document["paths"].values())
    action = next(path for path in document["paths"] if path.endswith("/{action}"))
    actions = document["paths"][action]["post"]["parameters"][1]["schema"]["enum"]
    assert {path.rpartition("/")[2] for path in ACTIONS} == set(actions)
    assert len(MAY) - len(actions) == described - 1
